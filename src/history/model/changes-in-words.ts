/** Says what an operator changed about itself, as one would tell a colleague. */
import { isRecord } from '../../base/is-record.js'
import type { Change } from '../../cluster/operator-changes.js'

const NODE_FIELDS: Readonly<Record<string, string>> = {
  peer_id: 'peer ID',
  ipv4_addr: 'address',
  private_ipv4_addr: 'private address',
  primary_port: 'primary port',
  secondary_port: 'secondary port',
}

/** Follows the operator's name. Text from the chain is quoted. */
export function changesInWords(changes: readonly Change[]): string {
  if (changes.length === 0) return 'wrote the data that it had'
  return changes.map(changeInWords).join('; ')
}

function changeInWords({ op, path, before, after }: Change): string {
  const [, list = '', index = ''] = /^(nodes|clients)\[(\d+)\]$/.exec(path) ?? []
  if (path === 'name') return `changed its name from ${JSON.stringify(before)} to ${JSON.stringify(after)}`
  if (list === 'clients') return clientInWords(op, before, after)
  if (list !== 'nodes') return `changed ${path}`
  if (op === 'add') return `added node ${index} (${nodeInWords(after)})`
  if (op === 'remove') return `removed node ${index} (${nodeInWords(before)})`
  const fields = changedFields(before, after)
  const moved = fields.length === 1 && fields[0]?.name === 'ipv4_addr' ? fields[0] : null
  if (moved) return `moved node ${index} from ${moved.before} to ${moved.after}`
  const words = fields.map(({ name, before: from, after: to }) => `${NODE_FIELDS[name] ?? name} ${from} → ${to}`)
  return `changed node ${index}: ${words.join(', ')}`
}

function nodeInWords(node: unknown): string {
  if (!isRecord(node)) return String(node)
  const { peer_id, ipv4_addr, primary_port, secondary_port } = node
  const at = ipv4_addr === null ? 'at an encrypted address' : `at ${ipv4_addr}`
  return `${peer_id} ${at}, ports ${primary_port} and ${secondary_port}`
}

function clientInWords(op: Change['op'], before: unknown, after: unknown): string {
  const [old, now] = [before, after].map((client) => (isRecord(client) ? client : {}))
  const namespaces = (client: Readonly<Record<string, unknown>> | undefined) => {
    const ids = String(client?.authorized_namespaces)
    return ids === '' ? 'no namespaces' : `namespaces ${ids}`
  }
  if (op === 'add') return `added client ${now?.peer_id} for ${namespaces(now)}`
  if (op === 'remove') return `removed client ${old?.peer_id}`
  if (old?.peer_id !== now?.peer_id) return `replaced client ${old?.peer_id} by ${now?.peer_id}`
  return `gave client ${now?.peer_id} ${namespaces(now)} in place of ${namespaces(old)}`
}

function changedFields(before: unknown, after: unknown) {
  if (!isRecord(before) || !isRecord(after)) return []
  return Object.keys(after)
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({ name, before: String(before[name] ?? 'none'), after: String(after[name] ?? 'none') }))
}
