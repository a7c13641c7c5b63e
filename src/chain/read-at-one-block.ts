/**
 * Reads cluster and account as one block shows them: of one provider in one round trip, of several as the block on
 * which enough of them agree (docs/dev/never.md 2, 5).
 */
import { type Address, parseAddress } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import { clusterView } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import type { AccountSnapshot, ClusterSnapshot, WriteSnapshot } from './chain.js'
import { decodeGetView } from './contract/decode-get-view.js'
import { type AtOneBlock, askAtOneBlock, type Question, type Questions } from './one-block.js'
import type { Providers } from './providers.js'
import { amount, feePerGas, hexData, quantity, smallQuantity, toQuantity } from './quantity.js'
import {
  balanceAt,
  codeAt,
  genesis,
  genesisHash,
  implementationAt,
  nonceAt,
  pendingNonce,
  showsPool,
  tip,
  viewAt,
} from './read-questions.js'
import { type RpcReply, resultOf } from './rpc/json-rpc.js'
import { isRevert } from './rpc/provider-answers.js'

/** Bid where a provider doesn't suggest a tip; OP Mainnet's usual one, in wei. */
const DEFAULT_TIP = 1_000_000n
const COUNT = 'eth_getTransactionCount'
const ADDRESSES_END = 1n << 160n
/** Within a second: the next answer is as a rule another server's. */
const PLAUSIBLE_LOOKS = 5
const LOOK_AGAIN_MS = 250

export interface ChainTarget {
  readonly providers: Providers
  readonly chainId: number
}

/** Asked for once: later blocks that are agreed on descend from it. */
const knownGenesis = new WeakMap<Providers, Hex>()

export async function readCluster(target: ChainTarget, contract: Address, atBlock?: number): Promise<ClusterSnapshot> {
  const answer = await ask(target, (tag) => [viewAt(contract, tag)], atBlock)
  const view = await decodeView(target, contract, answer, answer.replies[0])
  return { chainId: target.chainId, contract, block: blockOf(answer), view }
}

export async function readClusterForWrite(
  target: ChainTarget,
  contract: Address,
  account: Address,
): Promise<WriteSnapshot> {
  return plausible(target, async () => {
    const answer = await ask(target, (tag) => [
      viewAt(contract, tag),
      implementationAt(contract, tag),
      ...accountAt(target, account, tag),
    ])
    const [viewReply, slot, ...rest] = answer.replies
    // First of all: where there is no cluster, nothing else matters.
    const view = await decodeView(target, contract, answer, viewReply)
    const implementation = implementationIn(resultOf(slot, 'eth_getStorageAt', answer.host))
    return { ...accountSnapshot(target, account, answer, rest), contract, view, implementation }
  })
}

export async function readAccount(target: ChainTarget, account: Address): Promise<AccountSnapshot> {
  return plausible(target, async () => {
    const answer = await ask(target, (tag) => accountAt(target, account, tag))
    return accountSnapshot(target, account, answer, answer.replies)
  })
}

/**
 * What is signed for a nonce that is too high is included once others have filled the gap, and may then undo what they
 * wrote. So whoever contradicts itself is asked again: one of its servers may lag. Throws RPC_ERROR.
 */
async function plausible<T extends AccountSnapshot>({ providers }: ChainTarget, read: () => Promise<T>): Promise<T> {
  for (let look = 1; ; look++) {
    const snapshot = await read()
    const { address, nonce, pendingNonce } = snapshot.account
    if (pendingNonce >= nonce) return snapshot
    // Several agree about the nonce; their pools are their own.
    if (providers.all.length > 1) return { ...snapshot, account: { ...snapshot.account, pendingNonce: nonce } }
    if (look === PLAUSIBLE_LOOKS) throw contradiction(providers.all[0]?.host ?? '', address, nonce, pendingNonce)
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

function contradiction(host: string, address: Address, nonce: number, pendingNonce: number): WcnError {
  return new WcnError(
    'RPC_ERROR',
    `the RPC provider ${host} counts ${nonce} transactions of ${address} in blocks, and ${pendingNonce} together with those that wait: one of the two is wrong`,
    {
      hint: 'try again in a moment, or use another provider with --rpc-url',
      details: { host, nonce, pending_nonce: pendingNonce },
    },
  )
}

async function ask({ providers, chainId }: ChainTarget, questions: Questions, atBlock?: number): Promise<AtOneBlock> {
  const [only, ...others] = providers.all
  if (only && others.length === 0) return askAtOneBlock(only, chainId, questions, atBlock)
  return (await import('./agreement.js')).askSeveral(providers, chainId, questions, atBlock)
}

function accountAt({ providers }: ChainTarget, account: Address, tag: string): readonly Question[] {
  const known = [nonceAt(account, tag), pendingNonce(account), balanceAt(account, tag), tip()]
  return knownGenesis.has(providers) ? known : [...known, genesis()]
}

function accountSnapshot(
  { providers, chainId }: ChainTarget,
  address: Address,
  answer: AtOneBlock,
  [nonce, pending, balance, suggestion, firstBlock]: readonly RpcReply[],
): AccountSnapshot {
  const { at, host } = answer
  const maxPriorityFeePerGas = suggestion?.ok ? feePerGas(suggestion.result, 'priority fee', host) : DEFAULT_TIP
  const baseFee = at.baseFeePerGas === null ? 0n : feePerGas(toQuantity(at.baseFeePerGas), 'base fee', host)
  const count = smallQuantity(resultOf(nonce, COUNT, host), 'nonce')
  const first = knownGenesis.get(providers) ?? genesisHash(resultOf(firstBlock, 'eth_getBlockByNumber', host))
  knownGenesis.set(providers, first)
  return {
    chainId,
    genesisHash: first,
    block: blockOf(answer),
    account: {
      address,
      nonce: count,
      ...(showsPool(pending)
        ? { pendingNonce: smallQuantity(resultOf(pending, COUNT, host), 'nonce') }
        : { pendingNonce: count, poolUnseen: true }),
      balanceWei: amount(resultOf(balance, 'eth_getBalance', host), 'balance', host),
    },
    // Twice the base fee outlasts some 30 full blocks; what is not needed is not paid.
    fees: { maxPriorityFeePerGas, maxFeePerGas: baseFee * 2n + maxPriorityFeePerGas },
  }
}

function blockOf({ at: { number, hash } }: AtOneBlock) {
  return { number, hash }
}

/** Null where the slot holds nothing, or what is no address: it is not this kind of proxy. */
function implementationIn(slot: unknown): Address | null {
  const value = quantity(slot, 'storage slot')
  if (value === 0n || value >= ADDRESSES_END) return null
  return parseAddress(`0x${value.toString(16).padStart(40, '0')}`, "the proxy's storage")
}

async function decodeView(target: ChainTarget, contract: Address, answer: AtOneBlock, reply: RpcReply | undefined) {
  const data = reply?.ok ? hexData(reply.result, 'getView() result') : '0x'
  if (data === '0x') throw await notACluster(target, contract, answer, reply)
  const raw = decodeGetView(data)
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
  target: ChainTarget,
  contract: Address,
  { at, host }: AtOneBlock,
  reply: RpcReply | undefined,
): Promise<WcnError> {
  const { replies } = await ask(target, (tag) => [codeAt(contract, tag)], at.number)
  if (hexData(resultOf(replies[0], 'eth_getCode', host), 'contract code') === '0x')
    return new WcnError('NOT_A_CONTRACT', `there is no contract at ${contract} on this chain`, {
      hint: 'check the contract address and the chain of the RPC provider',
    })
  // A provider's own trouble (limits, pruned state) is not the contract's.
  if (reply?.ok === false && !isRevert(reply.error)) resultOf(reply, 'eth_call', host)
  return new WcnError('NOT_A_CLUSTER', `the contract ${contract} is not a WCN cluster: it has no getView()`, {
    hint: 'check the contract address',
  })
}
