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
}

export interface OtherFile {
  /** Relative to the directory. */
  readonly path: string
  readonly text: string
  readonly seal: Seal
}

interface Emitted {
  readonly path: string
}

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
  if (facts.foreign !== true) return read(disk, path, facts)
  throw new WcnError('OUTPUT_UNSAFE', `${path} belongs to another user and is not replaced`, {
    hint: 'choose another --out, or run this as the user who owns it',
    details: { path },
  })
}

/**
 * Text files with names like ours, in the directory and in the folders that our targets use, but for `mine`. Of what is
 * in folders that may be those of machines that are gone, only what an earlier run made.
 */
export async function otherFiles(
  disk: Files,
  directory: string,
  mine: readonly Emitted[],
): Promise<readonly OtherFile[]> {
  const ours = new Set([...FOLDERS, ...mine.map(({ path }) => folderOf(path))])
  const others: OtherFile[] = []
  for (const folder of new Set([...ours, ...(await machineFolders(disk, directory, mine))])) {
    const isOurs = ours.has(folder)
    for (const name of await namesIn(disk, pathIn(directory, folder), isOurs)) {
      const path = within(folder, name)
      if (mine.some((one) => one.path === path) || !(isOurs ? OURS : OF_A_MACHINE).test(name)) continue
      const facts = await disk.inspect(pathIn(directory, path))
      if (facts?.kind !== 'file') continue
      const { text, seal } = await read(disk, pathIn(directory, path), facts)
      if (text !== null && (isOurs || seal !== 'none')) others.push({ path, text, seal })
    }
  }
  return others
}

/**
 * Those that an earlier run made for what this run makes files for too, in the same folder: files of nodes that are gone,
 * as a rule. Those of other targets stay in use, whatever this run is for.
 */
export function staleAmong(others: readonly OtherFile[], mine: readonly Emitted[]): readonly OtherFile[] {
  const kinds = new Set(mine.map(({ path }) => kindOf(path)))
  const folders = new Set([...mine.map(({ path }) => folderOf(path)), ...machineRoots(mine)])
  // What is in none of the usual folders is there for a machine.
  const isHere = (folder: string) => folders.has(folder) || !FOLDERS.includes(folder)
  return others.filter(({ path, seal }) => seal !== 'none' && kinds.has(kindOf(path)) && isHere(folderOf(path)))
}

/** The folders in which machines have theirs, where this run is for a target that gives them some. */
function machineRoots(mine: readonly Emitted[]): readonly string[] {
  const roots = mine
    .filter(({ path }) => /(?:^|\/)(?:compose\.yaml|[^/]+\.service)$/.test(path))
    .map(({ path }) => TARGETS.find((target) => path.startsWith(`${target}/`)) ?? '')
  return [...new Set(roots)]
}

async function machineFolders(disk: Files, directory: string, mine: readonly Emitted[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const root of machineRoots(mine))
    found.push(...(await namesIn(disk, pathIn(directory, root), false)).map((name) => within(root, name)))
  return found.filter((folder) => !FOLDERS.includes(folder))
}

/** None where there is no folder. One that is nobody's business of ours may well be closed to us. */
async function namesIn(disk: Files, path: string, isOurs: boolean): Promise<readonly string[]> {
  if ((await disk.inspect(path))?.kind !== 'directory') return []
  try {
    return await disk.list(path)
  } catch (error) {
    if (!isOurs && error instanceof WcnError && error.code === 'FILE_UNREADABLE') return []
    throw error
  }
}

function within(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** By what reads it. */
function kindOf(path: string): string {
  return /(?:^|\/)compose\.yaml$/.test(path) ? 'compose' : path.slice(path.lastIndexOf('.'))
}

async function read(disk: Files, path: string, { bytes }: FileFacts): Promise<OldFile> {
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
