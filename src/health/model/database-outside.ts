/**
 * A database seen from outside. Whoever reaches it may read and write everything in it, so nothing may answer there,
 * whatever it is; and a silence only counts where an answer could have been heard.
 */
import { type Check, check, type Verdict } from '../../base/check.js'
import { type Ipv4, reservedRange } from '../../base/ipv4.js'
import { type DatabasePortSighting, type DatabaseSighting, figuresIn, toldOf } from './database-sighting.js'

export interface Outside {
  /** Addresses that only a private network has count as public: on a development chain everything is at such. */
  readonly allowPrivateAddresses: boolean
  /** Nothing at all was heard from the nodes that were looked at along with it. */
  readonly deaf: boolean
}

/** A check per port, and one for its metrics server. */
export function checksFromOutside(sighting: DatabaseSighting, outside: Outside): readonly Check[] {
  const { label, host } = sighting.target
  const silence = (summary: string) => silenceVerdict(summary, host, outside)
  return [
    ...sighting.ports.map((port) => check(port.id, ...portVerdict(port, host, silence))),
    check(`database[${label}].metrics`, ...pageVerdict(sighting, silence)),
  ]
}

type Silence = (summary: string) => Verdict

const FIND_OUT = 'find out what it is, and whether it should be public'

function portVerdict(sighting: DatabasePortSighting, host: Ipv4, silence: Silence): Verdict {
  const { met, where, port, api, who, reason, metrics } = toldOf(sighting, host)
  const closeIt = `let only your nodes reach UDP port ${port} of ${host}; in your private network, run this with --inside`
  const quic = (why: string): Verdict => [
    'fail',
    `something answers at ${where} in QUIC; who it is is not proven${why}`,
    closeIt,
  ]
  switch (met) {
    case 'closed':
      return silence(`nothing listens at ${where} (UDP)`)
    case 'silent':
      return silence(`nothing answers at ${where} (UDP)`)
    case 'tcp-only':
      return [
        'warn',
        `nothing answers at ${where} by UDP, but something takes connections there by TCP`,
        `no database does that: ${FIND_OUT}`,
      ]
    case 'unreachable':
      return [
        'warn',
        `whether ${where} is closed is not known: ${reason}`,
        'if it is a firewall of yours that refuses it so, all is well; else run this on a machine that has a way there',
      ]
    case 'not-quic':
      return ['fail', `something answers at ${where} (UDP), although not in QUIC`, closeIt]
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
      const open = `${who} answers at ${where} and lets anybody in (API ${api}${read})`
      return ['fail', `the database is public: ${open}`, closeIt]
    }
    default:
      return [
        'fail',
        `${who} answers at ${where}, but does not open the API ${api}`,
        'a node of the network answers so: give the address and port of the database; if these are its, close them',
      ]
  }
}

function pageVerdict({ target: { host, metricsPort }, page }: DatabaseSighting, silence: Silence): Verdict {
  const where = `http://${host}:${metricsPort}/metrics`
  if (page === null) return silence(`no metrics are served at ${where}`)
  if (figuresIn(page) === null)
    return ['warn', `something serves a page at ${where}; they are not the metrics of a database`, FIND_OUT]
  const hint = `let only your own network reach TCP port ${metricsPort} of ${host}`
  return ['fail', `the metrics of the database are public: ${where}`, hint]
}

function silenceVerdict(summary: string, host: Ipv4, { allowPrivateAddresses, deaf }: Outside): Verdict {
  const range = allowPrivateAddresses ? null : reservedRange(host)
  if (range !== null)
    return [
      'warn',
      `${summary}, which proves nothing: ${host} is an address of ${range}`,
      'from outside, give the public address of the database, or of the router in front of it; from inside, add --inside',
    ]
  if (!deaf) return ['pass', summary]
  const hint = 'this machine may hear nobody at all: see whether UDP may leave it'
  return ['warn', `${summary}, but nothing answered from your nodes either`, hint]
}
