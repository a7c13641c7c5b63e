/**
 * The chain as a process: loopback only, in a process group of its own, so that Ctrl-C in a terminal reaches this
 * program alone and the chain is ended in good order, or, detached, lives on.
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import { WcnError } from '../errors/wcn-error.js'
import type { ChainEnd } from './development-chain.js'

const HOST = '127.0.0.1'
const STOP_TIMEOUT_MS = 5_000
const SAID_AT_MOST = 300

export interface AnvilProcess {
  readonly url: string
  readonly pid: number
  readonly ended: Promise<ChainEnd>
  /** Lets this process end without it. */
  release(): void
  /** Resolves when it is gone. */
  stop(): Promise<void>
}

/**
 * `port` null: a free one. Does not wait until it listens. `interrupted` ends it until it is stopped or released.
 * Throws PORT_INVALID where the port can't be had, DEPENDENCY_MISSING where the program doesn't run here.
 */
export async function startAnvil(binary: string, port: number | null, interrupted: AbortSignal): Promise<AnvilProcess> {
  const chosen = await freePort(port)
  const log = openNamelessFile()
  // No well-known accounts: only fresh keys own anything. No gas limit: a full cluster's getView() exceeds a block's.
  const args = ['--host', HOST, '--port', String(chosen), '--chain-id', String(DEVELOPMENT_CHAIN_ID)]
  args.push('--accounts', '0', '--disable-block-gas-limit', '--quiet')
  const child = spawn(binary, args, { stdio: ['ignore', log, log], detached: true, env: {} })
  const ended = new Promise<ChainEnd>((resolve) => {
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
      {
        hint: 'it needs Linux with glibc, macOS or Windows',
      },
    )
  interrupted.addEventListener('abort', kill)
  if (interrupted.aborted) kill()
  return {
    url: `http://${HOST}:${chosen}`,
    pid,
    ended,
    release() {
      interrupted.removeEventListener('abort', kill)
      child.unref()
    },
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
