/** Runs this tool as another person at another keyboard would: for setting the scene of a drill. */
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ToolResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const POLL_MS = 50

/** With nothing of this process's environment: all it knows are its flags. */
export function runTool(args: readonly string[]): Promise<ToolResult> {
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...args], {
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...said }))
  })
}

/** Ends with the program that started it, whose process group it may have left, or when nobody can want it any more. */
export const UNTIL_ORPHANED = `const parent = process.ppid
setInterval(() => (process.ppid === parent && parent !== 1) || process.exit(), 100)
setTimeout(process.exit, 600_000)`

/** Starts it with a program of its own that never ends, and cuts the power of both when `isTime`, however far they are. */
export async function runUntilPowerCut(args: readonly string[], isTime: () => Promise<boolean>): Promise<void> {
  const forEver = [process.execPath, '-e', UNTIL_ORPHANED]
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...args, '--', ...forEver], {
    env: {},
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  try {
    while (child.exitCode === null && !(await isTime())) await sleep(POLL_MS)
  } finally {
    killGroup(child.pid)
  }
  await ended
}

/** What it started is in its process group. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It had ended.
  }
}
