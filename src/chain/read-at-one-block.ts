/**
 * Reads cluster and account as one block shows them: of one provider in one round trip, of several as the block on
 * which enough of them agree (docs/dev/never.md 2, 5).
 */
import { type Address, parseAddress } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import { type ClusterView, clusterView } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import type { AccountSnapshot, ClusterSnapshot, WriteSnapshot } from './chain.js'
import { decodeGetView } from './contract/decode-get-view.js'
import { type AtOneBlock, askAtOneBlock, type Question, type Questions } from './one-block.js'
import type { Providers } from './providers.js'
import { amount, feePerGas, hash, hexData, quantity, record, smallQuantity } from './quantity.js'
import { type RpcReply, resultOf } from './rpc/json-rpc.js'
import { isRevert, meaningOf } from './rpc/provider-answers.js'

/** Bid where a provider doesn't suggest a tip; OP Mainnet's usual one, in wei. */
const DEFAULT_TIP = 1_000_000n
const ADDRESSES_END = 1n << 160n
/** Within a second: the next answer is as a rule another server's. */
const PLAUSIBLE_LOOKS = 5
const LOOK_AGAIN_MS = 250
/** Selector of getView(), which takes nothing. */
const GET_VIEW_CALL = '0x75418b9d'
/** ERC-1967: keccak256("eip1967.proxy.implementation") - 1. */
const IMPLEMENTATION_SLOT = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc'

export interface ChainTarget {
  readonly providers: Providers
  readonly chainId: number
}

/** Asked for once: later blocks that are agreed on descend from it. */
const knownGenesis = new WeakMap<Providers, Hex>()

export async function readCluster(target: ChainTarget, contract: Address, atBlock?: number): Promise<ClusterSnapshot> {
  const answer = await ask(target, (tag) => ({ view: viewAt(contract, tag) }), atBlock)
  const view = await decodeView(target, contract, answer)
  const { at } = answer
  return { chainId: target.chainId, contract, block: { number: at.number, hash: at.hash }, view }
}

export async function readClusterForWrite(
  target: ChainTarget,
  contract: Address,
  account: Address,
): Promise<WriteSnapshot> {
  return plausible(target, async () => {
    const answer = await ask(target, (tag) => ({
      view: viewAt(contract, tag),
      implementation: implementationAt(contract, tag),
      ...accountAt(target, account, tag),
    }))
    // First of all: where there is no cluster, nothing else matters.
    const view = await decodeView(target, contract, answer)
    const implementation = implementationIn(answer.said.implementation)
    return { ...accountSnapshot(target, account, answer), contract, view, implementation }
  })
}

export async function readAccount(target: ChainTarget, account: Address): Promise<AccountSnapshot> {
  return plausible(target, async () => {
    const answer = await ask(target, (tag) => accountAt(target, account, tag))
    return accountSnapshot(target, account, answer)
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
    const host = providers.all[0]?.host ?? ''
    if (look === PLAUSIBLE_LOOKS)
      throw new WcnError(
        'RPC_ERROR',
        `the RPC provider ${host} counts ${nonce} transactions of ${address} in blocks, and ${pendingNonce} together with those that wait: one of the two is wrong`,
        {
          hint: 'try again in a moment, or use another provider with --rpc-url',
          details: { host, nonce, pending_nonce: pendingNonce },
        },
      )
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

export async function ask<T extends object>(
  { providers, chainId }: ChainTarget,
  questions: Questions<T>,
  atBlock?: number,
): Promise<AtOneBlock<T>> {
  const [only, ...others] = providers.all
  if (only && others.length === 0) return askAtOneBlock(only, chainId, questions, atBlock)
  return (await import('./agreement.js')).askSeveral(providers, chainId, questions, atBlock)
}

export function asked<T>(
  title: string,
  merge: Question<T>['merge'],
  [method, ...params]: readonly [string, ...unknown[]],
  read: (result: unknown) => T,
  /** What it means where there is no usual answer; undefined: nothing. */
  otherwise: (reply: RpcReply | undefined) => T | undefined = () => undefined,
): Question<T> {
  return {
    ...{ method, params, title, merge },
    read(reply, host) {
      const other = otherwise(reply)
      return other === undefined ? read(resultOf(reply, method, host)) : other
    },
  }
}

/** `0x` where the contract has no such function, or is none. */
const viewAt = (contract: Address, tag: string) =>
  asked(
    "the cluster's view",
    'same',
    ['eth_call', { to: contract, data: GET_VIEW_CALL }, tag],
    (result) => hexData(result, 'getView() result').toLowerCase() as Hex,
    (reply) => (reply?.ok === false && isRevert(reply.error) ? '0x' : undefined),
  )

const implementationAt = (contract: Address, tag: string) =>
  asked(
    'the implementation behind the proxy',
    'same',
    ['eth_getStorageAt', contract, IMPLEMENTATION_SLOT, tag],
    (result) => quantity(result, 'implementation behind the proxy'),
  )

/** Null where the slot holds nothing, or what is no address: it is not this kind of proxy. */
function implementationIn(slot: bigint): Address | null {
  if (slot === 0n || slot >= ADDRESSES_END) return null
  return parseAddress(`0x${slot.toString(16).padStart(40, '0')}`, "the proxy's storage")
}

function accountAt({ providers }: ChainTarget, account: Address, tag: string) {
  const count = 'eth_getTransactionCount'
  return {
    nonce: asked('the nonce', 'same', [count, account, tag], (result) => quantity(result, 'nonce')),
    /** Every provider has a pool of its own, which some don't show: null. */
    pending: asked<bigint | null>(
      'the pending nonce',
      'backed',
      [count, account, 'pending'],
      (result) => quantity(result, 'pending nonce'),
      (reply) => (showsPool(reply) ? undefined : null),
    ),
    balance: asked('the balance', 'same', ['eth_getBalance', account, tag], (result) => quantity(result, 'balance')),
    /** An opinion of each provider, which some don't have: null. */
    tip: asked<bigint | null>(
      'the priority fee',
      'median',
      ['eth_maxPriorityFeePerGas'],
      (result) => quantity(result, 'priority fee'),
      (reply) => (reply?.ok ? undefined : null),
    ),
    ...(knownGenesis.has(providers)
      ? {}
      : {
          genesis: asked('the genesis block', 'same', ['eth_getBlockByNumber', '0x0', false], (result) =>
            hash(record(result, 'genesis block').hash, 'genesis block'),
          ),
        }),
  }
}

/** What it has no words for may pass; whatever else it says in place of a number, it does not know the tag. */
function showsPool(reply: RpcReply | undefined): boolean {
  if (!reply || reply.ok) return reply?.result !== null
  return ['passing', 'rate-limited', 'lasting'].includes(meaningOf(reply.error))
}

type Said<T> = { readonly [K in keyof T]: NonNullable<T[K]> extends Question<infer A> ? A : never }

function accountSnapshot(
  { providers, chainId }: ChainTarget,
  address: Address,
  { at, host, said }: AtOneBlock<Said<ReturnType<typeof accountAt>>>,
): AccountSnapshot {
  const maxPriorityFeePerGas = said.tip === null ? DEFAULT_TIP : feePerGas(said.tip, 'priority fee', host)
  const baseFee = at.baseFeePerGas === null ? 0n : feePerGas(at.baseFeePerGas, 'base fee', host)
  const nonce = smallQuantity(said.nonce, 'nonce')
  const genesisHash = knownGenesis.get(providers) ?? hash(said.genesis, 'genesis block')
  knownGenesis.set(providers, genesisHash)
  return {
    chainId,
    genesisHash,
    block: { number: at.number, hash: at.hash },
    account: {
      address,
      nonce,
      ...(said.pending === null
        ? { pendingNonce: nonce, poolUnseen: true }
        : { pendingNonce: smallQuantity(said.pending, 'nonce') }),
      balanceWei: amount(said.balance, 'balance', host),
    },
    // Twice the base fee outlasts some 30 full blocks; what is not needed is not paid.
    fees: { maxPriorityFeePerGas, maxFeePerGas: baseFee * 2n + maxPriorityFeePerGas },
  }
}

async function decodeView(
  target: ChainTarget,
  contract: Address,
  { at, said }: AtOneBlock<{ readonly view: Hex }>,
): Promise<ClusterView> {
  const raw = said.view === '0x' ? null : decodeGetView(said.view)
  if (raw && raw.version !== 0n) return clusterView(raw)
  let why = `the contract ${contract} answers getView() with something else than a cluster`
  if (raw) why = `the contract ${contract} has never been set up as a cluster: it may be the implementation behind one`
  if (said.view === '0x') {
    // Only on this failing path is the code asked for: it tells a wrong address from a wrong contract.
    const { code } = (await ask(target, (tag) => ({ code: codeAt(contract, tag) }), at.number)).said
    if (code === '0x')
      throw new WcnError('NOT_A_CONTRACT', `there is no contract at ${contract} on this chain`, {
        hint: 'check the contract address and the chain of the RPC provider',
      })
    why = `the contract ${contract} is not a WCN cluster: it has no getView()`
  }
  throw new WcnError('NOT_A_CLUSTER', why, { hint: 'check the contract address' })
}

const codeAt = (contract: Address, tag: string) =>
  asked("the contract's code", 'same', ['eth_getCode', contract, tag], (result) =>
    hexData(result, 'contract code').toLowerCase(),
  )
