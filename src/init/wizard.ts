/**
 * What the steps of `wcn init` share: the answers so far, which are on disk before anything follows from them, the
 * folder everything is in, and the services that a command with these answers would have.
 */

import { looksLikeKey } from '../base/key-like.js'
import type { Choice } from '../cli/conversation.js'
import type { Services } from '../cli/services.js'
import { pathText as fieldName } from '../documents/document-faults.js'
import { WcnError } from '../errors/wcn-error.js'
import { arrangeNodes, namesOf } from './arrange-nodes.js'
import {
  type AnswerPath,
  type Answers,
  type AnswersFile,
  type AnswerValue,
  answerAt,
  answersFrom,
  answersIn,
  formatInitState,
  type InitState,
  type StepId,
  stepAsking,
} from './init-file.js'

/** Checks an answer; `source` says where it came from. Throws WcnErrors. */
type Check = (text: string, source: string) => unknown

interface Asking {
  readonly text: string
  /** Where nobody can be asked, it is taken as well. */
  readonly default?: string | undefined
  readonly check?: Check
}

export interface Wizard {
  readonly services: Services
  readonly answers: Answers
  /** Given with --answers and kept nowhere else: they may hold tokens. */
  readonly urls: Pick<AnswersFile, 'rpc_url' | 'rpc_urls' | 'rpc_url_file'>
  readonly done: readonly StepId[]
  /** `--force`: files that were edited by hand are replaced. */
  readonly force: boolean
  /** How long to wait for the cluster's owner; null where that was not said. */
  readonly waitMs: number | null
  /** The command that goes on with it. */
  readonly again: string
  /** The path of a file in the folder, or of one that an answer names. */
  at(file: string): string
  /** Where an answer came from, for sentences. */
  source(path: AnswerPath): string
  get(path: AnswerPath): AnswerValue | undefined
  /** On disk when it returns. */
  keep(...given: readonly (readonly [AnswerPath, AnswerValue])[]): Promise<void>
  /** What the answer was before it was to be given again. */
  before(path: AnswerPath): AnswerValue | undefined
  forget(which: (path: AnswerPath) => boolean): Promise<void>
  /** As far as nodes were named, also before a step was to be redone. */
  namesKnown(): readonly string[]
  /** The nodes there are from now on: what was answered about those that stay is kept. */
  nameNodes(names: readonly string[]): Promise<void>
  markDone(step: StepId): Promise<void>
  /** The answer: given before, or asked for now. Throws INPUT_REQUIRED, which names the field, and what `check` throws. */
  ask(path: AnswerPath, asking: Asking): Promise<string>
  choose(path: AnswerPath, choice: Choice): Promise<string>
  /** Where nobody can be asked for it. */
  missing(path: AnswerPath): WcnError
  /** As a command line with these answers would have them; the same again as long as they are the same. */
  configured(flags: Readonly<Record<string, unknown>>): Promise<Services>
}

export interface WizardStart {
  readonly services: Services
  readonly dir: string
  readonly again: string
  readonly stateFile: string
  readonly state: InitState
  /** What the state file holds as yet; null where there is none. */
  readonly stored: string | null
  readonly urls: Wizard['urls']
  readonly sourceOf: (path: AnswerPath) => string | null
  readonly force: boolean
  readonly waitMs: number | null
}

const ABSOLUTE = /^(?:[/\\]|[A-Za-z]:[/\\])/

export function createWizard({ services, dir, stateFile, sourceOf, ...start }: WizardStart): Wizard {
  const { files, talk } = services
  let { answers, earlier = {}, done } = start.state
  let { stored } = start
  let last: { readonly key: string; readonly services: Promise<Services> } | null = null
  const save = async () => {
    const present = (await files.exists(stateFile)) ? await files.readText(stateFile) : null
    if (present !== stored)
      throw new WcnError('SETTINGS_CONFLICT', `${stateFile} was changed meanwhile, as by another wcn init`, {
        hint: 'let only one of them go on, and run this again',
      })
    const text = formatInitState({ answers, ...(Object.keys(earlier).length > 0 ? { earlier } : {}), done })
    await files.write(stateFile, text, { mode: 0o600, overwrite: true })
    stored = text
  }

  const wizard: Wizard = {
    services,
    again: start.again,
    urls: start.urls,
    force: start.force,
    waitMs: start.waitMs,
    get answers() {
      return answers
    },
    get done() {
      return done
    },
    at: (file) => (ABSOLUTE.test(file) ? file : `${dir}/${file}`),
    source: (path) => sourceOf(path) ?? `${stateFile}: ${fieldName(path)}`,
    get: (path) => answerAt(answers, path),
    before: (path) => answerAt(earlier, path),
    async keep(...given) {
      answers = answersFrom([...answersIn(answers), ...given])
      await save()
    },
    async forget(which) {
      const all = answersIn(answers)
      earlier = answersFrom([...answersIn(earlier), ...all.filter(([path]) => which(path))])
      answers = answersFrom(all.filter(([path]) => !which(path)))
      await save()
    },
    namesKnown: () => namesOf(answers, earlier).filter((name) => name !== undefined),
    async nameNodes(names) {
      const known = namesOf(answers, earlier)
      answers = arrangeNodes(answers, names, known)
      earlier = arrangeNodes(earlier, names, known)
      await save()
    },
    async markDone(step) {
      done = [...done, step]
      earlier = answersFrom(answersIn(earlier).filter(([path]) => stepAsking(path) !== step))
      await save()
    },
    missing: (path) =>
      new WcnError('INPUT_REQUIRED', `${fieldName(path)} is not answered, and nobody can be asked here`, {
        hint: `add ${fieldName(path)} to the file that --answers names`,
        details: { field: fieldName(path) },
      }),
    async ask(path, { text, default: usual, check }) {
      const given = answerAt(answers, path)
      if (given !== undefined) {
        await check?.(String(given), wizard.source(path))
        return String(given)
      }
      if (!talk.interactive && usual === undefined) throw wizard.missing(path)
      const offered = wizard.before(path) ?? usual
      const answer = talk.interactive
        ? await talk.ask(
            {
              text,
              ...(offered === undefined ? {} : { default: String(offered) }),
              complaint: (typed) => complaintOf(typed, check),
            },
            fieldName(path),
          )
        : String(usual)
      await wizard.keep([path, answer])
      return answer
    },
    async choose(path, choice) {
      const given = answerAt(answers, path)
      if (given !== undefined) return String(given)
      if (!talk.interactive) throw wizard.missing(path)
      const offered = wizard.before(path) ?? choice.default
      const answer = await talk.choose(
        { ...choice, ...(offered === undefined ? {} : { default: String(offered) }) },
        fieldName(path),
      )
      await wizard.keep([path, answer])
      return answer
    },
    configured(flags) {
      const key = JSON.stringify(flags)
      // A keystore that was opened stays open.
      if (last?.key !== key) last = { key, services: services.configured(flags) }
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
