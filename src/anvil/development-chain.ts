/** A chain of one's own for trying everything out, on anvil, with the OP Stack's gas-price oracle in its place. */

import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address } from '../base/address.js'
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import { createDeadline } from '../base/deadline.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'
import { monotonicMs } from '../base/monotonic-ms.js'
import type { Chain } from '../chain/chain.js'
import artifact from '../chain/contract/contracts.json' with { type: 'json' }
import { connectChain, type EvmChain } from '../chain/evm-chain.js'
import { toQuantity } from '../chain/quantity.js'
import { connectJsonRpc } from '../chain/rpc/connect-json-rpc.js'
import { type JsonRpc, type RpcRequest, resultOf } from '../chain/rpc/json-rpc.js'
import { WcnError } from '../errors/wcn-error.js'
import { privateKeySigner } from '../signers/create-signer.js'
import { findAnvil } from './anvil-binary.js'
import { type AnvilProcess, endProcess, isAnvil, startAnvil } from './anvil-process.js'

const GAS_PRICE_ORACLE = '0x420000000000000000000000000000000000000F'
const START_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 10_000
const POLL_MS = 10

export type DevelopmentChain = ReturnType<typeof developmentChain>
export type RunningChain = ReturnType<typeof runningChain>

export interface KnownChain {
  readonly rpcUrl: string
  readonly pid: number
  readonly contract: Address
}

/** `searchPath`: PATH, as the environment has it. */
export function developmentChain(searchPath: string | undefined) {
  return {
    /** What `start` would run. Throws DEPENDENCY_MISSING. */
    program: () => findAnvil(searchPath),
    /**
     * Starts a chain on loopback. `port` null: any free one; `interrupted` ends it while it is being set up. Throws
     * DEPENDENCY_MISSING, PORT_INVALID where the port is taken, NETWORK where it does not come up.
     */
    start: ({ port, interrupted }: { readonly port: number | null; readonly interrupted: AbortSignal }) =>
      start(findAnvil(searchPath).path, port, interrupted),
    find,
    /** Gives an account so much on top of what it has; its balance, in wei. Throws NETWORK, STATE_CHANGED where the chain is another. */
    fund,
    /** Removes what describes a chain that is gone; no error where there is nothing. */
    discard: async (...paths: readonly string[]) => {
      for (const path of paths) rmSync(path, { force: true, recursive: true })
    },
  }
}

async function start(program: string, port: number | null, interrupted: AbortSignal): Promise<RunningChain> {
  const anvil = await startAnvil(program, port, interrupted)
  try {
    const rpc = await connectJsonRpc(anvil.url, REQUEST_TIMEOUT_MS)
    await untilItAnswers(rpc, anvil)
    await ask(rpc, [
      { method: 'anvil_setCode', params: [GAS_PRICE_ORACLE, artifact.contracts.GasPriceOracle.deployedBytecode] },
    ])
    return runningChain(anvil, rpc)
  } catch (error) {
    await anvil.stop()
    throw error
  }
}

function runningChain(anvil: AnvilProcess, rpc: JsonRpc) {
  const connections: EvmChain[] = []
  const disconnect = () => {
    rpc.close()
    for (const connection of connections) connection.close()
  }
  return {
    rpcUrl: anvil.url,
    pid: anvil.pid,
    /** Resolves when the chain ends, however it does. */
    ended: anvil.ended,
    /** Gives each account so much, in wei. */
    fund(accounts: readonly Address[], wei: bigint) {
      const requests = accounts.map((account) => ({ method: 'anvil_setBalance', params: [account, toQuantity(wei)] }))
      return ask(rpc, requests)
    },
    /** `contract` is asked for when a cluster is read. */
    async connect(contract: () => Address): Promise<Chain> {
      const connection = await connectChain(
        {
          providers: {
            providers: [{ url: anvil.url, headers: {}, proxy: null }],
            quorum: 1,
            certificateAuthorities: null,
          },
          chainId: DEVELOPMENT_CHAIN_ID,
          contract,
          requestTimeoutMs: REQUEST_TIMEOUT_MS,
          deadline: createDeadline(monotonicMs, null),
          // There is one provider: none can go its own way.
          warn: () => {},
        },
        // It mines at once, so it is looked at often.
        { sleep: (ms) => sleep(Math.min(ms, POLL_MS)) },
      )
      connections.push(connection)
      return connection
    },
    signer: async (key: OperatorPrivateKey) => privateKeySigner(key),
    /** From now on a block every so many seconds, instead of one at once for each transaction. */
    mineEvery: (seconds: number) => ask(rpc, [{ method: 'evm_setIntervalMining', params: [seconds] }]),
    /** Lets this process end without it. */
    release() {
      disconnect()
      anvil.release()
    },
    /** Resolves when its process is gone. */
    stop() {
      disconnect()
      return anvil.stop()
    },
  }
}

async function untilItAnswers(rpc: JsonRpc, anvil: AnvilProcess): Promise<void> {
  let gone: string | null = null
  anvil.ended.then(({ how }) => {
    gone = how
  })
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += POLL_MS) {
    const answered = await rpc.send([{ method: 'eth_chainId', params: [] }]).then(
      ([reply]) => reply?.ok === true,
      () => false,
    )
    if (gone !== null) throw notStarted(gone)
    if (answered) return
    await sleep(POLL_MS)
  }
  throw notStarted(`no answer within ${START_TIMEOUT_MS / 1000} s`)
}

function notStarted(why: string): WcnError {
  return new WcnError('NETWORK', `the development chain did not start: ${why}`, { hint: 'try again' })
}

/**
 * A chain started before, known by its chain ID, the contract's code and the process: another may have taken the port
 * since. Null where nothing answers at that URL, or another chain does. Throws STATE_CHANGED where the chain runs but is
 * not that process.
 */
async function find({ rpcUrl, pid, contract }: KnownChain): Promise<{ stop(): Promise<void> } | null> {
  const { host, port } = new URL(rpcUrl)
  const there = await lookAt(rpcUrl, contract)
  const isThatProcess = there !== 'another' && isAnvil(pid, port)
  if (there === 'it' && isThatProcess) return { stop: () => endProcess(pid) }
  if (there === 'another' || (!isThatProcess && there === 'emptied')) return null
  throw new WcnError(
    'STATE_CHANGED',
    there === 'it'
      ? `the development chain at ${host} runs, but not as process ${pid}`
      : `process ${pid} still runs a development chain at ${host}, but without the cluster`,
    { hint: 'end it where it was started; nothing was touched', details: { pid } },
  )
}

async function fund({ rpcUrl, contract }: KnownChain, account: Address, wei: bigint): Promise<bigint> {
  if ((await lookAt(rpcUrl, contract)) !== 'it')
    throw new WcnError('STATE_CHANGED', `the development chain at ${new URL(rpcUrl).host} is gone, or another one`, {
      hint: '`wcn devnet up` starts one',
    })
  const rpc = await connectJsonRpc(rpcUrl, REQUEST_TIMEOUT_MS)
  try {
    const [reply] = await rpc.send([{ method: 'eth_getBalance', params: [account, 'latest'] }])
    const balance = BigInt(resultOf(reply, 'eth_getBalance', rpc.host) as string) + wei
    await ask(rpc, [{ method: 'anvil_setBalance', params: [account, toQuantity(balance)] }])
    return balance
  } finally {
    rpc.close()
  }
}

async function lookAt(rpcUrl: string, contract: Address): Promise<'it' | 'emptied' | 'another'> {
  const rpc = await connectJsonRpc(rpcUrl, REQUEST_TIMEOUT_MS)
  try {
    const [id, code] = await rpc.send([
      { method: 'eth_chainId', params: [] },
      { method: 'eth_getCode', params: [contract, 'latest'] },
    ])
    if (!id?.ok || id.result !== toQuantity(DEVELOPMENT_CHAIN_ID)) return 'another'
    return code?.ok && code.result !== '0x' ? 'it' : 'emptied'
  } catch (error) {
    // Only a refused connection says that nothing is there; a chain that is slow or stuck is not gone.
    if (error instanceof WcnError && error.details?.reason === 'ECONNREFUSED') return 'another'
    throw error
  } finally {
    rpc.close()
  }
}

async function ask(rpc: JsonRpc, requests: readonly RpcRequest[]): Promise<void> {
  const replies = await rpc.send(requests)
  for (const [index, { method }] of requests.entries()) resultOf(replies[index], method, rpc.host)
}
