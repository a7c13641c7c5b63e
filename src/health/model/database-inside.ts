/** A database seen from its private network, where nodes have to reach it: it must answer, and as itself. */
import { type Check, check, type Verdict } from '../../base/check.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import { INSTALL_ADDON } from './advice.js'
import { type DatabasePortSighting, type DatabaseSighting, figuresIn, toldOf } from './database-sighting.js'

/** `peerId` null: whoever answers will do, as long as it is one peer. */
export function checksFromInside(sighting: DatabaseSighting, peerId: PeerId | null): readonly Check[] {
  const { target, ports } = sighting
  return [
    ...ports.map((port) => check(port.id, ...portVerdict(port, target.host, peerId))),
    ...(peerId === null ? onePeerCheck(sighting) : []),
    check(`database[${target.label}].metrics`, ...pageVerdict(sighting)),
  ]
}

function portVerdict(sighting: DatabasePortSighting, host: string, wanted: PeerId | null): Verdict {
  const told = toldOf(sighting, host)
  const { met, where, who, metrics } = told
  if (wanted !== null && who !== null && who !== wanted)
    return [
      'fail',
      `another peer answers at ${where}: ${who} instead of ${wanted}`,
      'DATABASE_PEER_ID of your nodes has to be the peer ID of the SECRET_KEY that wcn_db has',
    ]
  if (met !== 'api-accepted') return [met === 'quic-not-tried' ? 'warn' : 'fail', ...WORDS[met](told)]
  const version = figuresIn(metrics)?.softwareVersion ?? null
  return ['pass', `the database answers at ${where} as ${who}${version === null ? '' : `, version ${version}`}`]
}

const GIVE_PLACE = 'give the address and port that wcn_db listens on'

type Told = ReturnType<typeof toldOf>
type Words = (told: Told) => readonly [sentence: string, hint: string]

const mute: Words = ({ where, who }) => [
  `${who} answers at ${where}, but its RPC server does not`,
  "look at the log of wcn_db, and at the machine's load",
]
const WORDS: Readonly<Record<Exclude<Told['met'], 'api-accepted'>, Words>> = {
  closed: ({ where }) => [
    `nothing listens at ${where} (UDP)`,
    'start wcn_db, or give the address and port it listens on',
  ],
  silent: ({ where }) => [
    `nothing answers at ${where} (UDP)`,
    'is it up, is the address right, and does every firewall on the way let UDP through?',
  ],
  'tcp-only': ({ where }) => [
    `${where} takes connections by TCP, but nothing answers by UDP`,
    'let UDP through, not TCP',
  ],
  unreachable: ({ where, reason }) => [
    `this machine can't send to ${where}: ${reason}`,
    'run this on a machine in your private network',
  ],
  'not-quic': ({ where }) => [`what answers at ${where} does not speak QUIC`, GIVE_PLACE],
  'quic-not-tried': ({ where }) => [`QUIC is spoken at ${where}; who it is can't be proven here`, INSTALL_ADDON],
  'quic-refused': ({ where }) => [
    `what answers at ${where} refuses connections at the moment: it may be starting or stopping`,
    'look again in a minute; if it stays so, read the log of wcn_db',
  ],
  'quic-timeout': ({ where }) => [
    `QUIC is spoken at ${where}, but no handshake comes about`,
    'it may have more connections than DB_MAX_CONNECTIONS and its like allow, or be overloaded',
  ],
  'quic-failed': ({ where, reason }) => [`what answers at ${where} is no peer of the network: ${reason}`, GIVE_PLACE],
  'api-refused': ({ where, who, api }) => [
    `${who} answers at ${where}, but as no database does: it refuses the API ${api}`,
    'is this the port of a node, or are primary and secondary port swapped?',
  ],
  'api-silent': mute,
  'api-garbage': mute,
}

/** Two databases behind one address would each have half of the truth. */
function onePeerCheck({ target, ports }: DatabaseSighting): readonly Check[] {
  const peers = new Set(ports.flatMap((port) => toldOf(port, target.host).who ?? []))
  if (peers.size < 2) return []
  return [
    check(
      `database[${target.label}].identity`,
      'fail',
      `its ports are answered by ${peers.size} peers: ${[...peers].join(' and ')}`,
      'two services have mixed their ports: compare PRIMARY_RPC_SERVER_PORT and SECONDARY_RPC_SERVER_PORT of both',
    ),
  ]
}

function pageVerdict({ target: { host, metricsPort }, page }: DatabaseSighting): Verdict {
  const where = `http://${host}:${metricsPort}/metrics`
  if (page === null) return ['skip', `no metrics are served at ${where}; METRICS_SERVER_PORT may be another`]
  if (figuresIn(page) !== null) return ['pass', `its metrics are served at ${where}`]
  return ['skip', `what is served at ${where} are not the metrics of a database`]
}
