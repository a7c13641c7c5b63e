/** Runs state-process.mjs. It is bundled first: what it imports is TypeScript, which Node 20 does not run. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { cleanEnvironment } from './cli.js'

const SOURCE = fileURLToPath(new URL('state-process.mjs', import.meta.url))
const KILL_POINTS = new URL('kill-points.mjs', import.meta.url).href

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

interface StateProcess {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

export interface StateProcesses {
  run(args: readonly string[], environment?: Readonly<Record<string, string>>): StateProcess
}

export interface KillPoint {
  readonly at: string
  readonly operation: string
}

/** `bundle` is where the program is put. */
export async function stateProcesses(bundle: string): Promise<StateProcesses> {
  await build({
    entryPoints: [SOURCE],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  return {
    run(args, environment = {}) {
      const child = spawn(process.execPath, [bundle, ...args], { env: cleanEnvironment(environment) })
      let stderr = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
      })
      const ended = new Promise<Ended>((resolve, reject) => {
        child.on('error', reject)
        child.on('close', (code, signal) => resolve({ code, signal, stderr }))
      })
      return { child, ended }
    },
  }
}

/** The environment in which a process notes its file operations in `directory`, or is killed at one. */
export function watched(
  directory: string,
  { log = '', killAt = '' }: { readonly log?: string; readonly killAt?: string },
): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--import=${KILL_POINTS}`,
    KILL_POINTS_DIRECTORY: directory,
    KILL_POINTS_LOG: log,
    KILL_POINTS_AT: killAt,
  }
}

/** Everywhere the process that wrote the log could have been killed: before each operation, and in the middle of each write. */
export function killPoints(log: string): readonly KillPoint[] {
  return operations(log).flatMap((operation, index) => [
    { at: `before:${index}`, operation },
    ...(operation.startsWith('write') ? [{ at: `half:${index}`, operation }] : []),
  ])
}

/** `renameSync FILE` and so on, in their order. */
export function operations(log: string): readonly string[] {
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^[0-9]+ /, ''))
}
