/**
 * An env file nobody knows the reader of. Every reader is asked; where they would not agree on a value, one remark says
 * who would read what. The shell's reading is the one that is checked: people write these files for it.
 */
import { readCompose } from './compose-env.js'
import { readDotenv } from './dotenv-env.js'
import { dialectFault, type EnvLine, type EnvReading, type Fault, KNOW_NOTHING, named } from './env-reading.js'
import { readLiteral } from './literal-env.js'
import { readShell } from './shell-env.js'
import { readSystemd } from './systemd-env.js'

const READERS: readonly { readonly who: string; readonly read: (text: string) => EnvReading }[] = [
  { who: 'sh', read: readShell },
  { who: 'docker run --env-file', read: (text) => readLiteral(text, KNOW_NOTHING) },
  { who: 'systemd', read: readSystemd },
  { who: 'compose', read: (text) => readCompose(text, KNOW_NOTHING) },
  { who: 'dotenv', read: readDotenv },
]

export function readUnknown(text: string): EnvReading {
  const source = text.replaceAll('\r\n', '\n')
  const readings = READERS.map(({ who, read }) => {
    const { lines, faults } = read(source)
    return { who, lines: new Map(lines.map((line) => [keyOf(line), line])), faults }
  })
  const shell = readings[0]
  if (shell === undefined) return { lines: [], faults: [] }
  const keys = new Set(readings.slice(0, 2).flatMap(({ lines }) => [...lines.keys()]))
  const written = source.split('\n')
  const lines = [...keys].flatMap((key): readonly (EnvLine & { readonly said: string | null })[] => {
    const found = readings.map(({ who, lines: all }) => ({ who, line: all.get(key) }))
    const line = shell.lines.get(key) ?? found.find((one) => one.line !== undefined)?.line
    if (line === undefined) return []
    return [{ ...line, said: disagreement(line, found, written[line.line - 1] ?? '') }]
  })
  const alike = new Map<string, { readonly first: EnvLine; count: number }>()
  for (const line of lines) {
    const known = line.said === null ? undefined : alike.get(line.said)
    if (known) known.count++
    else if (line.said !== null) alike.set(line.said, { first: line, count: 1 })
  }
  const withVariables = new Set(lines.map(({ line }) => line))
  return {
    lines: lines
      .map((line) => {
        const group = line.said === null ? undefined : alike.get(line.said)
        return { ...line, fault: group?.first === line ? undecided(line, group.count - 1, line.said ?? '') : null }
      })
      .sort((a, b) => a.line - b.line),
    faults: shell.faults.filter(({ line }) => !withVariables.has(line)),
  }
}

function keyOf({ line, name }: EnvLine): string {
  return `${line} ${name}`
}

interface Reading {
  readonly who: string
  readonly line: EnvLine | undefined
}

/** Who makes what of it; null where all agree. */
function disagreement({ value }: EnvLine, found: readonly Reading[], written: string): string | null {
  if (value !== null && found.every(({ line }) => line?.value === value)) return null
  const raw = written.slice(written.indexOf('=') + 1)
  const sorted = new Map<string, string[]>()
  for (const { who, line } of found) {
    const what = inWords(line, raw)
    sorted.set(what, [...(sorted.get(what) ?? []), who])
  }
  if (sorted.size === 1 && value === null) return null
  return [...sorted].map(([what, who]) => `${who.join(', ')}: ${what}`).join('; ')
}

/** Where the same is true of several, it is said at the first. */
function undecided({ name }: EnvLine, others: number, said: string): Fault {
  const what = others === 0 ? `${named(name)} is` : `${named(name)} and ${others} more are`
  return dialectFault(
    'warn',
    `who reads this file decides what ${what}: ${said}`,
    'write a value that needs no quotes, or say who reads the file with --read-by',
  )
}

/** What one reader makes of the text behind `=`. It may be secret, so it is described. */
function inWords(line: EnvLine | undefined, raw: string): string {
  if (line === undefined) return 'nothing'
  const { value } = line
  if (value === null) return 'something put in its place'
  if (value === raw) return 'as it is written'
  if (value === raw.trim()) return 'without the white space'
  if (/^(['"`])[\s\S]*\1$/.test(raw.trim()) && value === raw.trim().slice(1, -1)) return 'without the quotes'
  if (raw.trimStart().replace(/^['"]/, '').startsWith(value)) return 'cut short'
  return 'changed'
}
