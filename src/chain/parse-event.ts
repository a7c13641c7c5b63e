/** Takes an event out of a provider's answer: where it stands on the chain, and what it says. */
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import { decodeEvent } from './decode-event.js'
import { hash, hexData, record, smallQuantity } from './quantity.js'
import { oddAnswer } from './rpc/json-rpc.js'

/** Throws RPC_ERROR for what is no event of that contract in that range of blocks. */
export function parseEvent(
  value: unknown,
  host: string,
  contract: Address,
  { from, to }: { readonly from: number; readonly to: number },
) {
  const { topics, ...fields } = record(value, 'event')
  const known: readonly Hex[] = Array.isArray(topics) ? topics.map((topic) => hash(topic, 'event topic')) : []
  const data = hexData(fields.data, 'event data')
  const event = decodeEvent(known, data)
  const block = smallQuantity(fields.blockNumber, 'block number')
  const isOfContract = typeof fields.address === 'string' && fields.address.toLowerCase() === contract
  if (event === null || !isOfContract || block < from || block > to) throw oddAnswer(host, 'a malformed event')
  const place = {
    block,
    blockHash: hash(fields.blockHash, 'block hash'),
    transaction: hash(fields.transactionHash, 'transaction hash'),
    index: smallQuantity(fields.logIndex, 'log index'),
    version: event.version,
  }
  return {
    place,
    meaning: event.meaning,
    /** Newer nodes say it with each event; null: this one does not. */
    time: fields.blockTimestamp == null ? null : smallQuantity(fields.blockTimestamp, 'block timestamp'),
    /** The same from every provider that tells the truth. */
    sign: [place.blockHash, place.index, ...known, data].join(),
  }
}
