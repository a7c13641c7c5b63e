/**
 * What may follow on a command line. Values from disk end up on somebody's command line, and some shells put them there
 * as they are: only what no shell reads anything into is ever offered.
 */
import type { CommandGrammar, OptionGrammar, ValueGrammar, ValueKind } from '../../base/grammar.js'

export interface Candidate {
  /** The whole word, such as `--format=env`. */
  readonly value: string
  readonly summary: string
}

export interface Completion {
  readonly candidates: readonly Candidate[]
  /** What the shell is to offer of the file system. */
  readonly paths: 'none' | 'files' | 'directories'
}

/** Values that are known at run time only. */
export type KnownValues = (kind: ValueKind) => Promise<readonly Candidate[]>

const NOTHING: Completion = { candidates: [], paths: 'none' }
/** Letters, digits and marks that bash, zsh and fish take literally wherever they stand. */
const LITERAL = /^[\w@%+:,./-][\w@%+=:,./-]*$/

/** `words`: those after the program's name, up to the cursor; the last one is the one to complete, and may be empty. */
export async function completeLine(
  program: CommandGrammar,
  words: readonly string[],
  known: KnownValues,
): Promise<Completion> {
  const { candidates, paths } = await offers(program, words, known)
  const current = words.at(-1) ?? ''
  const fitting = candidates.filter(({ value }) => value.startsWith(current) && LITERAL.test(value))
  return { candidates: fitting.map(({ value, summary }) => ({ value, summary: oneLine(summary) })), paths }
}

async function offers(program: CommandGrammar, words: readonly string[], known: KnownValues): Promise<Completion> {
  const current = words.at(-1) ?? ''
  const line = readLine(program, words.slice(0, -1))
  if (line === null) return NOTHING
  const { command, positionals, used, awaiting, optionsOver } = line
  if (awaiting && !(awaiting.variadic && current.startsWith('-'))) return valuesOf(awaiting, known)
  if (!optionsOver && current.startsWith('-')) {
    const [, flag = '', given] = /^(--[^=]+)=(.*)$/s.exec(current) ?? []
    if (given === undefined) return { candidates: flagsOf(command, used), paths: 'none' }
    const value = findOption(command, flag)?.value
    if (!value) return NOTHING
    const { candidates, paths } = await valuesOf(value, known)
    return { candidates: candidates.map((one) => ({ ...one, value: `${flag}=${one.value}` })), paths }
  }
  if (command.commands.length > 0) return { candidates: verbsOf(command), paths: 'none' }
  const argument = command.arguments[positionals] ?? command.arguments.findLast(({ variadic }) => variadic)
  if (argument) return valuesOf(argument, known)
  return optionsOver ? NOTHING : { candidates: flagsOf(command, used), paths: 'none' }
}

interface Line {
  readonly command: CommandGrammar
  /** How many arguments are given. */
  readonly positionals: number
  readonly used: ReadonlySet<OptionGrammar>
  /** The value that the next word is. */
  readonly awaiting: ValueGrammar | null
  /** After `--`. */
  readonly optionsOver: boolean
}

/** Null for a verb that does not exist. */
function readLine(program: CommandGrammar, words: readonly string[]): Line | null {
  let command = program
  let positionals = 0
  let awaiting: ValueGrammar | null = null
  let optionsOver = false
  const used = new Set<OptionGrammar>()
  for (const word of words) {
    const isOption = !optionsOver && word.length > 1 && word.startsWith('-')
    if (awaiting && !(awaiting.variadic && isOption)) {
      if (!awaiting.variadic) awaiting = null
      continue
    }
    awaiting = null
    if (isOption && word === '--') optionsOver = true
    else if (isOption) {
      const [name = ''] = word.split('=')
      const option = findOption(command, name)
      if (option) used.add(option)
      if (name === word) awaiting = option?.value ?? null
    } else if (command.commands.length > 0) {
      const child = command.commands.find(({ name, aliases }) => name === word || aliases.includes(word))
      if (!child) return null
      command = child
    } else positionals++
  }
  return { command, positionals, used, awaiting, optionsOver }
}

function findOption({ options }: CommandGrammar, name: string): OptionGrammar | undefined {
  return options.find(({ names }) => names.includes(name))
}

async function valuesOf({ kind, choices }: ValueGrammar, known: KnownValues): Promise<Completion> {
  if (choices.length > 0) return { candidates: choices.map((value) => ({ value, summary: '' })), paths: 'none' }
  if (kind === 'file') return { candidates: [], paths: 'files' }
  if (kind === 'directory') return { candidates: [], paths: 'directories' }
  return { candidates: kind === 'other' ? [] : await known(kind), paths: 'none' }
}

function verbsOf({ commands }: CommandGrammar): readonly Candidate[] {
  return commands.filter(({ hidden }) => !hidden).map(({ name, summary }) => ({ value: name, summary }))
}

/** Those that can still be given, by their long names. */
function flagsOf({ options }: CommandGrammar, used: ReadonlySet<OptionGrammar>): readonly Candidate[] {
  return options
    .filter((option) => !option.hidden && (option.repeatable || !used.has(option)))
    .flatMap(({ names, summary }) => names.slice(-1).map((value) => ({ value, summary })))
}

/** Summaries are shown by the shell, a line each. */
function oneLine(summary: string): string {
  return summary.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
}
