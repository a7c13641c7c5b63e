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

interface SettingValue {
  readonly value: string
  /** The flag, variable or file line it came from. */
  readonly source: string
}

export interface Sources {
  find(names: SettingNames): SettingValue | null
  require(names: SettingNames): SettingValue
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

  const find = ({ title, flags: flagNames, variables }: SettingNames): SettingValue | null => {
    for (const name of flagNames) requireValue(flags[name], flagOf(name))
    const fromFlags = single(title, flagNames, (name) => [flags[name], flagOf(name)])
    const fromEnvironment = single(title, variables, (name) => [environment[name], name])
    const fromFile = single(title, variables, (name) => [fileValues[name], `${name} in ${envFile?.path}`])
    if (fromEnvironment && fromFile && !fromFlags && fromEnvironment.value !== fromFile.value)
      throw new WcnError(
        'SETTINGS_CONFLICT',
        `${fromFile.source} contradicts the exported variable ${fromEnvironment.source}`,
        { hint: `unset ${fromEnvironment.source}, or give ${waysToSet({ title, flags: flagNames, variables: [] })}` },
      )
    return fromFlags ?? fromEnvironment ?? fromFile
  }

  return {
    find,
    require(names) {
      const found = find(names)
      if (found) return found
      throw new WcnError('SETTING_MISSING', `${names.title} is not set`, { hint: `set ${waysToSet(names)}` })
    },
  }
}

/** `--contract-address`, from commander's `contractAddress`. */
function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** A flag whose value is empty is a shell variable that was not set: another source must not win in its place. */
function requireValue(value: unknown, flag: string): void {
  if (value !== '') return
  throw new WcnError('SETTING_INVALID', `${flag} is given without a value`, {
    hint: `leave ${flag} out, or check the variable that its value comes from`,
  })
}

/** Every name that sets it, for hints. */
export function waysToSet(names: SettingNames): string {
  return [...names.flags.map(flagOf), ...names.variables].join(' or ')
}

/** The value of whichever name is set; an empty variable counts as not set, as in a shell. */
function single(
  title: string,
  names: readonly string[],
  read: (name: string) => readonly [value: unknown, source: string],
): SettingValue | null {
  let first: SettingValue | null = null
  for (const name of names) {
    const [value, source] = read(name)
    if (typeof value !== 'string' || value === '') continue
    if (first && first.value !== value)
      throw new WcnError('SETTINGS_CONFLICT', `${first.source} and ${source} set ${title} to different values`, {
        hint: 'remove one of them',
      })
    first ??= { value, source }
  }
  return first
}
