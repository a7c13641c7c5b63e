/**
 * Writes a deployment description for people to fill in: every field with what it means beside it. A field whose value
 * isn't known is left blank, which `config emit` refuses by name, so that nothing is forgotten.
 */
import { Document, Pair, YAMLMap, YAMLSeq } from 'yaml'

/** Fields by their names. Null: required and not known, left blank. Undefined: optional and not known, left out. */
export type Draft = Readonly<Record<string, string | number | boolean | object | null | undefined>>

export type DescriptionDraft = Draft & { readonly database: Draft; readonly nodes: readonly Draft[] }

const HEADER = `What a WalletConnect Network operator runs: one database and at least two nodes.
\`wcn config emit -f THIS_FILE --out DIR\` makes what wcn_db and every wcn_node run with from it: env files, or with
\`--format compose\`, \`systemd\` or \`k8s\` what these deploy from.

Keys are not in this file, only the paths of their files (relative to this file's folder). Fill in the blanks;
leave out what does not apply. For what runs on another host give peer_id instead of secret_key_file.

Optional, for the database and each node:
  host: machine-1   # services on the same machine must not share a port; without it the address decides
  env: { LOG_LEVEL: info }   # further variables of wcn_db or wcn_node, by their own names
  metrics_address: 10.0.0.7   # where Prometheus reaches its metrics server

Optional, at the top level, for what you deploy with:
  images: { tag: "260209.1" }   # or database: and node: with whole references, pinned by tag or digest
  compose: { project: wcn, subnet: 10.0.10.0/24 }
  systemd: { user: wcn, env_dir: /etc/wcn, database_binary: /usr/local/bin/wcn_db, node_binary: /usr/local/bin/wcn_node }
  kubernetes: { namespace: wcn, exposure: host-network, host_cidrs: [10.0.0.0/24], storage: 200Gi, storage_class: fast }
  prometheus: { exporter: 127.0.0.1:9464 }   # where Prometheus reaches wcn cluster exporter`

/** In their order; what is not given has the usual value, if there is one. */
type Fields = readonly (readonly [field: string, meaning: string, usual?: string | number])[]

const ROOT: Fields = [
  ['name', 'of your operator, as everybody sees it on chain'],
  ['contract_address', "the cluster's contract, as the WalletConnect team gave it to you"],
  ['rpc_url', 'wss:// URL of your Optimism RPC provider; rpc_url_file keeps a URL with a token out of this file'],
  ['rpc_url_file', "file with your Optimism RPC provider's wss:// URL; it may hold a token"],
  ['operator', 'the address of your operator: the key below must belong to it'],
  ['encryption_key_file', "file with the cluster's encryption key, given to you with the contract"],
  ['operator_key_file', "file with your operator's private key; it goes to the primary node only"],
]
const OF_BOTH: Fields = [
  ['host', 'the machine it runs on'],
  ['metrics_address', 'where Prometheus reaches its metrics server'],
  ['env', ''],
]
const DATABASE: Fields = [
  ['address', 'IPv4 in your private network; the database must never be reachable from the internet'],
  ['primary_port', 'UDP', 3000],
  ['secondary_port', 'UDP', 3001],
  ['metrics_port', 'TCP', 3002],
  ['rocksdb_dir', 'where the database keeps its data', '/wcn/rocksdb'],
  ['secret_key_file', 'made by `wcn key generate --out FILE`'],
  ['peer_id', 'of that key; hosts that run nodes only need no more than this'],
  ...OF_BOTH,
]
const NODE: Fields = [
  ['name', "for the file's name: wcn_node_NAME.env"],
  ['primary', 'exactly one node is: it gets the signing key and manages migrations'],
  ['ipv4_addr', 'public IPv4, as on chain'],
  ['private_ipv4_addr', 'for client applications in the same network, as on chain'],
  ['primary_port', 'UDP, open to the internet'],
  ['secondary_port', 'UDP, open to the internet'],
  ['metrics_port', 'TCP'],
  ['secret_key_file', 'made by `wcn key generate --out FILE`'],
  ['peer_id', 'of that key, as on chain'],
  ...OF_BOTH,
]
/** What targets have to know besides the services: as it was chosen. */
const SECTIONS = {
  images: 'Versions of the images, for compose and Kubernetes.',
  compose: '',
  systemd: '',
  kubernetes: '',
  prometheus: '',
}

export function renderDescription(draft: DescriptionDraft): string {
  const document = new Document(new YAMLMap())
  document.commentBefore = comment(HEADER)
  const root = fieldsOf(document, draft, ROOT)
  document.contents = root
  const addSection = (name: string, value: YAMLMap | YAMLSeq, title: string) => {
    const key = document.createNode(name)
    key.spaceBefore = true
    if (title !== '') key.commentBefore = comment(title)
    root.add(new Pair(key, value))
  }
  addSection('database', fieldsOf(document, draft.database, DATABASE), 'The database.')
  const nodes = new YAMLSeq()
  for (const [i, node] of draft.nodes.entries()) {
    const map = fieldsOf(document, node, NODE)
    map.spaceBefore = i > 0
    nodes.add(map)
  }
  addSection('nodes', nodes, 'The nodes.')
  for (const [name, title] of Object.entries(SECTIONS))
    if (draft[name] !== undefined) addSection(name, document.createNode(draft[name]) as YAMLMap, title)
  return document.toString({ nullStr: '', lineWidth: 0 })
}

/** What is to be written there, in a few words. */
export function meaningOf(field: string, of: 'root' | 'database' | 'node'): string {
  const fields = { root: ROOT, database: DATABASE, node: NODE }[of]
  return fields.find(([name]) => name === field)?.[1] ?? ''
}

/** Dotted names of the fields that are still to be filled in. */
export function blanksOf({ database, nodes, ...root }: DescriptionDraft): readonly string[] {
  const blank = (fields: Draft, prefix: string) =>
    Object.entries(fields).flatMap(([key, value]) => (value === null ? [`${prefix}${key}`] : []))
  return [
    ...blank(root, ''),
    ...blank(database, 'database.'),
    ...nodes.flatMap((node, i) => blank(node, `nodes[${i}].`)),
  ]
}

function fieldsOf(document: Document, draft: Draft, fields: Fields): YAMLMap {
  const map = new YAMLMap()
  for (const [field, about, usual] of fields) {
    const value = draft[field] === undefined ? usual : draft[field]
    // No node is primary unless it is said.
    if (value === undefined || value === false) continue
    const node = document.createNode(value)
    const meaning = about.replace('NAME', String(draft.name))
    if (meaning !== '') node.comment = comment(value === null ? `FILL IN: ${meaning}` : meaning)
    map.add(new Pair(document.createNode(field), node))
  }
  return map
}

function comment(text: string): string {
  return text.replace(/^(?=.)/gm, ' ')
}
