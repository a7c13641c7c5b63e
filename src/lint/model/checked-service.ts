/** Services as the rules see them: what was found, and the values that could be read. */
import type { Found, FoundPort, FoundService } from './found.js'
import { type NamedVariables, type Nearest, nameVariables } from './names.js'
import { type AddressOf, type NodeValues, readDatabase, readNode, readSettings, type ServiceValues } from './values.js'
import { type VariableReader, variableReader } from './variable-reader.js'

export interface CheckedNode {
  readonly found: FoundService & { readonly kind: 'node' }
  readonly named: NamedVariables
  /** A file that it gets variables from is not here, so there may be more of them. */
  readonly partial: boolean
  readonly values: NodeValues
}

export interface CheckedDatabase {
  readonly found: FoundService & { readonly kind: 'database' }
  readonly named: NamedVariables
  readonly partial: boolean
  readonly values: ServiceValues
}

export type CheckedService = CheckedNode | CheckedDatabase

export interface CheckedServices {
  readonly nodes: readonly CheckedNode[]
  readonly databases: readonly CheckedDatabase[]
  /** Of everything, settings of this tool included: what is wrong with single values. */
  readonly readers: readonly VariableReader[]
}

/** The readers' remarks about a value, not about a file. */
const OF_ONE_VALUE = ['dialect', 'syntax']

/** The readers' remark about an env file that a unit or a compose file names. */
const FILE_MISSING = 'missing-file'

export interface NamingTools {
  readonly nearest: Nearest
  readonly addressOf: AddressOf
}

/** A value that a reader found damaged on its way is reported by that, and by nothing else. */
export async function checkServices({ services, remarks }: Found, tools: NamingTools): Promise<CheckedServices> {
  const damaged = new Set(
    remarks
      .filter(({ id, status }) => status === 'fail' && OF_ONE_VALUE.includes(id))
      .map(({ place }) => placeKey(place)),
  )
  const nodes: CheckedNode[] = []
  const databases: CheckedDatabase[] = []
  const readers: VariableReader[] = []
  for (const found of services) {
    const named = nameVariables(found, tools.nearest)
    const reader = variableReader(found, named, ({ place }) => damaged.has(placeKey(place)))
    const partial = remarks.some(({ id, place }) => id === FILE_MISSING && place.file === found.place.file)
    readers.push(reader)
    if (isKind(found, 'node')) nodes.push({ found, named, partial, values: await readNode(reader, tools.addressOf) })
    else if (isKind(found, 'database')) databases.push({ found, named, partial, values: await readDatabase(reader) })
    else await readSettings(reader)
  }
  return { nodes, databases, readers }
}

export function placeKey({ file, line }: { readonly file: string; readonly line: number | null }): string {
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

function isKind<Kind extends FoundService['kind']>(
  found: FoundService,
  kind: Kind,
): found is FoundService & { readonly kind: Kind } {
  return found.kind === kind
}
