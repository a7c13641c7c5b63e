/** Takes the wizard up where it was left: with the answers in its folder, and those of a file that goes before them. */

import { withoutEndSlashes } from '../base/folder-path.js'
import { quote } from '../base/quote.js'
import { shellWord } from '../base/shell-word.js'
import type { Services } from '../cli/services.js'
import { requireSafeFolder } from '../deploy/output-folders.js'
import { valueAt } from '../documents/document-faults.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseDuration } from '../settings/setting-values.js'
import {
  type AnswerPath,
  type Answers,
  mergedAnswers,
  parseAnswersFile,
  parseInitState,
  resolvedAnswers,
} from './init-file.js'
import { createWizard, type Wizard } from './wizard.js'

export interface Input {
  readonly dir?: string
  readonly answers?: string
  readonly wait?: string
  readonly force?: boolean
}

const DEFAULT_FOLDER = 'wcn-operator'
export const STATE_FILE = 'wcn-init.json'
const FOLDER_MODE = 0o700
const GITIGNORE = `# Keys and files with secrets are in this folder: nothing of it is committed unless you say so here.\n*\n`

/** Throws USAGE, INPUT_REQUIRED where nobody can be asked and no answers are given, DOCUMENT_INVALID, JOURNAL_INVALID, FILE_*. */
export async function openWizard(services: Services, input: Input): Promise<Wizard> {
  const { files, talk } = services
  const { answers: file, wait, force = false } = input
  const dir = folderNamed(input.dir ?? DEFAULT_FOLDER)
  if (!talk.interactive && file === undefined)
    throw new WcnError('INPUT_REQUIRED', 'wcn init asks questions, and nobody can be asked here', {
      hint: 'give the answers in a file: wcn init --answers FILE',
    })
  const waitMs = wait === undefined ? null : parseDuration(wait, '--wait')
  const parsed = file === undefined ? null : parseAnswersFile(await files.readText(file), file)
  const given = parsed && resolvedAnswers(parsed.answers, (path) => files.resolveFrom(file ?? '-', path))
  const { rpc_url, rpc_urls, rpc_url_file, ...answers } = given ?? {}
  await requireSafeFolder(files, { path: dir, mode: FOLDER_MODE, secret: true }, '--dir')
  const stateFile = `${dir}/${STATE_FILE}`
  const stored = (await files.exists(stateFile)) ? await files.readText(stateFile) : null
  const kept = stored === null ? { answers: {}, joined: false } : parseInitState(stored, stateFile)
  const state = { ...kept, answers: mergedAnswers(kept.answers, answers) }
  const changed = changedFields(kept.answers, state.answers)
  if (changed.length > 0) talk.note(`${file} changes earlier answers: ${changed.join(', ')}`)
  if (stored === null) await prepareFolder(services, dir)
  const wizard = createWizard({
    services,
    dir,
    stateFile,
    state,
    stored,
    urls: { rpc_url, rpc_urls, rpc_url_file },
    sourceOf: (path: AnswerPath) => (parsed && valueAt(given, path) !== undefined ? parsed.where(path) : null),
    again: [
      'wcn init',
      ...(dir === DEFAULT_FOLDER ? [] : ['--dir', shellWord(dir)]),
      ...(services.settings.allowPrivateAddresses() ? ['--allow-private-addresses'] : []),
    ].join(' '),
    force,
    waitMs,
  })
  await wizard.keep()
  return wizard
}

/** Addresses are kept in lower case, and written as people like. */
function changedFields(before: Answers, after: Answers): readonly string[] {
  const textOf = (answers: Answers, field: string) => JSON.stringify(valueAt(answers, [field])).toLowerCase()
  return Object.keys(before).filter((field) => textOf(before, field) !== textOf(after, field))
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
