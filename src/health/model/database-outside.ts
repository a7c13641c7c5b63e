/**
 * A database seen from outside. Whoever reaches it may read and write everything in it, so nothing may answer there,
 * whatever it is; and a silence only counts where an answer could have been heard.
 */
import { type Check, check } from '../../base/check.js'
import { type Ipv4, reservedRange } from '../../base/ipv4.js'
import { type DatabasePortSighting, type DatabaseSighting, figuresIn, metAt, toldOf } from './database-sighting.js'

export interface Outside {
  /** Addresses that only a private network has count as public: on a development chain everything is at such. */
  readonly allowPrivateAddresses: boolean
  /** Nothing at all was heard from the nodes that were looked at along with it. */
  readonly deaf: boolean
}

/** A check per port, and one for its metrics server. */
export function checksFromOutside(sighting: DatabaseSighting, outside: Outside): readonly Check[] {
  const { host } = sighting.target
  const silence = (id: string, summary: string) => silenceCheck(id, summary, host, outside)
  return [...sighting.ports.map((port) => portCheck(port, host, silence)), pageCheck(sighting, silence)]
}

type Silence = (id: string, summary: string) => Check

function portCheck(sighting: DatabasePortSighting, host: Ipv4, silence: Silence): Check {
  const { id, report, metrics } = sighting
  const { where, port, api, who, reason } = toldOf(sighting, host)
  const closeIt = `let only your nodes reach UDP port ${port} of ${host}; in your private network, run this with --inside`
  const open = (summary: string) => check(id, 'fail', summary, closeIt)
  const quic = (why: string) => open(`something answers at ${where} in QUIC; who it is is not proven${why}`)
  switch (metAt(report)) {
    case 'closed':
      return silence(id, `nothing listens at ${where} (UDP)`)
    case 'silent':
      return silence(id, `nothing answers at ${where} (UDP)`)
    case 'tcp-only':
      return check(
        id,
        'warn',
        `nothing answers at ${where} by UDP, but something takes connections there by TCP`,
        'no database does that: find out what it is, and whether it should be public',
      )
    case 'unreachable':
      return check(
        id,
        'warn',
        `whether ${where} is closed is not known: ${reason}`,
        'if it is a firewall of yours that refuses it so, all is well; else run this on a machine that has a way there',
      )
    case 'not-quic':
      return open(`something answers at ${where} (UDP), although not in QUIC`)
    case 'quic-not-tried':
      return quic('')
    case 'quic-timeout':
      return quic(': the handshake was not finished in time')
    case 'quic-refused':
      return quic(': it takes no connections at the moment')
    case 'quic-failed':
      return quic(`: ${reason}`)
    case 'api-accepted': {
      const read = metrics === null ? '' : ': its metrics could be read'
      return open(`the database is public: ${who} answers at ${where} and lets anybody in (API ${api}${read})`)
    }
    case 'api-refused':
    case 'api-silent':
    case 'api-garbage':
      return check(
        id,
        'fail',
        `${who} answers at ${where}, but does not open the API ${api}`,
        'a node of the network answers so: give the address and port of the database; if these are its, close them',
      )
  }
}

function pageCheck({ target, page }: DatabaseSighting, silence: Silence): Check {
  const { label, host, metricsPort } = target
  const id = `database[${label}].metrics`
  const where = `http://${host}:${metricsPort}/metrics`
  if (page === null) return silence(id, `no metrics are served at ${where}`)
  if (figuresIn(page) !== null)
    return check(
      id,
      'fail',
      `the metrics of the database are public: ${where}`,
      `let only your own network reach TCP port ${metricsPort} of ${host}`,
    )
  return check(
    id,
    'warn',
    `something serves a page at ${where}; they are not the metrics of a database`,
    'find out what it is, and whether it should be public',
  )
}

function silenceCheck(id: string, summary: string, host: Ipv4, { allowPrivateAddresses, deaf }: Outside): Check {
  const range = allowPrivateAddresses ? null : reservedRange(host)
  if (range !== null)
    return check(
      id,
      'warn',
      `${summary}, which proves nothing: ${host} is an address of ${range}`,
      'from outside, give the public address of the database, or of the router in front of it; from inside, add --inside',
    )
  if (!deaf) return check(id, 'pass', summary)
  const hint = 'this machine may hear nobody at all: see whether UDP may leave it'
  return check(id, 'warn', `${summary}, but nothing answered from your nodes either`, hint)
}
