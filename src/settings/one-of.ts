/**
 * Settings that exclude each other: the forms in which a key or a password can be given. A flag beats a variable
 * whatever its form, and a variable the current context; two of one rank contradict each other.
 */
import { WcnError } from '../errors/wcn-error.js'
import type { LocatedValues, SettingNames, Sources, Ways } from './sources.js'

type Forms<Form extends string> = Readonly<Record<Form, SettingNames>>

export interface Chosen<Form extends string> {
  readonly form: Form
  readonly value: string
  /** The flag, variable, line of a file or context it came from. */
  readonly source: string
}

/** Null where none is given. Throws SETTINGS_CONFLICT. */
export function oneOf<Form extends string>(sources: Sources, forms: Forms<Form>): Chosen<Form> | null {
  const given = (Object.keys(forms) as Form[]).flatMap((form) => {
    const found = sources.locate(forms[form])
    return found ? [{ form, value: found.values[0], source: found.source, rank: rankOf(found, sources) }] : []
  })
  const highest = Math.min(...given.map(({ rank }) => rank))
  const [chosen, other] = given.filter(({ rank }) => rank === highest)
  if (chosen && other)
    throw new WcnError('SETTINGS_CONFLICT', `both ${chosen.source} and ${other.source} are set`, {
      hint: 'remove one of them',
    })
  return chosen ? { form: chosen.form, value: chosen.value, source: chosen.source } : null
}

/** A context that was asked for stands beside the environment: which of the two is meant can't be told. */
function rankOf({ layer }: LocatedValues, { context }: Sources): number {
  if (layer === 'flag') return 0
  return layer === 'context' && context?.askedBy === null ? 2 : 1
}

/** The ways to set any of the forms, for hints. */
export function anyOf(title: string, forms: readonly Ways[]): Ways {
  return {
    title,
    flags: forms.flatMap(({ flags }) => flags),
    variables: forms.flatMap(({ variables }) => variables),
  }
}

export function isFlag(source: string): boolean {
  return source.startsWith('--')
}
