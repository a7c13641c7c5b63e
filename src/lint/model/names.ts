/**
 * The names in a service's environment: what is missing, empty, there twice, misspelled or of no use to it
 * (docs/dev/network/node-protocol.md, "Refuses to start"). What is wrong with a name is said here, and only here.
 */
import { quote } from '../../base/quote.js'
import {
  canonicalName,
  isRuntimeName,
  knownNames,
  requiredNames,
  SERVICE_VARIABLES,
  type ServiceKind,
  SIGNING_KEY_VARIABLE,
} from '../../deploy/model/service-variables.js'
import { concluded, type Finding, finding } from './finding.js'
import type { FoundService, FoundVariable } from './found.js'

export interface NamedVariables {
  /** What takes effect, by its name in capitals. Empty values are among it. */
  readonly effective: ReadonlyMap<string, FoundVariable>
  /** Names that are meant by misspelled ones, which are not among the effective. */
  readonly meant: ReadonlyMap<string, FoundVariable>
}

/** The candidate that a name probably stands for; null where none is near. */
export type Nearest = (name: string, candidates: readonly string[]) => string | null

export function nameVariables({ kind, variables }: FoundService, nearest: Nearest): NamedVariables {
  const effective = new Map(variables.map((variable) => [canonicalName(variable.name), variable] as const))
  const meant = new Map<string, FoundVariable>()
  if (kind === 'settings') return { effective, meant }
  const free = knownNames(kind).filter((name) => !effective.has(name))
  for (const [name, variable] of effective) {
    const near = isForeign(name) ? nearest(name, free) : null
    if (near !== null) meant.set(near, variable)
  }
  return { effective, meant }
}

export interface NamedService {
  readonly found: FoundService & { readonly kind: ServiceKind }
  readonly named: NamedVariables
  /** A file that it gets variables from is not here. */
  readonly partial: boolean
}

export function judgeNames(services: readonly NamedService[], nearest: Nearest): readonly Finding[] {
  const judge = (id: string, rule: (service: NamedService) => readonly Finding[], passed: string) =>
    concluded(id, services.flatMap(rule), services.length > 0 ? passed : null)
  return [
    ...judge('duplicate-variable', duplicates, 'no service has a variable twice'),
    ...judge('unknown-variable', (service) => unknown(service, nearest), 'every variable is one that services read'),
    ...judge('wrong-service', misplaced, 'no service has variables of another kind'),
    ...judge('missing-variable', missing, 'no service lacks a variable'),
    ...judge('empty-variable', empty, 'no variable is empty'),
  ]
}

function isForeign(name: string): boolean {
  return !Object.hasOwn(SERVICE_VARIABLES, name) && !isRuntimeName(name)
}

/** Of one spelling: in one file only, since a file may well be there to override another. */
function duplicates({ found: { name: service, variables } }: NamedService): readonly Finding[] {
  const last = new Map<string, FoundVariable>()
  return variables.flatMap((variable) => {
    const { name, value, place } = variable
    const same = last.get(canonicalName(name))
    last.set(canonicalName(name), variable)
    if (same === undefined) return []
    if (same.name !== name) {
      const what = `${quote(name)} and ${quote(same.name)} are one name to ${service}, which refuses to start with both: duplicate field`
      return finding('duplicate-variable', 'fail', place, what, 'keep one of them, in capitals')
    }
    if (same.place.file !== place.file) return []
    const [status, how] =
      same.value === value
        ? (['warn', 'the same value'] as const)
        : (['fail', 'different values: only the later one takes effect'] as const)
    const hint = `keep one of them; the other one is in line ${same.place.line ?? '?'}`
    return finding('duplicate-variable', status, place, `${service} has ${quote(name)} twice, with ${how}`, hint)
  })
}

function unknown(
  { found: { kind, name: service }, named: { effective, meant } }: NamedService,
  nearest: Nearest,
): readonly Finding[] {
  const meanings = new Map([...meant].map(([name, variable]) => [variable, name]))
  return [...effective].flatMap(([name, variable]) => {
    if (!isForeign(name)) return []
    const lacking = meanings.get(variable)
    const near = lacking ?? nearest(name, knownNames(kind))
    return finding(
      'unknown-variable',
      lacking === undefined ? 'warn' : 'fail',
      variable.place,
      `${service} does not read ${quote(variable.name)}${lacking === undefined ? '' : `, and lacks ${lacking}`}`,
      near === null ? `no variable of a ${kind} has a name like it: remove it` : `did you mean ${near}?`,
    )
  })
}

/** The signing key is too much for a database, whatever its value; other things are of no use. */
function misplaced({ found: { kind, name: service }, named: { effective } }: NamedService): readonly Finding[] {
  return [...effective].flatMap(([name, { place }]) => {
    if (!Object.hasOwn(SERVICE_VARIABLES, name) || knownNames(kind).includes(name)) return []
    const key = name === SIGNING_KEY_VARIABLE
    const what = key
      ? `${service} is a database and has ${name}: the operator's private key belongs to one node only`
      : `${service} is a ${kind} and does not read ${name}, which is for a ${kind === 'node' ? 'database' : 'node'}`
    const hint = 'remove the line; each service gets only what it needs'
    return finding('wrong-service', key ? 'fail' : 'warn', place, what, hint)
  })
}

function missing({ found: { kind, name, place }, named: { effective, meant }, partial }: NamedService) {
  const names = requiredNames(kind).filter((one) => !effective.has(one) && !meant.has(one))
  if (partial || names.length === 0) return []
  const what = `${name} lacks ${names.join(', ')}, without which a ${kind} refuses to start`
  const hint = 'add it; `wcn config emit` writes everything that a service needs'
  return [finding('missing-variable', 'fail', place, what, hint)]
}

function empty({ found: { kind, name: service }, named: { effective } }: NamedService): readonly Finding[] {
  return [...effective].flatMap(([name, { value, place }]) => {
    if (value !== '' || !knownNames(kind).includes(name)) return []
    const what = `${name} of ${service} is empty, and with an empty variable a ${kind} refuses to start`
    const hint = requiredNames(kind).includes(name) ? 'give it its value' : 'leave the whole line out'
    return finding('empty-variable', 'fail', place, what, hint)
  })
}
