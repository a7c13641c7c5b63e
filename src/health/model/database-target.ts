/**
 * Where a database is looked for. A database is given by its address, as its nodes are told (DATABASE_RPC_SERVER_ADDRESS):
 * with the ports of the onboarding document, or with one port of its own.
 */

import { isDocumentation, isNoHostAddress, parseIpv4 } from '../../base/ipv4.js'
import { parsePort } from '../../base/port.js'
import { WcnError } from '../../errors/wcn-error.js'

export type DatabaseTarget = ReturnType<typeof parseDatabaseTarget>
export interface DatabasePort {
  /** Of its check. */
  readonly id: string
  readonly port: number
  /** What is asked for. `Metrics`, which only the secondary port has, tells its version and disk as well. */
  readonly api: 'Database' | 'Metrics'
}

const PRIMARY = 3000
const SECONDARY = 3001
const METRICS = 3002

/** `IP` or `IP:PORT`. `source` says where the text came from. Throws IP_ADDRESS_INVALID, PORT_INVALID, USAGE. */
export function parseDatabaseTarget(text: string, source: string) {
  const [, address = text, given] = /^([^:[\]]*):([^:]*)$/.exec(text) ?? []
  if (/^[a-z]+:\/\//i.test(text))
    throw new WcnError('USAGE', `${source} is a URL, and a database has none`, { hint: 'give IP or IP:PORT' })
  const host = parseIpv4(address, source)
  if (isNoHostAddress(host))
    throw new WcnError('IP_ADDRESS_INVALID', `${source} is ${host}, which no machine has`, {
      hint: 'a database that listens on 0.0.0.0 is reached at an address of its machine: give that one',
    })
  if (isDocumentation(host))
    throw new WcnError(
      'IP_ADDRESS_INVALID',
      `${source} is ${host}, a documentation address: nobody answers there, and nothing was sent`,
      { hint: 'give the real address of the database' },
    )
  const port = given === undefined ? null : parsePort(given, `the port of ${source}`)
  /** As it is named to people: the address, and the port where one was given. */
  const label = port === null ? host : `${host}:${port}`
  const id = `database[${label}]`
  const ports: readonly DatabasePort[] =
    port === null
      ? [
          { id: `${id}.primary`, port: PRIMARY, api: 'Database' },
          { id: `${id}.secondary`, port: SECONDARY, api: 'Metrics' },
        ]
      : [{ id, port, api: 'Database' }]
  /** UDP, but for that of the metrics. */
  return { label, host, ports, metricsPort: port ?? METRICS }
}
