/**
 * Decides what may be written as an operator's data, whichever command brings it: every write is held to all rules of
 * write-rules.ts (docs/dev/never.md, 3). Reading is lenient; this is the strict side.
 */

import type { WcnError } from '../errors/wcn-error.js'
import type { OperatorSlot } from './cluster-view.js'
import { type DecodedOperatorData, decodeOperatorData, encodeOperatorData } from './codec/operator-data.js'
import { type Allowances, judgedWrite, NOTHING_MORE, type OperatorWrite } from './judged-write.js'
import { ALL_RULES, WRITE_RULES, type WriteRuleId } from './write-rules.js'

const UNKNOWN = { slot: null, key: null, maxDataBytes: null, allowed: NOTHING_MORE } as const

/** All that speaks against a write, as far as it can be judged; `rules`: only by these. */
export function writeFaults(write: OperatorWrite, rules: readonly WriteRuleId[] = ALL_RULES): readonly WcnError[] {
  const judged = judgedWrite(write)
  return rules.flatMap((id) => WRITE_RULES[id].judge(judged))
}

/** The bytes to write. Throws what the first broken rule says. */
export function requireWritable(write: OperatorWrite, rules: readonly WriteRuleId[] = ALL_RULES): Uint8Array {
  requireRules(write, rules)
  return encodeOperatorData(write.after)
}

function requireRules(write: OperatorWrite, rules: readonly WriteRuleId[]): void {
  // One after the other: a later rule may rely on what an earlier one refuses.
  for (const id of rules) for (const fault of writeFaults(write, [id])) throw fault
}

/** What is on chain, to be edited. Throws DATA_UNDECODABLE, DATA_TRAILING_BYTES: it must be understood for that. */
export function requireEditable(slot: OperatorSlot, allowed: Allowances): DecodedOperatorData {
  const { decoded } = slot
  const after = decoded ?? { name: '', nodes: [], clients: [] }
  requireRules({ ...UNKNOWN, slot, after, allowed: { ...allowed, undecodable: false } }, [
    'undecodable',
    'trailing-bytes',
  ])
  if (decoded === null) throw new Error('data that does not decode passed as decoded')
  return decoded
}

/** For what others encoded: exactly the bytes that this tool would write. Throws DATA_UNDECODABLE, DATA_NOT_CANONICAL. */
export function decodeOwnEncoding(bytes: Uint8Array): DecodedOperatorData {
  const after = decodeOperatorData(bytes)
  requireRules({ ...UNKNOWN, after, bytes }, ['encoding'])
  return after
}

/** Throws NAME_TOO_LONG, NAME_INVALID. */
export function requireName(name: string): string {
  requireRules({ ...UNKNOWN, after: { name, nodes: [], clients: [] } }, ['name-length', 'name-characters'])
  return name
}
