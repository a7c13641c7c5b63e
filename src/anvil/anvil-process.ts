/**
 * The chain as a process: loopback only, in a process group of its own, so that Ctrl-C in a terminal reaches this
 * program alone and the chain is ended in good order, or, detached, lives on.
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import { WcnError } from '../errors/wcn-error.js'

const HOST = '127.0.0.1'
const STOP_TIMEOUT_MS = 5_000
const POLL_MS = 10
const SAID_AT_MOST = 300

export type AnvilProcess = Awaited<ReturnType<typeof startAnvil>>

/**
 * `port` null: a free one. Does not wait until it listens. `interrupted` ends it until it is stopped or released.
 * Throws PORT_INVALID where the port can't be had, DEPENDENCY_MISSING where the program doesn't run here.
 */
export async function startAnvil(binary: string, port: number | null, interrupted: AbortSignal) {
  const chosen = await freePort(port)
  const log = openNamelessFile()
  // No well-known accounts: only fresh keys own anything. No gas limit: a full cluster's getView() exceeds a block's.
  const args = ['--host', HOST, '--port', String(chosen), '--chain-id', String(DEVELOPMENT_CHAIN_ID)]
  args.push('--accounts', '0', '--disable-block-gas-limit', '--quiet')
  const child = spawn(binary, args, { stdio: ['ignore', log, log], detached: true, env: {} })
  /** `orderly`: somebody asked it to end, `devnet down` for one. `how`: what it said last, or its status. */
  const ended = new Promise<{ readonly orderly: boolean; readonly how: string }>((resolve) => {
    const end = (orderly: boolean, how: string) => {
      interrupted.removeEventListener('abort', kill)
      resolve({ orderly, how: startOf(log) || how })
    }
    child.once('error', (error) => end(false, error.message))
    child.once('exit', (code, signal) => end(code === 0, signal ? `by ${signal}` : `with status ${code}`))
  })
  const kill = () => void child.kill('SIGTERM')
  const { pid } = child
  if (pid === undefined)
    throw new WcnError(
      'DEPENDENCY_MISSING',
      `the development chain's program does not run on this machine: ${(await ended).how}`,
      { hint: 'it needs Linux with glibc, macOS or Windows' },
    )
  interrupted.addEventListener('abort', kill)
  if (interrupted.aborted) kill()
  return {
    url: `http://${HOST}:${chosen}`,
    pid,
    ended,
    /** Lets this process end without it. */
    release() {
      interrupted.removeEventListener('abort', kill)
      child.unref()
    },
    /** Resolves when it is gone. */
    async stop() {
      kill()
      const patience = new AbortController()
      const gone = ended.then(() => patience.abort())
      await sleep(STOP_TIMEOUT_MS, undefined, { signal: patience.signal }).then(
        () => child.kill('SIGKILL'),
        () => {},
      )
      await gone
    },
  }
}

/** Asked of the system before the chain is, whose own refusal comes late and in its own words. */
function freePort(port: number | null): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE' ? 'it is in use' : error.code === 'EACCES' ? 'permission denied' : error.code
      reject(
        new WcnError('PORT_INVALID', `port ${port} of ${HOST} can't be had: ${why}`, {
          hint: 'choose another --port, or leave it out for any free one',
          details: { port, reason: error.code ?? null },
        }),
      )
    })
    probe.listen(port ?? 0, HOST, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/**
 * What the chain writes to. Not a pipe: nobody reads one once this process is gone, and a program that can't write to
 * it dies. Without a name, so that nothing has to be cleaned up.
 */
function openNamelessFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'wcn-devnet-'))
  const file = openSync(join(folder, 'log'), 'wx+', 0o600)
  rmSync(folder, { recursive: true })
  return file
}

function startOf(log: number): string {
  const bytes = Buffer.alloc(SAID_AT_MOST)
  const length = readSync(log, bytes, 0, SAID_AT_MOST, 0)
  closeSync(log)
  return bytes.toString('utf8', 0, length).trim()
}

/** Whether a process that an earlier run left behind, known by its ID only, lives and, where the system tells, is an anvil listening on that port. */
export function isAnvil(pid: number, port: string): boolean {
  return isProcess(
    pid,
    ([program = '', ...args]) =>
      /^anvil(?:\.exe)?$/.test(basename(program)) && args[args.indexOf('--port') + 1] === port,
  )
}

/** Whether it lives and, where the system tells, has such a command line. */
export function isProcess(pid: number, test: (words: readonly string[]) => boolean): boolean {
  if (!isAlive(pid)) return false
  const words = commandLine(pid)
  return words === null || test(words)
}

/** Resolves when it is gone, by force where it does not go by itself. Throws STATE_CHANGED where it can't be ended. */
export async function endProcess(pid: number): Promise<void> {
  signal(pid, 'SIGTERM')
  for (let waitedMs = 0; isAlive(pid); waitedMs += POLL_MS) {
    if (waitedMs === STOP_TIMEOUT_MS) signal(pid, 'SIGKILL')
    if (waitedMs >= 2 * STOP_TIMEOUT_MS)
      throw new WcnError('STATE_CHANGED', `process ${pid}, which runs the development chain, can't be ended`, {
        hint: 'end it as the user who started it',
        details: { pid },
      })
    await sleep(POLL_MS)
  }
}

function isAlive(pid: number): boolean {
  // What has ended but was not collected by its parent has an empty command line.
  return signal(pid, 0) && commandLine(pid)?.length !== 0
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch (error) {
    // Another user's: it is there, but not ours to end.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Null where the system has no /proc. */
function commandLine(pid: number): readonly string[] | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
  } catch {
    return null
  }
}
