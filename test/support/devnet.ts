/** A development chain for a test file, started and ended by the tool itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Address, parseAddress } from '../../src/base/address.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { encodeCall } from '../../src/chain/calls.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { sandbox, wcn } from './cli.js'

export type Variables = Readonly<Record<string, string>>

export interface Account {
  readonly address: Address
  readonly privateKey: string
}

export interface Devnet {
  readonly envFile: string
  readonly contract: string
  readonly rpcUrl: string
  readonly encryptionKey: string
  /** What everybody knows who takes part: no private key is in it. */
  readonly cluster: Variables
  readonly owner: Account
  readonly operators: readonly Account[]
  /** The cluster, and the key that signs. */
  signedBy(account: Account): Variables
  rpc<T = unknown>(method: string, ...params: readonly unknown[]): Promise<T>
  nonceOf(account: Account): Promise<number>
  /** Writes what this tool would never write, as another tool might have. */
  putData(operator: Account, data: Uint8Array): Promise<void>
  /** What can't stay the same when anything is sent: the head, what waits in the pool, everybody's nonce. */
  state(): Promise<unknown>
}

/** Registers start and end with the test file; the chain is there from `beforeAll` on. */
export function useDevnet(...flags: readonly string[]): Devnet {
  const box = sandbox()
  const envFile = box.path('devnet.env')
  let known: Variables = {}
  let guard: ChildProcess | null = null
  let requests = 0

  beforeAll(async () => {
    const started = await wcn(['devnet', 'up', '--detach', '--chain-only', '--out', envFile, ...flags])
    expect(started).toMatchObject({ code: 0, stderr: '' })
    known = parseEnv(readFileSync(envFile, 'utf8')) as Variables
    guard = endWithUs(value('WCN_DEVNET_PID'))
  })
  afterAll(async () => {
    const ended = await wcn(['devnet', 'down', envFile])
    // Its process is gone, so the ID is a stranger's from now on.
    if (ended.code === 0) guard?.kill('SIGKILL')
    else guard?.stdin?.end()
    box.remove()
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('stopped the development chain') })
  })

  const value = (name: string): string => {
    const found = known[name]
    if (found === undefined) throw new Error(`${name} is not in the env file of the development chain`)
    return found
  }
  const account = (name: string): Account => {
    const privateKey = value(name)
    return { privateKey, address: privateKeySigner(parseOperatorPrivateKey(privateKey, name)).address }
  }
  const devnet: Devnet = {
    envFile,
    get contract() {
      return value('SMART_CONTRACT_ADDRESS')
    },
    get rpcUrl() {
      return value('RPC_PROVIDER_URL')
    },
    get encryptionKey() {
      return value('SMART_CONTRACT_ENCRYPTION_KEY')
    },
    get cluster() {
      return Object.fromEntries(SHARED.map((name) => [name, value(name)]))
    },
    get owner() {
      return account('WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY')
    },
    get operators() {
      const slots = Object.keys(known).filter((name) => /^WCN_DEVNET_OPERATOR_\d+_PRIVATE_KEY$/.test(name))
      return slots.map(account)
    },
    signedBy: ({ privateKey }) => ({ ...devnet.cluster, SMART_CONTRACT_SIGNER_PRIVATE_KEY: privateKey }),
    async rpc<T>(method: string, ...params: readonly unknown[]) {
      const response = await fetch(value('RPC_PROVIDER_URL'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: ++requests, method, params }),
      })
      const { result, error } = (await response.json()) as { result: T; error?: { message: string } }
      if (error) throw new Error(`${method}: ${error.message}`)
      return result
    },
    nonceOf: async ({ address }) => Number(await devnet.rpc('eth_getTransactionCount', address, 'pending')),
    async putData({ address }, data) {
      const call = { fn: 'updateNodeOperatorData', operator: address, data } as const
      const transaction = encodeCall(parseAddress(devnet.contract, 'the env file'), call)
      await devnet.rpc('anvil_impersonateAccount', address)
      // Also used before tests, where nothing can be polled for.
      const receipt = await devnet.rpc('eth_sendTransactionSync', { from: address, gas: '0x989680', ...transaction })
      await devnet.rpc('anvil_stopImpersonatingAccount', address)
      expect(receipt).toMatchObject({ status: '0x1' })
    },
    async state() {
      const { owner, operators } = devnet
      return {
        head: await devnet.rpc('eth_blockNumber'),
        pool: await devnet.rpc('txpool_status'),
        nonces: await Promise.all([owner, ...operators].map(devnet.nonceOf)),
      }
    },
  }
  return devnet
}

const SHARED = [
  'SMART_CONTRACT_ADDRESS',
  'SMART_CONTRACT_ENCRYPTION_KEY',
  'RPC_PROVIDER_URL',
  'WCN_CHAIN_ID',
  'WCN_ALLOW_PRIVATE_ADDRESSES',
]

/**
 * A killed test process can clean nothing up, but its end of a pipe closes: that is the sign to end the chain. In a
 * process group of its own, since Ctrl-C in a terminal reaches all of ours.
 */
function endWithUs(pid: string): ChildProcess {
  return spawn('sh', ['-c', 'read -r _; kill "$0"', pid], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
}
