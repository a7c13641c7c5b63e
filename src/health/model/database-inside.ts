/** A database seen from its private network, where nodes have to reach it: it must answer, and as itself. */
import { type Check, check } from '../../base/check.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import { type DatabasePortSighting, type DatabaseSighting, figuresIn, peerAt } from './database-sighting.js'
import { INSTALL_ADDON } from './install-addon.js'

/** `peerId` null: whoever answers will do, as long as it is one peer. */
export function checksFromInside(sighting: DatabaseSighting, peerId: PeerId | null): readonly Check[] {
  const { target, ports } = sighting
  return [
    ...ports.map((port) => portCheck(port, target.host, peerId)),
    ...(peerId === null ? onePeerCheck(sighting) : []),
    pageCheck(sighting),
  ]
}

function portCheck(sighting: DatabasePortSighting, host: string, wanted: PeerId | null): Check {
  const { id, port, api, report } = sighting
  const where = `${host}:${port}`
  const fail = (summary: string, hint: string) => check(id, 'fail', summary, hint)
  switch (report.kind) {
    case 'closed':
      return fail(`nothing listens at ${where} (UDP)`, 'start wcn_db, or give the address and port it listens on')
    case 'silent':
      return report.tcpOpen
        ? fail(`${where} takes connections by TCP, but nothing answers by UDP`, 'let UDP through, not TCP')
        : fail(
            `nothing answers at ${where} (UDP)`,
            'is it up, is the address right, and does every firewall on the way let UDP through?',
          )
    case 'unreachable':
      return fail(
        `this machine can't send to ${where}: ${report.reason}`,
        'run this on a machine in your private network',
      )
    case 'not-quic':
      return fail(`what answers at ${where} does not speak QUIC`, 'give the address and port that wcn_db listens on')
    case 'quic':
      if (report.handshake.kind === 'not-tried')
        return check(id, 'warn', `QUIC is spoken at ${where}; who it is can't be proven here`, INSTALL_ADDON)
      if (report.handshake.kind === 'refused')
        return fail(
          `what answers at ${where} refuses connections at the moment: it may be starting or stopping`,
          'look again in a minute; if it stays so, read the log of wcn_db',
        )
      return fail(
        report.handshake.kind === 'timeout'
          ? `QUIC is spoken at ${where}, but no handshake comes about`
          : `what answers at ${where} is no peer of the network: ${report.handshake.reason}`,
        report.handshake.kind === 'timeout'
          ? 'it may have more connections than DB_MAX_CONNECTIONS and its like allow, or be overloaded'
          : 'give the address and port that wcn_db listens on',
      )
    case 'answers':
      if (wanted !== null && report.peerId !== wanted)
        return fail(
          `another peer answers at ${where}: ${report.peerId} instead of ${wanted}`,
          'DATABASE_PEER_ID of your nodes has to be the peer ID of the SECRET_KEY that wcn_db has',
        )
      if (report.api.kind === 'accepted')
        return check(id, 'pass', `the database answers at ${where} as ${report.peerId}${figuresOf(sighting)}`)
      return fail(
        report.api.kind === 'refused'
          ? `${report.peerId} answers at ${where}, but as no database does: it refuses the API ${api}`
          : `${report.peerId} answers at ${where}, but its RPC server does not`,
        report.api.kind === 'refused'
          ? 'is this the port of a node, or are primary and secondary port swapped?'
          : "look at the log of wcn_db, and at the machine's load",
      )
  }
}

function figuresOf({ metrics }: DatabasePortSighting): string {
  const version = metrics === null ? null : (figuresIn(metrics)?.softwareVersion ?? null)
  return version === null ? '' : `, version ${version}`
}

/** Two databases behind one address would each have half of the truth. */
function onePeerCheck({ target, ports }: DatabaseSighting): readonly Check[] {
  const peers = new Set(ports.map(peerAt).filter((peer) => peer !== null))
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

function pageCheck({ target: { label, host, metricsPort }, page }: DatabaseSighting): Check {
  const id = `database[${label}].metrics`
  const where = `http://${host}:${metricsPort}/metrics`
  if (page === null) return check(id, 'skip', `no metrics are served at ${where}; METRICS_SERVER_PORT may be another`)
  return figuresIn(page) === null
    ? check(id, 'skip', `what is served at ${where} are not the metrics of a database`)
    : check(id, 'pass', `its metrics are served at ${where}`)
}
