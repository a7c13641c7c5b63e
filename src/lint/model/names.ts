/**
 * Judges the names in a service's environment: missing, empty, there twice, misspelled, or of no use to it
 * (docs/dev/network/node-protocol.md, "Refuses to start"). What is wrong with a name is said here, and only here.
 */
import { quote } from '../../base/quote.js'
import {
  canonicalName,
  knownNames,
  requiredNames,
  SERVICE_VARIABLES,
  SIGNING_KEY_VARIABLE,
} from '../../deploy/model/service-variables.js'
import { type CheckedService, type Deployment, isForeign, type Nearest } from './checked-service.js'
import { type Complaint, fail, type Rule, warn } from './finding.js'
import type { FoundVariable } from './found.js'

type Judge = (service: CheckedService, nearest: Nearest) => readonly Complaint[]

const rule = (id: string, passed: string, judge: Judge): Rule<Deployment> => ({
  id,
  passed,
  judge: ({ all, nearest }) => (all.length === 0 ? null : all.flatMap((service) => judge(service, nearest))),
})

export const NAME_RULES: readonly Rule<Deployment>[] = [
  /** Of one spelling: in one file only, since a file may well be there to override another. */
  rule('duplicate-variable', 'no service has a variable twice', ({ found: { name: service, variables } }) => {
    const last = new Map<string, FoundVariable>()
    return variables.flatMap((variable) => {
      const { name, value, place } = variable
      const same = last.get(canonicalName(name))
      last.set(canonicalName(name), variable)
      if (same === undefined) return []
      if (same.name !== name) {
        const what = `${quote(name)} and ${quote(same.name)} are one name to ${service}, which refuses to start with both: duplicate field`
        return fail(place, what, 'keep one of them, in capitals')
      }
      if (same.place.file !== place.file) return []
      const what = `${service} has ${quote(name)} twice, with`
      const hint = `keep one of them; the other one is in line ${same.place.line ?? '?'}`
      return same.value === value
        ? warn(place, `${what} the same value`, hint)
        : fail(place, `${what} different values: only the later one takes effect`, hint)
    })
  }),
  rule('unknown-variable', 'every variable is one that services read', ({ found, effective, meant }, nearest) => {
    const meanings = new Map([...meant].map(([name, variable]) => [variable, name]))
    return [...effective].flatMap(([name, variable]) => {
      if (!isForeign(name)) return []
      const lacking = meanings.get(variable)
      const near = lacking ?? nearest(name, knownNames(found.kind))
      const hint =
        near === null ? `no variable of a ${found.kind} has a name like it: remove it` : `did you mean ${near}?`
      const what = `${found.name} does not read ${quote(variable.name)}`
      return lacking === undefined
        ? warn(variable.place, what, hint)
        : fail(variable.place, `${what}, and lacks ${lacking}`, hint)
    })
  }),
  /** The signing key is too much for a database, whatever its value; other things are of no use. */
  rule('wrong-service', 'no service has variables of another kind', ({ found: { kind, name: service }, effective }) =>
    [...effective].flatMap(([name, { place }]) => {
      if (!Object.hasOwn(SERVICE_VARIABLES, name) || knownNames(kind).includes(name)) return []
      const hint = 'remove the line; each service gets only what it needs'
      if (name === SIGNING_KEY_VARIABLE) {
        const what = `${service} is a database and has ${name}: the operator's private key belongs to one node only`
        return fail(place, what, hint)
      }
      const other = kind === 'node' ? 'database' : 'node'
      return warn(place, `${service} is a ${kind} and does not read ${name}, which is for a ${other}`, hint)
    }),
  ),
  rule(
    'missing-variable',
    'no service lacks a variable',
    ({ found: { kind, name, place }, effective, meant, partial }) => {
      const names = requiredNames(kind).filter((one) => !effective.has(one) && !meant.has(one))
      if (partial || names.length === 0) return []
      const what = `${name} lacks ${names.join(', ')}, without which a ${kind} refuses to start`
      return [fail(place, what, 'add it; `wcn config emit` writes everything that a service needs')]
    },
  ),
  rule('empty-variable', 'no variable is empty', ({ found: { kind, name: service }, effective }) =>
    [...effective].flatMap(([name, { value, place }]) => {
      if (value !== '' || !knownNames(kind).includes(name)) return []
      const what = `${name} of ${service} is empty, and with an empty variable a ${kind} refuses to start`
      return fail(place, what, requiredNames(kind).includes(name) ? 'give it its value' : 'leave the whole line out')
    }),
  ),
]
