/**
 * Runs the user's commands on this machine, without a shell. Each is the first of a process group of its own: its signals reach whatever
 * it starts, and whether all of that is gone can be told.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { access, constants, stat } from 'node:fs/promises'
import { resolve as absolute, delimiter } from 'node:path'
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'
import { onlyZombiesLeft } from './process-identity.js'

export interface StartOptions {
  /** Added to its environment. */
  readonly env: Readonly<Record<string, string>>
  /** Names of variables that are handed on although they are the tool's own. */
  readonly passEnv: readonly string[]
  /** Whether it reads what is on this tool's standard input, or what it reads instead; else it finds that empty. */
  readonly input: boolean | string
}

export interface RunningCommand {
  readonly pid: number
  /** How its first process ended. Others of its group may go on. Never rejects. */
  readonly ended: Promise<CommandEnd>
  /** Sends the signal to every process of its group. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): void
  /** Whether any process of its group is left. */
  groupAlive(): boolean
}

/** One of the two is null. */
export interface CommandEnd {
  readonly exitCode: number | null
  readonly signal: string | null
}

/** Where execvp looks without PATH; an empty one would mean the working directory. */
const USUAL_PATH = '/usr/bin:/bin'

interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Names of variables that are this tool's own business. */
  readonly ownVariable: RegExp
}

export type Processes = ReturnType<typeof localProcesses>

export function localProcesses({ environment, ownVariable }: Surroundings) {
  return {
    /** Throws COMMAND_NOT_RUNNABLE where `command[0]` is no program that can be run, or none is named. */
    async check(command: readonly string[]): Promise<void> {
      await findProgram(command, environment.PATH)
    },
    /**
     * Starts it: its standard output goes to standard error, which leaves standard output to this tool's result. It gets
     * this tool's environment without the tool's own settings, but for those named in `passEnv`. Throws
     * COMMAND_NOT_RUNNABLE.
     */
    async start(command: readonly string[], { env, passEnv, input }: StartOptions): Promise<RunningCommand> {
      const program = await findProgram(command, environment.PATH)
      const kept = Object.entries(environment).filter(([name]) => !ownVariable.test(name) || passEnv.includes(name))
      const child = spawnOrThrow(program, command, {
        // Its name as it was typed: some programs are several, and tell by it which is meant.
        argv0: command[0],
        detached: true,
        env: { ...Object.fromEntries(kept), ...env },
        stdio: [
          typeof input === 'string' ? 'pipe' : input ? 'inherit' : 'ignore',
          process.stderr.fd,
          process.stderr.fd,
        ],
      })
      // Whether it reads that is its own business.
      if (typeof input === 'string') child.stdin?.on('error', () => undefined).end(input)
      const ended = new Promise<CommandEnd>((resolve) => {
        child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
      })
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve)
        child.once('error', (error: NodeJS.ErrnoException) => reject(notRunnable(command[0] ?? '', error.code)))
      })
      return running(child.pid as number, ended)
    },
  }
}

/** Some faults are thrown, others are an event. */
function spawnOrThrow(program: string, command: readonly string[], options: SpawnOptions): ChildProcess {
  try {
    return spawn(program, command.slice(1), options)
  } catch (error) {
    throw notRunnable(command[0] ?? '', (error as NodeJS.ErrnoException).code)
  }
}

function running(pid: number, ended: Promise<CommandEnd>): RunningCommand {
  // Once it is gone, its number may become another group's.
  let gone = false
  const send = (name: NodeJS.Signals | 0): boolean => {
    if (gone) return false
    try {
      process.kill(-pid, name)
      return true
    } catch (error) {
      // Processes of other users, such as after sudo, are there all the same.
      gone = (error as NodeJS.ErrnoException).code !== 'EPERM'
      return !gone
    }
  }
  return {
    pid,
    ended,
    signal: (name) => void send(name),
    groupAlive: () => {
      if (send(0) && onlyZombiesLeft(pid)) gone = true
      return !gone
    },
  }
}

async function findProgram(command: readonly string[], path = USUAL_PATH): Promise<string> {
  const [name = ''] = command
  if (name === '') {
    throw new WcnError('COMMAND_NOT_RUNNABLE', 'no command is given to run', {
      hint: 'write it after --, such as `-- systemctl restart wcn-node`',
    })
  }
  // As execvp looks for it.
  const candidates = /[\\/]/.test(name) ? [name] : path.split(delimiter).map((folder) => absolute(folder, name))
  let seen: string | undefined
  for (const candidate of candidates) {
    const fault = await whyNotRunnable(candidate)
    if (fault === null) return candidate
    if (fault !== 'ENOENT') seen ??= fault
  }
  throw notRunnable(name, seen ?? 'ENOENT')
}

async function whyNotRunnable(path: string): Promise<string | null> {
  try {
    if (!(await stat(path)).isFile()) return 'EISDIR'
    await access(path, constants.X_OK)
    return null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'ENOENT' : (code ?? 'ENOENT')
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program',
  EACCES: 'it is not executable',
  EISDIR: 'it is no file',
  ENOEXEC: 'it is neither a program nor a script with a #! line',
}

function notRunnable(name: string, code: string | undefined): WcnError {
  const reason = REASONS[code ?? ''] ?? `it could not be started (${code ?? 'unknown'})`
  return new WcnError('COMMAND_NOT_RUNNABLE', `${quote(name)} can't be run: ${reason}`, {
    hint: "give a program with its arguments after --; pipes, && and the like take a shell: -- sh -c '…'",
  })
}
