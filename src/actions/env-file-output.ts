/**
 * Puts emitted files in place. Every target is looked at before the first is written, so that a refusal leaves nothing
 * behind; files hold secrets, so they never go through a link, over another file, or where git would take them up.
 */
import type { Files } from '../core/ports/files.js'
import type { Services } from '../core/ports/services.js'
import { WcnError } from '../errors/wcn-error.js'

export interface OutputFile {
  readonly path: string
  readonly text: string
}

export type OutputStatus = 'written' | 'unchanged'

const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

/**
 * Statuses in the order of the files. Throws FILE_EXISTS, FILE_PERMISSIONS, FILE_UNWRITABLE, and OUTPUT_UNSAFE for
 * links and git work trees.
 */
export async function writeOutputs(
  { files }: Services,
  directory: string,
  outputs: readonly OutputFile[],
  force: boolean,
): Promise<readonly OutputStatus[]> {
  for (const { path } of outputs) await requireUntracked(files, path)
  const statuses: OutputStatus[] = []
  for (const output of outputs) statuses.push(await statusOf(files, output, force))
  await files.makeDirectory(directory, DIRECTORY_MODE)
  for (const [i, { path, text }] of outputs.entries()) {
    if (statuses[i] === 'written') await files.write(path, text, { mode: FILE_MODE, overwrite: force })
  }
  return statuses
}

/** Throws OUTPUT_UNSAFE. */
async function requireUntracked(files: Files, path: string): Promise<void> {
  const tree = await files.gitTreeThatTracks(path)
  if (tree === null) return
  const absolute = files.resolveFrom('-', path)
  const folder = absolute.startsWith(`${tree}/`) ? absolute.slice(tree.length, absolute.lastIndexOf('/') + 1) : '/'
  throw new WcnError('OUTPUT_UNSAFE', `${path} holds secrets, and the git work tree ${tree} would take it up`, {
    hint: `choose a directory outside, or add this line to ${tree}/.gitignore: ${folder === '/' ? '*.env' : folder}`,
    details: { path, work_tree: tree },
  })
}

async function statusOf(files: Files, { path, text }: OutputFile, force: boolean): Promise<OutputStatus> {
  if (!(await files.exists(path))) {
    await files.checkWritable(path, { overwrite: false })
    return 'written'
  }
  await files.checkWritable(path, { overwrite: true })
  if (await holds(files, path, text, force)) return 'unchanged'
  if (force) return 'written'
  throw new WcnError('FILE_EXISTS', `${path} exists already with other content and is not overwritten`, {
    hint: 'compare the two, then choose another --out, or replace it with --force',
    details: { path },
  })
}

/** Files that group or others can read are not left as they are: refused, or replaced with `force`. */
async function holds(files: Files, path: string, text: string, force: boolean): Promise<boolean> {
  try {
    return (await files.readSecret(path)) === text.replace(/\n$/, '')
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    if (error.code === 'FILE_PERMISSIONS' && !force) throw error
    return false
  }
}
