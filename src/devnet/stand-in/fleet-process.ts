/** All stand-ins of a development chain as one process, which lives on its own: env files, start, end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endProcess, isProcess } from '../../anvil/anvil-process.js'
import { isRecord } from '../../base/is-record.js'
import { jsonRecord } from '../../base/json-record.js'
import { WcnError } from '../../errors/wcn-error.js'
import { unwritable } from '../../platform/files/file-errors.js'

const START_TIMEOUT_MS = 60_000
const LOG = 'log'

export type FleetProcess = Awaited<ReturnType<typeof startFleet>>

/** Private files by their names, in a new folder. Throws FILE_EXISTS, FILE_UNWRITABLE, NETWORK where the stand-ins do not start. */
export async function startFleet(
  { folder, envFile }: { readonly folder: string; readonly envFile: string },
  files: ReadonlyMap<string, string>,
  interrupted: AbortSignal,
) {
  makeFolder(folder)
  const services = [...files.keys()].filter((name) => name.endsWith('.env')).map((name) => join(folder, name))
  const log = orNothing(folder, () => {
    for (const [name, text] of files) writeFileSync(join(folder, name), text, { mode: 0o600, flag: 'wx' })
    return openSync(join(folder, LOG), 'wx', 0o600)
  })
  // The same program, in a process group of its own: Ctrl-C in a terminal is its parent's to handle.
  const args = [process.argv[1] ?? '', 'devnet', 'serve', '--json', '--devnet', envFile, ...services]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', log], detached: true, env: {} })
  closeSync(log)
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  await untilStarted(child, ended, interrupted).catch(async (error) => {
    await stop()
    rmSync(folder, { recursive: true })
    throw error
  })
  return { pid: child.pid ?? 0, ended, stop, release: () => child.unref() }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST'
    const why = exists ? 'exists already' : `can't be made: ${(error as NodeJS.ErrnoException).code}`
    throw new WcnError(exists ? 'FILE_EXISTS' : 'FILE_UNWRITABLE', `the folder for the stand-ins, ${folder}, ${why}`, {
      hint: 'remove it, or choose another env file with --out',
      details: { path: folder },
    })
  }
}

/** What could be written before the disk was full is of no use. */
function orNothing<T>(folder: string, write: () => T): T {
  try {
    return write()
  } catch (error) {
    rmSync(folder, { recursive: true })
    throw unwritable(folder, error)
  }
}

/** Its one document comes when all of them serve. By a pipe, which takes it on a full disk, too. */
async function untilStarted(child: ChildProcess, ended: Promise<void>, interrupted: AbortSignal): Promise<void> {
  let said = ''
  const answered = new Promise<void>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.endsWith('\n')) resolve()
    })
  })
  const late = AbortSignal.any([interrupted, AbortSignal.timeout(START_TIMEOUT_MS)])
  const gaveUp = new Promise<void>((resolve) => late.addEventListener('abort', () => resolve(), { once: true }))
  if (!interrupted.aborted) await Promise.race([answered, ended, gaveUp])
  child.stdout?.destroy()
  const document = jsonRecord(said)
  if (document?.ok === true) return
  const error = isRecord(document?.error) ? document.error.message : undefined
  throw notStarted(typeof error === 'string' ? error : late.aborted ? 'no answer in time' : 'they ended at once')
}

function notStarted(why: string): WcnError {
  return new WcnError('NETWORK', `the stand-ins did not start: ${why}`, {
    hint: 'try again, or start the chain alone with --chain-only',
  })
}

/** Ends the process of an earlier run, if it serves these files still, as far as the system tells. */
export async function endFleet(pid: number, folder: string): Promise<void> {
  const serves = (words: readonly string[]) => words.includes('serve') && words.some((word) => word.startsWith(folder))
  if (isProcess(pid, serves)) await endProcess(pid)
}

/**
 * Ends that process when this one is gone, whatever ended it: its end of a pipe closes then. Returns what makes that
 * unnecessary.
 */
export function endWithUs(pid: number): () => void {
  if (process.platform === 'win32') return () => undefined
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill "$1"', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  })
  guard.once('error', () => undefined)
  guard.unref()
  return () => void guard.kill('SIGKILL')
}
