/** The DevelopmentChain port on anvil, with the OP Stack's gas-price oracle in its place. */
import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Address } from '../base/address.js'
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import { createDeadline } from '../base/deadline.js'
import artifact from '../chain/contract/contracts.json' with { type: 'json' }
import { connectChain, type EvmChain } from '../chain/evm-chain.js'
import { toQuantity } from '../chain/quantity.js'
import { connectJsonRpc } from '../chain/rpc/connect-json-rpc.js'
import { type JsonRpc, type RpcRequest, resultOf } from '../chain/rpc/json-rpc.js'
import { WcnError } from '../errors/wcn-error.js'
import { privateKeySigner } from '../signers/private-key-signer.js'
import { findAnvil } from './anvil-binary.js'
import { type AnvilProcess, startAnvil } from './anvil-process.js'
import type { DevelopmentChain, KnownChain, RunningChain } from './development-chain.js'
import { endProcess, isAnvil } from './known-process.js'

const GAS_PRICE_ORACLE = '0x420000000000000000000000000000000000000F'
const START_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 10_000
const POLL_MS = 10

/** `searchPath`: PATH, as the environment has it. */
export function developmentChain(searchPath: string | undefined): DevelopmentChain {
  return {
    program: () => findAnvil(searchPath),
    start: ({ port, interrupted }) => start(findAnvil(searchPath).path, port, interrupted),
    find,
    async discard(envFile) {
      rmSync(envFile, { force: true })
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

function runningChain(anvil: AnvilProcess, rpc: JsonRpc): RunningChain {
  const connections: EvmChain[] = []
  const disconnect = () => {
    rpc.close()
    for (const connection of connections) connection.close()
  }
  return {
    rpcUrl: anvil.url,
    pid: anvil.pid,
    ended: anvil.ended,
    fund: (accounts, wei) =>
      ask(
        rpc,
        accounts.map((account) => ({ method: 'anvil_setBalance', params: [account, toQuantity(wei)] })),
      ),
    async connect(contract) {
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
          deadline: createDeadline(() => performance.now(), null),
          // There is one provider: none can go its own way.
          warn: () => {},
        },
        // It mines at once, so it is looked at often.
        { sleep: (ms) => sleep(Math.min(ms, POLL_MS)) },
      )
      connections.push(connection)
      return connection
    },
    signer: async (key) => privateKeySigner(key),
    mineEvery: (seconds) => ask(rpc, [{ method: 'evm_setIntervalMining', params: [seconds] }]),
    release() {
      disconnect()
      anvil.release()
    },
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

/** Known by its chain ID, the contract's code and the process: another chain may have taken the port since. */
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

type WhatIsThere = 'it' | 'emptied' | 'another'

async function lookAt(rpcUrl: string, contract: Address): Promise<WhatIsThere> {
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
