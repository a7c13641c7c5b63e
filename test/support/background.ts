/** The built tool while it runs: a test waits for what it prints, and lets other things happen meanwhile. */
import { spawn } from 'node:child_process'
import { BIN, type CliOptions, type CliResult, cleanEnvironment } from './cli.js'
import { requireFittingDocuments } from './json-schemas.js'
import { endWithTest } from './left-behind.js'

export interface Running {
  /** Resolves when this is on stdout or stderr. */
  until(text: string): Promise<void>
  /** What of stdout so far matches. */
  said(wanted: RegExp): string
  interrupt(signal: NodeJS.Signals): void
  readonly ended: Promise<CliResult>
}

const DEADLINE_MS = 120_000

export function startWcn(args: readonly string[], { env, cwd }: Omit<CliOptions, 'input'> = {}): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: cleanEnvironment(env),
    cwd,
    timeout: DEADLINE_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
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
      requireFittingDocuments(args, printed.stdout).then(() => resolve({ code, ...printed }), reject)
    })
  })
  endWithTest(child, ended)
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
