/** The built tool in front of a person: a real pseudo-terminal, whose keys a test presses and whose screen it reads. */
import { spawn } from '@lydell/node-pty'
import { BIN, type CliOptions, cleanEnvironment } from './cli.js'
import { endWithTest } from './left-behind.js'

export interface Terminal {
  /** Everything that was printed so far, control sequences included. */
  readonly screen: string
  /** The same as plain lines. */
  readonly text: string
  /** Resolves when this is printed, after what was waited for before. */
  until(wanted: string | RegExp): Promise<void>
  type(keys: string): void
  /** Ends the process, without a word to it unless told otherwise. */
  kill(signal?: NodeJS.Signals): void
  /** Exit code, when it is over. */
  readonly ended: Promise<number>
}

export const ENTER = '\r'
export const CTRL_C = '\u0003'
/** What sets colours and weights; moving the cursor is no colour. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how terminals are spoken to
export const COLOUR = /\u001b\[[0-9;]*m/
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const CONTROL_SEQUENCE = /\u001b\[[0-9;?]*[A-Za-z]|\r/g

const DEADLINE_MS = 120_000

interface TerminalOptions extends Omit<CliOptions, 'input'> {
  /** 200 unless given. */
  readonly columns?: number
}

export function wcnInTerminal(args: readonly string[], options?: TerminalOptions): Terminal {
  return inTerminal(process.execPath, [BIN, ...args], options)
}

export function inTerminal(
  program: string,
  args: readonly string[],
  { env, cwd, columns = 200 }: TerminalOptions = {},
): Terminal {
  const { TERM = 'xterm-256color', ...others } = env ?? {}
  const pty = spawn(program, [...args], {
    name: TERM,
    cols: columns,
    rows: 50,
    cwd: cwd ?? process.cwd(),
    env: cleanEnvironment({ TERM, ...others }),
  })
  let screen = ''
  let seen = 0
  let over = false
  const watchers = new Set<() => void>()
  const tell = () => {
    for (const watch of watchers) watch()
  }
  const plain = () => screen.replace(CONTROL_SEQUENCE, '')
  pty.onData((data) => {
    screen += data
    tell()
  })
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      over = true
      tell()
      resolve(exitCode)
    })
  })
  endWithTest(pty, ended)
  return {
    get screen() {
      return screen
    },
    get text() {
      return plain()
    },
    until: (wanted) =>
      new Promise((resolve, reject) => {
        const stop = (error?: Error) => {
          clearTimeout(deadline)
          watchers.delete(look)
          if (error) reject(error)
          else resolve()
        }
        const look = () => {
          const rest = plain().slice(seen)
          const at = typeof wanted === 'string' ? rest.indexOf(wanted) : rest.search(wanted)
          if (at >= 0) {
            seen += at + 1
            stop()
          } else if (over) stop(new Error(`it ended without printing ${wanted}:\n${plain()}`))
        }
        const deadline = setTimeout(() => stop(new Error(`${wanted} was not printed:\n${plain()}`)), DEADLINE_MS)
        watchers.add(look)
        look()
      }),
    type: (keys) => pty.write(keys),
    kill: (signal = 'SIGKILL') => pty.kill(signal),
    ended,
  }
}
