/** `cluster exporter`: what `cluster status` finds out, and a little more, again and again, for Prometheus to collect. */
import { isIP } from 'node:net'
import { openClusterStatus, type Input as StatusInput } from '../availability/cluster-status.js'
import { parsePort } from '../base/port.js'
import { quote } from '../base/quote.js'
import type { Services } from '../cli/services.js'
import { looks } from '../cli/watch.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDuration } from '../settings/setting-values.js'
import { lookBeside } from './look-beside.js'
import { metricsText } from './model/samples.js'
import { type Place, serveText } from './serve-text.js'

export interface Input extends Omit<StatusInput, 'watch' | 'strict'> {
  readonly listen?: string
}

const LISTEN = '127.0.0.1:9464'
const INTERVAL = '60s'
const PATH = '/metrics'

/**
 * Looks once before it listens, so that what is configured wrongly is said at once; afterwards a provider or a node that
 * fails is no reason to end. Throws SETTING_*, PORT_INVALID, and what a look at the cluster throws.
 */
export async function run(services: Services, input: Input) {
  const place = parsePlace(input.listen ?? LISTEN)
  const intervalMs = parseDuration(input.interval ?? INTERVAL, '--interval')
  const lookAtCluster = await openClusterStatus(services, input)
  const look = async () => {
    const [{ data: status }, beside] = await Promise.all([lookAtCluster(), lookBeside(services)])
    return { data: { status, ...beside } }
  }
  let { data: last } = await look()
  const server = await serveText(place, PATH, () => metricsText(last))
  const host = place.host.includes(':') ? `[${place.host}]` : place.host
  return {
    data: { url: `http://${host}:${server.port}${PATH}`, interval_seconds: intervalMs / 1000 },
    async until() {
      try {
        for await (const { data } of looks(services, intervalMs, look)) last = data
      } finally {
        server.close()
      }
    },
  }
}

/** Throws SETTING_INVALID, PORT_INVALID. */
function parsePlace(text: string): Place {
  const [, host = '', port = ''] =
    /^(?:\[([^\]]+)\]|([^:]+)):([^:]*)$/.exec(text)?.filter((part) => part !== undefined) ?? []
  if (isIP(host) === 0)
    throw new WcnError('SETTING_INVALID', `--listen is ${quote(text)}, which is not ADDRESS:PORT`, {
      hint: `write such as ${LISTEN}; 0.0.0.0:9464 is for everybody who can reach this machine`,
    })
  return { host, port: port === '0' ? 0 : parsePort(port, 'the port of --listen') }
}
