/** `ports` of a compose service (the Compose Specification, "ports"): short and long forms, ranges. */
import type { Place } from '../model/finding.js'
import type { FoundPort } from '../model/found.js'
import type { YamlTree } from './yaml-tree.js'

const SHORT = /^(?:(?:(\[[0-9a-fA-F:.]+\]|[0-9.]+):)?(\d{1,5}(?:-\d{1,5})?)?:)?(\d{1,5}(?:-\d{1,5})?)(?:\/(tcp|udp))?$/i
/** So many are as good as all. */
const MAX_RANGE = 1000

/** `read` takes a scalar's text with its variables replaced, or null. What can't be told is left out. */
export function composePorts(
  ports: YamlTree | null,
  read: (value: YamlTree | null) => string | null,
  placeOf: (tree: YamlTree) => Place,
): readonly FoundPort[] {
  return (ports?.items ?? []).flatMap((item) => {
    const place = placeOf(item)
    if (item.isMap) {
      const protocol = read(item.at('protocol')) ?? 'tcp'
      return published(read(item.at('host_ip')), read(item.at('published')), read(item.at('target')), protocol, place)
    }
    return shortPorts(read(item) ?? '', place)
  })
}

/** `127.0.0.1:3012:3012/tcp`. */
function shortPorts(text: string, place: Place): readonly FoundPort[] {
  const [, address, host, container, protocol] = SHORT.exec(text) ?? []
  return published(address ?? null, host ?? null, container ?? null, protocol ?? 'tcp', place)
}

function published(
  address: string | null,
  host: string | null,
  container: string | null,
  protocol: string,
  place: Place,
): readonly FoundPort[] {
  const inside = rangeOf(container)
  const outside = rangeOf(host)
  const kind = protocol.toLowerCase()
  if (inside === null || (kind !== 'tcp' && kind !== 'udp')) return []
  const bound = address === null || address === '' ? null : address.replace(/^\[(.*)\]$/, '$1')
  const common = { address: bound, protocol: kind, how: 'ports', place } as const
  if (inside.length > MAX_RANGE) return [{ ...common, hostPort: null, port: null }]
  // One port and a range of the host's: any of these.
  const pairs = outside !== null && outside.length === inside.length
  return inside.map((port, i) => ({ ...common, hostPort: pairs ? (outside[i] ?? null) : null, port }))
}

function rangeOf(text: string | null): readonly number[] | null {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? '') ?? []
  if (first === undefined) return null
  const length = Number(last ?? first) - Number(first) + 1
  return length < 1 ? null : Array.from({ length }, (_, i) => Number(first) + i)
}
