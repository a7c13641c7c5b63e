/**
 * Decides what may be written as an operator's data, whichever command brings it: every write is held to all rules of one
 * table, which tests and the handbook share (docs/dev/never.md, 3). Reading is lenient; this is the strict side. What is on
 * chain already stays as it is: most rules are about what a write brings.
 */

import { equalBytes } from '../base/hex.js'
import { requireNodePeerId } from '../base/keys/parse-peer-id.js'
import { describePeerId } from '../base/keys/peer-id.js'
import { quote } from '../base/quote.js'
import { UNSEEN } from '../base/unseen.js'
import type { WcnError } from '../errors/wcn-error.js'
import type { OperatorSlot } from './cluster-view.js'
import { type DecodedOperatorData, decodeOperatorData, encodeOperatorData, MIN_NODES } from './codec/operator-data.js'
import {
  type Allowances,
  fault,
  faultOf,
  judgedWrite,
  NOTHING_MORE,
  type OperatorWrite,
  rule,
  type WriteRule,
} from './judged-write.js'
import { NODE_RULES } from './node-rules.js'
import { clientIdentity } from './operator-changes.js'
import { reconcileNodes } from './pair-up.js'

const MAX_NAME_BYTES = 32
const UNSEEN_CHARACTER = new RegExp(`[${UNSEEN}]`, 'u')
/** Joiners and selectors inside of one are part of how it looks. */
// biome-ignore lint/complexity/useRegexLiterals: the flag is newer than the compiler's target, and Node 20 has it
const EMOJI = new RegExp('\\p{RGI_Emoji}', 'gv')

/** In the order in which they are told. */
export const WRITE_RULES = {
  undecodable: rule(
    'to replace data on chain that does not decode',
    ({ slot, allowed }) => {
      if (slot === null || slot.decoded !== null || allowed.undecodable) return []
      return fault(
        'DATA_UNDECODABLE',
        `this operator's data on chain does not decode (${slot.reason}), so nothing is written over it`,
        '`wcn nodes update -f FILE --replace-undecodable`, with name, nodes and clients in the file, replaces all of it',
      )
    },
    '--replace-undecodable',
  ),
  'trailing-bytes': rule(
    'to lose bytes on chain that are not understood',
    ({ slot, allowed }) => {
      const bytes = slot?.decoded?.trailingBytes ?? 0
      if (bytes === 0 || allowed.trailingBytes) return []
      return fault(
        'DATA_TRAILING_BYTES',
        `this operator's data on chain ends with ${bytes} bytes that this version does not know`,
        'newer software may have written them: update wcn, or add --drop-trailing-bytes to lose them',
      )
    },
    '--drop-trailing-bytes',
  ),
  encoding: rule('data in another encoding than this tool gives it', ({ after, bytes }) => {
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
  }),
  'name-length': rule('a name of more than 32 bytes', ({ after: { name } }) => {
    const bytes = new TextEncoder().encode(name).length
    if (bytes <= MAX_NAME_BYTES) return []
    return fault(
      'NAME_TOO_LONG',
      `the name ${quote(name)} is ${bytes} bytes long, and ${MAX_NAME_BYTES} are allowed`,
      'letters outside ASCII take two to four bytes each',
      { bytes, max_bytes: MAX_NAME_BYTES },
    )
  }),
  'name-characters': rule(
    'a new name that is blank, or holds control, formatting or invisible characters',
    ({ before, after: { name } }) => {
      if (name === before?.name) return []
      const unseen = UNSEEN_CHARACTER.exec(name.replace(EMOJI, ''))?.[0].codePointAt(0)
      if (unseen === undefined && name.trim() !== '') return []
      const why =
        unseen === undefined
          ? 'is blank'
          : `holds the character U+${unseen.toString(16).toUpperCase().padStart(4, '0')}, which nobody can see`
      const hint = 'everybody reads the name, in terminals and logs: use letters, digits, spaces and punctuation'
      return fault('NAME_INVALID', `the name ${quote(name)} ${why}`, hint)
    },
  ),
  removals: rule(
    'to remove several nodes at once where nobody watches',
    ({ before, after, look, allowed }) => {
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
    '--max-removals',
  ),
  'revoke-all': rule(
    'to revoke all clients, or all namespaces of one',
    ({ before, after: { clients }, allowed }) => {
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
    '--revoke-all',
  ),
  'node-count': rule('fewer than 2 nodes', ({ after: { nodes } }) => {
    if (nodes.length >= MIN_NODES) return []
    return fault(
      'TOO_FEW_NODES',
      `an operator needs at least ${MIN_NODES} nodes, and this would leave ${nodes.length}: the network could not read its data`,
      'add the new node before you remove the old one, or replace it with `wcn nodes update`',
    )
  }),
  ...NODE_RULES,
  'client-peer-id': rule(
    'a new client with a peer ID that nobody can prove to have, or whose key everybody has',
    ({ before, after }) => {
      const known = new Set(before?.clients.map(({ peerId }) => peerId))
      return after.clients.flatMap(({ peerId }, index): readonly WcnError[] =>
        known.has(peerId) ? [] : faultOf(() => requireNodePeerId(peerId, `clients[${index}].peer_id`)),
      )
    },
  ),
  'client-twice': rule('the same client twice', ({ before, after: { clients } }) => {
    // Two entries of one client contradict each other; where the chain holds them already they are left alone.
    const known = new Set(before?.clients.map(clientIdentity))
    const fresh = new Set(clients.filter((one) => !known.has(clientIdentity(one))).map(({ peerId }) => peerId))
    return [...fresh]
      .filter((id) => clients.filter(({ peerId }) => peerId === id).length > 1)
      .flatMap((id) =>
        fault('DOCUMENT_INVALID', `client ${id} is listed twice`, 'write all its namespaces into one entry'),
      )
  }),
  'data-size': rule('more bytes than the cluster allows an operator', ({ after, maxDataBytes }) => {
    if (maxDataBytes === null) return []
    const { length } = encodeOperatorData(after)
    if (length <= maxDataBytes) return []
    return fault(
      'DATA_TOO_LARGE',
      `the operator's data would be ${length} bytes, and the cluster allows ${maxDataBytes}`,
      'remove nodes or clients',
      { data_bytes: length, max_operator_data_bytes: maxDataBytes },
    )
  }),
} as const satisfies Readonly<Record<string, WriteRule>>

export type WriteRuleId = keyof typeof WRITE_RULES

export const ALL_RULES = Object.keys(WRITE_RULES) as readonly WriteRuleId[]
/** What can't be judged without the encryption key. */
export const ADDRESS_RULES = ['no-host-address', 'public-address', 'private-address', 'endpoint-twice'] as const

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
