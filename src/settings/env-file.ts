/**
 * Reads an env file for settings, line by line. Not with node:util's parseEnv: a line that it can't read swallows the
 * next one without a word, and a setting that is lost makes another source win silently (docs/dev/command-line.md, "Settings").
 */
import { WcnError } from '../errors/wcn-error.js'

const SILENT = /^\s*(?:#.*)?$/
const SETTING = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*)$/
const QUOTED = /^(['"])(.*?)\1\s*(?:#.*)?$/

/**
 * `NAME=value` lines as sh reads them, but without expansion: quotes are taken off, a `#` after white space starts a
 * comment. Throws DOCUMENT_INVALID, naming the line and never showing it.
 */
export function parseEnvFile(text: string, path: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  lines.forEach((line, index) => {
    if (SILENT.test(line)) return
    const [, name, rest = ''] = SETTING.exec(line) ?? []
    if (name === undefined) throw unreadable(`${path}:${index + 1} is not NAME=value`)
    const quoted = QUOTED.exec(rest)
    if (!quoted && /^['"]/.test(rest))
      throw unreadable(`${path}:${index + 1}: the value of ${name} ends without its quote`)
    if (Object.hasOwn(values, name)) throw unreadable(`${path}:${index + 1} sets ${name} a second time`)
    values[name] = quoted?.[2] ?? rest.replace(/(?:^|\s)#.*$/, '').trimEnd()
  })
  return values
}

function unreadable(sentence: string): WcnError {
  return new WcnError('DOCUMENT_INVALID', sentence, {
    hint: "write NAME=value or NAME='value', each on a line of its own",
  })
}
