/**
 * Reads cluster and account as one block shows them, in one round trip: head, state, head. Where the head moved in
 * between, the state is asked again by the new head's number (design/reliability.md 2).
 */
import type { Address } from '../../core/address.js'
import { clusterView } from '../../core/cluster/cluster-view.js'
import type { AccountSnapshot, ClusterSnapshot } from '../../core/ports.js'
import { WcnError } from '../../errors/wcn-error.js'
import { decodeGetView } from './decode-get-view.js'
import { type JsonRpc, type RpcReply, type RpcRequest, resultOf } from './json-rpc.js'
import { type Block, block, hexData, quantity, smallQuantity, toQuantity } from './quantity.js'

/** Selector of getView(), which takes nothing. */
const GET_VIEW_CALL = '0x75418b9d'
const ATTEMPTS = 5
/** Bid where a provider doesn't suggest a tip; OP Mainnet's usual one, in wei. */
const DEFAULT_TIP = 1_000_000n

export interface ChainTarget {
  readonly rpc: JsonRpc
  readonly chainId: number
}

/** What to ask at a block, which is given by its tag. */
type Requests = (tag: string) => readonly RpcRequest[]

/** Replies that belong to one block, with that block. Throws WRONG_CHAIN before anything else is looked at. */
async function askAtOneBlock(
  { rpc, chainId }: ChainTarget,
  requests: Requests,
  atBlock: number | undefined,
): Promise<{ readonly at: Block; readonly tag: string; readonly replies: readonly RpcReply[] }> {
  let tag = atBlock === undefined ? 'latest' : toQuantity(atBlock)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const head = { method: 'eth_getBlockByNumber', params: [tag, false] }
    const [id, before, ...rest] = await rpc.send([{ method: 'eth_chainId', params: [] }, head, ...requests(tag), head])
    requireChain(smallQuantity(resultOf(id, 'eth_chainId', rpc.host), 'chain ID'), chainId, rpc.host)
    const first = block(resultOf(before, head.method, rpc.host))
    const last = block(resultOf(rest.at(-1), head.method, rpc.host))
    if (first.hash === last.hash) return { at: first, tag, replies: rest.slice(0, -1) }
    tag = toQuantity(last.number)
  }
  throw new WcnError('NETWORK', `the RPC provider ${rpc.host} answers from another block each time`, {
    hint: 'try again, or use another provider with --rpc-url',
    details: { host: rpc.host },
  })
}

export async function readCluster(target: ChainTarget, contract: Address, atBlock?: number): Promise<ClusterSnapshot> {
  const { at, tag, replies } = await askAtOneBlock(target, (t) => [getView(contract, t)], atBlock)
  const view = await decodeView(target.rpc, contract, tag, replies[0])
  return { chainId: target.chainId, contract, block: { number: at.number, hash: at.hash }, view }
}

export async function readClusterForWrite(target: ChainTarget, contract: Address, account: Address) {
  const { at, tag, replies } = await askAtOneBlock(
    target,
    (t) => [...accountRequests(account, t), getView(contract, t)],
    undefined,
  )
  const view = await decodeView(target.rpc, contract, tag, replies.at(-1))
  return { ...accountSnapshot(target, account, at, replies), contract, view }
}

export async function readAccount(target: ChainTarget, account: Address): Promise<AccountSnapshot> {
  const { at, replies } = await askAtOneBlock(target, (t) => accountRequests(account, t), undefined)
  return accountSnapshot(target, account, at, replies)
}

function getView(contract: Address, tag: string): RpcRequest {
  return { method: 'eth_call', params: [{ to: contract, data: GET_VIEW_CALL }, tag] }
}

function accountRequests(account: Address, tag: string): readonly RpcRequest[] {
  return [
    { method: 'eth_getTransactionCount', params: [account, tag] },
    { method: 'eth_getTransactionCount', params: [account, 'pending'] },
    { method: 'eth_getBalance', params: [account, tag] },
    { method: 'eth_maxPriorityFeePerGas', params: [] },
  ]
}

function accountSnapshot(
  { rpc, chainId }: ChainTarget,
  address: Address,
  at: Block,
  [nonce, pending, balance, tip]: readonly RpcReply[],
): AccountSnapshot {
  const maxPriorityFeePerGas = tip?.ok ? quantity(tip.result, 'priority fee') : DEFAULT_TIP
  return {
    chainId,
    block: { number: at.number, hash: at.hash },
    account: {
      address,
      nonce: smallQuantity(resultOf(nonce, 'eth_getTransactionCount', rpc.host), 'nonce'),
      pendingNonce: smallQuantity(resultOf(pending, 'eth_getTransactionCount', rpc.host), 'nonce'),
      balanceWei: quantity(resultOf(balance, 'eth_getBalance', rpc.host), 'balance'),
    },
    // Twice the base fee outlasts some 30 full blocks; what is not needed is not paid.
    fees: { maxPriorityFeePerGas, maxFeePerGas: (at.baseFeePerGas ?? 0n) * 2n + maxPriorityFeePerGas },
  }
}

async function decodeView(rpc: JsonRpc, contract: Address, tag: string, reply: RpcReply | undefined) {
  const answer = reply?.ok ? hexData(reply.result, 'getView() result') : '0x'
  if (answer === '0x') throw await notACluster(rpc, contract, tag, reply)
  const raw = decodeGetView(answer)
  if (raw === null || raw.version === 0n)
    throw new WcnError(
      'NOT_A_CLUSTER',
      raw === null
        ? `the contract ${contract} answers getView() with something else than a cluster`
        : `the contract ${contract} has never been set up as a cluster: it may be the implementation behind one`,
      { hint: 'check the contract address' },
    )
  return clusterView(raw)
}

/** Only on this failing path is the code asked for: it tells a wrong address from a wrong contract. */
async function notACluster(
  rpc: JsonRpc,
  contract: Address,
  tag: string,
  reply: RpcReply | undefined,
): Promise<WcnError> {
  const [code] = await rpc.send([{ method: 'eth_getCode', params: [contract, tag] }])
  if (hexData(resultOf(code, 'eth_getCode', rpc.host), 'contract code') === '0x')
    return new WcnError('NOT_A_CONTRACT', `there is no contract at ${contract} on this chain`, {
      hint: 'check the contract address and the chain of the RPC provider',
    })
  // A provider's own trouble (limits, pruned state) is not the contract's: geth and its kin report reverts as 3.
  if (reply?.ok === false && reply.error.code !== 3 && !/revert/i.test(reply.error.message))
    resultOf(reply, 'eth_call', rpc.host)
  return new WcnError('NOT_A_CLUSTER', `the contract ${contract} is not a WCN cluster: it has no getView()`, {
    hint: 'check the contract address',
  })
}

function requireChain(actual: number, expected: number, host: string): void {
  if (actual === expected) return
  throw new WcnError(
    'WRONG_CHAIN',
    `the RPC provider ${host} serves chain ${actual}, but chain ${expected} is expected`,
    {
      hint: `use a provider of chain ${expected}, or set --chain-id ${actual} if that is the chain you mean`,
      details: { expected, actual },
    },
  )
}
