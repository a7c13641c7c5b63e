/**
 * Finds ports of loopback that are free for UDP and TCP alike, below those that systems hand out by themselves. They are
 * taken by the hundred, none of which is in use: a network one of whose nodes is down keeps that one's ports so.
 */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { WcnError } from '../../errors/wcn-error.js'
import { LOOPBACK } from './rpc-servers.js'

const FIRST = 10_000
const END = 30_000
const HUNDRED = 100

/** In a row, from a place on that differs each time: two networks that start at once do not look at the same ones. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const length = HUNDRED * Math.ceil(count / HUNDRED)
  const places = (END - FIRST - length) / HUNDRED + 1
  const start = Math.floor(Math.random() * places)
  for (let looked = 0; looked < places; looked++) {
    const first = FIRST + HUNDRED * ((start + looked) % places)
    const ports = Array.from({ length }, (_, index) => first + index)
    if (await areFree(ports)) return ports.slice(0, count)
  }
  const where = `from ${FIRST} to ${END - 1}`
  throw new WcnError('PORT_INVALID', `${LOOPBACK} has no ${length} free ports in a row ${where}`, {
    hint: 'ask for fewer --operators or --nodes, or for --chain-only',
  })
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) if (!(await isFreeTcp(port)) || !(await isFreeUdp(port))) return false
  return true
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
