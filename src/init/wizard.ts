/**
 * What the steps of `wcn init` share: the answers so far, which are on disk before anything follows from them, the
 * folder everything is in, and the services that a command with these answers would have.
 */

import { shellWord } from '../base/shell-word.js'
import { type Check, complaintOf } from '../cli/complaint.js'
import type { Services } from '../cli/services.js'
import { requireContextName } from '../context/offer-context.js'
import { sealOf, sealText } from '../deploy/targets/seal.js'
import { pathText as fieldName, valueAt } from '../documents/document-faults.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDuration } from '../settings/setting-values.js'
import { DEFAULT_FOLDER, folderNamed, openFolder, STATE_FILE } from './folder.js'
import {
  type AnswerPath,
  changedFields,
  formatInitState,
  type InitState,
  mergedAnswers,
  parseAnswersFile,
  parseInitState,
  resolvedAnswers,
  withAnswer,
} from './init-file.js'
import type { Sighting } from './sighting.js'

export interface Input {
  readonly dir?: string
  readonly answers?: string
  readonly wait?: string
  readonly force?: boolean
  /** Consent to make a context of this name. */
  readonly addContext?: string
}

interface Asking {
  readonly default?: string | undefined
  /** Asked although there is an answer, which is offered. */
  readonly again?: boolean
}

interface AskingText extends Asking {
  readonly text: string
  readonly check?: Check
  /** What is kept of what was typed; it is not checked again. */
  readonly as?: (typed: string) => unknown
}

/** What each option is called. */
type Options = Readonly<Record<string, string>>

export type Wizard = Awaited<ReturnType<typeof openWizard>>

const ABSOLUTE = /^(?:[/\\]|[A-Za-z]:[/\\])/

/**
 * Taken up where it was left: with the answers in the folder, and those of a file that goes before them. Throws USAGE,
 * INPUT_REQUIRED where nobody can be asked and no answers are given, DOCUMENT_INVALID, JOURNAL_INVALID, FILE_*.
 */
export async function openWizard(
  services: Services,
  { answers: file, wait, force = false, addContext, ...input }: Input,
) {
  const { files } = services
  const { interactive } = services.talk
  const dir = folderNamed(input.dir ?? DEFAULT_FOLDER)
  const stateFile = `${dir}/${STATE_FILE}`
  if (!interactive && file === undefined)
    throw new WcnError('INPUT_REQUIRED', 'wcn init asks questions, and nobody can be asked here', {
      hint: 'give the answers in a file: wcn init --answers FILE',
    })
  requireContextName(addContext)
  const waitMs = wait === undefined ? null : parseDuration(wait, '--wait')
  const parsed = file === undefined ? null : parseAnswersFile(await files.readText(file), file)
  const given = resolvedAnswers(parsed?.answers ?? {}, (path) => files.resolveFrom(file ?? '-', path))
  const { rpc_url, rpc_urls, rpc_url_file, ...answers } = given
  let stored = await openFolder(files, dir)
  const kept: InitState = stored === null ? { answers: {}, joined: false } : parseInitState(stored, stateFile)
  let state = { ...kept, answers: mergedAnswers(kept.answers, answers) }
  const changed = changedFields(kept.answers, state.answers)
  if (changed.length > 0) services.talk.note(`${file} changes earlier answers: ${changed.join(', ')}`)

  let last: { readonly key: string; readonly services: Promise<Services> } | null = null
  let about: readonly string[] = []
  let seen: Sighting | null = null
  let contextName: string | null = null
  /** The explanation of a step comes with its first question. */
  const explained =
    <Args extends readonly unknown[], Answer>(ask: (...args: Args) => Promise<Answer>) =>
    (...args: Args) => {
      for (const line of about) services.talk.note(line)
      about = []
      return ask(...args)
    }
  const { ask, choose, askHidden } = services.talk
  const talk = { ...services.talk, ask: explained(ask), choose: explained(choose), askHidden: explained(askHidden) }
  const save = async () => {
    const present = (await files.exists(stateFile)) ? await files.readText(stateFile) : null
    if (present !== stored)
      throw new WcnError('SETTINGS_CONFLICT', `${stateFile} was changed meanwhile, as by another wcn init`, {
        hint: 'let only one of them go on, and run this again',
      })
    const text = formatInitState(state)
    if (text !== stored) await files.write(stateFile, text, { mode: 0o600, overwrite: true })
    stored = text
  }

  const wizard = {
    services: { ...services, talk },
    interactive,
    stateFile,
    /** Kept nowhere else: they may hold tokens. */
    urls: { rpc_url, rpc_urls, rpc_url_file },
    /** Files that were edited by hand are replaced. */
    force,
    addContext,
    /** How long to wait for the cluster's owner; null where that was not said. */
    waitMs,
    /** The command that goes on with it. */
    again: [
      'wcn init',
      ...(dir === DEFAULT_FOLDER ? [] : ['--dir', shellWord(dir)]),
      ...(services.settings.allowPrivateAddresses() ? ['--allow-private-addresses'] : []),
    ].join(' '),
    get answers() {
      return state.answers
    },
    get joined() {
      return state.joined
    },
    /** Of the nodes, at the last look; null where none was made. */
    get seen() {
      return seen
    },
    see(sighting: Sighting): void {
      seen = sighting
    },
    /** Of the context with these settings; null where there is none. */
    get contextName() {
      return contextName
    },
    contextIs(name: string | null): void {
      contextName = name
    },
    begin(explanation: string): void {
      // Laid out for the terminal that there is.
      about = interactive ? [explanation.replaceAll('\n', ' '), ''] : []
    },
    /** The path of a file in the folder, or of one that an answer names. */
    at: (file: string): string => (ABSOLUTE.test(file) ? file : `${dir}/${file}`),
    /** Where an answer came from, for sentences. */
    source: (path: AnswerPath): string =>
      parsed && valueAt(given, path) !== undefined ? parsed.where(path) : `${stateFile}: ${fieldName(path)}`,
    get: (path: AnswerPath): unknown => valueAt(state.answers, path),
    /** On disk when it returns. */
    async keep(...pairs: readonly (readonly [path: AnswerPath, answer: unknown])[]): Promise<void> {
      const answers = pairs.reduce((all, [path, answer]) => withAnswer(all, path, answer), state.answers)
      state = { ...state, answers }
      await save()
    },
    async join(): Promise<void> {
      state = { ...state, joined: true }
      await save()
    },
    /** Where nobody can be asked for it. */
    missing: (path: AnswerPath): WcnError =>
      new WcnError('INPUT_REQUIRED', `${fieldName(path)} is not answered, and nobody can be asked here`, {
        hint: `add ${fieldName(path)} to the file that --answers names`,
        details: { field: fieldName(path) },
      }),
    /**
     * The answer: given before, or asked for now; where nobody can be asked, the default. Throws INPUT_REQUIRED, which
     * names the field, and what `check` throws.
     */
    async ask(path: AnswerPath, { text, default: usual, check, as, again = false }: AskingText): Promise<string> {
      const known = wizard.get(path)
      if (known !== undefined && !(again && interactive)) {
        if (!as) await check?.(String(known), wizard.source(path))
        return String(known)
      }
      const offered = known ?? usual
      if (!interactive && usual === undefined) throw wizard.missing(path)
      const complaint = (typed: string) => complaintOf(typed, check)
      const question = { text, ...(offered === undefined ? {} : { default: String(offered) }), complaint }
      const answer = interactive ? await talk.ask(question, fieldName(path)) : String(usual)
      await wizard.keep([path, as ? as(answer) : answer])
      return answer
    },
    async choose(path: AnswerPath, text: string, options: Options, asking: Asking = {}): Promise<string> {
      const known = wizard.get(path)
      if (known !== undefined && !(asking.again && interactive)) return String(known)
      const offered = known === undefined ? asking.default : String(known)
      const answer = await wizard.pick(path, text, options, offered)
      await wizard.keep([path, answer])
      return answer
    },
    /** Of options, the one that is chosen now; it is kept by whoever asks, if at all. */
    async pick(path: AnswerPath, text: string, options: Options, offered?: string): Promise<string> {
      if (!interactive) throw wizard.missing(path)
      const list = Object.entries(options).map(([value, label]) => ({ value, label }))
      const choice = { text, options: list, ...(offered === undefined ? {} : { default: offered }) }
      return talk.choose(choice, fieldName(path))
    },
    /** What `parse` makes of something typed unseen; asked again while that throws a WcnError. `instead`: its field. */
    async askSecret<T>(text: string, instead: string, parse: (typed: string) => T): Promise<T> {
      for (;;) {
        const typed = await talk.askHidden(text, instead)
        try {
          return parse(typed.trim())
        } catch (error) {
          if (!(error instanceof WcnError)) throw error
          talk.tell(`${error.message}; try again`)
        }
      }
    },
    /** The absolute path of a file that is there, and in which is what will do. `check` throws WcnErrors. */
    async askFile(text: string, check: (path: string) => unknown): Promise<string> {
      const complaint = (path: string) => complaintOf(path, () => check(files.resolveFrom('-', path)))
      const instead = 'give the path of the file in the one that --answers names'
      return files.resolveFrom('-', await talk.ask({ text, complaint }, instead))
    },
    /** A file made from the answers, of mode 0600; with somebody's work in it, it is kept. Throws FILE_*, OUTPUT_UNSAFE. */
    async putFile(name: string, comment: string, body: string): Promise<void> {
      const path = wizard.at(name)
      const text = sealText([comment], body)
      if (await files.exists(path)) {
        const present = await files.readText(path)
        if (present === text) return
        if (!force && sealOf(present) !== 'untouched')
          return talk.warn(`${path} was edited by hand and is kept as it is; --force replaces it`)
      }
      await files.write(path, text, { mode: 0o600, overwrite: true })
      talk.note(`wrote ${path}`)
    },
    /** As a command line with these flags would have them; the same again as long as they are the same. */
    configured(flags: Readonly<Record<string, unknown>>): Promise<Services> {
      const key = JSON.stringify(flags)
      // A keystore that was opened stays open.
      if (last?.key !== key) last = { key, services: services.configured(flags) }
      return last.services
    },
  }
  await wizard.keep()
  return wizard
}
