/** The process edge: arguments in, streams and exit code out. */
import { doneQuickly } from './quick.js'

const EXIT_OUTPUT_LOST = 2
const EXIT_INTERRUPTED = 130
const EXIT_OUTCOME_UNKNOWN = 6

let outputLost = false
/** Of the run that is under way: whoever runs several in one process runs one after the other. */
let running: readonly string[] = []

export async function main(argv: readonly string[]): Promise<void> {
  running = argv
  if (!process.listeners('uncaughtException').includes(endBadly)) process.on('uncaughtException', endBadly)
  if (!(await doneQuickly(argv))) await (await import('./program.js')).runProgram(argv)
  if (process.exitCode === EXIT_INTERRUPTED || process.exitCode === EXIT_OUTCOME_UNKNOWN) await leaveNow()
}

/**
 * What no command caught. A reader that went away (`| head`) is no failure and a disk that is full is one; both come
 * as errors of the output streams. Anything else is a bug.
 */
function endBadly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return
  if (error.syscall === 'write') {
    process.exitCode ||= EXIT_OUTPUT_LOST
    // Once: standard error may be what can't be written to.
    if (!outputLost) process.stderr.write(`error: the output could not be written: ${error.code}\n`)
    outputLost = true
    return
  }
  import('./cli/report-misuse.js')
    .then(({ reportBug }) => reportBug(error, running))
    .catch(() => {
      process.exitCode = EXIT_OUTPUT_LOST
      process.stderr.write(`error: nothing more can be loaded: ${error.code ?? error.message}\n`)
    })
}

/** After an interruption sockets and timers may still be open; what was written is flushed first. */
async function leaveNow(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) await new Promise((done) => stream.write('', done))
  process.exit()
}
