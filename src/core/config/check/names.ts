/**
 * The names in a service's environment: what is missing, empty, there twice, misspelled or of no use to it
 * (spec/node-protocol.md, "Refuses to start"). What is wrong with a name is said here, and only here.
 */
import { quote } from '../../quote.js'
import { SIGNING_KEY_VARIABLE } from '../node-env.js'
import { concluded, type Finding, finding } from './finding.js'
import type { FoundService, FoundVariable } from './found.js'
import { canonicalName, isRuntimeName, knownNames, requiredNames, type ServiceKind } from './known-variables.js'

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
    const near = isForeign(kind, name) ? nearest(name, free) : null
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
    ...judge('duplicate-variable', ({ found }) => duplicates(found), 'no service has a variable twice'),
    ...judge(
      'unknown-variable',
      ({ found, named }) => unknown(found, named, nearest),
      'every variable is one that services read',
    ),
    ...judge(
      'wrong-service',
      ({ found, named }) => misplaced(found, named),
      'no service has variables of another kind',
    ),
    ...judge(
      'missing-variable',
      ({ found, named, partial }) => (partial ? [] : missing(found, named)),
      'no service lacks a variable',
    ),
    ...judge('empty-variable', ({ found, named }) => empty(found, named), 'no variable is empty'),
  ]
}

function isForeign(kind: ServiceKind, name: string): boolean {
  return ![kind, otherKind(kind)].some((one) => knownNames(one).includes(name)) && !isRuntimeName(name)
}

function otherKind(kind: ServiceKind): ServiceKind {
  return kind === 'node' ? 'database' : 'node'
}

/** Of one spelling: in one file only, since a file may well be there to override another. */
function duplicates({ name: service, variables }: FoundService): readonly Finding[] {
  return variables.flatMap((variable, index) => {
    const same = variables.slice(0, index).findLast(({ name }) => canonicalName(name) === canonicalName(variable.name))
    if (same === undefined) return []
    const { name, value, place } = variable
    if (same.name !== name)
      return finding(
        'duplicate-variable',
        'fail',
        place,
        `${quote(name)} and ${quote(same.name)} are one name to ${service}, which refuses to start with both: duplicate field`,
        'keep one of them, in capitals',
      )
    if (same.place.file !== place.file) return []
    return finding(
      'duplicate-variable',
      same.value === value ? 'warn' : 'fail',
      place,
      same.value === value
        ? `${service} has ${quote(name)} twice, with the same value`
        : `${service} has ${quote(name)} twice, with different values: only the later one takes effect`,
      `keep one of them; the other one is in line ${same.place.line ?? '?'}`,
    )
  })
}

function unknown(
  { kind, name: service }: NamedService['found'],
  { effective, meant }: NamedVariables,
  nearest: Nearest,
): readonly Finding[] {
  const meanings = new Map([...meant].map(([name, variable]) => [variable, name]))
  return [...effective].flatMap(([name, variable]) => {
    if (!isForeign(kind, name)) return []
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
function misplaced({ kind, name: service }: NamedService['found'], { effective }: NamedVariables): readonly Finding[] {
  const own = knownNames(kind)
  const others = knownNames(otherKind(kind))
  return [...effective].flatMap(([name, { place }]) => {
    if (own.includes(name) || !others.includes(name)) return []
    const key = name === SIGNING_KEY_VARIABLE
    return finding(
      'wrong-service',
      key ? 'fail' : 'warn',
      place,
      key
        ? `${service} is a database and has ${name}: the operator's private key belongs to one node only`
        : `${service} is a ${kind} and does not read ${name}, which is for a ${otherKind(kind)}`,
      'remove the line; each service gets only what it needs',
    )
  })
}

function missing(
  { kind, name: service, place }: NamedService['found'],
  { effective, meant }: NamedVariables,
): readonly Finding[] {
  const names = requiredNames(kind).filter((name) => !effective.has(name) && !meant.has(name))
  if (names.length === 0) return []
  return [
    finding(
      'missing-variable',
      'fail',
      place,
      `${service} lacks ${names.join(', ')}, without which a ${kind} refuses to start`,
      'add it; `wcn config emit` writes everything that a service needs',
    ),
  ]
}

function empty({ kind, name: service }: NamedService['found'], { effective }: NamedVariables): readonly Finding[] {
  return [...effective].flatMap(([name, { value, place }]) =>
    value === '' && knownNames(kind).includes(name)
      ? finding(
          'empty-variable',
          'fail',
          place,
          `${name} of ${service} is empty, and with an empty variable a ${kind} refuses to start`,
          requiredNames(kind).includes(name) ? 'give it its value' : 'leave the whole line out',
        )
      : [],
  )
}
