/** Reads how a compose service is reached (the Compose Specification, "ports", "networks"): both forms, and ranges. */
import type { Place } from '../model/finding.js'
import type { FoundPort } from '../model/found.js'
import type { YamlTree } from './yaml-tree.js'

const RANGE = '\\d{1,5}(?:-\\d{1,5})?'
/** `127.0.0.1:3012:3012/tcp`. */
const SHORT = new RegExp(`^(?:(?:(\\[[0-9a-fA-F:.]+\\]|[0-9.]+):)?(${RANGE})?:)?(${RANGE})(?:/(tcp|udp))?$`, 'i')
/** So many are as good as all. */
const MAX_RANGE = 1000

/** `read` takes a scalar's text with its variables replaced, or null. What can't be told is left out. */
export function composePorts(
  ports: YamlTree | null,
  read: (value: YamlTree | null) => string | null,
  placeOf: (tree: YamlTree) => Place,
): readonly FoundPort[] {
  return (ports?.items ?? []).flatMap((item): readonly FoundPort[] => {
    const [address, host, container, protocol] = item.isMap
      ? ['host_ip', 'published', 'target', 'protocol'].map((key) => read(item.at(key)))
      : (SHORT.exec(read(item) ?? '')?.slice(1) ?? [])
    const [inside, outside] = [rangeOf(container), rangeOf(host)]
    const kind = (protocol ?? 'tcp').toLowerCase()
    if (inside === null || (kind !== 'tcp' && kind !== 'udp')) return []
    const bound = address ? address.replace(/^\[(.*)\]$/, '$1') : null
    const common = { address: bound, protocol: kind, how: 'ports', place: placeOf(item) } as const
    if (inside.length > MAX_RANGE) return [{ ...common, hostPort: null, port: null }]
    // One port and a range of the host's: any of these.
    const pairs = outside?.length === inside.length
    return inside.map((port, i) => ({ ...common, hostPort: pairs ? (outside?.[i] ?? null) : null, port }))
  })
}

function rangeOf(text: string | null | undefined): readonly number[] | null {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? '') ?? []
  const length = Number(last ?? first) - Number(first) + 1
  return first !== undefined && length > 0 ? Array.from({ length }, (_, i) => Number(first) + i) : null
}

export function hostNetwork(place: Place): readonly FoundPort[] {
  const every = { address: null, hostPort: null, port: null, how: "the host's network", place }
  return [
    { ...every, protocol: 'udp' },
    { ...every, protocol: 'tcp' },
  ]
}

/** In Docker's own networks nothing but what is published; in others it may have an address of its own. */
export function isReachedByPorts(service: YamlTree, networks: YamlTree | null): boolean {
  const mode = service.at('network_mode')
  if (mode !== null) return /^(?:bridge|none)$/.test(mode.text ?? '')
  const own = service.at('networks')
  const names = own?.isList ? own.items.map(({ text }) => text ?? '') : (own?.entries ?? []).map(({ key }) => key)
  return names.every((name) => {
    const network = networks?.at(name)
    return network?.at('external') == null && /^(?:bridge|overlay)$/.test(network?.at('driver')?.text ?? 'bridge')
  })
}
