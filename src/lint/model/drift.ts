/** Compares nodes in files, on chain and in operation: one row for each field of each node. */
import type { Address } from '../../base/address.js'
import type { Ipv4 } from '../../base/ipv4.js'
import type { PeerId } from '../../base/keys/peer-id.js'

/** A node as files configure it; null is what they don't say. */
export interface NodeInFiles {
  readonly name: string
  readonly peerId: PeerId | null
  readonly primaryPort: number | null
  readonly secondaryPort: number | null
  readonly publicAddress: Ipv4 | null
  readonly contract: Address | null
  /** The address of its signing key; null where it has none or it can't be read. */
  readonly signer: Address | null
}

export interface ClusterOnChain {
  readonly contract: Address
  readonly operator: Address
  readonly version: bigint
  readonly keyspaceVersion: bigint
  /** In the order of the operator's list. Without an address where the encryption key is not known. */
  readonly nodes: readonly {
    readonly peerId: PeerId
    readonly ipv4Addr: Ipv4 | null
    readonly primaryPort: number
    readonly secondaryPort: number
  }[]
}

/** What a running node says of itself; null where it does not answer, or not that. */
export interface RunningNode {
  readonly clusterVersion: number | null
  readonly keyspaceVersion: number | null
  /** Of its software. */
  readonly softwareVersion: number | null
}

/** `null` in a column: not said there. */
export interface DriftRow {
  /** As files call it, or its place on chain. */
  readonly node: string
  readonly field: string
  readonly files: string | null
  readonly chain: string | null
  readonly running: string | null
  /** Whether what is said differs. */
  readonly drift: boolean
}

/** Nodes of the files in their order, then those that only the chain has. `running` by the nodes' names in the files. */
export function driftRows(
  inFiles: readonly NodeInFiles[],
  onChain: ClusterOnChain,
  running: ReadonlyMap<string, RunningNode | null>,
): readonly DriftRow[] {
  const known = new Set(inFiles.map(({ peerId }) => peerId))
  return [
    ...inFiles.flatMap((node) => [
      ...rowsOfNode(node, onChain),
      ...rowsOfRunning(node.name, onChain, running.get(node.name)),
    ]),
    ...onChain.nodes.flatMap(({ peerId }, index) =>
      known.has(peerId) ? [] : row(`nodes[${index}]`, 'peer_id', { chain: peerId, drift: true }),
    ),
  ]
}

function rowsOfNode(node: NodeInFiles, { nodes, contract, operator }: ClusterOnChain): readonly DriftRow[] {
  const { name, peerId } = node
  const there = nodes.find((one) => one.peerId === peerId)
  const compare = (field: string, files: string | number | null, chain: string | number | null = null) =>
    row(name, field, { files, chain, drift: files !== null && chain !== null && files !== chain })
  return [
    row(name, 'peer_id', { files: peerId, chain: there?.peerId, drift: peerId !== null && there === undefined }),
    compare('primary_port', node.primaryPort, there?.primaryPort),
    compare('secondary_port', node.secondaryPort, there?.secondaryPort),
    compare('ipv4_addr', node.publicAddress, there?.ipv4Addr),
    compare('contract_address', node.contract, contract),
    ...(node.signer === null ? [] : [compare('operator', node.signer, operator)]),
  ]
}

/** A node that works with an older version than the contract's has not caught up (docs/dev/network/node-protocol.md). */
function rowsOfRunning(
  name: string,
  { version, keyspaceVersion }: ClusterOnChain,
  running: RunningNode | null | undefined,
): readonly DriftRow[] {
  if (running === undefined) return []
  const compare = (field: string, chain: bigint, said: number | null | undefined) => {
    const value = finite(said)
    const drift = value === null || BigInt(Math.trunc(value)) !== chain
    return row(name, field, { chain: String(chain), running: running === null ? 'no answer' : value, drift })
  }
  const versions = [
    compare('cluster_version', version, running?.clusterVersion),
    compare('keyspace_version', keyspaceVersion, running?.keyspaceVersion),
  ]
  if (running === null) return versions
  return [...versions, row(name, 'software_version', { running: finite(running.softwareVersion), drift: false })]
}

function finite(value: number | null | undefined): number | null {
  return Number.isFinite(value) ? (value ?? null) : null
}

type Said = { readonly [Side in 'files' | 'chain' | 'running']?: string | number | null | undefined }

function row(node: string, field: string, { drift, ...said }: Said & { readonly drift: boolean }): DriftRow {
  const text = (value: Said['files']) => (value == null ? null : String(value))
  return { node, field, files: text(said.files), chain: text(said.chain), running: text(said.running), drift }
}
