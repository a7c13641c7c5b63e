/**
 * Decides what may be written as an operator's data, whichever command brings it: every write is held to all rules of
 * write-rules.ts (docs/dev/never.md, 3). Reading is lenient; this is the strict side.
 */

import { equalBytes } from '../base/equal-bytes.js'
import { requireNodePeerId } from '../base/keys/parse-peer-id.js'
import { describePeerId } from '../base/keys/peer-id.js'
import { quote } from '../base/quote.js'
import type { WcnError } from '../errors/wcn-error.js'
import type { OperatorSlot } from './cluster-view.js'
import {
  type DecodedOperatorData,
  decodeOperatorData,
  encodeOperatorData,
  MIN_NODES,
  type OperatorData,
} from './codec/operator-data.js'
import {
  type Allowances,
  fault,
  faultOf,
  type Judge,
  judgedWrite,
  NOTHING_MORE,
  type OperatorWrite,
} from './judged-write.js'
import { NODE_JUDGES } from './node-judges.js'
import { clientIdentity } from './operator-changes.js'
import { reconcileNodes } from './reconcile-nodes.js'
import { ALL_RULES, type WriteRuleId } from './write-rules.js'

const MAX_NAME_BYTES = 32
const NOTHING: OperatorData = { name: '', nodes: [], clients: [] }
/** Controls, formatting marks, separators of lines, halves of characters, and what is there without being seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}\u2800]/u
/** Joiners and selectors inside of one are part of how it looks. */
// biome-ignore lint/complexity/useRegexLiterals: the flag is newer than the compiler's target, and Node 20 has it
const EMOJI = new RegExp('\\p{RGI_Emoji}', 'gv')

const nameLength = (name: string): readonly WcnError[] => {
  const bytes = new TextEncoder().encode(name).length
  if (bytes <= MAX_NAME_BYTES) return []
  return fault(
    'NAME_TOO_LONG',
    `the name ${quote(name)} is ${bytes} bytes long, and ${MAX_NAME_BYTES} are allowed`,
    'letters outside ASCII take two to four bytes each',
    { bytes, max_bytes: MAX_NAME_BYTES },
  )
}

const nameCharacters = (name: string): readonly WcnError[] => {
  const unseen = UNSEEN.exec(name.replace(EMOJI, ''))?.[0].codePointAt(0)
  if (unseen === undefined && name.trim() !== '') return []
  const why =
    unseen === undefined
      ? 'is blank'
      : `holds the character U+${unseen.toString(16).toUpperCase().padStart(4, '0')}, which nobody can see`
  const hint = 'everybody reads the name, in terminals and logs: use letters, digits, spaces and punctuation'
  return fault('NAME_INVALID', `the name ${quote(name)} ${why}`, hint)
}

const JUDGES: Readonly<Record<WriteRuleId, Judge>> = {
  undecodable({ slot, allowed }) {
    if (slot === null || slot.decoded !== null || allowed.undecodable) return []
    return fault(
      'DATA_UNDECODABLE',
      `this operator's data on chain does not decode (${slot.reason}), so nothing is written over it`,
      '`wcn nodes update -f FILE --replace-undecodable`, with name, nodes and clients in the file, replaces all of it',
    )
  },
  'trailing-bytes'({ slot, allowed }) {
    const bytes = slot?.decoded?.trailingBytes ?? 0
    if (bytes === 0 || allowed.trailingBytes) return []
    return fault(
      'DATA_TRAILING_BYTES',
      `this operator's data on chain ends with ${bytes} bytes that this version does not know`,
      'newer software may have written them: update wcn, or add --drop-trailing-bytes to lose them',
    )
  },
  encoding({ after, bytes }) {
    if (bytes === undefined || equalBytes(bytes, encodeOperatorData(after))) return []
    const { schema, trailingBytes } = decodeOperatorData(bytes)
    const why =
      schema !== 1
        ? `has the old schema ${schema}, and new data is written with schema 1`
        : trailingBytes > 0
          ? `has ${trailingBytes} bytes after its end`
          : 'is not in its shortest encoding'
    const hint = 'somebody changed it, or other software made it: have it made anew'
    return fault('DATA_NOT_CANONICAL', `the data ${why}`, hint)
  },
  'name-length': ({ after }) => nameLength(after.name),
  'name-characters': ({ before, after }) => (after.name === before?.name ? [] : nameCharacters(after.name)),
  removals({ before, after, look, allowed }) {
    if (before === null) return []
    const { removed } = reconcileNodes(before.nodes.map(look), after.nodes.map(look))
    // A new deployment's placeholders hold no key, and nobody misses them.
    const removals = removed.filter(({ peerId }) => describePeerId(peerId) !== 'no-key').length
    if (removals <= allowed.removals) return []
    return fault(
      'TOO_MANY_REMOVALS',
      `this would remove ${removals} nodes, and ${allowed.removals} may be removed at once`,
      `if that is right, add --max-removals ${removals}`,
      { removals, max_removals: allowed.removals },
    )
  },
  'revoke-all'({ before, after: { clients }, allowed }) {
    if (before === null || allowed.revokeAll) return []
    const hint = 'name what stays; or add --revoke-all if that is what you mean'
    const { length } = before.clients
    if (clients.length === 0 && length > 0)
      return fault('REVOKES_EVERYTHING', `this would revoke every client (${length})`, hint)
    const known = new Set(before.clients.map(clientIdentity))
    return clients
      .filter((client) => client.namespaces.length === 0 && !known.has(clientIdentity(client)))
      .flatMap(({ peerId }) => fault('REVOKES_EVERYTHING', `this leaves client ${peerId} without a namespace`, hint))
  },
  'node-count'({ after: { nodes } }) {
    if (nodes.length >= MIN_NODES) return []
    return fault(
      'TOO_FEW_NODES',
      `an operator needs at least ${MIN_NODES} nodes, and this would leave ${nodes.length}: the network could not read its data`,
      'add the new node before you remove the old one, or replace it with `wcn nodes update`',
    )
  },
  ...NODE_JUDGES,
  'client-peer-id'({ before, after }) {
    const known = new Set(before?.clients.map(({ peerId }) => peerId))
    return after.clients.flatMap(({ peerId }, index) =>
      known.has(peerId) ? [] : faultOf(() => requireNodePeerId(peerId, `clients[${index}].peer_id`)),
    )
  },
  'client-twice'({ before, after: { clients } }) {
    // Two entries of one client contradict each other; where the chain holds them already they are left alone.
    const known = new Set(before?.clients.map(clientIdentity))
    const fresh = new Set(clients.filter((one) => !known.has(clientIdentity(one))).map(({ peerId }) => peerId))
    return [...fresh]
      .filter((id) => clients.filter(({ peerId }) => peerId === id).length > 1)
      .flatMap((id) =>
        fault('DOCUMENT_INVALID', `client ${id} is listed twice`, 'write all its namespaces into one entry'),
      )
  },
  'data-size'({ after, maxDataBytes }) {
    if (maxDataBytes === null) return []
    const { length } = encodeOperatorData(after)
    if (length <= maxDataBytes) return []
    return fault(
      'DATA_TOO_LARGE',
      `the operator's data would be ${length} bytes, and the cluster allows ${maxDataBytes}`,
      'remove nodes or clients',
      { data_bytes: length, max_operator_data_bytes: maxDataBytes },
    )
  },
}

/** All that speaks against a write, as far as it can be judged; `rules`: only by these. */
export function writeFaults(write: OperatorWrite, rules: readonly WriteRuleId[] = ALL_RULES): readonly WcnError[] {
  const judged = judgedWrite(write)
  return rules.flatMap((rule) => JUDGES[rule](judged))
}

/** The bytes to write. Throws what the first broken rule says. */
export function requireWritable(write: OperatorWrite, rules: readonly WriteRuleId[] = ALL_RULES): Uint8Array {
  for (const rule of rules) {
    const [first] = writeFaults(write, [rule])
    if (first) throw first
  }
  return encodeOperatorData(write.after)
}

/** What is on chain, to be edited. Throws DATA_UNDECODABLE, DATA_TRAILING_BYTES: it must be understood for that. */
export function requireEditable(slot: OperatorSlot, allowed: Allowances): DecodedOperatorData {
  const { decoded } = slot
  const write = { slot, after: decoded ?? NOTHING, key: null, maxDataBytes: null }
  requireWritable({ ...write, allowed: { ...allowed, undecodable: false } }, ['undecodable', 'trailing-bytes'])
  if (decoded === null) throw new Error('data that does not decode passed as decoded')
  return decoded
}

/** For what others encoded: exactly the bytes that this tool would write. Throws DATA_UNDECODABLE, DATA_NOT_CANONICAL. */
export function decodeOwnEncoding(bytes: Uint8Array): DecodedOperatorData {
  const after = decodeOperatorData(bytes)
  requireWritable({ slot: null, after, bytes, key: null, maxDataBytes: null, allowed: NOTHING_MORE }, ['encoding'])
  return after
}

/** Throws NAME_TOO_LONG, NAME_INVALID. */
export function requireName(name: string): string {
  const [first] = [...nameLength(name), ...nameCharacters(name)]
  if (first) throw first
  return name
}
