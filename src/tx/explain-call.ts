/** Explains a call in full: in words, as data, what it would change now, and what speaks against it. */
import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import { weiAsEther } from '../base/wei.js'
import { callDecoder, type DecodedCall } from '../chain/calls.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import type { Change } from '../cluster/operator-changes.js'
import { callMeaning } from './call-meaning.js'
import type { Reviewer } from './call-operator-data.js'

/** A call before anybody looked what it is. */
export interface Requested {
  /** Null where it creates a contract, or where that is not known. */
  readonly to: Address | null
  /** Calldata, or what it would mean; null where somebody else has yet to make it. */
  readonly content: Hex | DecodedCall | null
  /** Wei. */
  readonly value: bigint
  /** Null where it is not known who sends it. */
  readonly from: Address | null
}

/** Names in texts are untrusted. */
export interface CallJson {
  readonly to: Address | null
  /** Such as `setMaintenance(bool)`; null where it is unknown. */
  readonly function: string | null
  readonly arguments: Readonly<Record<string, unknown>> | null
  readonly words: string
  readonly details: readonly string[]
  /** Null where it was not compared with the chain. */
  readonly changes: readonly Change[] | null
  readonly warnings: readonly string[]
}

/**
 * `view`: the cluster it goes to, as it is now; null where that was not read. What it gives as `call` is null where nobody
 * could say what it does.
 */
export function explainCall(
  { to, content, value, from }: Requested,
  view: ClusterView | null,
  reviewer: Reviewer,
): { readonly call: DecodedCall | null; readonly json: CallJson } {
  const call = typeof content === 'string' ? callDecoder.decode(content) : content
  const money = value === 0n ? [] : [`it also sends ${weiAsEther(value)} ETH to the contract`]
  if (call === null) {
    const known = typeof content === 'string' ? callDecoder.functionOf(content) : null
    const words = known ? `call ${known} with arguments that do not decode` : unknownWords(content)
    const warnings = ['WHAT THIS DOES IS NOT KNOWN', ...money]
    return { call, json: { to, function: known, arguments: null, words, details: [], changes: null, warnings } }
  }
  const { words, details = [], json = {}, warnings = [], effects } = callMeaning(call, view, reviewer, from)
  const effect = (view && effects?.(view)) ?? { changes: [], warnings: [] }
  const odd = 'it is not encoded as tools do it: the contract may refuse it, or read something else in it'
  return {
    call,
    json: {
      to,
      function: call.signature,
      arguments: json,
      words,
      details,
      changes: view && effect.changes,
      warnings: [...(call.canonical ? [] : [odd]), ...warnings, ...effect.warnings, ...money],
    },
  }
}

function unknownWords(content: Requested['content']): string {
  if (typeof content !== 'string') return 'a call that the Safe app has yet to encode: decode the data it shows then'
  const bytes = content.length / 2 - 1
  if (bytes === 0) return 'no call, only a transfer'
  return `${bytes} bytes that are no call of a cluster contract, starting with ${content.slice(0, 10)}`
}
