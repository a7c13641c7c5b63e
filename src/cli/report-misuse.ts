/** What happens before a command runs: a command line that the grammar refuses, or a bug. */

import { escapeUntrusted } from '../base/escape.js'
import { looksLikeKey } from '../base/key-like.js'
import { WcnError } from '../errors/wcn-error.js'
import { createRedactor } from './redact.js'
import { reportFailure } from './run-command.js'
import { asWcnError, documentFormatIn } from './sink.js'

interface Misuse {
  /** commander's name for it. */
  readonly code: string
  /** What commander would have printed. */
  readonly complaint: string
  /** The command that complains, such as `wcn nodes add`. */
  readonly words: string
}

/** A group without a verb shows people its whole help. */
export async function reportMisuse(misuse: Misuse, argv: readonly string[]): Promise<void> {
  if (misuse.code === MISSING && documentFormatIn(argv) === null) process.stderr.write(`${misuse.complaint.trim()}\n\n`)
  await reportBug(usageError(misuse), argv)
}

export async function reportBug(thrown: unknown, argv: readonly string[]): Promise<void> {
  const redactor = createRedactor()
  for (const secret of argv.flatMap(likelySecrets)) redactor.register(secret)
  await reportFailure(thrown, {
    document: documentFormatIn(argv),
    redactor,
    flags: { debug: argv.includes('--debug') },
  })
  // What it does not understand is no alarm.
  if (!/(?:^|\n)(?:--output[=\n]|-o\n?)nagios(?:\n|$)/.test(argv.join('\n'))) return
  await (await import('./check-formats.js')).reportToNagios(redactor.scrub(asWcnError(thrown).message), '')
}

const MISSING = 'commander.help'
/** Of commands and flags that there are: the rest of a complaint repeats what was typed, line breaks and all. */
const SUGGESTION = /\n(\(Did you mean (?:one of )?[a-z, -]+\?\))$/
const OTHER_SCHEMA = /^error: unknown option '--json=/
const SCHEMAS = '`--json` prints schema 2, `--json=1` schema 1'

/** commander's complaint as one of ours. */
function usageError({ code, complaint, words }: Misuse): WcnError {
  const text = complaint.trim()
  return new WcnError(
    'USAGE',
    code === MISSING ? 'a command is missing' : escapeUntrusted(text.replace(SUGGESTION, '').replace(/^error: /, '')),
    { hint: SUGGESTION.exec(text)?.[1] ?? (OTHER_SCHEMA.test(text) ? SCHEMAS : `see \`${words} --help\``) },
  )
}

/** commander repeats what it does not understand: with a flag spelled wrongly, that is the value of a right one. */
function likelySecrets(word: string): readonly string[] {
  const [, value] = /^--?[\w-]+=(.*)$/s.exec(word) ?? []
  if (value !== undefined) return [value]
  return looksLikeKey(word) || /^\w+:\/\//.test(word) ? [word] : []
}
