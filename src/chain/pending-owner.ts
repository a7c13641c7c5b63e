/** Reads who was offered the ownership of a cluster and has not accepted it (docs/dev/network/contract.md). */
import { type Address, parseAddress, ZERO_ADDRESS } from '../base/address.js'
import type { ClusterSnapshot } from './chain.js'
import { hexData } from './quantity.js'
import { ask, asked, type ChainTarget } from './read-at-one-block.js'

/** Selector of pendingOwner(), which takes nothing. */
const PENDING_OWNER_CALL = '0xe30c3978'
/** An address is the last 20 bytes of its word. */
const ADDRESS_START = 2 + 2 * 12
const WORD_END = 2 + 2 * 32

/** As the block of the snapshot shows it; null: nobody. Throws RPC_ERROR for what is no address. */
export async function readPendingOwner(
  target: ChainTarget,
  { contract, block }: ClusterSnapshot,
): Promise<Address | null> {
  const { said } = await ask(
    target,
    (tag) => ({
      pending: asked(
        'who is offered the ownership',
        'same',
        ['eth_call', { to: contract, data: PENDING_OWNER_CALL }, tag],
        (result) => hexData(result, 'pendingOwner() result').toLowerCase(),
      ),
    }),
    block.number,
  )
  const pending = parseAddress(said.pending.slice(ADDRESS_START, WORD_END), 'the answer of pendingOwner()')
  return pending === ZERO_ADDRESS ? null : pending
}
