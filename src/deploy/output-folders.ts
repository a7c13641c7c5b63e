/** The directory that emitted files go to, and its folders: nobody else may be able to put other files in their place. */
import { withoutEndSlashes } from '../base/folder-path.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Files } from '../platform/files/files.js'

export interface OutputFolder {
  readonly path: string
  readonly mode: number
  /** Whether secrets go there or below. */
  readonly secret: boolean
}

const SECRET_DIRECTORY = 0o700
const OTHER_DIRECTORY = 0o755
/** Not the group: many systems give each user a group of their own and make every directory writable for it. */
const WRITABLE_BY_OTHERS = 0o002
/** In such a directory (/tmp) files are safe from other users. */
const STICKY = 0o1000

/** `directory` may end in slashes and may be the root. */
export function pathIn(directory: string, path: string): string {
  const folder = withoutEndSlashes(directory)
  if (path === '') return folder
  return folder.endsWith('/') ? `${folder}${path}` : `${folder}/${path}`
}

/** `''` for a file in the directory itself. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** The directory and all folders on the way to its files, each before those in it. */
export function foldersOf(
  directory: string,
  files: readonly { readonly path: string; readonly secret: boolean }[],
): readonly OutputFolder[] {
  const folders = new Set<string>()
  for (const { path } of files) {
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.add(folder)
    folders.add('')
  }
  return [...folders].sort().map((folder) => ({
    path: pathIn(directory, folder),
    mode: files.some(({ path, secret }) => secret && folderOf(path) === folder) ? SECRET_DIRECTORY : OTHER_DIRECTORY,
    secret: files.some(({ path, secret }) => secret && (folder === '' || path.startsWith(`${folder}/`))),
  }))
}

/** `flag` names the folder. Throws OUTPUT_UNSAFE, FILE_UNWRITABLE, FILE_UNREADABLE. */
export async function requireSafeFolder(
  disk: Files,
  { path, mode, secret }: OutputFolder,
  flag = '--out',
): Promise<void> {
  const facts = await disk.inspect(path)
  if (facts === null) return
  // Leaves existing folders alone; refuses links and what is no directory.
  await disk.makeDirectory(path, mode)
  if (facts.foreign === true) {
    throw new WcnError('OUTPUT_UNSAFE', `${path} belongs to another user, who could replace what is written there`, {
      hint: `choose another ${flag}, or run this as the user who owns it`,
      details: { path },
    })
  }
  if (!secret || facts.mode === null || (facts.mode & WRITABLE_BY_OTHERS) === 0 || (facts.mode & STICKY) !== 0) return
  throw new WcnError('OUTPUT_UNSAFE', `${path} is writable by other users, who could replace the secrets in it`, {
    hint: `take that right away (chmod o-w on it), or choose another ${flag}`,
    details: { path, mode: facts.mode.toString(8).padStart(4, '0') },
  })
}

/** Throws OUTPUT_UNSAFE where git would take the path up. */
export async function requireUntracked(disk: Files, path: string): Promise<void> {
  const tree = await disk.gitTreeThatTracks(path)
  if (tree === null) return
  const absolute = disk.resolveFrom('-', path)
  const folder = absolute.startsWith(`${tree}/`) ? absolute.slice(tree.length, absolute.lastIndexOf('/') + 1) : '/'
  const line = folder !== '/' ? folder : path.endsWith('.env') ? '*.env' : 'secrets/'
  throw new WcnError('OUTPUT_UNSAFE', `${path} holds secrets, and the git work tree ${tree} would take it up`, {
    hint: `choose a directory outside, or add this line to ${tree}/.gitignore: ${line}`,
    details: { path, work_tree: tree },
  })
}
