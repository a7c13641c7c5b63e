/**
 * Tells whether two journals, or a journal and a provider, belong to one chain. Development chains are started anew and
 * keep their ID, so that their first block tells. Any other chain has one first block: a provider that shows another
 * one lies, and what was signed meanwhile is good for the chain all the same (EIP-155).
 */
import { DEVELOPMENT_CHAIN_ID } from '../../base/chain-ids.js'
import type { Hex } from '../../base/hex.js'

interface Chain {
  readonly chainId: number
  readonly genesisHash: Hex
}

export function sameChain(a: Chain, b: Chain): boolean {
  return a.chainId === b.chainId && (a.genesisHash === b.genesisHash || a.chainId !== DEVELOPMENT_CHAIN_ID)
}
