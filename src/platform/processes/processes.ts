/** Commands of the user's that this tool runs: without a shell, each in a process group of its own. */

export interface Processes {
  /** Throws COMMAND_NOT_RUNNABLE where `command[0]` is no program that can be run, or none is named. */
  check(command: readonly string[]): Promise<void>
  /**
   * Starts it: its standard output goes to standard error, which leaves standard output to this tool's result. It gets
   * this tool's environment without the tool's own settings, but for those named in `passEnv`. Throws
   * COMMAND_NOT_RUNNABLE.
   */
  start(command: readonly string[], options: StartOptions): Promise<RunningCommand>
}

export interface StartOptions {
  /** Added to its environment. */
  readonly env: Readonly<Record<string, string>>
  /** Names of variables that are handed on although they are the tool's own. */
  readonly passEnv: readonly string[]
  /** Whether it reads what is on this tool's standard input; else it finds that empty. */
  readonly input: boolean
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
