/**
 * Two servers can't listen on one port of one machine, and two nodes can't be told apart at one public address and port.
 * RPC ports are UDP and the metrics port is TCP, so those two kinds don't collide.
 */
import { WcnError } from '../../errors/wcn-error.js'

export interface Listener {
  readonly place: string
  readonly port: number
  readonly protocol: 'UDP' | 'TCP'
  readonly what: string
  /** The only address of the place that it listens on. Every one unless given. */
  readonly address?: string
  /** The only version of IP that it listens on. Both unless given. */
  readonly family?: 4 | 6
}

/** Throws PORTS_COLLIDE. */
export function requireDistinctPorts(listeners: readonly Listener[]): void {
  const [first] = collisions(listeners)
  if (first) throw collision(...first)
}

/** Everyone who finds its port taken, behind the first who took it. */
export function collisions<T extends Listener>(listeners: readonly T[]): readonly (readonly [taken: T, late: T])[] {
  const taken = new Map<string, T[]>()
  return listeners.flatMap((listener) => {
    const { place, port, protocol } = listener
    const key = `${place} ${protocol} ${port}`
    const there = taken.get(key) ?? []
    taken.set(key, [...there, listener])
    const first = there.find((one) => meet(one.address, listener.address) && meet(one.family, listener.family))
    return first ? [[first, listener] as const] : []
  })
}

function meet(one: string | number | undefined, other: string | number | undefined): boolean {
  return one === undefined || other === undefined || one === other
}

function collision(one: Listener, other: Listener): WcnError {
  return new WcnError(
    'PORTS_COLLIDE',
    `${one.what} and ${other.what} are both ${one.protocol} ${one.port} on ${one.place}`,
    {
      hint: 'give them different ports; if they run on different machines, say so with "host" (or "ipv4_addr")',
      details: { port: one.port, protocol: one.protocol },
    },
  )
}
