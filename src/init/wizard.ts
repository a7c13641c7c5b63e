/**
 * What the steps of `wcn init` share: the answers so far, which are on disk before anything follows from them, the
 * folder everything is in, and the services that a command with these answers would have.
 */

import { looksLikeKey } from '../base/key-like.js'
import type { Choice } from '../cli/conversation.js'
import type { Services } from '../cli/services.js'
import { sealOf, sealText } from '../deploy/targets/seal.js'
import { pathText as fieldName, valueAt } from '../documents/document-faults.js'
import { WcnError } from '../errors/wcn-error.js'
import { type AnswerPath, type AnswersFile, formatInitState, type InitState, withAnswer } from './init-file.js'

/** Checks an answer; `source` says where it came from. Throws WcnErrors. */
type Check = (text: string, source: string) => unknown

interface Asking {
  readonly text: string
  /** Where nobody can be asked, it is taken as well. */
  readonly default?: string | undefined
  readonly check?: Check
  /** Asked although there is an answer, which is offered. */
  readonly again?: boolean
}

interface WizardStart {
  readonly services: Services
  readonly dir: string
  readonly stateFile: string
  readonly state: InitState
  /** What the state file holds as yet; null where there is none. */
  readonly stored: string | null
  /** Given with --answers and kept nowhere else: they may hold tokens. */
  readonly urls: Pick<AnswersFile, 'rpc_url' | 'rpc_urls' | 'rpc_url_file'>
  /** Null where it does not come from the file that --answers names. */
  readonly sourceOf: (path: AnswerPath) => string | null
  /** The command that goes on with it. */
  readonly again: string
  /** Files that were edited by hand are replaced. */
  readonly force: boolean
  /** How long to wait for the cluster's owner; null where that was not said. */
  readonly waitMs: number | null
}

export type Wizard = ReturnType<typeof createWizard>

const ABSOLUTE = /^(?:[/\\]|[A-Za-z]:[/\\])/

export function createWizard({ services: given, dir, state: known, stored: content, sourceOf, ...start }: WizardStart) {
  const { stateFile } = start
  const { files } = given
  let [state, stored] = [known, content]
  let last: { readonly key: string; readonly services: Promise<Services> } | null = null
  let about: readonly string[] = []
  /** The explanation of a step comes with its first question. */
  const explained =
    <Args extends readonly unknown[], Answer>(ask: (...args: Args) => Promise<Answer>) =>
    (...args: Args) => {
      for (const line of about) given.talk.note(line)
      about = []
      return ask(...args)
    }
  const { ask, choose, askHidden } = given.talk
  const talk = { ...given.talk, ask: explained(ask), choose: explained(choose), askHidden: explained(askHidden) }
  const { interactive } = talk
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
    ...start,
    services: { ...given, talk },
    interactive,
    get answers() {
      return state.answers
    },
    get joined() {
      return state.joined
    },
    begin(explanation: string): void {
      about = interactive ? [...explanation.split('\n'), ''] : []
    },
    /** The path of a file in the folder, or of one that an answer names. */
    at: (file: string): string => (ABSOLUTE.test(file) ? file : `${dir}/${file}`),
    /** Where an answer came from, for sentences. */
    source: (path: AnswerPath): string => sourceOf(path) ?? `${stateFile}: ${fieldName(path)}`,
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
    /** The answer: given before, or asked for now. Throws INPUT_REQUIRED, which names the field, and what `check` throws. */
    async ask(path: AnswerPath, { text, default: usual, check, again = false }: Asking): Promise<string> {
      const known = wizard.get(path)
      if (known !== undefined && !(again && interactive)) {
        await check?.(String(known), wizard.source(path))
        return String(known)
      }
      const offered = known ?? usual
      if (!interactive && usual === undefined) throw wizard.missing(path)
      const complaint = (typed: string) => complaintOf(typed, check)
      const question = { text, ...(offered === undefined ? {} : { default: String(offered) }), complaint }
      const answer = interactive ? await talk.ask(question, fieldName(path)) : String(usual)
      await wizard.keep([path, answer])
      return answer
    },
    async choose(path: AnswerPath, choice: Choice & Pick<Asking, 'again'>): Promise<string> {
      const known = wizard.get(path)
      if (known !== undefined && !(choice.again && interactive)) return String(known)
      if (!interactive) throw wizard.missing(path)
      const offered = known === undefined ? {} : { default: String(known) }
      const answer = await talk.choose({ ...choice, ...offered }, fieldName(path))
      await wizard.keep([path, answer])
      return answer
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
        if (!start.force && sealOf(present) !== 'untouched')
          return talk.warn(`${path} was edited by hand and is kept as it is; --force replaces it`)
      }
      await files.write(path, text, { mode: 0o600, overwrite: true })
      talk.note(`wrote ${path}`)
    },
    /** As a command line with these flags would have them; the same again as long as they are the same. */
    configured(flags: Readonly<Record<string, unknown>>): Promise<Services> {
      const key = JSON.stringify(flags)
      // A keystore that was opened stays open.
      if (last?.key !== key) last = { key, services: given.configured(flags) }
      return last.services
    },
  }
  return wizard
}

/** What is wrong with something typed, in a sentence; null where it will do. */
export async function complaintOf(typed: string, check: Check | undefined): Promise<string | null> {
  if (looksLikeKey(typed)) return 'that looks like a key, which is not asked for here: it would be kept in the open'
  try {
    await check?.(typed, 'that')
    return null
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    return error.hint ? `${error.message} (${error.hint})` : error.message
  }
}
