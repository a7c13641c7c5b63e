/** An operator as the chain lists it: whether the network can read it, and what a checker alone can find. */
import { checksumAddress } from '../../base/address.js'
import { type Check, check } from '../../base/check.js'
import { describePeerId, type PeerId } from '../../base/keys/peer-id.js'
import { quote } from '../../base/quote.js'
import type { ClusterView, OperatorSlot } from '../../cluster/cluster-view.js'
import { MIN_NODES, type StoredNode } from '../../cluster/codec/operator-data.js'
import { nodeIdentity } from '../../cluster/plain-node.js'

/** So much of its data limit may be used before there is soon no room for a node. */
const NEARLY_FULL = 0.9

/** `slot`: the operator's own. */
export function judgeMembership(view: ClusterView, slot: OperatorSlot): readonly Check[] {
  const who = checksumAddress(slot.id)
  if (slot.decoded === null)
    return [
      check(
        'data',
        'fail',
        `the data of operator ${who} on chain does not decode, so the network does not know its nodes: ${slot.reason}`,
        '`wcn nodes update -f FILE --replace-undecodable` replaces it',
      ),
    ]
  const { name, nodes, trailingBytes } = slot.decoded
  return [
    check('operator', 'pass', `${quote(name)} (${who}) is in slot ${slot.slot}, with ${nodes.length} nodes`),
    trailingBytes === 0
      ? check('data', 'pass', 'its data is in a form that this version knows')
      : check(
          'data',
          'warn',
          `its data ends with ${trailingBytes} bytes that this version does not know`,
          'newer software may have written them: update wcn before you write, or lose them with --drop-trailing-bytes',
        ),
    judgeSize(view, slot.data.length),
    judgeNodes(nodes),
    view.keyspace.includes(slot.slot)
      ? check('keyspace', 'pass', 'it is in the keyspace: it stores data of the network')
      : check(
          'keyspace',
          'warn',
          'it is not in the keyspace: it stores no data until the owner of the cluster starts a migration',
          'that is usual for a new operator; `wcn cluster view` shows who is in it',
        ),
  ]
}

/** Of the key as which nodes are looked at. */
export function judgeNodeKey({ operators }: ClusterView, own: OperatorSlot | null, peerId: PeerId): Check {
  const id = 'node-key-listed'
  const lists = operators.filter(({ decoded }) => decoded?.nodes.some((node) => node.peerId === peerId))
  const [first] = lists
  if (own && lists.includes(own)) return check(id, 'pass', 'the key in --node-key-file is that of one of your nodes')
  if (first)
    return check(
      id,
      'warn',
      `the key in --node-key-file (${peerId}) is that of a node of operator ${checksumAddress(first.id)}`,
      'give that of a node of yours: `wcn nodes list` shows their peer IDs',
    )
  return check(
    id,
    'fail',
    `the key in --node-key-file (${peerId}) is on nobody's list: no node talks to it`,
    'give that of a node on chain (`wcn nodes list`), or put it there: `wcn nodes add`',
  )
}

function judgeSize({ settings: { maxOperatorDataBytes: limit } }: ClusterView, bytes: number): Check {
  const summary = `its data has ${bytes} bytes, and the cluster allows ${limit}`
  const hint =
    'what is written next has to be shorter: take away what is not used, `wcn clients list` and `wcn nodes list`'
  if (bytes > limit) return check('size', 'fail', summary, hint)
  return bytes > limit * NEARLY_FULL ? check('size', 'warn', summary, hint) : check('size', 'pass', summary)
}

function judgeNodes(nodes: readonly StoredNode[]): Check {
  const id = 'node-count'
  const real = nodes.filter(({ peerId }) => describePeerId(peerId) !== 'no-key')
  const hint = 'put yours on the list: `wcn nodes update -f FILE`'
  if (real.length === 0)
    return check(
      id,
      'fail',
      'no node of yours is on chain, only the placeholders that a new cluster gives to everybody',
      hint,
    )
  if (real.length < nodes.length)
    return check(
      id,
      'warn',
      `${nodes.length - real.length} of its nodes are placeholders that a new cluster gives to everybody`,
      hint,
    )
  const distinct = new Set(real.map(nodeIdentity)).size
  if (distinct < real.length)
    return check(
      id,
      'warn',
      `it has ${real.length} nodes on chain, and only ${distinct} different ones: whoever counts on another node may count on the same one`,
      'take out what is listed twice: `wcn nodes list`, `wcn nodes remove`',
    )
  return check(id, 'pass', `it has ${real.length} nodes, and at least ${MIN_NODES} are needed`)
}
