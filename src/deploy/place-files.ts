/**
 * Puts emitted files in place. All is looked at before the first is written, so that a refusal leaves nothing behind.
 * A file that an earlier run wrote and nobody touched follows the description; what somebody edited is kept, and what
 * is not ours stops everything. Each file appears whole; of two runs at once, the one that is late for a new file is
 * refused.
 */

import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Files } from '../platform/files/files.js'
import { fileDifference } from './file-difference.js'
import { foldersOf, pathIn, requireSafeFolder, requireUntracked } from './output-folders.js'
import { lookAtTarget, type OldFile, otherFiles, staleAmong } from './output-look.js'
import { movedPrimary, type PlannedFile, type PrimaryMove, requireWholeMove } from './primary-move.js'

export type RenderedFile = Omit<PlannedFile, 'target' | 'status' | 'old'>

export interface PlaceOptions {
  readonly directory: string
  /** Edited files and those that are not ours are replaced as well. */
  readonly force: boolean
  readonly dryRun: boolean
  /** All services are emitted: what else is there of the same kind is stale. */
  readonly whole: boolean
}

export type Placement = Awaited<ReturnType<typeof placeFiles>>
export type PlacedFile = Placement['files'][number]

const SECRET_FILE = 0o600
const OTHER_FILE = 0o644

/**
 * Throws FILE_EXISTS (not ours), FILE_PERMISSIONS, FILE_UNWRITABLE, FILE_UNREADABLE, PRIMARY_RULE where an edited file
 * keeps the signing key that another gets, and OUTPUT_UNSAFE for links, git work trees and what belongs to others.
 */
export async function placeFiles(
  { files: disk }: Services,
  rendered: readonly RenderedFile[],
  { directory, force, dryRun, whole }: PlaceOptions,
) {
  const folders = foldersOf(directory, rendered)
  for (const folder of folders) await requireSafeFolder(disk, folder)
  for (const { path, secret } of rendered) if (secret) await requireUntracked(disk, pathIn(directory, path))
  const planned: PlannedFile[] = []
  for (const file of rendered) planned.push(await planFile(disk, file, directory, force))
  const others = await otherFiles(disk, directory, rendered)
  const stale = whole ? staleAmong(others, rendered) : []
  const primaryMoved = movedPrimary(planned, others, stale)
  requireWholeMove(planned, primaryMoved)
  if (!dryRun) {
    for (const { path, mode } of folders) await disk.makeDirectory(path, mode)
    await writeFiles(disk, planned, primaryMoved)
  }
  return {
    /** In the order they were given. */
    files: planned.map(({ target: path, secret, status, old, text }) => ({
      path,
      secret,
      status,
      /** From the old text to the new one, also where the old one is kept. */
      diff:
        old?.text == null || status === 'unchanged'
          ? null
          : fileDifference({ path, secret, before: old.text, after: text }),
    })),
    /** Paths of files that an earlier run made and this one does not; they may hold secrets. */
    stale: stale.map(({ path }) => pathIn(directory, path)),
    /** The node whose file held the signing key until now, and the one whose file holds it from now on. */
    primaryMoved,
  }
}

async function planFile(disk: Files, file: RenderedFile, directory: string, force: boolean): Promise<PlannedFile> {
  const target = pathIn(directory, file.path)
  const old = await lookAtTarget(disk, target)
  const status = await statusOf(disk, { ...file, path: target }, old, force)
  if (status === 'written' || status === 'updated') await disk.checkWritable(target, { overwrite: old !== null })
  return { ...file, target, status, old }
}

async function statusOf(
  disk: Files,
  { path, secret, text }: RenderedFile,
  old: OldFile | null,
  force: boolean,
): Promise<PlannedFile['status']> {
  if (old === null) return 'written'
  const isSame = old.seal === 'untouched' && old.text === text
  if (!isSame && (force || old.seal === 'untouched')) return 'updated'
  if (old.seal === 'none') {
    throw new WcnError('FILE_EXISTS', `${path} exists already with other content and is not overwritten`, {
      hint: 'compare the two, then choose another --out, or replace it with --force',
      details: { path },
    })
  }
  const exposed = secret ? await exposure(disk, path) : null
  if (exposed !== null && !force) throw exposed
  return exposed !== null ? 'updated' : isSame ? 'unchanged' : 'kept'
}

/** FILE_PERMISSIONS with what to do where others have access, unless the user decided that modes don't matter. */
async function exposure(disk: Files, path: string): Promise<WcnError | null> {
  try {
    await disk.readSecret(path)
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    if (error.code === 'FILE_PERMISSIONS') return error
  }
  return null
}

/** The signing key comes last: wherever this ends, it is not in two files. */
async function writeFiles(disk: Files, planned: readonly PlannedFile[], move: PrimaryMove | null): Promise<void> {
  const changing = planned.filter(({ status }) => status === 'written' || status === 'updated')
  const inOrder = changing.toSorted((a, b) => Number(a.signerOf !== null) - Number(b.signerOf !== null))
  for (const [done, { target, secret, text, old }] of inOrder.entries()) {
    try {
      await disk.write(target, text, { mode: secret ? SECRET_FILE : OTHER_FILE, overwrite: old !== null })
    } catch (error) {
      if (!(error instanceof WcnError) || done === 0) throw error
      const paths = inOrder.map((file) => file.target)
      throw halfway(error, paths.slice(0, done), paths.slice(done), move)
    }
  }
}

function halfway(
  error: WcnError,
  written: readonly string[],
  missing: readonly string[],
  move: PrimaryMove | null,
): WcnError {
  // True of the one file only.
  const reason = error.message.replace(/; nothing was left behind$/, '')
  const order = move && `the signing key moves from node ${move.from}: start no node before all files are in place`
  const hints = [error.hint, order].filter((hint) => hint != null)
  return error.retold({
    message: `${reason}; written before that: ${written.join(', ')}; not written: ${missing.join(', ')}`,
    hint: hints.length === 0 ? undefined : hints.join('; '),
    details: { written, missing },
  })
}
