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
  readonly operator: Draft
  readonly encryption_key_file: Draft
  readonly operator_key_file: Draft
  readonly database: Readonly<Record<'address' | 'secret_key_file' | 'peer_id', Draft>>
  readonly nodes: readonly NodeDraft[]
}

export interface NodeDraft {
  readonly name: string
  readonly primary: boolean
  readonly ipv4_addr: Draft
  readonly primary_port: number
  readonly secondary_port: number
  readonly metrics_port: number
  readonly secret_key_file: Draft
  readonly peer_id: Draft
}

const HEADER = `What a WalletConnect Network operator runs: one database and at least two nodes.
\`wcn config emit -f THIS_FILE --out DIR\` makes the env files for wcn_db and every wcn_node from it.

Keys are not in this file, only the paths of their files (relative to this file's folder). Fill in the blanks;
leave out what does not apply. For what runs on another host give peer_id instead of secret_key_file.

Optional, for the database and each node:
  host: machine-1        services on the same machine must not share a port; without it the address decides
  env: { LOG_LEVEL: info }   further variables of wcn_db or wcn_node, by their own names`

type Field = readonly [key: string, value: Draft, meaning: string]

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
    ['primary_port', 3000, 'UDP'],
    ['secondary_port', 3001, 'UDP'],
    ['metrics_port', 3002, 'TCP'],
    ['rocksdb_dir', '/wcn/rocksdb', 'where the database keeps its data'],
    ['secret_key_file', database.secret_key_file, 'made by `wcn key generate --out FILE`'],
    ['peer_id', database.peer_id, 'of that key; hosts that run nodes only need no more than this'],
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
    ])
    map.spaceBefore = i > 0
    list.add(map)
  }
  addSection(document, root, 'nodes', list, 'The nodes.')
}

function addFields(document: Document, map: YAMLMap, fields: readonly Field[]): void {
  for (const [key, value, meaning] of fields) {
    if (value === undefined) continue
    const node = document.createNode(value)
    node.comment = comment(value === null ? `FILL IN: ${meaning}` : meaning)
    map.add(new Pair(document.createNode(key), node))
  }
}

function addSection(document: Document, root: YAMLMap, key: string, value: YAMLMap | YAMLSeq, title: string): void {
  const name = document.createNode(key)
  name.spaceBefore = true
  name.commentBefore = comment(title)
  root.add(new Pair(name, value))
}

function comment(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : ` ${line}`))
    .join('\n')
}
