/** A port's diagnosis in a sentence, and what to do about it: read by somebody who was woken up for it. */
import type { Verdict } from '../../base/check.js'
import { quote } from '../../base/quote.js'
import type { PortReport } from '../../peer/node-probe.js'
import { INSTALL_ADDON } from './advice.js'
import type { ExpectedNode } from './expected-node.js'
import type { PortDiagnosis, PortHealth, PortSighting } from './port-health.js'
import type { WhosePeerId } from './whose-peer-id.js'

export const OTHER = { primary: 'secondary', secondary: 'primary' } as const
const VARIABLE = { primary: 'PRIMARY_RPC_SERVER_PORT', secondary: 'SECONDARY_RPC_SERVER_PORT' } as const

interface SeenPort {
  readonly node: ExpectedNode
  readonly which: 'primary' | 'secondary'
  readonly health: PortHealth
  readonly sighting: PortSighting
  /** What was found at the node's other port. */
  readonly other: PortDiagnosis
  readonly whose: WhosePeerId
}

export function portVerdict(seen: SeenPort): Verdict {
  const { node, which, health, sighting, whose } = seen
  const { report } = sighting
  const refusesProtocol = report.kind === 'answers' && report.api.kind === 'refused' && report.api.status === -1
  const words = WORDS[health.diagnosis]({
    ...seen,
    report,
    refusesProtocol,
    place: `its ${which} port, ${node.ipv4Addr}:${health.port}`,
    udp: `UDP ${health.port}`,
    variable: VARIABLE[which],
    who: health.peerId ?? 'somebody',
    owner: health.peerId && whose(health.peerId),
    update: node.index === null ? null : `wcn nodes update ${node.index}`,
  })
  const well = refusesProtocol ? 'warn' : 'pass'
  return [health.diagnosis === 'ok' ? well : health.diagnosis === 'unproven' ? 'warn' : 'fail', ...words]
}

interface Told extends SeenPort {
  readonly report: PortReport
  /** Status -1 of docs/dev/network/node-protocol.md, "Opening an API". */
  readonly refusesProtocol: boolean
  readonly place: string
  readonly udp: string
  readonly variable: string
  /** The peer ID that answers. */
  readonly who: string
  readonly owner: ReturnType<WhosePeerId> | null
  /** The command that changes the node; null where it is not on chain. */
  readonly update: string | null
}

const WORDS: Readonly<Record<PortDiagnosis, (told: Told) => readonly [sentence: string, hint: string | null]>> = {
  ok: ({ health: { handshakeMs, rttMs }, refusesProtocol, place }) =>
    refusesProtocol
      ? [
          `answers as itself at ${place}, and refuses the version of the protocol that this tool speaks`,
          'its version and that of this tool are too far apart: update the older one',
        ]
      : [
          `answers as itself at ${place} (handshake ${handshakeMs === null ? 'unknown' : milliseconds(handshakeMs)}${rttMs === null ? '' : `, round trip ${milliseconds(rttMs)}`})`,
          null,
        ],
  unproven: ({ place }) => [
    `may answer at ${place}: something speaks QUIC there, and who it is can't be proven here`,
    INSTALL_ADDON,
  ],
  closed: ({ which, health, other, place, udp, variable, update }) =>
    isThere(other)
      ? [
          `lacks one of its two ports: nothing listens at ${place}, says the host itself`,
          `its ${OTHER[which]} port answers: open and forward ${udp}, or make wcn_node serve it (${variable})`,
        ]
      : [
          `is not there: nothing listens at ${place}, says the host itself`,
          `start wcn_node there, or read in its log why it stopped; its ${variable} must be ${health.port}${ifMoved(update)}`,
        ],
  silent: ({ which, other, place, udp, update }) => [
    isThere(other) ? `lacks one of its two ports: ${place}, does not answer` : `does not answer at ${place}`,
    ['silent', 'tcp-only', 'unreachable', 'closed'].includes(other)
      ? `is the machine up, and ${udp} open in its and the cloud's firewall? Look from another address as well: a node over its connection limits is silent, and few routers lead back from inside to their own public address${ifMoved(update)}`
      : `its ${OTHER[which]} port answers: let ${udp} in as well, in the machine's and the cloud's firewall`,
  ],
  'tcp-only': ({ place, udp }) => [
    `does not answer at ${place} over UDP, while TCP is open there`,
    `nodes speak QUIC, over UDP: open and forward ${udp}, not TCP`,
  ],
  unreachable: ({ node, report, sighting, place }) => [
    `was not reached at ${place}: ${report.kind === 'unreachable' ? report.reason : 'this machine has no way there'}`,
    sighting.hint ?? `see how this machine gets there: \`ip route get ${node.ipv4Addr}\``,
  ],
  'not-quic': ({ place, udp, variable }) => [
    `something answers at ${place}, that is no QUIC`,
    `find what has taken ${udp} on that machine: \`ss -ulpn\`; wcn_node listens on ${variable}`,
  ],
  'not-libp2p': ({ report, place, udp }) => [
    `something else answers at ${place}: QUIC, and not a node's${report.kind === 'quic' && report.handshake.kind === 'failed' ? ` (${report.handshake.reason})` : ''}`,
    `find what has taken ${udp} on that machine (\`ss -ulpn\`), such as a web server with HTTP/3`,
  ],
  'handshake-unfinished': ({ report, place }) =>
    report.kind === 'quic' && report.handshake.kind === 'refused'
      ? [
          `refuses connections at the moment at ${place}: it may be starting or stopping`,
          'look again in a minute; if it stays so, read its log, and restart it',
        ]
      : [
          `does not finish a handshake at ${place}, although something speaks QUIC there`,
          'the node may be overloaded or over its connection limits: look again in a minute, and from another address; datagrams of 1200 bytes and more must get through',
        ],
  'other-own-node': ({ node, owner, who, place }) => [
    `${owner?.kind === 'own' ? `nodes[${owner.index}]` : 'another node'} of the same operator, ${who}, answers in its stead at ${place}`,
    node.index === null
      ? 'start it there with its own secret key and not with the other one'
      : 'the two are mixed up: exchange their secret keys, or correct who is where on chain in one go: `wcn nodes export` to a file, edit it, `wcn nodes update -f FILE`',
  ],
  'other-operator': ({ node, owner, who, place, update }) => [
    `a node of operator ${owner?.kind === 'other' ? `${quote(owner.name)} (${owner.operator})` : 'another operator'}, ${who}, answers in its stead at ${place}`,
    `is the address of ${node.label} right? ${update === null ? 'correct what was given' : `\`${update} --ip-address IPV4\` corrects it`}`,
  ],
  stranger: ({ node, sighting, who, place, udp, update }) =>
    sighting.isDatabase
      ? [
          `a database, ${who}, answers in its stead at ${place}, and open to everybody`,
          `close ${udp} at once, or forward it to wcn_node: whoever reaches a database reads and writes it`,
        ]
      : [
          `${who}, which nobody has on chain, answers in its stead at ${place}`,
          update === null
            ? 'start it there with the secret key that belongs to its peer ID: `wcn key inspect` tells'
            : `start it with the secret key of ${node.peerId}, or, if the key was changed, put the new one on chain: \`${update} --peer-id ${who}\``,
        ],
  swapped: ({ node, which, place, update }) => [
    `has its ${OTHER[which]} RPC server at ${place}: the ports are exchanged`,
    update === null
      ? 'exchange PRIMARY_RPC_SERVER_PORT and SECONDARY_RPC_SERVER_PORT, or the two ports given here'
      : `exchange PRIMARY_RPC_SERVER_PORT and SECONDARY_RPC_SERVER_PORT in its environment, or: \`${update} --primary-port ${node.secondaryPort} --secondary-port ${node.primaryPort}\``,
  ],
  'rpc-silent': ({ place }) => [
    `proves itself at ${place}, but its RPC server says nothing`,
    'the node hangs or is overloaded: read its log, and restart it if it stays so',
  ],
  'rpc-garbage': ({ report, place }) => [
    `proves itself at ${place}, but its RPC server answers what none should${report.kind === 'answers' && report.api.kind === 'garbage' ? ` (${report.api.reason})` : ''}`,
    'does something other than wcn_node run with its key there, or a version that this tool does not know?',
  ],
}

/** The node itself answers there, or what may well be it. */
function isThere(diagnosis: PortDiagnosis): boolean {
  return ['ok', 'unproven', 'swapped', 'rpc-silent', 'rpc-garbage'].includes(diagnosis)
}

function ifMoved(update: string | null): string {
  return update === null ? '' : `; if it moved: \`${update} --ip-address IPV4\``
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
}
