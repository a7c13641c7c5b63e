/** A port's diagnosis in a sentence, and what to do about it: read by somebody who was woken up for it. */
import { type Check, type CheckStatus, check } from '../../base/check.js'
import { quote } from '../../base/quote.js'
import type { PortReport } from '../../peer/node-probe.js'
import type { PortSighting } from './diagnose-port.js'
import { INSTALL_ADDON } from './install-addon.js'
import type { ExpectedNode, PortDiagnosis, PortHealth } from './node-health.js'
import type { WhosePeerId } from './whose-peer-id.js'

export interface SeenPort {
  readonly node: ExpectedNode
  readonly which: 'primary' | 'secondary'
  readonly health: PortHealth
  readonly sighting: PortSighting
  /** What was found at the node's other port. */
  readonly other: PortDiagnosis
  readonly whose: WhosePeerId
}

export function portCheck(seen: SeenPort): Check {
  const { node, which, health } = seen
  const id = `${node.label}.${which}-port`
  const place = `its ${which} port, ${node.ipv4Addr}:${health.port}`
  const [sentence, hint] = WORDS[health.diagnosis](seen, place)
  return check(id, statusOf(seen), `${node.label}: ${sentence}`, hint)
}

function statusOf({ health: { diagnosis }, sighting: { report } }: SeenPort): CheckStatus {
  if (diagnosis === 'ok') return refusesProtocol(report) ? 'warn' : 'pass'
  return diagnosis === 'unproven' ? 'warn' : 'fail'
}

/** Status -1 of docs/dev/network/node-protocol.md, "Opening an API". */
function refusesProtocol(report: PortReport): boolean {
  return report.kind === 'answers' && report.api.kind === 'refused' && report.api.status === -1
}

function refusesAtTheMoment(report: PortReport): boolean {
  return report.kind === 'quic' && report.handshake.kind === 'refused'
}

type Words = readonly [sentence: string, hint: string | null]

const WORDS: Readonly<Record<PortDiagnosis, (seen: SeenPort, place: string) => Words>> = {
  ok: ({ health: { handshakeMs, rttMs }, sighting: { report } }, place) =>
    refusesProtocol(report)
      ? [
          `answers as itself at ${place}, and refuses the version of the protocol that this tool speaks`,
          'its version and that of this tool are too far apart: update the older one',
        ]
      : [
          `answers as itself at ${place} (handshake ${ms(handshakeMs)}${rttMs === null ? '' : `, round trip ${ms(rttMs)}`})`,
          null,
        ],
  unproven: (_, place) => [
    `may answer at ${place}: something speaks QUIC there, and who it is can't be proven here`,
    INSTALL_ADDON,
  ],
  closed: ({ node, which, health, other }, place) =>
    isThere(other)
      ? [
          `lacks one of its two ports: nothing listens at ${place}, says the host itself`,
          `its ${OTHER[which]} port answers: open and forward UDP ${health.port}, or make wcn_node serve it (${VARIABLE[which]})`,
        ]
      : [
          `is not there: nothing listens at ${place}, says the host itself`,
          `start wcn_node there, or read in its log why it stopped; its ${VARIABLE[which]} must be ${health.port}${orAddress(node)}`,
        ],
  silent: ({ node, which, health, other }, place) => [
    isThere(other) ? `lacks one of its two ports: ${place}, does not answer` : `does not answer at ${place}`,
    answersSomehow(other)
      ? `its ${OTHER[which]} port answers: let UDP ${health.port} in as well, in the machine's and the cloud's firewall`
      : `is the machine up, and UDP ${health.port} open in its and the cloud's firewall? Look from another address as well: a node over its connection limits is silent, and few routers lead back from inside to their own public address${orAddress(node)}`,
  ],
  'tcp-only': ({ health }, place) => [
    `does not answer at ${place} over UDP, while TCP is open there`,
    `nodes speak QUIC, over UDP: open and forward UDP ${health.port}, not TCP`,
  ],
  unreachable: ({ node, sighting: { report, hint } }, place) => [
    `was not reached at ${place}: ${report.kind === 'unreachable' ? report.reason : 'this machine has no way there'}`,
    hint ?? `see how this machine gets there: \`ip route get ${node.ipv4Addr}\``,
  ],
  'not-quic': ({ which, health }, place) => [
    `something answers at ${place}, that is no QUIC`,
    `find what has taken UDP ${health.port} on that machine: \`ss -ulpn\`; wcn_node listens on ${VARIABLE[which]}`,
  ],
  'not-libp2p': ({ sighting: { report }, health }, place) => [
    `something else answers at ${place}: QUIC, and not a node's${reasonOf(report)}`,
    `find what has taken UDP ${health.port} on that machine (\`ss -ulpn\`), such as a web server with HTTP/3`,
  ],
  'handshake-unfinished': ({ sighting: { report } }, place) => [
    refusesAtTheMoment(report)
      ? `refuses connections at the moment at ${place}: it may be starting or stopping`
      : `does not finish a handshake at ${place}, although something speaks QUIC there`,
    refusesAtTheMoment(report)
      ? 'look again in a minute; if it stays so, read its log, and restart it'
      : 'the node may be overloaded or over its connection limits: look again in a minute, and from another address; datagrams of 1200 bytes and more must get through',
  ],
  'other-own-node': (seen, place) => {
    const owner = ownerOf(seen)
    const other = owner?.kind === 'own' ? `nodes[${owner.index}]` : 'another node'
    return [
      `${other} of the same operator, ${peerIdOf(seen)}, answers in its stead at ${place}`,
      seen.node.index === null
        ? 'start it there with its own secret key and not with the other one'
        : 'the two are mixed up: exchange their secret keys, or correct who is where on chain in one go: `wcn nodes export` to a file, edit it, `wcn nodes update -f FILE`',
    ]
  },
  'other-operator': (seen, place) => {
    const owner = ownerOf(seen)
    const operator = owner?.kind === 'other' ? `${quote(owner.name)} (${owner.operator})` : 'another operator'
    return [
      `a node of operator ${operator}, ${peerIdOf(seen)}, answers in its stead at ${place}`,
      `is the address of ${seen.node.label} right? ${changeAddress(seen.node)}`,
    ]
  },
  stranger: (seen, place) =>
    seen.sighting.isDatabase
      ? database(seen, place)
      : [
          `${peerIdOf(seen)}, which nobody has on chain, answers in its stead at ${place}`,
          seen.node.index === null
            ? 'start it there with the secret key that belongs to its peer ID: `wcn key inspect` tells'
            : `start it with the secret key of ${seen.node.peerId}, or, if the key was changed, put the new one on chain: \`wcn nodes update ${seen.node.index} --peer-id ${peerIdOf(seen)}\``,
        ],
  swapped: ({ node, which }, place) => [
    `has its ${OTHER[which]} RPC server at ${place}: the ports are exchanged`,
    node.index === null
      ? 'exchange PRIMARY_RPC_SERVER_PORT and SECONDARY_RPC_SERVER_PORT, or the two ports given here'
      : `exchange PRIMARY_RPC_SERVER_PORT and SECONDARY_RPC_SERVER_PORT in its environment, or: \`wcn nodes update ${node.index} --primary-port ${node.secondaryPort} --secondary-port ${node.primaryPort}\``,
  ],
  'rpc-silent': (_, place) => [
    `proves itself at ${place}, but its RPC server says nothing`,
    'the node hangs or is overloaded: read its log, and restart it if it stays so',
  ],
  'rpc-garbage': ({ sighting: { report } }, place) => [
    `proves itself at ${place}, but its RPC server answers what none should${garbageOf(report)}`,
    'does something other than wcn_node run with its key there, or a version that this tool does not know?',
  ],
}

function database(seen: SeenPort, place: string): Words {
  return [
    `a database, ${peerIdOf(seen)}, answers in its stead at ${place}, and open to everybody`,
    `close UDP ${seen.health.port} at once, or forward it to wcn_node: whoever reaches a database reads and writes it`,
  ]
}

const VARIABLE = { primary: 'PRIMARY_RPC_SERVER_PORT', secondary: 'SECONDARY_RPC_SERVER_PORT' } as const

const OTHER = { primary: 'secondary', secondary: 'primary' } as const

/** The node itself answers there, or what may well be it. */
function isThere(diagnosis: PortDiagnosis): boolean {
  return ['ok', 'unproven', 'swapped', 'rpc-silent', 'rpc-garbage'].includes(diagnosis)
}

function answersSomehow(diagnosis: PortDiagnosis): boolean {
  return !['silent', 'tcp-only', 'unreachable', 'closed'].includes(diagnosis)
}

function ownerOf({ health, whose }: SeenPort) {
  return health.peerId === null ? null : whose(health.peerId)
}

function peerIdOf({ health }: SeenPort): string {
  return health.peerId ?? 'somebody'
}

function changeAddress({ index }: ExpectedNode): string {
  return index === null ? 'correct what was given' : `\`wcn nodes update ${index} --ip-address IPV4\` corrects it`
}

function orAddress({ index }: ExpectedNode): string {
  return index === null ? '' : `; if it moved: \`wcn nodes update ${index} --ip-address IPV4\``
}

function reasonOf(report: PortReport): string {
  return report.kind === 'quic' && report.handshake.kind === 'failed' ? ` (${report.handshake.reason})` : ''
}

function garbageOf(report: PortReport): string {
  return report.kind === 'answers' && report.api.kind === 'garbage' ? ` (${report.api.reason})` : ''
}

function ms(value: number | null): string {
  if (value === null) return 'unknown'
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
}
