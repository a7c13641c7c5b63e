/** Secrets that are given as they are or as the path of a file that holds them. */
import { anyOf, type Chosen, isFlag } from './one-of.js'
import type { SettingsTools } from './settings-tools.js'
import type { SettingNames, Ways } from './sources.js'

type SecretForm = 'inline' | 'file'

export type SecretNames = Readonly<Record<SecretForm, SettingNames>>

export interface TakenSecret {
  readonly value: string
  readonly source: string
}

/**
 * Reads the file, where it is one, `options` as for `readSecret`; the secret is registered, and one in the process list is
 * warned of.
 */
export async function takeSecret(
  { form, value, source }: Chosen<SecretForm>,
  { files, registerSecret, warn }: Pick<SettingsTools, 'files' | 'registerSecret' | 'warn'>,
  options: Parameters<SettingsTools['files']['readSecret']>[1] = {},
): Promise<TakenSecret> {
  const secret = form === 'file' ? await files.readSecret(value, options) : value
  registerSecret(secret)
  if (form === 'inline' && isFlag(source)) warn(`${source} shows the key in the process list; prefer ${source}-file`)
  return { value: secret, source }
}

/** How to give it, its file first; the form that shows in the process list is not advertised. */
export function waysToGive({ inline, file }: SecretNames): Ways {
  return anyOf(inline.title, [{ ...inline, flags: [] }, file])
}
