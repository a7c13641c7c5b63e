/**
 * Writes a deployment description for people to fill in: every field with what it means beside it. A field whose value
 * isn't known is left blank, which `config emit` refuses by name, so that nothing is forgotten.
 */
import { Document, Pair, YAMLMap, YAMLSeq } from 'yaml'

/** Null: required and not known, left blank. Undefined: optional and not known, left out. */
type Draft = string | number | boolean | null | undefined

export interface DescriptionDraft {
  readonly contract_address: Draft
  readonly rpc_url: Draft
  /** In its place. */
  readonly rpc_url_file?: Draft
  readonly operator: Draft
  readonly encryption_key_file: Draft
  readonly operator_key_file: Draft
  readonly database: DatabaseDraft
  readonly nodes: readonly NodeDraft[]
  /** Images, compose, systemd, kubernetes: what is chosen of them. */
  readonly targets?: Readonly<Record<string, object | undefined>>
}

/** Of both kinds of services; left out unless it is known. */
interface FurtherFields {
  readonly host?: Draft
  readonly metrics_address?: Draft
  readonly env?: Readonly<Record<string, string | number | boolean>> | undefined
}

interface DatabaseDraft extends FurtherFields {
  readonly address: Draft
  readonly primary_port?: string | number | undefined
  readonly secondary_port?: string | number | undefined
  readonly metrics_port?: string | number | undefined
  readonly rocksdb_dir?: string | undefined
  readonly secret_key_file?: Draft
  readonly peer_id?: Draft
}

export interface NodeDraft extends FurtherFields {
  readonly name: string
  readonly primary: boolean
  readonly ipv4_addr?: Draft
  readonly primary_port?: string | number | undefined
  readonly secondary_port?: string | number | undefined
  readonly metrics_port?: string | number | undefined
  readonly secret_key_file?: Draft
  readonly peer_id?: Draft
}

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
  kubernetes: { namespace: wcn, exposure: host-network, host_cidrs: [10.0.0.0/24], storage: 200Gi, storage_class: fast }`

type Field = readonly [key: string, value: Draft | object, meaning: string]

const TARGETS: Readonly<Record<string, string>> = {
  images: 'Versions of the images, for compose and Kubernetes.',
}

export function renderDescription(draft: DescriptionDraft): string {
  const document = new Document(new YAMLMap())
  document.commentBefore = comment(HEADER)
  const root = document.contents as YAMLMap
  addFields(document, root, [
    ['contract_address', draft.contract_address, "the cluster's contract, as the WalletConnect team gave it to you"],
    [
      'rpc_url',
      draft.rpc_url,
      'wss:// URL of your Optimism RPC provider; rpc_url_file keeps a URL with a token out of this file',
    ],
    ['rpc_url_file', draft.rpc_url_file, "file with your Optimism RPC provider's wss:// URL; it may hold a token"],
    ['operator', draft.operator, 'the address of your operator: the key below must belong to it'],
    [
      'encryption_key_file',
      draft.encryption_key_file,
      "file with the cluster's encryption key, given to you with the contract",
    ],
    [
      'operator_key_file',
      draft.operator_key_file,
      "file with your operator's private key; it goes to the primary node only",
    ],
  ])
  addDatabase(document, root, draft)
  addNodes(document, root, draft)
  for (const [name, chosen] of Object.entries(draft.targets ?? {}))
    if (chosen !== undefined) addSection(document, root, name, document.createNode(chosen) as YAMLMap, TARGETS[name])
  return document.toString({ nullStr: '', lineWidth: 0 })
}

/** Dotted names of the fields that are still to be filled in. */
export function blanksOf(draft: DescriptionDraft): readonly string[] {
  const { database, nodes, ...root } = draft
  const blank = (fields: object, prefix: string) =>
    Object.entries(fields).flatMap(([key, value]) => (value === null ? [`${prefix}${key}`] : []))
  return [
    ...blank(root, ''),
    ...blank(database, 'database.'),
    ...nodes.flatMap((node, i) => blank(node, `nodes[${i}].`)),
  ]
}

function addDatabase(document: Document, root: YAMLMap, { database }: DescriptionDraft): void {
  const map = new YAMLMap()
  addFields(document, map, [
    [
      'address',
      database.address,
      'IPv4 in your private network; the database must never be reachable from the internet',
    ],
    ['primary_port', database.primary_port ?? 3000, 'UDP'],
    ['secondary_port', database.secondary_port ?? 3001, 'UDP'],
    ['metrics_port', database.metrics_port ?? 3002, 'TCP'],
    ['rocksdb_dir', database.rocksdb_dir ?? '/wcn/rocksdb', 'where the database keeps its data'],
    ['secret_key_file', database.secret_key_file, 'made by `wcn key generate --out FILE`'],
    ['peer_id', database.peer_id, 'of that key; hosts that run nodes only need no more than this'],
    ...furtherFields(database),
  ])
  addSection(document, root, 'database', map, 'The database.')
}

function addNodes(document: Document, root: YAMLMap, { nodes }: DescriptionDraft): void {
  const list = new YAMLSeq()
  for (const [i, node] of nodes.entries()) {
    const map = new YAMLMap()
    addFields(document, map, [
      ['name', node.name, `for the file's name: wcn_node_${node.name}.env`],
      [
        'primary',
        node.primary ? true : undefined,
        'exactly one node is: it gets the signing key and manages migrations',
      ],
      ['ipv4_addr', node.ipv4_addr, 'public IPv4, as on chain'],
      ['primary_port', node.primary_port, 'UDP, open to the internet'],
      ['secondary_port', node.secondary_port, 'UDP, open to the internet'],
      ['metrics_port', node.metrics_port, 'TCP'],
      ['secret_key_file', node.secret_key_file, 'made by `wcn key generate --out FILE`'],
      ['peer_id', node.peer_id, 'of that key, as on chain'],
      ...furtherFields(node),
    ])
    map.spaceBefore = i > 0
    list.add(map)
  }
  addSection(document, root, 'nodes', list, 'The nodes.')
}

function furtherFields({ host, metrics_address, env }: FurtherFields): readonly Field[] {
  return [
    ['host', host, 'the machine it runs on'],
    ['metrics_address', metrics_address, 'where Prometheus reaches its metrics server'],
    ['env', env, ''],
  ]
}

function addFields(document: Document, map: YAMLMap, fields: readonly Field[]): void {
  for (const [key, value, meaning] of fields) {
    if (value === undefined) continue
    const node = document.createNode(value)
    if (meaning !== '') node.comment = comment(value === null ? `FILL IN: ${meaning}` : meaning)
    map.add(new Pair(document.createNode(key), node))
  }
}

function addSection(
  document: Document,
  root: YAMLMap,
  key: string,
  value: YAMLMap | YAMLSeq,
  title: string | undefined,
): void {
  const name = document.createNode(key)
  name.spaceBefore = true
  if (title !== undefined) name.commentBefore = comment(title)
  root.add(new Pair(name, value))
}

function comment(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : ` ${line}`))
    .join('\n')
}
