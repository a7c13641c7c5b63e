/** All stand-ins of a development chain as one process, which lives on its own: env files, start, end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endProcess, isProcess } from '../../anvil/anvil-process.js'
import { WcnError } from '../../errors/wcn-error.js'

const START_TIMEOUT_MS = 60_000
const POLL_MS = 20
const STARTED = 'started.json'
const LOG = 'log'

export type FleetProcess = Awaited<ReturnType<typeof startFleet>>

/** Private files by their names, in a new folder. Throws FILE_EXISTS, NETWORK where the stand-ins do not start. */
export async function startFleet(
  { folder, envFile }: { readonly folder: string; readonly envFile: string },
  files: ReadonlyMap<string, string>,
  interrupted: AbortSignal,
) {
  writeAll(folder, files)
  const services = [...files.keys()].filter((name) => name.endsWith('.env')).map((name) => join(folder, name))
  const [out, log] = [STARTED, LOG].map((name) => openSync(join(folder, name), 'wx', 0o600))
  // The same program, in a process group of its own: Ctrl-C in a terminal is its parent's to handle.
  const args = [process.argv[1] ?? '', 'devnet', 'serve', '--json', '--devnet', envFile, ...services]
  const child = spawn(process.execPath, args, { stdio: ['ignore', out, log], detached: true, env: {} })
  for (const file of [out, log]) if (file !== undefined) closeSync(file)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  await untilStarted(folder, child, interrupted).catch(async (error) => {
    await stop()
    rmSync(folder, { recursive: true })
    throw error
  })
  return { pid: child.pid ?? 0, ended, stop, release: () => child.unref() }
}

function writeAll(folder: string, files: ReadonlyMap<string, string>): void {
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
  for (const [name, text] of files) writeFileSync(join(folder, name), text, { mode: 0o600, flag: 'wx' })
}

async function untilStarted(folder: string, child: ChildProcess, interrupted: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS && !interrupted.aborted; waitedMs += POLL_MS) {
    const ended = child.exitCode !== null || child.signalCode !== null || child.pid === undefined
    const said = readFileSync(join(folder, STARTED), 'utf8')
    if (!ended && said.endsWith('\n')) return
    if (ended) throw notStarted(/"message":"((?:[^"\\]|\\.)*)"/.exec(said)?.[1] ?? 'they ended at once')
    await sleep(POLL_MS)
  }
  throw notStarted('no answer in time')
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
