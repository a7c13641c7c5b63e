/** The process edge: arguments in, streams and exit code out. */
import { CommanderError } from 'commander'
import { createProgram, everyCommand } from './program.js'

const EXIT_INTERRUPTED = 130
const EXIT_OUTCOME_UNKNOWN = 6

export async function main(argv: readonly string[]): Promise<void> {
  guardOutput(process.stdout)
  guardOutput(process.stderr)
  let complaint = ''
  const program = await createProgram(argv)
  const collect = {
    writeErr: (text: string) => {
      complaint += text
    },
  }
  everyCommand(program, (command) => command.configureOutput(collect))
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return
    const { reportMisuse } = await import('./commands/report-misuse.js')
    await reportMisuse(thrown, complaint, argv)
  }
  if (process.exitCode === EXIT_INTERRUPTED || process.exitCode === EXIT_OUTCOME_UNKNOWN) await leaveNow()
}

/** A reader that went away (`| head`) is no failure; a disk that is full is one. */
function guardOutput(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    process.exitCode = 2
    if (stream !== process.stderr) process.stderr.write(`error: the output could not be written: ${error.code}\n`)
  })
}

/** After an interruption sockets and timers may still be open; what was written is flushed first. */
async function leaveNow(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) await new Promise((done) => stream.write('', done))
  process.exit()
}
