/** Deploys the committed contract artifact on a test chain and talks to it as anybody, without keys. */
import { readFileSync } from 'node:fs'
import {
  type Abi,
  decodeErrorResult,
  decodeEventLog,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  getAbiItem,
  type Hex,
  toHex,
} from 'viem'
import { type Anvil, AnvilError } from '../../support/anvil.js'

type Code = { readonly abi: Abi; readonly bytecode: Hex; readonly deployedBytecode: Hex }
const artifact = JSON.parse(
  readFileSync(new URL('../../../src/chain/contract/contracts.json', import.meta.url), 'utf8'),
) as { contracts: Record<'Cluster' | 'ERC1967Proxy' | 'GasPriceOracle', Code> }

const { ERC1967Proxy } = artifact.contracts
export const { Cluster, GasPriceOracle } = artifact.contracts

export interface Settings {
  readonly maxOperatorDataBytes: number
  readonly minOperators: number
  readonly extra: Hex
}
export interface NodeOperator {
  readonly addr: Hex
  readonly data: Hex
}
export interface Log {
  readonly address: Hex
  readonly topics: readonly Hex[]
  readonly data: Hex
}
export interface Receipt {
  readonly status: Hex
  readonly gasUsed: Hex
  readonly logs: readonly Log[]
  readonly contractAddress: Hex | null
}
export interface View {
  readonly owner: Hex
  readonly settings: Settings
  readonly version: bigint
  readonly keyspaceVersion: bigint
  readonly operatorSlots: readonly NodeOperator[]
  readonly keyspaces: readonly { operatorBitmask: bigint; replicationStrategy: number }[]
  readonly migration: { id: bigint; startedAt: bigint; abortedAt: bigint; pullingOperatorBitmask: bigint }
  readonly maintenanceSlot: Hex
}

/** A whole block's: an estimate would cost a request and hide reverts. */
const gas = toHex(30_000_000)

/** Lets each account send without its key, and gives it something to pay with. */
export async function impersonate(chain: Anvil, accounts: readonly Hex[]): Promise<void> {
  await chain.rpc('anvil_autoImpersonateAccount', [true])
  for (const account of accounts) await chain.rpc('anvil_setBalance', [account, toHex(10n ** 24n)])
}

/** Sends and returns the receipt, also of a transaction that reverted. */
export async function send(chain: Anvil, from: Hex, to: Hex | null, data: Hex, value = 0n): Promise<Receipt> {
  return await chain.rpc<Receipt>('eth_sendTransactionSync', [{ from, to, data, gas, value: toHex(value) }])
}

/** Creates the implementation and the proxy that founds the cluster; `deployer` becomes the owner. */
export async function deployCluster(
  chain: Anvil,
  deployer: Hex,
  settings: Settings,
  operators: readonly NodeOperator[],
): Promise<{ address: Hex; implementation: Receipt; proxy: Receipt }> {
  const implementation = await send(chain, deployer, null, Cluster.bytecode)
  if (!implementation.contractAddress) throw new Error('the implementation was not created')
  const proxy = await send(chain, deployer, null, proxyCreation(implementation.contractAddress, settings, operators))
  if (!proxy.contractAddress || proxy.status !== '0x1') throw new Error('the proxy was not created')
  return { address: proxy.contractAddress, implementation, proxy }
}

export function proxyCreation(implementation: Hex, settings: Settings, operators: readonly NodeOperator[]): Hex {
  const initialize = encodeFunctionData({ abi: Cluster.abi, functionName: 'initialize', args: [settings, operators] })
  return encodeDeployData({ ...ERC1967Proxy, args: [implementation, initialize] })
}

/** One cluster on one chain, addressed by function name. */
export class ClusterFixture {
  readonly chain: Anvil
  readonly address: Hex
  constructor(chain: Anvil, address: Hex) {
    this.chain = chain
    this.address = address
  }

  /** A read; throws on revert. */
  async read<T>(functionName: string, args: readonly unknown[] = []): Promise<T> {
    const data = encodeFunctionData({ abi: Cluster.abi, functionName, args })
    const result = await this.chain.rpc<Hex>('eth_call', [{ to: this.address, data, gas }, 'latest'])
    return decodeFunctionResult({ abi: Cluster.abi, functionName, args, data: result }) as T
  }

  view(): Promise<View> {
    return this.read<View>('getView')
  }

  /** Sends, expects success, and returns what it logged as `Name(arg, …)`. */
  async write(from: Hex, functionName: string, args: readonly unknown[] = [], value = 0n): Promise<string[]> {
    const data = encodeFunctionData({ abi: Cluster.abi, functionName, args })
    const receipt = await send(this.chain, from, this.address, data, value)
    if (receipt.status !== '0x1') throw new Error(`${functionName}: ${await this.revert(from, functionName, args)}`)
    return receipt.logs.map(showLog)
  }

  /** The error, as `Name(arg, …)`, with which a call reverts; `null` when it would succeed. Sends nothing. */
  async revert(from: Hex, functionName: string, args: readonly unknown[] = []): Promise<string | null> {
    const data = encodeFunctionData({ abi: Cluster.abi, functionName, args })
    return await revertOf(this.chain, { from, to: this.address, data })
  }
}

export async function revertOf(
  chain: Anvil,
  call: { from: Hex; to?: Hex; data: Hex; value?: Hex },
): Promise<string | null> {
  try {
    await chain.rpc('eth_call', [{ ...call, gas }, 'latest'])
    return null
  } catch (error) {
    if (!(error instanceof AnvilError) || typeof error.data !== 'string') throw error
    if (error.data === '0x') return 'no reason'
    const { errorName, args } = decodeErrorResult({ abi: Cluster.abi, data: error.data as Hex })
    return show(errorName, args ?? [])
  }
}

export function showLog(log: Log): string {
  const topics = [...log.topics] as [Hex, ...Hex[]]
  const { eventName: name = '?', args = {} } = decodeEventLog({ abi: Cluster.abi, topics, data: log.data })
  const event = getAbiItem({ abi: Cluster.abi, name })
  // The decoder puts what is indexed first; the ABI's order is the one people read.
  const inputs = event?.type === 'event' ? event.inputs : []
  return show(
    name,
    inputs.map((input) => (args as Record<string, unknown>)[input.name ?? '']),
  )
}

function show(name: string, args: readonly unknown[]): string {
  return `${name}(${args.map(showValue).join(', ')})`
}

/** Addresses in lower case, whole numbers without the `n`, structs and arrays in brackets. */
function showValue(value: unknown): string {
  if (typeof value === 'string') return value.toLowerCase()
  if (Array.isArray(value)) return `[${value.map(showValue).join(', ')}]`
  if (typeof value === 'object' && value !== null) return `{${Object.values(value).map(showValue).join(', ')}}`
  return String(value)
}
