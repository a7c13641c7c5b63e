/** What tells a node apart from the others: its key, and its public address. */
import { reservedRange } from '../../base/ipv4.js'
import { type CheckedDatabase, type CheckedNode, isHostNetwork, isOnHost, outwardPort } from './checked-service.js'
import { concluded, type Finding, finding } from './finding.js'

/**
 * One keypair for everything is legal (the onboarding document, "Generate Node & Database keypairs"); one that only
 * some of the services share has rather been copied by mistake.
 */
export function judgeSharedKeys(
  nodes: readonly CheckedNode[],
  databases: readonly CheckedDatabase[],
): readonly Finding[] {
  const held = nodes.flatMap(({ found, values }) =>
    values.peerId === null ? [] : [{ found, value: values.peerId.value, place: values.peerId.variable.place }],
  )
  if (held.length < 2) return []
  const everybody = new Set([...nodes, ...databases].map(({ values }) => values.peerId?.value))
  const findings = held.flatMap(({ found, value, place }, index) => {
    const same = held.slice(0, index).find((one) => one.value === value)
    return same === undefined || (everybody.size === 1 && databases.length > 0)
      ? []
      : finding(
          'shared-key',
          'warn',
          place,
          `${found.name} has the key of ${same.found.name}: both are ${value}`,
          'a copy? `wcn key generate` makes a key for each node; where both are one node, check one target at a time',
        )
  })
  return concluded('shared-key', findings, 'every node has a key of its own')
}

/**
 * A node dials every on-chain node at its own PUBLIC_ADDRESS through 127.0.0.1 (docs/dev/network/node-protocol.md, "Environment that
 * wcn_db and wcn_node read"): nodes that share one must be on one machine, without containers, and have ports of their own.
 */
export function judgePublicAddresses(nodes: readonly CheckedNode[], allowPrivate: boolean): readonly Finding[] {
  const held = nodes.flatMap((node) => {
    const { publicAddress } = node.values
    return publicAddress === null ? [] : [{ node, value: publicAddress.value, place: publicAddress.variable.place }]
  })
  const findings = held.flatMap(({ node, value, place }, index) => {
    const range = reservedRange(value)
    if (range !== null && !allowPrivate)
      return finding(
        'public-address',
        'warn',
        place,
        `PUBLIC_ADDRESS of ${node.found.name} is ${value}, no public address: ${range}`,
        'give the address on chain, or leave it out',
      )
    const sharing = held.slice(0, index).filter((one) => one.value === value)
    const [worst] = sharing.map((one) => whyNotShared(one.node, node)).filter((one) => one !== null)
    return worst === undefined
      ? []
      : finding('public-address', worst.status, place, `PUBLIC_ADDRESS of ${node.found.name}: ${worst.why}`, HINT)
  })
  return concluded('public-address', findings, held.length > 0 ? 'PUBLIC_ADDRESS misleads no node' : null)
}

const HINT = 'leave PUBLIC_ADDRESS out: it is for nodes that share an address and a machine'

function whyNotShared(
  one: CheckedNode,
  other: CheckedNode,
): { readonly status: 'warn' | 'fail'; readonly why: string } | null {
  const { name } = one.found
  const together = one.found.machine !== null && one.found.machine === other.found.machine
  if (together && isOnHost(one.found) && isOnHost(other.found)) return null
  const port = rpcPorts(one).find((number) => rpcPorts(other).includes(number))
  if (port !== undefined) return { status: 'fail', why: `it shares the address and port ${port} with ${name}` }
  const contained = [one, other].some(({ found }) => found.image !== null && !found.published.some(isHostNetwork))
  const apart = one.found.machine !== null && other.found.machine !== null && !together
  return contained || apart
    ? { status: 'fail', why: `it looks for ${name}, which has the same, at 127.0.0.1, where that is not` }
    : { status: 'warn', why: `it looks for ${name}, which has the same, on its own machine` }
}

function rpcPorts({ found, values: { primaryPort, secondaryPort } }: CheckedNode): readonly number[] {
  return [primaryPort, secondaryPort].flatMap((held) => (held && outwardPort(found, held.value)) ?? [])
}
