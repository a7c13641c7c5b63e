/** The folder of `wcn init`, which has everything in it. */
import { withoutEndSlashes } from '../base/folder-path.js'
import { quote } from '../base/quote.js'
import { requireSafeFolder } from '../deploy/output-folders.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Files } from '../platform/files/files.js'

export const DEFAULT_FOLDER = 'wcn-operator'
export const STATE_FILE = 'wcn-init.json'
const FOLDER_MODE = 0o700
const GITIGNORE = `# Keys and files with secrets are in this folder: nothing of it is committed unless you say so here.\n*\n`

/** Throws USAGE. */
export function folderNamed(text: string): string {
  const dir = withoutEndSlashes(text)
  // It gets into commands and comments.
  if (dir === '' || dir === '-' || /\p{Cc}/u.test(dir))
    throw new WcnError('USAGE', `--dir is ${quote(text)}, which is not the name of a folder`, {
      hint: `without it the folder is ${DEFAULT_FOLDER}`,
    })
  return dir.startsWith('-') ? `./${dir}` : dir
}

/** What the state file in it holds; null where there is none yet, and then the folder is made. Throws OUTPUT_UNSAFE, FILE_*. */
export async function openFolder(files: Files, dir: string): Promise<string | null> {
  await requireSafeFolder(files, { path: dir, mode: FOLDER_MODE, secret: true }, '--dir')
  if (await files.exists(`${dir}/${STATE_FILE}`)) return files.readText(`${dir}/${STATE_FILE}`)
  await files.makeDirectory(dir, FOLDER_MODE)
  // What is made in it is not committed by accident.
  if (!(await files.exists(`${dir}/.gitignore`)))
    await files.write(`${dir}/.gitignore`, GITIGNORE, { mode: 0o600, overwrite: false })
  return null
}
