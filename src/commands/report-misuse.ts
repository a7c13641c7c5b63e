/** What happens before a command runs: a command line that the grammar refuses, or a bug. */
import { CommanderError } from 'commander'
import { WcnError } from '../errors/wcn-error.js'
import { createRedactor } from '../ui/redact.js'
import { reportFailure, wantsColour } from './run-command.js'

/** `complaint`: what commander would have printed. */
export async function reportMisuse(thrown: unknown, complaint: string, argv: readonly string[]): Promise<void> {
  await reportFailure(thrown instanceof CommanderError ? usageError(thrown, complaint) : thrown, {
    json: argv.includes('--json'),
    debug: argv.includes('--debug'),
    redactor: createRedactor(),
    colour: wantsColour(process.stderr, {}),
  })
}

/** commander's complaint as one of ours. A group without a verb gives its whole help. */
function usageError(error: CommanderError, complaint: string): WcnError {
  if (error.code === 'commander.help') return new WcnError('USAGE', `a command is missing\n\n${complaint.trim()}`)
  const [first, ...rest] = complaint.trim().split('\n')
  return new WcnError('USAGE', (first ?? error.message).replace(/^error: /, ''), {
    hint: rest.join(' ').trim() || 'see `wcn --help`',
  })
}
