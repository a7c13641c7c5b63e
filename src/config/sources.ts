/**
 * Where settings come from and who wins: flag > environment > --env-file > default. Two names of one setting with
 * different values in the same source are an error, and so is an explicit --env-file that an exported variable
 * contradicts: the wrong cluster must never win silently (design/cli.md).
 */
import { WcnError } from '../errors/wcn-error.js'
import { parseEnvFile } from './env-file.js'

export interface SettingNames {
  /** What the setting is, for sentences: "the cluster's contract address". */
  readonly title: string
  /** Flags in camel case, as the command line's parser names them. */
  readonly flags: readonly string[]
  readonly variables: readonly string[]
}

/** A setting that may have several values. */
export interface ListNames extends SettingNames {
  /** Which of the variables hold several, with white space or commas between them; the others hold one. */
  readonly lists: readonly string[]
}

interface SettingValue {
  readonly value: string
  /** The flag, variable or file line it came from. */
  readonly source: string
}

interface SettingValues {
  /** At least one. */
  readonly values: readonly [string, ...string[]]
  readonly source: string
}

export interface Sources {
  find(names: SettingNames): SettingValue | null
  require(names: SettingNames): SettingValue
  /** The same for a setting that may have several values, such as a flag that is repeated. */
  requireList(names: ListNames): SettingValues
}

export type Flags = Readonly<Record<string, unknown>>
export type Environment = Readonly<Record<string, string | undefined>>

/** `envFile` is the file's name and text, where one was asked for. */
export function createSources(
  flags: Flags,
  environment: Environment,
  envFile: { readonly path: string; readonly text: string } | null,
): Sources {
  const fileValues: Environment = envFile ? parseEnvFile(envFile.text, envFile.path) : {}

  const findAny = ({ title, flags: flagNames, variables }: SettingNames, lists: readonly string[]) => {
    for (const name of flagNames) requireValue(flags[name], flagOf(name))
    const several = (name: string, value: string | undefined) => (lists.includes(name) ? words(value) : value)
    const fromFlags = single(title, flagNames, (name) => [flags[name], flagOf(name)])
    const fromEnvironment = single(title, variables, (name) => [several(name, environment[name]), name])
    const fromFile = single(title, variables, (name) => [
      several(name, fileValues[name]),
      `${name} in ${envFile?.path}`,
    ])
    if (fromEnvironment && fromFile && !fromFlags && !areEqual(fromEnvironment.values, fromFile.values))
      throw new WcnError(
        'SETTINGS_CONFLICT',
        `${fromFile.source} contradicts the exported variable ${fromEnvironment.source}`,
        { hint: `unset ${fromEnvironment.source}, or give ${waysToSet({ title, flags: flagNames, variables: [] })}` },
      )
    return fromFlags ?? fromEnvironment ?? fromFile
  }

  const find = (names: SettingNames): SettingValue | null => {
    const found = findAny(names, [])
    return found && { value: found.values[0], source: found.source }
  }

  const required = <T>(found: T | null, names: SettingNames): T => {
    if (found) return found
    throw new WcnError('SETTING_MISSING', `${names.title} is not set`, { hint: `set ${waysToSet(names)}` })
  }

  return {
    find,
    require: (names) => required(find(names), names),
    requireList: (names) => required(findAny(names, names.lists), names),
  }
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
export function waysToSet(names: SettingNames): string {
  return [...names.flags.map(flagOf), ...names.variables].join(' or ')
}

/** The values of whichever name is set; an empty variable counts as not set, as in a shell. */
function single(
  title: string,
  names: readonly string[],
  read: (name: string) => readonly [value: unknown, source: string],
): SettingValues | null {
  let first: SettingValues | null = null
  for (const name of names) {
    const [value, source] = read(name)
    const values = texts(value)
    if (values === null) continue
    if (first && !areEqual(first.values, values))
      throw new WcnError('SETTINGS_CONFLICT', `${first.source} and ${source} set ${title} to different values`, {
        hint: 'remove one of them',
      })
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

function areEqual(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((value, index) => value === others[index])
}
