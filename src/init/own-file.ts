/** Files that the wizard makes from the answers, made anew when these change; with somebody's work in them, kept. */
import { sealOf, sealText } from '../deploy/targets/seal.js'
import type { Wizard } from './wizard.js'

/** Mode 0600. Throws FILE_*, OUTPUT_UNSAFE. */
export async function putOwnFile(wizard: Wizard, name: string, about: readonly string[], body: string): Promise<void> {
  const { files, talk } = wizard.services
  const path = wizard.at(name)
  const text = sealText(about, body)
  if (await files.exists(path)) {
    const present = await files.readText(path)
    if (present === text) return
    if (!wizard.force && sealOf(present) !== 'untouched')
      return talk.warn(`${path} was edited by hand and is kept as it is; --force replaces it`)
  }
  await files.write(path, text, { mode: 0o600, overwrite: true })
  talk.note(`wrote ${path}`)
}
