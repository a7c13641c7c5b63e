/** Prints results and errors: one document or text on stdout, everything for people on stderr. */

import { escapeJson, escapeUntrusted } from '../base/escape.js'
import { EXIT_CHANGES_PRESENT } from '../errors/exit-codes.js'
import { type ErrorDetails, WcnError } from '../errors/wcn-error.js'
import type { Paint } from './paint.js'
import type { Redactor } from './redact.js'
import { leftToWrite } from './write-at-once.js'

/** Versions of the envelope around every `--json` document; in the first, `ok` was true wherever there was data. */
export type JsonSchema = 1 | 2

/** Around every document: `data` or `error`. `ok` says what the exit code says. */
export type Envelope =
  | { readonly schema: JsonSchema; readonly ok: boolean; readonly data: unknown }
  | {
      readonly schema: JsonSchema
      readonly ok: false
      readonly error: {
        /** As docs/dev/command-line.md promises: there may be more of them. */
        readonly code: string
        readonly message: string
        readonly hint: string | null
        /** Facts for scripts. */
        readonly details: ErrorDetails
      }
    }

/** One document on stdout, whatever happens. */
export interface DocumentFormat {
  readonly schema: JsonSchema
  readonly yaml: boolean
}

/** Null: text for people. */
export function documentFormatOf(flags: Readonly<Record<string, unknown>>): DocumentFormat | null {
  const yaml = flags.output === 'yaml'
  if (flags['json=1'] === true) return { schema: 1, yaml }
  return flags.json === true || yaml || flags.output === 'json' ? { schema: 2, yaml } : null
}

/** The same where no grammar has read the command line. */
export function documentFormatIn(argv: readonly string[]): DocumentFormat | null {
  const has = (pattern: RegExp) => argv.some((word) => pattern.test(word))
  const asked = /(?:^|\n)(?:--output[=\n]|-o\n?)(json|yaml)(?:\n|$)/.exec(argv.join('\n'))?.[1]
  return documentFormatOf({ 'json=1': has(/^--json=1$/), json: has(/^--json(?:=2)?$/), output: asked })
}

/** What was asked for is told; whether it is as it should be is said by the exit code, and so by `ok`. */
export function jsonResult(schema: JsonSchema, data: unknown, exitCode: number): string {
  const ok = schema === 1 || exitCode === 0 || exitCode === EXIT_CHANGES_PRESENT
  return `${escapeJson(JSON.stringify({ schema, ok, data } satisfies Envelope))}\n`
}

export function jsonFailure(schema: JsonSchema, error: WcnError, redactor: Redactor): string {
  const { code, hint, details } = error
  const document: Envelope = {
    schema,
    ok: false,
    error: { code, message: error.message, hint: hint ?? null, details: details ?? {} },
  }
  // Value by value: in the finished text a secret may be spelled with escapes, or be the name of a field.
  const scrub = (name: string, value: unknown) =>
    typeof value === 'string' && name !== 'code' ? redactor.scrub(value) : value
  return `${escapeJson(JSON.stringify(document, scrub))}\n`
}

export function humanFailure(error: WcnError, paint: Paint, redactor: Redactor, debug: boolean): string {
  // Before escaping, which may spell a secret in another way.
  const shown = (text: string) => escapeUntrusted(redactor.scrub(text))
  const lines = [`${paint.bad('error:')} ${shown(error.message)}`]
  if (error.hint) lines.push(`${paint.dim('hint:')} ${shown(error.hint)}`)
  if (debug) lines.push(...stackOf(error).map(shown))
  return `${lines.join('\n')}\n`
}

/** What this machine has no more of; modules and sockets need it too. */
const EXHAUSTED: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  EMFILE: ['this process may not open more files', 'allow it more: `ulimit -n 1024`'],
  ENFILE: ['this machine cannot open more files', 'end what holds so many, or raise fs.file-max'],
  ENOMEM: ['this machine has no memory left', 'end what uses it, and run the command again'],
}

/** Whatever is not a WcnError is a bug, and says so; but for a machine that has no more to give. */
export function asWcnError(thrown: unknown): WcnError {
  if (thrown instanceof WcnError) return thrown
  const { code } = (thrown ?? {}) as NodeJS.ErrnoException
  const exhausted = EXHAUSTED[code ?? '']
  if (exhausted)
    return new WcnError('RESOURCES_EXHAUSTED', `${exhausted[0]} (${code})`, { hint: exhausted[1], cause: thrown })
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new WcnError('INTERNAL', `this is a bug in wcn: ${message}`, {
    hint: 'run it again with --debug and report what it prints',
    cause: thrown,
  })
}

/** What was thrown is a line, whatever line breaks it holds, and so is each call. */
function stackOf(error: Error): readonly string[] {
  const { stack = '', message, cause } = error
  const calls = stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .slice(1)
  return [`${error.name}: ${message}`, ...calls, ...(cause instanceof Error ? ['caused by', ...stackOf(cause)] : [])]
}

/**
 * Whoever reads it may be gone, and what it is written to may be full. False where the reader went away (`| head`), which
 * is no failure. Throws OUTPUT_LOST.
 */
export function writeOut(text: string): Promise<boolean> {
  const left = leftToWrite(text)
  if (left.length === 0) return Promise.resolve(true)
  const { stdout } = process
  // What is wrong comes to the callback as well.
  if (!stdout.listeners('error').includes(heard)) stdout.on('error', heard)
  return new Promise((resolve, reject) => {
    stdout.write(left, (error) => {
      const { code } = (error ?? {}) as NodeJS.ErrnoException
      if (!error || code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') resolve(!error)
      else reject(new WcnError('OUTPUT_LOST', `the output could not be written: ${code}`, { cause: error }))
    })
  })
}

function heard(): void {}
