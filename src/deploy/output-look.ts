/** What lies where emitted files go: at their own paths, and beside them from earlier runs. */

import { WcnError } from '../errors/wcn-error.js'
import type { FileFacts, Files } from '../platform/files/files.js'
import { folderOf, pathIn } from './output-folders.js'
import { type Seal, sealOf } from './targets/seal.js'
import { TARGETS } from './targets/target-file.js'

export interface OldFile {
  /** Null where it is longer than any of ours, or no text. */
  readonly text: string | null
  readonly seal: Seal
  /** Whether group or others have any access to it. */
  readonly exposed: boolean
}

export interface OtherFile {
  /** Relative to the directory. */
  readonly path: string
  readonly text: string
  readonly seal: Seal
}

const GROUP_AND_OTHERS = 0o077
/** Names that our files end in; others are not opened. */
const OURS = /\.(?:env|ya?ml|service|conf|nft)$/
const FOLDERS = ['', 'secrets', ...TARGETS, 'k8s/secrets']
/** Of targets that put each machine's files in a folder of its name; the folder of another machine may be anybody's. */
const OF_A_MACHINE =
  /^(?:compose\.yaml|wcn_(?:db|node_.+)\.(?:env|service)|wcn\.(?:sysusers\.conf|tmpfiles\.conf|nft))$/

/** Null where there is nothing. Throws OUTPUT_UNSAFE and FILE_UNWRITABLE for what can't be replaced by a file. */
export async function lookAtTarget(disk: Files, path: string): Promise<OldFile | null> {
  const facts = await disk.inspect(path)
  if (facts === null) return null
  // Says what is wrong with links, directories and devices.
  if (facts.kind !== 'file') await disk.checkWritable(path, { overwrite: true })
  if (facts.foreign === true) {
    throw new WcnError('OUTPUT_UNSAFE', `${path} belongs to another user and is not replaced`, {
      hint: 'choose another --out, or run this as the user who owns it',
      details: { path },
    })
  }
  return { ...(await read(disk, path, facts)), exposed: facts.mode !== null && (facts.mode & GROUP_AND_OTHERS) !== 0 }
}

/**
 * Text files with names like ours, in the directory and in the folders that our targets use, those of machines that are
 * gone included, but for `mine`.
 */
export async function otherFiles(
  disk: Files,
  directory: string,
  mine: readonly { readonly path: string }[],
): Promise<readonly OtherFile[]> {
  const known = new Set(mine.map(({ path }) => path))
  const others: OtherFile[] = []
  const ours = new Set([...FOLDERS, ...mine.map(({ path }) => folderOf(path))])
  const machines = await otherMachines(disk, directory, mine)
  for (const folder of new Set([...ours, ...machines])) {
    const place = pathIn(directory, folder)
    if ((await disk.inspect(place))?.kind !== 'directory') continue
    for (const name of await (ours.has(folder) ? disk.list(place) : listIfReadable(disk, place))) {
      const path = folder === '' ? name : `${folder}/${name}`
      if (known.has(path) || !(ours.has(folder) ? OURS : OF_A_MACHINE).test(name)) continue
      const facts = await disk.inspect(pathIn(directory, path))
      if (facts?.kind !== 'file') continue
      const { text, seal } = await read(disk, pathIn(directory, path), facts)
      if (text !== null && (ours.has(folder) || seal !== 'none')) others.push({ path, text, seal })
    }
  }
  return others
}

/**
 * Those that an earlier run made for what this run makes files for too, in the same folder: files of nodes that are gone,
 * as a rule. Those of other targets stay in use, whatever this run is for.
 */
export function staleAmong(
  others: readonly OtherFile[],
  mine: readonly { readonly path: string }[],
): readonly OtherFile[] {
  const kinds = new Set(mine.map(({ path }) => kindOf(path)))
  const folders = new Set([...mine.map(({ path }) => folderOf(path)), ...machineRoots(mine)])
  // What is in none of the usual folders is there for a machine.
  const isHere = (folder: string) => folders.has(folder) || !FOLDERS.includes(folder)
  return others.filter(({ path, seal }) => seal !== 'none' && kinds.has(kindOf(path)) && isHere(folderOf(path)))
}

/** The folders in which machines have theirs, where this run is for a target that gives them some. */
function machineRoots(mine: readonly { readonly path: string }[]): ReadonlySet<string> {
  const roots = mine
    .filter(({ path }) => /(?:^|\/)(?:compose\.yaml|[^/]+\.service)$/.test(path))
    .map(({ path }) => TARGETS.find((target) => path.startsWith(`${target}/`)) ?? '')
  return new Set(roots)
}

async function otherMachines(
  disk: Files,
  directory: string,
  mine: readonly { readonly path: string }[],
): Promise<readonly string[]> {
  const found: string[] = []
  for (const root of machineRoots(mine)) {
    const names = await listIfReadable(disk, pathIn(directory, root))
    found.push(...names.map((name) => (root === '' ? name : `${root}/${name}`)))
  }
  return found.filter((folder) => !FOLDERS.includes(folder))
}

/** A folder that is nobody's business of ours may well be closed to us. */
async function listIfReadable(disk: Files, path: string): Promise<readonly string[]> {
  try {
    return await disk.list(path)
  } catch (error) {
    if (error instanceof WcnError && error.code === 'FILE_UNREADABLE') return []
    throw error
  }
}

/** By what reads it. */
function kindOf(path: string): string {
  return /(?:^|\/)compose\.yaml$/.test(path) ? 'compose' : path.slice(path.lastIndexOf('.'))
}

async function read(disk: Files, path: string, { bytes }: FileFacts): Promise<Pick<OldFile, 'text' | 'seal'>> {
  try {
    const text = await disk.readText(path)
    const seal = sealOf(text)
    // Reading leaves a byte order mark out, which somebody's editor put there.
    const isWhole = new TextEncoder().encode(text).length === bytes
    return { text, seal: seal === 'untouched' && !isWhole ? 'edited' : seal }
  } catch (error) {
    if (error instanceof WcnError && error.code === 'FILE_UNREADABLE') return { text: null, seal: 'none' }
    throw error
  }
}
