/**
 * Settings that exclude each other: the forms in which a key or a password can be given. A flag beats a variable
 * whatever its form; two of one rank contradict each other.
 */
import { WcnError } from '../errors/wcn-error.js'
import type { SettingNames, Sources } from './sources.js'

type Forms<Form extends string> = Readonly<Record<Form, SettingNames>>

export interface Chosen<Form extends string> {
  readonly form: Form
  readonly value: string
  /** The flag, variable or file line it came from. */
  readonly source: string
}

/** Null where none is given. Throws SETTINGS_CONFLICT. */
export function oneOf<Form extends string>(sources: Sources, forms: Forms<Form>): Chosen<Form> | null {
  const given = (Object.keys(forms) as Form[]).flatMap((form) => {
    const found = sources.find(forms[form])
    return found ? [{ form, ...found }] : []
  })
  const flags = given.filter(({ source }) => isFlag(source))
  const [chosen, other] = flags.length > 0 ? flags : given
  if (chosen && other)
    throw new WcnError('SETTINGS_CONFLICT', `both ${chosen.source} and ${other.source} are set`, {
      hint: 'remove one of them',
    })
  return chosen ?? null
}

/** All forms as the names of one setting, for hints. */
export function anyOf(title: string, forms: readonly SettingNames[]): SettingNames {
  return {
    title,
    flags: forms.flatMap(({ flags }) => flags),
    variables: forms.flatMap(({ variables }) => variables),
  }
}

export function isFlag(source: string): boolean {
  return source.startsWith('--')
}
