/** Scripts as users write them: POSIX sh, nobody at a terminal, `wcn` on the PATH as npm installs it. */
import { spawn } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { BIN, type CliOptions, type CliResult, cleanEnvironment, type Sandbox } from './cli.js'

const DEADLINE_MS = 170_000

/**
 * Runs a script with `sh -eu` in the sandbox's folder, where it is kept as `NAME.sh`. Standard input is empty, and there
 * is no terminal that anything could be asked on behind its back.
 */
export function runScript(
  box: Sandbox,
  name: string,
  text: string,
  { env }: Pick<CliOptions, 'env'> = {},
): Promise<CliResult> {
  mkdirSync(box.path('bin'), { recursive: true })
  try {
    symlinkSync(BIN, box.path('bin/wcn'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  writeFileSync(box.path(`${name}.sh`), text)
  const known = cleanEnvironment({ HOME: box.path('.'), ...env })
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-eu', `${name}.sh`], {
      cwd: box.path('.'),
      env: { ...known, PATH: `${box.path('bin')}:${known.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    // What a script starts is in its process group and goes with it.
    const deadline = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), DEADLINE_MS)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(deadline)
      resolve({ code, stdout, stderr })
    })
  })
}
