/** Prepares services for the rules: variables as found, under the names that were meant, with the values they hold. */
import type { Address } from '../../base/address.js'
import {
  canonicalName,
  isRuntimeName,
  knownNames,
  SERVICE_VARIABLES,
  type ServiceKind,
} from '../../deploy/model/service-variables.js'
import type { Place } from './finding.js'
import type { Found, FoundPort, FoundService, FoundVariable } from './found.js'
import { type AddressOf, type Reading, readValues, type Values } from './values.js'

export interface CheckedService {
  readonly found: FoundService & { readonly kind: ServiceKind }
  /** What takes effect, by its name in capitals. Empty values are among it. */
  readonly effective: ReadonlyMap<string, FoundVariable>
  /** Names that are meant by misspelled ones, which are not among the effective. */
  readonly meant: ReadonlyMap<string, FoundVariable>
  /** A file that it gets variables from is not here, so there may be more of them. */
  readonly partial: boolean
  readonly values: Values
}

/** The candidate that a name probably stands for; null where none is near. */
export type Nearest = (name: string, candidates: readonly string[]) => string | null

interface ReadTools {
  readonly nearest: Nearest
  readonly addressOf: AddressOf
}

export interface CheckTools extends ReadTools {
  /** The operator that is configured; null: none is. */
  readonly operator: Address | null
  readonly allowPrivateAddresses: boolean
}

export interface CheckedServices {
  readonly found: Found
  readonly nodes: readonly CheckedService[]
  readonly databases: readonly CheckedService[]
  readonly all: readonly CheckedService[]
  /** Of everything, settings of this tool included. */
  readonly readings: readonly Reading[]
}

/** What rules judge. */
export interface Deployment extends CheckedServices, CheckTools {}

/** Remarks about a value, not about a file: such a value is reported by that, and by nothing else. */
const OF_ONE_VALUE = ['dialect', 'syntax']

export async function checkServices(found: Found, { nearest, addressOf }: ReadTools): Promise<CheckedServices> {
  const damaged = new Set(
    found.remarks.filter(({ id, status }) => status === 'fail' && OF_ONE_VALUE.includes(id)).map(placeKey),
  )
  const missing = new Set(found.remarks.filter(({ id }) => id === 'missing-file').map(({ file }) => file))
  const services: CheckedService[] = []
  const readings: Reading[] = []
  for (const service of found.services) {
    const effective = new Map(service.variables.map((variable) => [canonicalName(variable.name), variable] as const))
    const isDamaged = ({ place }: FoundVariable) => damaged.has(placeKey(place))
    const reading = await readValues(service, effective, isDamaged, addressOf)
    readings.push(reading)
    const { kind } = service
    if (kind === 'settings') continue
    const free = knownNames(kind).filter((name) => !effective.has(name))
    const meant = new Map<string, FoundVariable>()
    for (const [name, variable] of effective) {
      const near = isForeign(name) ? nearest(name, free) : null
      if (near !== null) meant.set(near, variable)
    }
    const partial = missing.has(service.place.file)
    services.push({ found: { ...service, kind }, effective, meant, partial, values: reading.values })
  }
  const of = (kind: ServiceKind) => services.filter((service) => service.found.kind === kind)
  const [nodes, databases] = [of('node'), of('database')]
  return { found, nodes, databases, all: [...databases, ...nodes], readings }
}

/** No variable of a service, and nothing that its runtime reads. */
export function isForeign(name: string): boolean {
  return !Object.hasOwn(SERVICE_VARIABLES, name) && !isRuntimeName(name)
}

/** Where a value could be read, with who has it. */
export function servicesWith<Name extends keyof Values>(services: readonly CheckedService[], name: Name) {
  return services.flatMap(({ found, values }) => {
    const parsed = values[name] as NonNullable<Values[Name]> | undefined
    return parsed === undefined ? [] : { ...parsed, found, values }
  })
}

export function placeKey({ file, line }: { readonly file: string | null; readonly line: Place['line'] }): string {
  return `${line}:${file}`
}

/** Whether it listens on its machine's own addresses, not in a network of its own. */
export function isOnHost({ machine, image, published }: FoundService): boolean {
  return machine !== null && (image === null || published.some(isHostNetwork))
}

/** Every port of the service, at every address of the machine. */
export function isHostNetwork({ port }: FoundPort): boolean {
  return port === null
}

/** UDP as others see it, where a runtime maps it; null where that can't be told. */
export function outwardPort({ image, published }: FoundService, port: number): number | null {
  if (image === null || published.some(isHostNetwork)) return port
  return published.find((one) => one.protocol === 'udp' && one.port === port)?.hostPort ?? null
}
