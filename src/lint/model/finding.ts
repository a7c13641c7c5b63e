/** Defines what a rule of `config check` says: a check, with the line of the file it is about. */
import type { Check } from '../../base/check.js'

export interface Place {
  readonly file: string
  /** From 1; null where no single line is meant. */
  readonly line: number | null
}

/** Passes and skips have no place. */
export interface Finding extends Check {
  readonly file: string | null
  readonly line: number | null
}

/** A finding without its rule's name. */
export type Complaint = Omit<Finding, 'id'>

export function fail(place: Place | null, summary: string, hint: string | null = null): Complaint {
  return { status: 'fail', summary, hint, file: place?.file ?? null, line: place?.line ?? null }
}

export function warn(place: Place | null, summary: string, hint: string | null = null): Complaint {
  return { ...fail(place, summary, hint), status: 'warn' }
}

export function skip(why: string, hint: string | null = null): Complaint {
  return { ...fail(null, why, hint), status: 'skip' }
}

export interface Rule<Input> {
  readonly id: string
  /** What a pass says. */
  readonly passed: string | ((input: Input) => string)
  /** Empty where all is well; null where there is nothing to judge. */
  readonly judge: (input: Input) => readonly Complaint[] | null
}

/** The complaints about each of them; null where there are none to judge. */
export function each<T>(
  judged: readonly T[],
  complain: (one: T, index: number) => Complaint | readonly Complaint[] | null,
): readonly Complaint[] | null {
  return judged.length === 0 ? null : judged.flatMap((one, index) => complain(one, index) ?? [])
}

export function applyRules<Input>(rules: readonly Rule<Input>[], input: Input): readonly Finding[] {
  return rules.flatMap(({ id, passed, judge }): readonly Finding[] => {
    const complaints = judge(input)
    if (complaints === null || complaints.length > 0) return (complaints ?? []).map((one) => ({ id, ...one }))
    const summary = typeof passed === 'string' ? passed : passed(input)
    return [{ id, status: 'pass', summary, hint: null, file: null, line: null }]
  })
}

/** What several services get from one line is one mistake: the first says so, and whose else it is. `names`: the services'. */
export function oncePerPlace(findings: readonly Finding[], names: readonly string[]): readonly Finding[] {
  const longestFirst = names.toSorted((one, other) => other.length - one.length)
  const merged = new Map<string, { readonly first: Finding; readonly others: Set<string> }>()
  for (const one of findings) {
    const name = longestFirst.find((each) => one.summary.includes(each))
    const key = JSON.stringify([one.id, one.status, one.file, one.line, one.summary.replaceAll(name ?? '\0', '\0')])
    const before = isFault(one) ? merged.get(key) : undefined
    if (before === undefined) merged.set(isFault(one) ? key : `${merged.size}`, { first: one, others: new Set() })
    else if (name !== undefined && !before.first.summary.includes(name)) before.others.add(name)
  }
  return [...merged.values()].map(({ first, others }) =>
    others.size === 0 ? first : { ...first, summary: `${first.summary} (and so for ${[...others].join(', ')})` },
  )
}

/** Of several deployments: a rule passes, or is skipped, where none of them gave it anything to find. */
export function oncePerRule(findings: readonly Finding[]): readonly Finding[] {
  const faulty = new Set(findings.filter(isFault).map(({ id }) => id))
  const quiet = new Map<string, Finding>()
  for (const one of findings) {
    const before = quiet.get(one.id)
    if (!isFault(one) && (before === undefined || before.status === 'skip')) quiet.set(one.id, one)
  }
  return findings.filter((one) => isFault(one) || (quiet.get(one.id) === one && !faulty.has(one.id)))
}

/** Passes and skips as they came, then what was found, in the order of files and lines. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings.filter((one) => !isFault(one)), ...findings.filter(isFault).toSorted(byPlace)]
}

export function isFault({ status }: Check): boolean {
  return status === 'fail' || status === 'warn'
}

function byPlace(one: Finding, other: Finding): number {
  if (one.file !== other.file) return (one.file ?? '') < (other.file ?? '') ? -1 : 1
  return (one.line ?? 0) - (other.line ?? 0)
}
