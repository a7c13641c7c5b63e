/**
 * What an operator runs: one database and at least two nodes (the onboarding document, "Architecture Overview").
 * Parsed and checked as a whole, whichever part of it is going to be emitted; keys are read apart from it.
 */

import { parseAddress } from '../../base/address.js'
import { isNoHostAddress, parseIpv4, reservedRange } from '../../base/ipv4.js'
import { parsePeerId, requireNodePeerId } from '../../base/keys/parse-peer-id.js'
import { parsePort } from '../../base/port.js'
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { Description, NodeDescription, Where } from '../deployment-file.js'
import { type Listener, requireDistinctPorts } from './ports-in-use.js'
import { HOST_NAME, requireMatch } from './require-match.js'
import { parseTargetOptions, type TargetFlags } from './target-options.js'
import { optionalVariables, requireAbsolutePath } from './variable-grammars.js'

export type Database = Readonly<ReturnType<typeof parseDatabase>>
export type DeploymentNode = Readonly<ReturnType<typeof parseNode>>
export type Service = Database | DeploymentNode
export type Deployment = Readonly<ReturnType<typeof parseDeployment>>

export interface DeploymentRules {
  readonly allowPrivateAddresses: boolean
  readonly allowPublicDatabase: boolean
  readonly flags?: TargetFlags
}

type At = (field: string) => string
type Path = readonly (string | number)[]

const MIN_NODES = 2
export const NODE_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/i

/**
 * Throws the parsers' errors, PRIMARY_RULE, TOO_FEW_NODES, PORTS_COLLIDE, ADDRESS_NOT_ROUTABLE, PEER_ID_NOT_A_KEY,
 * SETTING_INVALID, and OUTPUT_UNSAFE for a database at a public address.
 */
export function parseDeployment(description: Description, where: Where, rules: DeploymentRules) {
  const { contract_address, operator } = description
  const nodes = description.nodes.map((node, i) => parseNode(node, ['nodes', i], where, rules))
  requireNames(nodes)
  if (nodes.length < MIN_NODES) {
    throw new WcnError('TOO_FEW_NODES', `the deployment has ${nodes.length} node, and an operator runs at least 2`, {
      hint: 'describe all nodes, also those on other hosts: give their peer_id instead of a key file',
    })
  }
  requireOnePrimary(nodes)
  const database = parseDatabase(description, where, rules)
  requireDistinctPorts([database, ...nodes].flatMap(listenersOf))
  const addressIn = (text: string | undefined, field: string) =>
    text === undefined ? null : parseAddress(text, where([field]))
  return {
    contractAddress: addressIn(contract_address, 'contract_address'),
    operator: addressIn(operator, 'operator'),
    database,
    nodes,
    options: parseTargetOptions(description, where, rules.flags ?? {}),
  }
}

/** What a service listens on; the fields of the description are called like the ports. */
export function portsOf({ primaryPort, secondaryPort, metricsPort }: Service) {
  return [
    { name: 'primary', field: 'primary_port', port: primaryPort, protocol: 'UDP' },
    { name: 'secondary', field: 'secondary_port', port: secondaryPort, protocol: 'UDP' },
    { name: 'metrics', field: 'metrics_port', port: metricsPort, protocol: 'TCP' },
  ] as const
}

export function listenersAt(place: string, service: Service): readonly Listener[] {
  return portsOf(service).map(({ name, port, protocol }) => ({
    ...{ place, port, protocol },
    what: `the ${name} port of ${service.title}`,
  }))
}

/**
 * On the machine, and at the public address: other machines may share that, so there RPC ports count, metrics ports
 * don't. Nodes without a host and an address count as being on one machine.
 */
function listenersOf(service: Service): readonly Listener[] {
  const address = service.kind === 'node' ? service.ipv4Addr : service.address
  const own = listenersAt(`host ${service.host ?? address ?? '(not named)'}`, service)
  if (service.kind === 'database' || address === null) return own
  return [...own, ...listenersAt(`address ${address}`, service).filter(({ protocol }) => protocol === 'UDP')]
}

function parseDatabase({ database }: Description, where: Where, rules: DeploymentRules) {
  const at: At = (field) => where(['database', field])
  const address = parseIpv4(database.address, at('address'))
  const range = reservedRange(address)
  if (range === null && !rules.allowPublicDatabase) {
    throw new WcnError(
      'OUTPUT_UNSAFE',
      `${at('address')} is ${address}, a public address: anybody can read and write a database they reach`,
      {
        hint: "give the database's address in your private network; --allow-public-database if a firewall closes this one off",
      },
    )
  }
  if (isNoHostAddress(address)) {
    throw new WcnError('IP_ADDRESS_INVALID', `${at('address')} is ${address}, which no machine has: ${range}`, {
      hint: "give the database's address in your private network, such as 10.0.10.5",
    })
  }
  const rocksdbDir = requireAbsolutePath(database.rocksdb_dir ?? '/wcn/rocksdb', at('rocksdb_dir'))
  const title = 'the database'
  const service = parseService(database, { title, id: 'wcn_db', path: ['database'] }, 3000, at, 'database')
  return { kind: 'database', ...service, address, rocksdbDir } as const
}

function parseNode(node: NodeDescription, path: Path, where: Where, rules: DeploymentRules) {
  const at: At = (field) => where([...path, field])
  const { name } = node
  const hint = 'use letters, digits, ".", "_" and "-", 63 characters at most'
  requireMatch(name, NODE_NAME, at('name'), 'from which no file name can be made', hint)
  const ipv4Addr = node.ipv4_addr === undefined ? null : parseIpv4(node.ipv4_addr, at('ipv4_addr'))
  const range = ipv4Addr === null ? null : reservedRange(ipv4Addr)
  if (range !== null && !rules.allowPrivateAddresses) {
    throw new WcnError('ADDRESS_NOT_ROUTABLE', `${at('ipv4_addr')} is ${ipv4Addr}, no public address: ${range}`, {
      hint: 'give the address that the internet sees; on a development chain add --allow-private-addresses',
    })
  }
  const service = parseService(node, { title: `node ${name}`, id: `wcn_node_${name}`, path }, 3010, at, 'node')
  const told = service.extra.get('PUBLIC_ADDRESS') ?? ipv4Addr
  if (ipv4Addr !== null && told !== ipv4Addr) {
    throw new WcnError('SETTING_INVALID', `${at('env')}: PUBLIC_ADDRESS is ${told}, but ipv4_addr is ${ipv4Addr}`, {
      hint: 'PUBLIC_ADDRESS tells the node its own address on chain; give the same one, or leave it out',
    })
  }
  const privateIpv4Addr =
    node.private_ipv4_addr === undefined ? null : parseIpv4(node.private_ipv4_addr, at('private_ipv4_addr'))
  return { kind: 'node', ...service, name, primary: node.primary ?? false, ipv4Addr, privateIpv4Addr } as const
}

interface Naming {
  /** In sentences: `the database`, `node n0`. */
  readonly title: string
  /** What its files and units are called: `wcn_db`, `wcn_node_n0`. */
  readonly id: string
  /** Its place in the description. */
  readonly path: Path
}

/** The onboarding document's ports are three in a row. */
function parseService(
  service: NodeDescription | Description['database'],
  naming: Naming,
  firstPort: number,
  at: At,
  kind: 'database' | 'node',
) {
  const { peer_id, host, metrics_address } = service
  return {
    ...naming,
    primaryPort: parsePort(service.primary_port ?? firstPort, at('primary_port')),
    secondaryPort: parsePort(service.secondary_port ?? firstPort + 1, at('secondary_port')),
    /** TCP; the others are UDP. */
    metricsPort: parsePort(service.metrics_port ?? firstPort + 2, at('metrics_port')),
    host: host === undefined ? null : requireOneLine(host, at('host')),
    /** As written: relative to the description. Null for what lives on another host. */
    secretKeyFile: service.secret_key_file ?? null,
    /** What the key must belong to; where there is no key file, the only thing known about it. */
    peerId: peer_id === undefined ? null : requireNodePeerId(parsePeerId(peer_id, at('peer_id')), at('peer_id')),
    /** Host name or address for Prometheus; null: the database's address, or for a node this machine. */
    metricsAddress: metrics_address === undefined ? null : requireHostName(metrics_address, at('metrics_address')),
    extra: optionalVariables(service.env ?? {}, kind, at('env')),
  }
}

function requireOneLine(text: string, source: string): string {
  if (!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return text
  throw new WcnError('SETTING_INVALID', `${source} has a line break or a control character in it`, {
    hint: 'give the name of the machine',
  })
}

function requireHostName(text: string, source: string): string {
  const hint = 'give it without a scheme and without a port'
  return requireMatch(text, HOST_NAME, source, 'which is no host name or IPv4 address', hint)
}

/** Names become file names, and some file systems don't tell capitals from small letters. */
function requireNames(nodes: readonly DeploymentNode[]): void {
  const twice = firstRepeated(nodes.map(({ name }) => name))
  if (twice === undefined) return
  throw new WcnError('SETTING_INVALID', `two nodes are called ${quote(twice)}`, { hint: 'give each node its own name' })
}

/** But for capitals. */
export function firstRepeated(names: readonly string[]): string | undefined {
  const plain = names.map((name) => name.toLowerCase())
  return names.find((_, i) => plain.indexOf(plain[i] ?? '') < i)
}

/** Only it gets the signing key (the onboarding document, "Deploy Nodes"; docs/dev/never.md 8). Throws PRIMARY_RULE. */
export function requireOnePrimary(nodes: readonly Pick<DeploymentNode, 'name' | 'primary'>[]): void {
  const primaries = nodes.filter(({ primary }) => primary).map(({ name }) => name)
  if (primaries.length === 1) return
  if (primaries.length === 0) {
    throw new WcnError(
      'PRIMARY_RULE',
      'no node is primary: without one, data migrations of your operator never complete',
      { hint: 'add "primary: true" to exactly one node; it alone gets the signing key' },
    )
  }
  throw new WcnError(
    'PRIMARY_RULE',
    `${primaries.length} nodes are primary (${primaries.join(', ')}), and only one may have the signing key`,
    { hint: 'leave "primary: true" on exactly one node', details: { primaries } },
  )
}
