/**
 * Where settings come from and who wins: flag > environment > --env-file > context > the deployment description that the
 * command is given > default. Two names of one setting with different values in the same source are an error, and so is an
 * --env-file, a context that was asked for, or a description of another cluster or operator, that another source
 * contradicts: the wrong cluster must never win silently (docs/dev/command-line.md).
 */

import { WcnError } from '../errors/wcn-error.js'
import { CANONICAL } from './canonical-values.js'
import type { ContextInUse } from './contexts.js'
import { CONTRACT_ADDRESS, flagOf, IN_CONTEXTS, OPERATOR, type SecretForms, type Setting } from './settings-table.js'

type Layer = 'flag' | 'environment' | 'env file' | 'context' | 'description'

interface Values {
  readonly values: readonly [string, ...string[]]
  /** The flag, variable, line of a file or entry of a context they came from. */
  readonly source: string
}

/** A setting that is set. */
export interface Found extends Values {
  readonly setting: Setting
  /** The first of its values: most have one. */
  readonly value: string
  readonly layer: Layer
  /** As people find it again: a context as a whole, else its source. */
  readonly place: string
}

export type Sources = ReturnType<typeof createSources>

export type Flags = Readonly<Record<string, unknown>>
export type Environment = Readonly<Record<string, string | undefined>>

/** What a deployment description says, by the names of settings. */
export type Described = Readonly<Record<string, Values>>

export interface EnvFile {
  /** What it is called in sentences. */
  readonly name: string
  readonly values: Environment
}

export function createSources(
  flags: Flags,
  environment: Environment,
  envFile: EnvFile | null,
  context: ContextInUse | null = null,
  described: Described | null = null,
) {
  const fileValues = envFile?.values ?? {}
  const contextValues: Readonly<Record<string, unknown>> = context?.values ?? {}

  const found = (setting: Setting, layer: Layer, { values, source }: Values): Found => {
    const place = layer === 'context' ? `context ${context?.name}` : source
    return { setting, layer, values, value: values[0], source, place }
  }

  const outsideContext = (setting: Setting): Found | null => {
    for (const name of setting.flags) requireValue(flags[name], flagOf(name))
    const fromFlags = single(setting, setting.flags, (name) => {
      // Its value is that it is there.
      const isSet = setting.kind === 'truth' && flags[name] === true
      return [isSet ? 'true' : flags[name], flagOf(name)]
    })
    const read = (from: Environment, place: string) =>
      single(setting, setting.variables, (name) => [
        name === setting.list ? from[name]?.split(/[\s,]+/) : from[name],
        `${name}${place}`,
      ])
    const fromEnvironment = read(environment, '')
    const fromFile = read(fileValues, ` in ${envFile?.name}`)
    if (fromFlags) return found(setting, 'flag', fromFlags)
    if (fromEnvironment && fromFile && !agree(setting, fromEnvironment, fromFile))
      throw contradiction(fromFile.source, `the exported variable ${fromEnvironment.source}`, setting)
    if (fromEnvironment) return found(setting, 'environment', fromEnvironment)
    return fromFile && found(setting, 'env file', fromFile)
  }

  const inContext = (setting: Setting): Found | null => {
    const value = contextValues[setting.name]
    const values = texts(typeof value === 'number' ? String(value) : value)
    return values && found(setting, 'context', { values, source: `${setting.name} of context ${context?.name}` })
  }
  /** Whether what the context says of it, if only that it is not set, is so. */
  const undisturbed = (setting: Setting): boolean => {
    const outside = outsideContext(setting)
    const inside = inContext(setting)
    if (!outside) return inside !== null || described?.[setting.name] === undefined
    return inside !== null && agree(setting, outside, inside)
  }
  const fromContext = (setting: Setting) =>
    context && (setting.goesWith ?? []).every(undisturbed) ? inContext(setting) : null

  /** A line whose value is missing is no reason to take another source's. */
  const notEmptied = ({ variables }: Setting, inside: Found | null): Found | null => {
    const empty = inside && variables.find((name) => fileValues[name] === '')
    if (!empty) return inside
    throw new WcnError('SETTINGS_CONFLICT', `${empty} in ${envFile?.name} is empty, and ${inside.source} is not`, {
      hint: 'give it a value, or take the line out',
    })
  }

  const besideDescription = (setting: Setting): Found | null => {
    const outside = outsideContext(setting)
    if (!outside) return notEmptied(setting, fromContext(setting))
    const inside = outside.layer !== 'flag' && context?.askedBy ? fromContext(setting) : null
    if (!inside || agree(setting, outside, inside)) return outside
    const other = outside.layer === 'environment' ? `the exported variable ${outside.source}` : outside.source
    throw contradiction(inside.source, other, setting)
  }

  const find = (setting: Setting): Found | null => {
    const set = besideDescription(setting)
    const values = described?.[setting.name]
    if (!values) return set
    if (!set) return found(setting, 'description', values)
    const mayDiffer = setting === OPERATOR ? set.layer === 'flag' : setting !== CONTRACT_ADDRESS
    if (mayDiffer || agree(setting, set, values)) return set
    throw new WcnError('SETTINGS_CONFLICT', `${values.source} contradicts ${set.source}`, {
      hint: `correct the description, or use the settings of what it describes: --context, --env-file`,
    })
  }

  /** A flag beats a variable; a context that was asked for stands beside that: which of the two is meant can't be told. */
  const rankOf = ({ layer }: Found): number => {
    if (layer === 'flag') return 0
    if (layer === 'description') return 3
    return layer === 'context' && context?.askedBy === null ? 2 : 1
  }

  /** What to do where it is missing. Where there is no context that is to make one, not to choose among `ways` to set it. */
  const hintFor = (setting: Setting, ways: Parameters<typeof waysToSet>[0]): string =>
    context === null && IN_CONTEXTS.includes(setting) ? keepIt(setting) : `set ${waysToSet(ways)}`

  return {
    context,
    /** Throws SETTINGS_CONFLICT, SETTING_INVALID. */
    find,
    /** Throws SETTING_MISSING besides. */
    require(setting: Setting): Found {
      const set = find(setting)
      if (set) return set
      throw new WcnError('SETTING_MISSING', `${setting.title} is not set`, { hint: hintFor(setting, [setting]) })
    },
    hintFor,
    /** Of settings that exclude each other, the forms in which a key or a password can be given; null where none is. */
    findOne(forms: readonly Setting[]): Found | null {
      const given = forms.map(find).filter((one) => one !== null)
      const highest = Math.min(...given.map(rankOf))
      const [chosen = null, other] = given.filter((one) => rankOf(one) === highest)
      if (chosen && other)
        throw new WcnError('SETTINGS_CONFLICT', `both ${chosen.source} and ${other.source} are set`, {
          hint: 'remove one of them',
        })
      return chosen
    },
    /** What the description says of it, whether that takes effect or not. */
    described: (setting: Setting): Values | null => described?.[setting.name] ?? null,
    /** The variable that is set to nothing, where one is: that may be meant, as for a password. */
    setToNothing: ({ variables }: Setting): string | null =>
      variables.find((name) => environment[name] === '' || fileValues[name] === '') ?? null,
    /** What another source than a flag put in the place of the current context's value, if one did. */
    outranked(setting: Setting): { readonly by: string; readonly source: string } | null {
      const outside = outsideContext(setting)
      const inside = inContext(setting)
      if (!outside || !inside || outside.layer === 'flag' || agree(setting, outside, inside)) return null
      return { by: outside.source, source: inside.source }
    },
  }
}

/** What serves most where there is no context: one command, and the names that people use. */
function keepIt({ flags: [flag = ''], variables: [variable] }: Setting): string {
  const name = flagOf(flag)
  return `\`wcn context add NAME ${name} …\` keeps it for every command; ${name} or ${variable} is for one (\`wcn help settings\` has every name)`
}

/** Every name that sets one of them, for hints. */
export function waysToSet(settings: readonly Pick<Setting, 'flags' | 'variables'>[]): string {
  const flags = settings.flatMap((one) => one.flags.map(flagOf))
  return [...flags, ...settings.flatMap(({ variables }) => variables)].join(' or ')
}

/** How to give a secret, its file first; the form that shows in the process list is not advertised. */
export function waysToGive({ inline, file }: SecretForms): readonly Pick<Setting, 'flags' | 'variables'>[] {
  return [{ ...inline, flags: [] }, file]
}

function contradiction(source: string, other: string, { flags }: Setting): WcnError {
  const ways = waysToSet([{ flags, variables: [] }])
  return new WcnError('SETTINGS_CONFLICT', `${source} contradicts ${other}`, {
    hint: `remove one of the two${ways === '' ? '' : `, or give ${ways}`}`,
  })
}

/** A flag whose value is empty is a shell variable that was not set: another source must not win in its place. */
function requireValue(value: unknown, flag: string): void {
  if (value !== '' && !(Array.isArray(value) && value.includes(''))) return
  throw new WcnError('SETTING_INVALID', `${flag} is given without a value`, {
    hint: `leave ${flag} out, or check the variable that its value comes from`,
  })
}

/** The values of whichever name is set; an empty variable counts as not set, as in a shell. */
function single(
  setting: Setting,
  names: readonly string[],
  read: (name: string) => readonly [value: unknown, source: string],
): Values | null {
  let first: Values | null = null
  for (const name of names) {
    const [value, source] = read(name)
    const values = texts(value)
    if (values === null) continue
    if (first && !agree(setting, first, { values, source }))
      throw new WcnError(
        'SETTINGS_CONFLICT',
        `${first.source} and ${source} set ${setting.title} to different values`,
        { hint: 'remove one of them' },
      )
    first ??= { values, source }
  }
  return first
}

function texts(value: unknown): Values['values'] | null {
  const [first, ...rest] = [value].flat().filter((one): one is string => typeof one === 'string' && one !== '')
  return first === undefined ? null : [first, ...rest]
}

function agree({ kind }: Setting, some: Values, others: Values): boolean {
  const canonical = CANONICAL[kind] ?? String
  if (some.values.length !== others.values.length) return false
  return some.values.every((value, index) => canonical(value) === canonical(others.values[index] ?? ''))
}
