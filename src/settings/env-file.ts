/**
 * The file that --env-file names, line by line. Not with node:util's parseEnv: a line that it can't read swallows the next
 * one without a word, and a setting that is lost makes another source win silently (docs/dev/command-line.md, "Settings").
 */
import { distance } from 'fastest-levenshtein'
import { quote } from '../base/quote.js'
import { sourceName } from '../base/source-name.js'
import { WcnError } from '../errors/wcn-error.js'
import { settingsOf } from './settings-table.js'
import type { SettingsTools } from './settings-tools.js'
import type { EnvFile } from './sources.js'

const SILENT = /^\s*(?:#.*)?$/
const SETTING = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*)$/
const QUOTED = /^(['"])(.*?)\1\s*(?:#.*)?$/
const OTHER_START = 'start it by its name (wcn), or as `node -- …/bin/wcn.js`: then Node.js leaves --env-file to it'
const WRITER_FAILED = 'see whether the command that is to write it has failed'
const NPX = 'npx, which is Node.js, has read it if it came through a pipe: write `npx -- wcn …`'

/**
 * Throws FILE_*, and DOCUMENT_INVALID for what sets nothing: another source would silently take its place. SETTING_INVALID
 * where Node, which takes --env-file for a flag of its own unless a `--` came before, has drained the pipe or obeyed a
 * NODE_OPTIONS in the file.
 */
export async function readSettingsFile(
  path: string,
  { files, environment }: Pick<SettingsTools, 'files' | 'environment'>,
): Promise<EnvFile> {
  const name = sourceName(path)
  const onPipe = () => {
    if (!nodeLookedToo()) return
    throw new WcnError('SETTING_INVALID', `what came through ${quote(path)} was read by Node.js, not by wcn`, {
      hint: OTHER_START,
    })
  }
  const text = await files.readText(path, { onPipe })
  if (text.includes('NODE_OPTIONS') && 'NODE_OPTIONS' in (await import('node:util')).parseEnv(text) && nodeLookedToo())
    throw new WcnError('SETTING_INVALID', `${name} sets NODE_OPTIONS, which Node.js has obeyed already`, {
      hint: `take it out; or ${OTHER_START}`,
    })
  const known = [...settingsOf('operator'), ...settingsOf('owner')].flat().flatMap(({ variables }) => variables)
  const values = parseEnvFile(text, name)
  refuseSlips(Object.keys(values), known, name)
  if (known.some((variable) => values[variable])) return { name, values }
  const what = text.trim() === '' ? 'is empty' : 'sets nothing that wcn knows'
  throw new WcnError('DOCUMENT_INVALID', `${name} ${what}`, {
    hint: environment.npm_command === 'exec' ? NPX : WRITER_FAILED,
  })
}

/**
 * `NAME=value` lines as sh reads them, but without expansion: quotes are taken off, a `#` after white space starts a
 * comment. Throws DOCUMENT_INVALID, naming the line and never showing it.
 */
export function parseEnvFile(text: string, file: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  lines.forEach((line, index) => {
    if (SILENT.test(line)) return
    const [, name, rest = ''] = SETTING.exec(line) ?? []
    if (name === undefined) throw unreadable(`${file}:${index + 1} is not NAME=value`)
    const quoted = QUOTED.exec(rest)
    if (!quoted && /^['"]/.test(rest))
      throw unreadable(`${file}:${index + 1}: the value of ${name} ends without its quote`)
    if (Object.hasOwn(values, name)) throw unreadable(`${file}:${index + 1} sets ${name} a second time`)
    values[name] = quoted?.[2] ?? rest.replace(/(?:^|\s)#.*$/, '').trimEnd()
  })
  return values
}

function unreadable(sentence: string): WcnError {
  return new WcnError('DOCUMENT_INVALID', sentence, {
    hint: "write NAME=value or NAME='value', each on a line of its own",
  })
}

/** A letter too many or too few, and another source's value would take the place of the one that was meant. */
function refuseSlips(names: readonly string[], known: readonly string[], file: string): void {
  const missing = known.filter((name) => !names.includes(name))
  for (const name of names.filter((one) => !known.includes(one))) {
    const meant = missing.find((one) => distance(one, name.toUpperCase()) <= 2)
    if (meant !== undefined)
      throw new WcnError('DOCUMENT_INVALID', `${file} sets ${name}, which is no setting; ${meant} may be meant`, {
        hint: 'correct the name, or take the line out',
      })
  }
}

/** As Node does it: on the whole command line up to `--`, wherever the script's name is. */
function nodeLookedToo(): boolean {
  const { header } = process.report.getReport() as { readonly header: { readonly commandLine: readonly string[] } }
  const end = header.commandLine.indexOf('--')
  const words = end < 0 ? header.commandLine : header.commandLine.slice(0, end)
  return words.some((word) => word === '--env-file' || word.startsWith('--env-file='))
}
