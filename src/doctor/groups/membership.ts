/** The operator as the chain lists it: whether the network can read it, and whether its nodes are those of the nodes file. */
import { checksumAddress } from '../../base/address.js'
import { type Check, check, type Verdict } from '../../base/check.js'
import { describePeerId, type PeerId } from '../../base/keys/peer-id.js'
import { quote } from '../../base/quote.js'
import { shellWord } from '../../base/shell-word.js'
import type { ClusterView, OperatorSlot } from '../../cluster/cluster-view.js'
import { MIN_NODES, type StoredNode } from '../../cluster/codec/operator-data.js'
import { nodeIdentity } from '../../cluster/plain-node.js'
import { readNodesFile } from '../../deploy/read-nodes-file.js'
import { run as nodesDiff } from '../../nodes/nodes-diff.js'
import { type Group, orNull } from '../context.js'

/** So much of its data limit may be used before there is soon no room for a node. */
const NEARLY_FULL = 0.9

export const membership: Group = {
  membership: async ({ snapshot, slot }) => judgeMembership((await snapshot()).view, await slot()),
  async 'node-key-listed'({ snapshot, slot, nodeKey }) {
    const [{ view }, own, pair] = [await snapshot(), await slot(), await orNull(nodeKey)]
    return pair
      ? judgeNodeKey(view, own, pair.peerId)
      : ['skip', 'no node key is at hand', 'give one with --node-key-file']
  },
}

/** Whether `nodes update -f` would change anything. */
export const nodesFile: Group = {
  async 'nodes-file'({ services, input: { file }, slot, encryptionKey }) {
    if (file === undefined)
      return [
        'skip',
        'no nodes file was given to compare the chain with',
        'give it with -f FILE; `wcn nodes export` writes one',
      ]
    // Whatever else can't be looked at, what is wrong with it is said.
    await readNodesFile(services, file)
    await Promise.all([slot(), encryptionKey()])
    // It is compared, and nothing of it is going to be written: no bound on what it takes away.
    const all = { file, maxRemovals: '99999', revokeAll: true, dropTrailingBytes: true }
    const { changes } = (await nodesDiff(services, all)).data
    if (changes.length === 0) return ['pass', `what is on chain is what ${file} says`]
    const shown = changes.slice(0, 3).map(({ op, path }) => `${op} ${path}`)
    const rest = changes.length - shown.length
    const word = shellWord(file)
    return [
      'fail',
      `what is on chain is not what ${file} says: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
      `see \`wcn nodes diff -f ${word}\`, then \`wcn nodes update -f ${word}\` or correct the file`,
    ]
  },
}

/** `slot`: the operator's own. */
export function judgeMembership(view: ClusterView, slot: OperatorSlot): readonly Check[] {
  const who = checksumAddress(slot.id)
  if (slot.decoded === null) {
    const torn = `the data of operator ${who} on chain does not decode, so the network does not know its nodes: ${slot.reason}`
    return [check('data', 'fail', torn, '`wcn nodes update -f FILE --replace-undecodable` replaces it')]
  }
  const { name, nodes, trailingBytes } = slot.decoded
  const data: Verdict =
    trailingBytes === 0
      ? ['pass', 'its data is in a form that this version knows']
      : [
          'warn',
          `its data ends with ${trailingBytes} bytes that this version does not know`,
          'newer software may have written them: update wcn before you write, or lose them with --drop-trailing-bytes',
        ]
  const keyspace: Verdict = view.keyspace.includes(slot.slot)
    ? ['pass', 'it is in the keyspace: it stores data of the network']
    : [
        'warn',
        'it is not in the keyspace: it stores no data until the owner of the cluster starts a migration',
        'that is usual for a new operator; `wcn cluster view` shows who is in it',
      ]
  return [
    check('operator', 'pass', `${quote(name)} (${who}) is in operator slot ${slot.slot}, with ${nodes.length} nodes`),
    check('data', ...data),
    check('size', ...judgeSize(view, slot.data.length)),
    check('node-count', ...judgeNodes(nodes)),
    check('keyspace', ...keyspace),
  ]
}

/** Of the key as which nodes are looked at. */
export function judgeNodeKey({ operators }: ClusterView, own: OperatorSlot | null, peerId: PeerId): Verdict {
  const lists = operators.filter(({ decoded }) => decoded?.nodes.some((node) => node.peerId === peerId))
  const [first] = lists
  if (own && lists.includes(own)) return ['pass', 'the key in --node-key-file is that of one of your nodes']
  if (first)
    return [
      'warn',
      `the key in --node-key-file (${peerId}) is that of a node of operator ${checksumAddress(first.id)}`,
      'give that of a node of yours: `wcn nodes list` shows their peer IDs',
    ]
  return [
    'fail',
    `the key in --node-key-file (${peerId}) is on nobody's list: no node talks to it`,
    'give that of a node on chain (`wcn nodes list`), or put it there: `wcn nodes add`',
  ]
}

function judgeSize({ settings: { maxOperatorDataBytes: limit } }: ClusterView, bytes: number): Verdict {
  const summary = `its data has ${bytes} bytes, and the cluster allows ${limit}`
  if (bytes <= limit * NEARLY_FULL) return ['pass', summary]
  const hint =
    'what is written next has to be shorter: take away what is not used, `wcn clients list` and `wcn nodes list`'
  return [bytes > limit ? 'fail' : 'warn', summary, hint]
}

function judgeNodes(nodes: readonly StoredNode[]): Verdict {
  const real = nodes.filter(({ peerId }) => describePeerId(peerId) !== 'no-key')
  const placeholders = 'placeholders that a new cluster gives to everybody'
  const hint = 'put yours on the list: `wcn nodes update -f FILE`'
  if (real.length === 0) return ['fail', `no node of yours is on chain, only the ${placeholders}`, hint]
  if (real.length < nodes.length)
    return ['warn', `${nodes.length - real.length} of its nodes are ${placeholders}`, hint]
  const distinct = new Set(real.map(nodeIdentity)).size
  if (distinct < real.length)
    return [
      'warn',
      `it has ${real.length} nodes on chain, and only ${distinct} different ones: whoever counts on another node may count on the same one`,
      'take out what is listed twice: `wcn nodes list`, `wcn nodes remove`',
    ]
  return ['pass', `it has ${real.length} nodes, and at least ${MIN_NODES} are needed`]
}
