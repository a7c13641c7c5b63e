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
  if (first === undefined) return
  const [{ what, port, protocol, place }, late] = first
  throw new WcnError('PORTS_COLLIDE', `${what} and ${late.what} are both ${protocol} ${port} on ${place}`, {
    hint: 'give them different ports; if they run on different machines, say so with "host": without it, it is this one',
    details: { port, protocol },
  })
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
