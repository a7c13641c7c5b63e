/** Takes the wizard up where it was left: the state in its folder, answers from a file, and a step that is to be redone. */

import { withoutEndSlashes } from '../base/folder-path.js'
import { quote } from '../base/quote.js'
import { shellWord } from '../base/shell-word.js'
import type { Services } from '../cli/services.js'
import { requireSafeFolder } from '../deploy/output-folders.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDuration } from '../settings/setting-values.js'
import { arrangeNodes, namesOf } from './arrange-nodes.js'
import { chosenUrl } from './configured.js'
import {
  type AnswerPath,
  type AnswerValue,
  answerAt,
  answersFrom,
  answersIn,
  type InitState,
  isFileAnswer,
  parseAnswersFile,
  parseInitState,
  STEP_IDS,
  stepAsking,
} from './init-file.js'
import { givenUrls } from './provider.js'
import { createWizard, type Wizard } from './wizard.js'

export interface Input {
  readonly dir?: string
  readonly answers?: string
  readonly redo?: string
  readonly wait?: string
  readonly force?: boolean
}

const DEFAULT_FOLDER = 'wcn-operator'
const STATE_FILE = 'wcn-init.json'
const FOLDER_MODE = 0o700
const GITIGNORE = `# Keys and files with secrets are in this folder: nothing of it is committed unless you say so here.\n*\n`
const URL_FIELDS = ['rpc_url', 'rpc_urls', 'rpc_url_file']

interface GivenAnswers {
  readonly leaves: readonly (readonly [AnswerPath, AnswerValue])[]
  readonly urls: Wizard['urls']
  readonly where: (path: AnswerPath) => string
  /** Of the nodes in it; undefined for one without a name. */
  readonly names: readonly (string | undefined)[]
}

/**
 * Throws USAGE, INPUT_REQUIRED where nobody can be asked and no answers are given, DOCUMENT_INVALID, SETTINGS_CONFLICT
 * for an answer that a step which is done was given otherwise, JOURNAL_INVALID, FILE_*.
 */
export async function openWizard(services: Services, input: Input): Promise<Wizard> {
  const { files, talk } = services
  const dir = folderNamed(input.dir ?? DEFAULT_FOLDER)
  if (!talk.interactive && input.answers === undefined)
    throw new WcnError('INPUT_REQUIRED', 'wcn init asks questions, and nobody can be asked here', {
      hint: 'give the answers in a file: wcn init --answers FILE',
    })
  const waitMs = input.wait === undefined ? null : parseDuration(input.wait, '--wait')
  const stateFile = `${dir}/${STATE_FILE}`
  const given = input.answers === undefined ? null : await readAnswers(services, input.answers)
  await requireSafeFolder(files, { path: dir, mode: FOLDER_MODE, secret: true }, '--dir')
  const stored = (await files.exists(stateFile)) ? await files.readText(stateFile) : null
  const known = stored === null ? { answers: {}, done: [] } : unbroken(parseInitState(stored, stateFile))
  const state = withNodesGiven(redone(known, input.redo), given)
  if (given !== null) requireAgreement(state, given, input.answers ?? '')

  if (stored === null) await prepareFolder(services, dir)
  const open = (given?.leaves ?? []).filter(([path]) => !state.done.includes(stepAsking(path)))
  const wizard = createWizard({
    services,
    dir,
    again: [
      'wcn init',
      ...(dir === DEFAULT_FOLDER ? [] : ['--dir', shellWord(dir)]),
      ...(services.settings.allowPrivateAddresses() ? ['--allow-private-addresses'] : []),
    ].join(' '),
    stateFile,
    state,
    stored,
    urls: given?.urls ?? {},
    sourceOf: (path) => sourceIn(given, path),
    force: input.force ?? false,
    waitMs,
  })
  if (stored === null || open.length > 0 || input.redo !== undefined) await wizard.keep(...open)
  await requireSameProvider(wizard)
  return wizard
}

/** Paths in the file are relative to it. */
async function readAnswers({ files }: Services, file: string): Promise<GivenAnswers> {
  const { answers, where } = parseAnswersFile(await files.readText(file), file)
  const absolute = (path: AnswerPath, value: AnswerValue): AnswerValue => {
    if (!isFileAnswer(path)) return value
    return typeof value === 'object'
      ? value.map((one) => files.resolveFrom(file, one))
      : files.resolveFrom(file, String(value))
  }
  const leaves = answersIn(answers).map(([path, value]) => [path, absolute(path, value)] as const)
  const { rpc_url, rpc_urls, rpc_url_file } = answers
  const isUrl = ([path]: readonly [AnswerPath, AnswerValue]) => URL_FIELDS.includes(String(path[0]))
  return {
    leaves: leaves.filter((leaf) => !isUrl(leaf)),
    urls: { rpc_url, rpc_urls, rpc_url_file: rpc_url_file && files.resolveFrom(file, rpc_url_file) },
    where,
    names: (answers.nodes ?? []).map(({ name }) => name),
  }
}

function sourceIn(given: GivenAnswers | null, path: AnswerPath): string | null {
  const field = JSON.stringify(path)
  const isThere =
    given !== null &&
    (URL_FIELDS.includes(String(path[0])) || given.leaves.some(([at]) => JSON.stringify(at) === field))
  return isThere ? given.where(path) : null
}

/** Its answers are to be given again, and what follows from them is done again. Throws USAGE. */
function redone(state: InitState, redo: string | undefined): InitState {
  if (redo === undefined) return state
  const step = STEP_IDS.find((id) => id === redo)
  if (step === undefined)
    throw new WcnError('USAGE', `--redo is ${quote(redo)}, which is no step`, {
      hint: `the steps are ${STEP_IDS.join(', ')}`,
    })
  const all = answersIn(state.answers)
  return {
    answers: answersFrom(all.filter(([path]) => stepAsking(path) !== step)),
    earlier: answersFrom([...answersIn(state.earlier ?? {}), ...all.filter(([path]) => stepAsking(path) === step)]),
    done: state.done.filter((id) => STEP_IDS.indexOf(id) < STEP_IDS.indexOf(step)),
  }
}

/** What follows a step that is open was not done with its answers. */
function unbroken(state: InitState): InitState {
  const open = STEP_IDS.findIndex((id) => !state.done.includes(id))
  return { ...state, done: STEP_IDS.slice(0, open < 0 ? STEP_IDS.length : open) }
}

/** As long as it is open which nodes there are, a file that lists nodes lists all of them. */
function withNodesGiven(state: InitState, given: GivenAnswers | null): InitState {
  const names = given?.names ?? []
  if (names.length === 0 || state.done.includes('keys')) return state
  const known = namesOf(state.answers, state.earlier ?? {})
  return {
    ...state,
    answers: arrangeNodes(state.answers, names, known),
    earlier: arrangeNodes(state.earlier ?? {}, names, known),
  }
}

/** Neither the file nor what was done by other answers may win in silence. */
function requireAgreement({ answers, done }: InitState, { leaves, where, names }: GivenAnswers, file: string): void {
  const { nodes = [] } = answers
  if (done.includes('keys') && names.length > 0 && names.length < nodes.length)
    throw new WcnError(
      'SETTINGS_CONFLICT',
      `${where(['nodes'])} lists ${names.length}, but step keys was done with ${nodes.length}`,
      { hint: `\`--redo keys\` takes those of ${file}; or correct it there` },
    )
  for (const [path, value] of leaves) {
    const step = stepAsking(path)
    const known = answerAt(answers, path)
    if (!done.includes(step) || isSame(known, value)) continue
    throw new WcnError(
      'SETTINGS_CONFLICT',
      `${where(path)} is ${quote(String(value))}, but step ${step} was done with ${known === undefined ? 'none' : quote(String(known))}`,
      { hint: `\`--redo ${step}\` takes that of ${file}; or correct it there` },
    )
  }
}

/** Addresses are kept in lower case, and written as people like. */
function isSame(one: AnswerValue | undefined, other: AnswerValue): boolean {
  const text = (value: AnswerValue | undefined) =>
    String(value).replace(/^0x[0-9a-f]{40}$/i, (hex) => hex.toLowerCase())
  return text(one) === text(other)
}

/** The URLs themselves are never shown. */
async function requireSameProvider(wizard: Wizard): Promise<void> {
  const chosen = await chosenUrl(wizard)
  const given = chosen === null ? null : await givenUrls(wizard)
  if (chosen === null || given === null || given.includes(chosen)) return
  throw new WcnError('SETTINGS_CONFLICT', 'another RPC provider was chosen than those that the answers name', {
    hint: '`--redo provider` takes one of these; or correct the answers',
  })
}

/** Throws USAGE. */
function folderNamed(text: string): string {
  const dir = withoutEndSlashes(text)
  // It gets into commands and comments.
  if (dir === '' || dir === '-' || /\p{Cc}/u.test(dir))
    throw new WcnError('USAGE', `--dir is ${quote(text)}, which is not the name of a folder`, {
      hint: `without it the folder is ${DEFAULT_FOLDER}`,
    })
  return dir.startsWith('-') ? `./${dir}` : dir
}

/** What is made in it is not committed by accident. */
async function prepareFolder({ files }: Services, dir: string): Promise<void> {
  await files.makeDirectory(dir, FOLDER_MODE)
  if (!(await files.exists(`${dir}/.gitignore`)))
    await files.write(`${dir}/.gitignore`, GITIGNORE, { mode: 0o600, overwrite: false })
}
