/** How nodes in files, on chain and in operation differ: one row for each field of each node. */
import type { Address } from '../../base/address.js'
import type { Ipv4 } from '../../base/ipv4.js'
import type { PeerId } from '../../base/keys/peer-id.js'

/** A node as files configure it; null is what they don't say. */
export interface NodeInFiles {
  readonly name: string
  readonly peerId: PeerId | null
  readonly primaryPort: number | null
  readonly secondaryPort: number | null
  readonly publicAddress: string | null
  readonly contract: Address | null
  /** The address of its signing key; null where it has none or it can't be read. */
  readonly signer: Address | null
}

interface NodeOnChain {
  /** Place in the operator's list. */
  readonly index: number
  readonly peerId: PeerId
  /** Null where the encryption key is not known. */
  readonly ipv4Addr: Ipv4 | null
  readonly primaryPort: number
  readonly secondaryPort: number
}

export interface ClusterOnChain {
  readonly contract: Address
  readonly operator: Address
  readonly version: bigint
  readonly keyspaceVersion: bigint
  readonly nodes: readonly NodeOnChain[]
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
  const known = new Set(inFiles.flatMap(({ peerId }) => peerId ?? []))
  return [
    ...inFiles.flatMap((node) => [
      ...rowsOfNode(node, onChain),
      ...rowsOfRunning(node.name, onChain, running.get(node.name)),
    ]),
    ...onChain.nodes
      .filter(({ peerId }) => !known.has(peerId))
      .map((node) => row(`nodes[${node.index}]`, 'peer_id', null, node.peerId, true)),
  ]
}

function rowsOfNode(node: NodeInFiles, { nodes, contract, operator }: ClusterOnChain): readonly DriftRow[] {
  const there = node.peerId === null ? undefined : nodes.find(({ peerId }) => peerId === node.peerId)
  const compare = (field: string, files: string | number | null, chain: string | number | null | undefined) =>
    row(node.name, field, textOf(files), textOf(chain ?? null), files !== null && chain != null && files !== chain)
  return [
    row(node.name, 'peer_id', node.peerId, there?.peerId ?? null, node.peerId !== null && there === undefined),
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
  const compare = (field: string, chain: bigint, value: number | null): DriftRow => ({
    ...row(name, field, null, String(chain), value === null || BigInt(Math.trunc(value)) !== chain),
    running: running === null ? 'no answer' : textOf(value),
  })
  return [
    compare('cluster_version', version, finite(running?.clusterVersion)),
    compare('keyspace_version', keyspaceVersion, finite(running?.keyspaceVersion)),
    ...(running === null
      ? []
      : [{ ...row(name, 'software_version', null, null, false), running: textOf(finite(running.softwareVersion)) }]),
  ]
}

function finite(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null
}

function row(node: string, field: string, files: string | null, chain: string | null, drift: boolean): DriftRow {
  return { node, field, files, chain, running: null, drift }
}

function textOf(value: string | number | null): string | null {
  return value === null ? null : String(value)
}
