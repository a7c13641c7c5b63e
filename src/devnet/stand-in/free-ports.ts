/** Finds ports of loopback that are free for UDP and TCP alike, below those that systems hand out by themselves. */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { WcnError } from '../../errors/wcn-error.js'
import { LOOPBACK } from './rpc-servers.js'

const FIRST = 10_000
const END = 30_000

/** From a place on that differs each time: two networks that start at once do not look at the same ones. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const found: number[] = []
  let port = FIRST + Math.floor(Math.random() * (END - FIRST))
  for (let looked = 0; looked < END - FIRST && found.length < count; looked++) {
    port = port + 1 === END ? FIRST : port + 1
    if ((await isFreeTcp(port)) && (await isFreeUdp(port))) found.push(port)
  }
  if (found.length === count) return found
  throw new WcnError('PORT_INVALID', `fewer than ${count} ports of ${LOOPBACK} are free from ${FIRST} to ${END - 1}`, {
    hint: 'ask for fewer --operators or --nodes, or for --chain-only',
  })
}

function isFreeTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, LOOPBACK, () => probe.close(() => resolve(true)))
  })
}

function isFreeUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createSocket('udp4')
    probe.once('error', () => resolve(false))
    probe.bind(port, LOOPBACK, () => probe.close(() => resolve(true)))
  })
}
