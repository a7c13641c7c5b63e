/**
 * Where settings come from and who wins: flag > environment > --env-file > context > default. Two names of one setting
 * with different values in the same source are an error, and so is an --env-file or a context that was asked for and that
 * another source contradicts: the wrong cluster must never win silently (docs/dev/command-line.md).
 */

import { WcnError } from '../errors/wcn-error.js'
import type { ContextValues } from './contexts.js'
import { parseEnvFile } from './env-file.js'

export interface SettingNames {
  /** As contexts, `config show` and JSON name it: `contract_address`. */
  readonly name: string
  /** What the setting is, for sentences: "the cluster's contract address". */
  readonly title: string
  /** Flags in camel case, as the command line's parser names them. */
  readonly flags: readonly string[]
  readonly variables: readonly string[]
  /** What makes values the same that are written otherwise, such as an address in other letters and without `0x`. */
  readonly canonical?: (value: string) => string
  /**
   * A context's value counts only where those of its values do: the headers for its providers, with their tokens, are
   * not for those that a flag names.
   */
  readonly goesWith?: readonly SettingNames[]
  /** Which of the variables hold several values, with white space or commas between them; the others hold one. */
  readonly lists?: readonly string[]
}

/** A setting that may have several values. */
export interface ListNames extends SettingNames {
  readonly lists: readonly string[]
}

/** A flag or a variable that sets something. */
export type Ways = Pick<SettingNames, 'title' | 'flags' | 'variables'>

interface SettingValue {
  readonly value: string
  /** The flag, variable, line of a file or context it came from. */
  readonly source: string
}

interface SettingValues {
  /** At least one. */
  readonly values: readonly [string, ...string[]]
  readonly source: string
}

type Layer = 'flag' | 'environment' | 'env file' | 'context'

export interface LocatedValues extends SettingValues {
  readonly layer: Layer
}

export interface Sources {
  readonly context: ContextInUse | null
  find(names: SettingNames): SettingValue | null
  require(names: SettingNames): SettingValue
  /** The same for a setting that may have several values, such as a flag that is repeated. */
  requireList(names: ListNames): SettingValues
  locate(names: SettingNames): LocatedValues | null
  /** The variable that is set to nothing, where one is: that may be meant, as for a password. */
  setToNothing(names: SettingNames): string | null
  /** What another source than a flag put in the place of the current context's value, if one did. */
  outranked(names: SettingNames): { readonly by: string; readonly source: string } | null
}

export type Flags = Readonly<Record<string, unknown>>
export type Environment = Readonly<Record<string, string | undefined>>

export interface ContextInUse {
  readonly name: string
  /** The flag or variable that names it; null for the current one. */
  readonly askedBy: string | null
  readonly values: ContextValues
}

/** `envFile` is the file's name and text, where one was asked for. What it gives throws SETTINGS_CONFLICT, SETTING_*. */
export function createSources(
  flags: Flags,
  environment: Environment,
  envFile: { readonly path: string; readonly text: string } | null,
  context: ContextInUse | null = null,
): Sources {
  const fileValues: Environment = envFile ? parseEnvFile(envFile.text, envFile.path) : {}
  const contextValues: Readonly<Record<string, unknown>> = context?.values ?? {}

  const outsideContext = (names: SettingNames): LocatedValues | null => {
    const { flags: flagNames, variables, lists } = names
    for (const name of flagNames) requireValue(flags[name], flagOf(name))
    const several = (name: string, value: string | undefined) => (lists?.includes(name) ? words(value) : value)
    const fromFlags = single(names, flagNames, (name) => [flags[name], flagOf(name)])
    const fromEnvironment = single(names, variables, (name) => [several(name, environment[name]), name])
    const fromFile = single(names, variables, (name) => [
      several(name, fileValues[name]),
      `${name} in ${envFile?.path}`,
    ])
    if (fromFlags) return { ...fromFlags, layer: 'flag' }
    if (fromEnvironment && fromFile && !agree(names, fromEnvironment, fromFile))
      throw contradiction(fromFile.source, `the exported variable ${fromEnvironment.source}`, names)
    if (fromEnvironment) return { ...fromEnvironment, layer: 'environment' }
    return fromFile && { ...fromFile, layer: 'env file' }
  }

  const inContext = ({ name }: SettingNames): LocatedValues | null => {
    const value = contextValues[name]
    const values = texts(typeof value === 'number' ? String(value) : value)
    return values && { values, source: `${name} of context ${context?.name}`, layer: 'context' }
  }
  /** Whether what the context says of it, if only that it is not set, is so. */
  const undisturbed = (names: SettingNames): boolean => {
    const outside = outsideContext(names)
    const inside = inContext(names)
    return !outside || (inside !== null && agree(names, outside, inside))
  }
  const fromContext = (names: SettingNames) =>
    context && (names.goesWith ?? []).every(undisturbed) ? inContext(names) : null

  /** A line whose value is missing is no reason to take another source's. */
  const notEmptied = ({ variables }: SettingNames, inside: LocatedValues | null): LocatedValues | null => {
    const empty = inside && variables.find((name) => fileValues[name] === '')
    if (!empty) return inside
    throw new WcnError('SETTINGS_CONFLICT', `${empty} in ${envFile?.path} is empty, and ${inside.source} is not`, {
      hint: 'give it a value, or take the line out',
    })
  }

  const locate = (names: SettingNames): LocatedValues | null => {
    const outside = outsideContext(names)
    if (!outside) return notEmptied(names, fromContext(names))
    const inside = outside.layer !== 'flag' && context?.askedBy ? fromContext(names) : null
    if (!inside || agree(names, outside, inside)) return outside
    const other = outside.layer === 'environment' ? `the exported variable ${outside.source}` : outside.source
    throw contradiction(inside.source, other, names)
  }

  const find = (names: SettingNames): SettingValue | null => {
    const found = locate(names)
    return found && { value: found.values[0], source: found.source }
  }

  const required = <T>(found: T | null, names: SettingNames): T => {
    if (found) return found
    throw new WcnError('SETTING_MISSING', `${names.title} is not set`, { hint: `set ${waysToSet(names)}` })
  }

  return {
    context,
    find,
    require: (names) => required(find(names), names),
    requireList(names) {
      const { values, source } = required(locate(names), names)
      return { values, source }
    },
    locate,
    setToNothing: ({ variables }) =>
      variables.find((name) => environment[name] === '' || fileValues[name] === '') ?? null,
    outranked(names) {
      const outside = outsideContext(names)
      const inside = inContext(names)
      if (!outside || !inside || outside.layer === 'flag' || agree(names, outside, inside)) return null
      return { by: outside.source, source: inside.source }
    },
  }
}

/** As people find it again: a context as a whole, else the flag, the variable, the line of a file. */
export function placeOf({ layer, source }: LocatedValues, { context }: Sources): string {
  return layer === 'context' ? `context ${context?.name}` : source
}

function contradiction(source: string, other: string, { flags }: Ways): WcnError {
  const ways = waysToSet({ flags, variables: [] })
  return new WcnError('SETTINGS_CONFLICT', `${source} contradicts ${other}`, {
    hint: `remove one of the two${ways === '' ? '' : `, or give ${ways}`}`,
  })
}

/** `--contract-address`, from commander's `contractAddress`. */
function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** A flag whose value is empty is a shell variable that was not set: another source must not win in its place. */
function requireValue(value: unknown, flag: string): void {
  if (value !== '' && !(Array.isArray(value) && value.includes(''))) return
  throw new WcnError('SETTING_INVALID', `${flag} is given without a value`, {
    hint: `leave ${flag} out, or check the variable that its value comes from`,
  })
}

/** Every name that sets it, for hints. */
export function waysToSet(names: Omit<Ways, 'title'>): string {
  return [...names.flags.map(flagOf), ...names.variables].join(' or ')
}

/** The values of whichever name is set; an empty variable counts as not set, as in a shell. */
function single(
  setting: SettingNames,
  names: readonly string[],
  read: (name: string) => readonly [value: unknown, source: string],
): SettingValues | null {
  let first: SettingValues | null = null
  for (const name of names) {
    const [value, source] = read(name)
    const values = texts(value)
    if (values === null) continue
    if (first && !agree(setting, first, { values, source }))
      throw new WcnError(
        'SETTINGS_CONFLICT',
        `${first.source} and ${source} set ${setting.title} to different values`,
        {
          hint: 'remove one of them',
        },
      )
    first ??= { values, source }
  }
  return first
}

function texts(value: unknown): SettingValues['values'] | null {
  const [first, ...rest] = (Array.isArray(value) ? value : [value]).filter(
    (one): one is string => typeof one === 'string' && one !== '',
  )
  return first === undefined ? null : [first, ...rest]
}

function words(value: string | undefined): readonly string[] {
  return value?.split(/[\s,]+/) ?? []
}

function agree({ canonical = String }: SettingNames, some: SettingValues, others: SettingValues): boolean {
  if (some.values.length !== others.values.length) return false
  return some.values.every((value, index) => canonical(value) === canonical(others.values[index] ?? ''))
}
