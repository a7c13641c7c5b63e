/**
 * What may follow on a command line. Values from disk end up on somebody's command line, and some shells put them there
 * as they are: only what no shell reads anything into is ever offered.
 */
import type { CommandGrammar, OptionGrammar, ValueGrammar } from '../../base/grammar.js'

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

/** Known at run time only. */
interface Known {
  readonly contexts: () => Promise<readonly Candidate[]>
  readonly topics: () => Promise<readonly Candidate[]>
}

/** Letters, digits and marks that bash, zsh and fish take literally wherever they stand. */
const LITERAL = /^[\w@%+:,./-][\w@%+=:,./-]*$/

/** `words`: those after the program's name, up to the cursor; the last one is the one to complete, and may be empty. */
export async function completeLine(
  program: CommandGrammar,
  words: readonly string[],
  known: Known,
): Promise<Completion> {
  const current = words.at(-1) ?? ''
  const { candidates, paths } = await offers(program, words.slice(0, -1), current, known)
  const fitting = candidates.filter(({ value }) => value.startsWith(current) && LITERAL.test(value))
  return { candidates: fitting.map(({ value, summary }) => ({ value, summary: oneLine(summary) })), paths }
}

async function offers(
  program: CommandGrammar,
  before: readonly string[],
  current: string,
  known: Known,
): Promise<Completion> {
  const line = readLine(program, before)
  if (line === null) return only([])
  const { command, positionals, used, awaiting, optionsOver } = line
  if (awaiting && !(awaiting.variadic && current.startsWith('-'))) return valuesOf(awaiting, known)
  if (!optionsOver && current.startsWith('-')) {
    const [, flag, given] = /^(--[^=]+)=(.*)$/s.exec(current) ?? []
    if (flag === undefined || given === undefined) return only(flagsOf(command, used))
    const value = findOption(command, flag)?.value
    if (!value) return only([])
    const { candidates, paths } = await valuesOf(value, known)
    return { candidates: candidates.map((one) => ({ ...one, value: `${flag}=${one.value}` })), paths }
  }
  if (command.commands.length > 0) return only(verbsOf(command))
  const argument = command.arguments[positionals.length] ?? command.arguments.findLast(({ variadic }) => variadic)
  if (argument?.kind === 'about') {
    const about = readLine(program, positionals)?.command
    return only([...(about ? verbsOf(about) : []), ...(positionals.length === 0 ? await known.topics() : [])])
  }
  if (argument) return valuesOf(argument, known)
  return only(optionsOver ? [] : flagsOf(command, used))
}

/** How far the line is. `awaiting`: the value that the next word is; `optionsOver`: after `--`. Null for an unknown verb. */
function readLine(program: CommandGrammar, words: readonly string[]) {
  let [command, optionsOver] = [program, false]
  const positionals: string[] = []
  let awaiting: ValueGrammar | null = null
  const used = new Set<string>()
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
      for (const one of option?.names ?? []) used.add(one)
      if (name === word) awaiting = option?.value ?? null
    } else if (command.commands.length > 0) {
      const child = command.commands.find(({ name, aliases }) => name === word || aliases.includes(word))
      if (!child) return null
      command = child
    } else positionals.push(word)
  }
  return { command, positionals, used, awaiting, optionsOver }
}

function findOption({ options }: CommandGrammar, name: string): OptionGrammar | undefined {
  return options.find(({ names }) => names.includes(name))
}

async function valuesOf({ kind, choices }: ValueGrammar, { contexts }: Known): Promise<Completion> {
  if (choices.length > 0) return only(choices.map((value) => ({ value, summary: '' })))
  if (kind === 'file' || kind === 'directory')
    return { candidates: [], paths: kind === 'file' ? 'files' : 'directories' }
  return only(kind === 'context' ? await contexts() : [])
}

function verbsOf({ commands }: CommandGrammar): readonly Candidate[] {
  return commands.filter(({ hidden }) => !hidden).map(({ name, summary }) => ({ value: name, summary }))
}

function only(candidates: readonly Candidate[]): Completion {
  return { candidates, paths: 'none' }
}

/** Those that can still be given, by their long names. */
function flagsOf({ options }: CommandGrammar, used: ReadonlySet<string>): readonly Candidate[] {
  return options
    .filter(({ hidden, repeatable, names }) => !hidden && (repeatable || !names.some((name) => used.has(name))))
    .flatMap(({ names, summary }) => names.slice(-1).map((value) => ({ value, summary })))
}

/** Summaries are shown by the shell, a line each. */
function oneLine(summary: string): string {
  return summary.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
}
