/** `--context all`, `--context eu,na`: one read in each of several contexts, side by side, as one document. */
import { quote } from '../base/quote.js'
import { EXIT_CHECK_FAILED, exitCodeOf } from '../errors/exit-codes.js'
import { type ErrorDetails, WcnError } from '../errors/wcn-error.js'
import { requireContext } from '../settings/contexts.js'
import { environment } from '../settings/environment.js'
import type { Flags } from '../settings/sources.js'
import { createServices } from './create-services.js'
import { isFormatOfAll } from './output-format.js'
import type { Paint } from './paint.js'
import { type Action, type CommandRun, redactorFor, runCommand, type View } from './run-command.js'
import type { Services } from './services.js'
import { asWcnError } from './sink.js'

/** What concerns one who runs nodes in several regions. */
const READS = ['cluster status', 'doctor', 'maintenance status', 'nodes check', 'operator view', 'view']
const ALL = 'all'

interface ContextRead {
  readonly context: string
  /** What the exit code says. */
  readonly ok: boolean
  /** Of the same command in this context alone. */
  readonly exit_code: number
  /** Its `data`; null where there is an `error`. */
  readonly data: unknown
  readonly error: {
    readonly code: string
    readonly message: string
    readonly hint: string | null
    readonly details: ErrorDetails
  } | null
}

/** In place of a command's own data. */
export interface SeveralContexts {
  readonly contexts: readonly ContextRead[]
}

/** Never throws. */
export function runInEach<T>({ command, loadAction, loadView, role }: CommandRun<T>): Promise<void> {
  return runCommand<SeveralContexts>({
    // The contexts' are taken, by each on its own.
    command: { ...command, takesSettings: false },
    loadAction: async () => ({ run: (services: Services, input: Flags) => run(services, input) }),
    loadView: async () => viewOfEach(await loadView()),
    role,
  })

  /** Throws USAGE, SETTING_INVALID, and what is wrong with the file of contexts: nobody was asked then. */
  async function run({ contexts, interruption }: Services, input: Flags) {
    const { words } = command
    requireRead(words, input)
    const names = chosenContexts(String(input.context), await contexts.read())
    const action = await loadAction()
    const reads = await Promise.all(
      names.map((context) =>
        readIn(action, { ...input, context }, { role, commandWords: words, interruption, label: context }),
      ),
    )
    return { data: { contexts: reads }, exitCode: together(reads.map((one) => one.exit_code)) }
  }
}

function requireRead(words: string, { watch, output }: Flags): void {
  if (!READS.includes(words))
    throw new WcnError('USAGE', `\`wcn ${words}\` is for one context at a time`, {
      hint: `several at once take ${READS.slice(0, -1).join(', ')}`,
    })
  if (watch === true) throw new WcnError('USAGE', '--watch is for one context at a time', { hint: 'name one' })
  if (output !== undefined && !isFormatOfAll(output))
    throw new WcnError('USAGE', `--output ${output} is for one context at a time`, { hint: 'name one, or take --json' })
}

function chosenContexts(text: string, document: Parameters<typeof requireContext>[0]): readonly string[] {
  const names = text === ALL ? Object.keys(document.contexts).sort() : text.split(',').map((name) => name.trim())
  if (names.length === 0)
    throw new WcnError('SETTING_INVALID', 'there are no contexts', { hint: 'make one with `wcn context add`' })
  for (const name of names) requireContext(document, name, '--context')
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice === undefined) return names
  throw new WcnError('USAGE', `--context names ${quote(twice)} twice`, { hint: 'name each once' })
}

type Wiring = Parameters<typeof createServices>[0]

/** Never throws: a region that is down hides none of the others. */
async function readIn<T>(
  { run }: Action<T>,
  flags: Flags,
  wiring: Pick<Wiring, 'role' | 'commandWords' | 'interruption'> & { readonly label: string },
): Promise<ContextRead> {
  const context = wiring.label
  const redactor = redactorFor(flags)
  let close = () => {}
  try {
    const made = await createServices({ ...wiring, flags, takesSettings: true, environment, redactor })
    close = made.close
    const { data, exitCode = 0 } = await run(made.services, flags as never)
    return { context, ok: exitCode === 0, exit_code: exitCode, data, error: null }
  } catch (thrown) {
    const { code, message, hint, details } = asWcnError(thrown)
    const error = { code, message, hint: hint ?? null, details: details ?? {} }
    const scrubbed = JSON.stringify(error, (_, value) => (typeof value === 'string' ? redactor.scrub(value) : value))
    return { context, ok: false, exit_code: exitCodeOf(code), data: null, error: JSON.parse(scrubbed) }
  } finally {
    close()
  }
}

/** What all that are not well have in common, else that something is not. */
function together(codes: readonly number[]): number {
  const [first = 0, ...others] = new Set(codes.filter((code) => code !== 0))
  return others.length === 0 ? first : EXIT_CHECK_FAILED
}

function viewOfEach<T>(view: View<T>): View<SeveralContexts> {
  return ({ contexts }, paint, redrawn, all) =>
    contexts
      .map(({ context, data, error }) => {
        const text = error === null ? view(data as T, paint, redrawn, all) : failureText(error, paint)
        return `${paint.bold(`context ${context}`)}\n${text}`
      })
      .join('\n')
}

function failureText({ message, hint }: NonNullable<ContextRead['error']>, paint: Paint): string {
  const hints = hint === null ? '' : `\n${paint.dim('hint:')} ${paint.text(hint)}`
  return paint.screen(`${paint.bad('error:')} ${paint.text(message)}${hints}`)
}
