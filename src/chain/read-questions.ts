/** What reads ask at a block, each with the form in which the answers of several providers are compared. */
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import type { Question } from './one-block.js'
import { hash, hexData, quantity, record, toQuantity } from './quantity.js'
import { type RpcReply, type RpcRequest, resultOf } from './rpc/json-rpc.js'
import { isRevert, meaningOf } from './rpc/provider-answers.js'

/** Selector of getView(), which takes nothing. */
const GET_VIEW_CALL = '0x75418b9d'
/** ERC-1967: keccak256("eip1967.proxy.implementation") - 1. */
const IMPLEMENTATION_SLOT = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc'

export function viewAt(contract: Address, tag: string): Question {
  return {
    ...request('eth_call', { to: contract, data: GET_VIEW_CALL }, tag),
    title: "the cluster's view",
    merge: 'same',
    canonical: (reply, host) =>
      reply?.ok === false && isRevert(reply.error)
        ? { reverts: true }
        : hexData(resultOf(reply, 'eth_call', host), 'getView() result').toLowerCase(),
  }
}

export function codeAt(contract: Address, tag: string): Question {
  return {
    ...request('eth_getCode', contract, tag),
    title: "the contract's code",
    merge: 'same',
    canonical: (reply, host) => hexData(resultOf(reply, 'eth_getCode', host), 'contract code').toLowerCase(),
  }
}

export function implementationAt(contract: Address, tag: string): Question {
  return number(
    'the implementation behind the proxy',
    'same',
    request('eth_getStorageAt', contract, IMPLEMENTATION_SLOT, tag),
  )
}

export function nonceAt(account: Address, tag: string): Question {
  return number('the nonce', 'same', request('eth_getTransactionCount', account, tag))
}

/** Every provider has a pool of its own, which some don't show. */
export function pendingNonce(account: Address): Question {
  const asked = number('the pending nonce', 'backed', request('eth_getTransactionCount', account, 'pending'))
  return { ...asked, canonical: (reply, host) => (showsPool(reply) ? asked.canonical(reply, host) : null) }
}

/** What it has no words for may pass; whatever else it says in place of a number, it does not know the tag. */
export function showsPool(reply: RpcReply | undefined): boolean {
  if (!reply || reply.ok) return reply?.result !== null
  return ['passing', 'rate-limited', 'lasting'].includes(meaningOf(reply.error))
}

export function balanceAt(account: Address, tag: string): Question {
  return number('the balance', 'same', request('eth_getBalance', account, tag))
}

/** An opinion of each provider, which some don't have. */
export function tip(): Question {
  const asked = number('the priority fee', 'median', request('eth_maxPriorityFeePerGas'))
  return { ...asked, canonical: (reply, host) => (reply?.ok ? asked.canonical(reply, host) : null) }
}

export function genesis(): Question {
  return {
    ...request('eth_getBlockByNumber', '0x0', false),
    title: 'the genesis block',
    merge: 'same',
    canonical: (reply, host) => genesisHash(resultOf(reply, 'eth_getBlockByNumber', host)),
  }
}

export function genesisHash(result: unknown): Hex {
  return hash(record(result, 'genesis block').hash, 'genesis block')
}

function request(method: string, ...params: readonly unknown[]): RpcRequest {
  return { method, params }
}

function number(title: string, merge: Question['merge'], asked: RpcRequest): Question {
  return {
    ...asked,
    title,
    merge,
    canonical: (reply, host) => toQuantity(quantity(resultOf(reply, asked.method, host), title.replace(/^the /, ''))),
  }
}
