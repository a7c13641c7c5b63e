/** What a rule of `config check` came to: the house's checks, each with the line of the file it is about. */
import { type Check, type CheckStatus, check } from '../../base/check.js'
import type { Place } from './found.js'

export interface Finding extends Check {
  /** Null for passes and skips. */
  readonly file: string | null
  /** From 1; null where no single line is meant. */
  readonly line: number | null
}

export function finding(
  id: string,
  status: 'warn' | 'fail',
  place: Place,
  summary: string,
  hint: string | null = null,
): Finding {
  return { ...check(id, status, summary, hint), file: place.file, line: place.line }
}

export function skipped(id: string, why: string, hint: string | null = null): readonly Finding[] {
  return [nowhere(id, 'skip', why, hint)]
}

/** The findings, or where there are none a pass that says `passed`; nothing where that is null: nothing was judged. */
export function concluded(id: string, findings: readonly Finding[], passed: string | null): readonly Finding[] {
  return findings.length > 0 || passed === null ? findings : [nowhere(id, 'pass', passed)]
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

/** For what no file is to blame for. */
export function nowhere(id: string, status: CheckStatus, summary: string, hint: string | null = null): Finding {
  return { ...check(id, status, summary, hint), file: null, line: null }
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
  const found = findings.filter(isFault)
  const quiet = findings.filter((one) => !isFault(one))
  return [...quiet, ...found.toSorted(byPlace)]
}

export function isFault({ status }: Check): boolean {
  return status === 'fail' || status === 'warn'
}

function byPlace(one: Finding, other: Finding): number {
  if (one.file !== other.file) return (one.file ?? '') < (other.file ?? '') ? -1 : 1
  return (one.line ?? 0) - (other.line ?? 0)
}
