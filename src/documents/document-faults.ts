/** What a schema finds wrong with a document, as sentences that never repeat its values (one may be a misplaced key). */
import type { z } from 'zod'
import { quote } from '../base/quote.js'

export type Path = readonly PropertyKey[]

export interface Fault {
  readonly path: Path
  readonly what: string
}

type Issue = z.core.$ZodIssue

const EXPECTED: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number in plain decimal digits',
  number: 'a whole number in plain decimal digits',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  string: 'text (quote it if it consists of digits)',
}

/** `document`: the value that the schema refused. */
export function faultsOf(issues: readonly Issue[], document: unknown, base: Path = []): readonly Fault[] {
  // What another kind of document calls its things is none of our business, and may be secret.
  if (base.length === 0 && issues.some((issue) => isStranger(issue, document)))
    return [{ path: [], what: 'nothing in it belongs there: it is another kind of document' }]
  return issues.flatMap((issue): readonly Fault[] => {
    const path = [...base, ...issue.path]
    const value = valueAt(document, path)
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key], what: `unknown key ${quote(key)}` }))
    }
    if (value === undefined) return [{ path, what: 'is missing' }]
    if (value === null) return [{ path, what: 'is blank' }]
    if (issue.code === 'invalid_type') return [{ path, what: `must be ${wanted(issue.expected)}` }]
    if (issue.code === 'invalid_union') return faultsOfUnion(issue.errors, document, path)
    if (issue.code === 'invalid_value')
      return [{ path, what: `must be ${issue.values.map((v) => quote(String(v))).join(' or ')}` }]
    return [{ path, what: issue.message }]
  })
}

function isStranger(issue: Issue, root: unknown): boolean {
  const { code, path } = issue
  return code === 'unrecognized_keys' && path.length === 0 && issue.keys.length === Object.keys(Object(root)).length
}

/** Of the alternatives, the one that fits best is meant: whose first fault lies deepest. */
function faultsOfUnion(branches: readonly (readonly Issue[])[], document: unknown, path: Path): readonly Fault[] {
  const depth = (issues: readonly Issue[]) => issues[0]?.path.length ?? 0
  const best = [...branches].sort((a, b) => depth(b) - depth(a))[0] ?? []
  const types = branches.flat().flatMap((issue) => (issue.code === 'invalid_type' ? [wanted(issue.expected)] : []))
  return depth(best) === 0 && types.length === branches.length
    ? [{ path, what: `must be ${types.join(' or ')}` }]
    : faultsOf(best, document, path)
}

function wanted(expected: string): string {
  return EXPECTED[expected] ?? `a ${expected}`
}

/** Undefined where there is nothing. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  )
}

/** `nodes[2].peer_id` */
export function pathText(path: Path): string {
  return path
    .map((part) => {
      if (typeof part === 'number') return `[${part}]`
      return /^\w{1,40}$/.test(String(part)) ? `.${String(part)}` : `[${quote(String(part))}]`
    })
    .join('')
    .replace(/^\./, '')
}
