/**
 * The composition root: has the services wired that an action asks for, runs it, and turns its result or error into
 * output and an exit code. The one place where floors meet.
 */
import type { Check } from '../base/check.js'
import { escapeYaml, holdsUnsafe } from '../base/escape.js'
import { looksLikeKey } from '../base/key-like.js'
import { exitCodeOf } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { environment, OWN_VARIABLE } from '../settings/environment.js'
import type { Role } from '../settings/settings-table.js'
import type { Flags } from '../settings/sources.js'
import { createServices } from './create-services.js'
import { watchInterruption } from './interruption.js'
import { chosenFormat, type Format, isCheckFormat, namesText, OWN_FORMATS } from './output-format.js'
import { createPaint, type Paint } from './paint.js'
import type { ParsedCommand } from './parsed-command.js'
import { createRedactor, type Redactor } from './redact.js'
import type { ActionResult, Services } from './services.js'
import {
  asWcnError,
  type DocumentFormat,
  documentFormatOf,
  humanFailure,
  jsonFailure,
  jsonResult,
  writeOut,
} from './sink.js'
import { isTerminal, movesCursor, wantsColour, widthOf } from './terminal.js'
import { fitText } from './wrap.js'

export interface Action<T> {
  readonly run: (services: Services, input: never) => Promise<ActionResult<T>>
}

/** Human text for stdout. `redrawn`: it takes the place of what was shown before; `all`: also what passed, one by one. */
export type View<T> = (data: T, paint: Paint, redrawn: boolean, all: boolean) => string

export interface CommandRun<T> {
  readonly command: ParsedCommand
  readonly loadAction: () => Promise<Action<T>>
  readonly loadView: () => Promise<View<T>>
  /** Whose key signs. */
  readonly role: Role
}

/** Runs one command from its parsed command line to its exit code. Never throws. */
export async function runCommand<T>({ command, loadAction, loadView, role }: CommandRun<T>): Promise<void> {
  const { given, words, takesSettings } = command
  const document = documentFormatOf(given)
  const redactor = redactorFor(given)
  const interruption = watchInterruption()
  let close = () => {}
  let hush = () => {}
  let shown = false
  let format: Format = 'text'
  // One document on stdout, also where what was shown comes to an end that nobody wanted.
  const report = async (thrown: unknown) => {
    // What was interrupted may still be drawing.
    hush()
    await reportFailure(thrown, {
      document: shown ? null : document,
      redactor,
      flags: given,
    })
    if (format !== 'nagios' || shown) return
    await (await import('./check-formats.js')).reportToNagios(redactor.scrub(asWcnError(thrown).message), words)
  }
  try {
    const chosen = chosenFormat(given, words)
    const { flags: input } = chosen
    format = chosen.format
    if (isCheckFormat(format) && input.watch === true)
      throw new WcnError('USAGE', `--output ${format} is of one look`, {
        hint: 'leave --watch out: the checker looks again',
      })
    command.requireOneStandardInput()
    const created = createServices({
      flags: input,
      role,
      commandWords: words,
      takesSettings,
      environment,
      redactor,
      interruption,
    })
    // The env file may be a pipe that nobody writes to.
    const { services, ...rest } = await Promise.race([created, interruption.raised])
    close = rest.close
    hush = rest.hush
    const redrawn = input.watch === true && format === 'text' && isTerminal(1) && movesCursor(environment)
    const text = async () => {
      const paint = await createPaint(wantsColour(1, input), () => widthOf(1, input))
      const view = await loadView()
      return (data: T) => view(data, paint, redrawn, input.all === true)
    }
    const [{ run }, textOf] = await Promise.all([
      loadAction(),
      format === 'text' ? text() : writerOf<T>(format, document, words),
    ])
    let framed = (text: string) => text
    const codeOf = format === 'nagios' ? await nagiosCodes() : null
    const show = async ({ data, exitCode: own = 0 }: { data: T; exitCode?: number }) => {
      const exitCode = codeOf?.(data) ?? own
      process.exitCode = exitCode
      shown = true
      try {
        return await Promise.race([writeOut(framed(textOf(data, exitCode))), interruption.raised])
      } catch (thrown) {
        await report(interruption.afterSending(thrown))
        process.exitCode = exitCode || process.exitCode
        return false
      }
    }
    const result = await Promise.race([run(services, input as never), interruption.raised])
    const { more = [], stamped = false } = result
    if (format === 'text' && result.more)
      framed = (await import('./redraw.js')).createFrames({ redrawn, stamped, nowMs: Date.now, said: rest.said })
    // Until there is no more, or nobody left to show it to.
    if (await show(result))
      for await (const next of more)
        if (!(await show(next))) {
          interruption.stop()
          break
        }
    await result.until?.()
  } catch (thrown) {
    await report(interruption.afterSending(thrown))
  } finally {
    interruption.dispose()
    close()
  }
}

/** Knows keys that stand where their paths belong: the system's own errors repeat them. */
export function redactorFor(given: Flags): Redactor {
  const redactor = createRedactor()
  // A transaction's hash looks like a key, and is none.
  for (const [name, values] of Object.entries(given))
    for (const value of [values].flat())
      if (name !== 'hash' && typeof value === 'string' && looksLikeKey(value)) redactor.register(value)
  for (const [name, value] of Object.entries(environment))
    if (value && OWN_VARIABLE.test(name) && looksLikeKey(value)) redactor.register(value)
  return redactor
}

/** Sets the exit code and says what happened: to scripts on stdout with `--json`, else to people on stderr. */
export async function reportFailure(
  thrown: unknown,
  { document, redactor, flags }: { document: DocumentFormat | null; redactor: Redactor; flags: Flags },
): Promise<void> {
  const error = asWcnError(thrown)
  process.exitCode = exitCodeOf(error.code)
  const debug = flags.debug === true
  const tell = async ({ schema, yaml }: DocumentFormat) => {
    const text = jsonFailure(schema, error, redactor)
    return writeOut(yaml ? (await yamlWriter())(text) : text)
  }
  const told = document !== null && (await tell(document).catch(() => false))
  if (!told || debug) {
    const text = humanFailure(error, await createPaint(wantsColour(2, flags)), redactor, debug)
    process.stderr.write(debug ? text : fitText(text, widthOf(2, flags)))
  }
}

/** What programs read. Several YAML documents have a line between them. */
async function writerOf<T>(
  format: Exclude<Format, 'text'>,
  document: DocumentFormat | null,
  words: string,
): Promise<(data: T, exitCode: number) => string> {
  if (format === 'name') return (data) => namesText(words, data)
  if (format === 'markdown') {
    const { markdownText } = await import('./markdown.js')
    return (data) => markdownText(OWN_FORMATS[words]?.markdown ?? 'checks', data)
  }
  if (isCheckFormat(format)) {
    const { checkFormatText } = await import('./check-formats.js')
    return (data) => checkFormatText(format, words, data as never)
  }
  const json = (data: T, exitCode: number) => jsonResult(document?.schema ?? 2, data, exitCode)
  if (format === 'json') return json
  const yamlOf = await yamlWriter()
  let between = ''
  return (data, exitCode) => {
    const text = between + yamlOf(json(data, exitCode))
    between = '---\n'
    return text
  }
}

/** Exit codes of its own. */
async function nagiosCodes(): Promise<(data: unknown) => number> {
  const { nagiosCode } = await import('./check-formats.js')
  return (data) => nagiosCode((data as { readonly checks: readonly Check[] }).checks)
}

async function yamlWriter(): Promise<(json: string) => string> {
  const { jsonAsYaml } = await import('../documents/json-as-yaml.js')
  return (json) => escapeYaml(jsonAsYaml(json, holdsUnsafe))
}
