/** The built tool while it runs: a test waits for what it prints, and lets other things happen meanwhile. */
import { type ChildProcess, spawn } from 'node:child_process'
import { afterEach } from 'vitest'
import { BIN, type CliOptions, type CliResult, cleanEnvironment } from './cli.js'
import { requireFittingDocuments } from './json-schemas.js'

export interface Running {
  /** Resolves when this is on stdout or stderr. */
  until(text: string): Promise<void>
  /** What of stdout so far matches. */
  said(wanted: RegExp): string
  interrupt(signal: NodeJS.Signals): void
  readonly ended: Promise<CliResult>
}

const DEADLINE_MS = 120_000
const running = new Set<ChildProcess>()

/** Whatever a failed test left behind. */
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

export function startWcn(args: readonly string[], { env, cwd }: Omit<CliOptions, 'input'> = {}): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: cleanEnvironment(env),
    cwd,
    timeout: DEADLINE_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const printed = { stdout: '', stderr: '' }
  let tell = () => {}
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text
      tell()
    })
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      running.delete(child)
      requireFittingDocuments(args, printed.stdout).then(() => resolve({ code, ...printed }), reject)
    })
  })
  return {
    until: (text) =>
      new Promise((resolve, reject) => {
        tell = () => {
          if (`${printed.stdout}${printed.stderr}`.includes(text)) resolve()
        }
        ended.then((result) => reject(new Error(`it ended without printing ${text}: ${JSON.stringify(result)}`)))
        tell()
      }),
    said: (wanted) => wanted.exec(printed.stdout)?.[0] ?? '',
    interrupt: (signal) => void child.kill(signal),
    ended,
  }
}
