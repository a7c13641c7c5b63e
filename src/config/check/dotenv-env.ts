/**
 * A `.env` as the dotenv package reads it, and nearly so node --env-file and many others: quotes, also over lines and
 * backticks among them; `#` ends an unquoted value wherever it stands; nothing is expanded. What is no setting is passed
 * over without a word. The expression is dotenv's own (lib/main.js).
 */
import { cutShort } from './compose-env.js'
import {
  dialectFault,
  type EnvLine,
  type EnvReading,
  type Fault,
  lineCounter,
  named,
  syntaxFault,
} from './env-reading.js'

const SETTING =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm

export function readDotenv(text: string): EnvReading {
  const source = text.replace(/\r\n?/g, '\n')
  const lineAt = lineCounter(source)
  const lines: EnvLine[] = []
  const passedOver = new Set(linesWithText(source))
  for (const match of source.matchAll(SETTING)) {
    const [whole, name = '', written = ''] = match
    const first = match.index + whole.length - whole.trimStart().length
    const trimmed = written.trim()
    const bare = trimmed.replace(/^(['"`])([\s\S]*)\1$/m, '$2')
    const value = trimmed.startsWith('"') ? bare.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : bare
    const line = lineAt(first)
    const rest = whole.slice(whole.indexOf(written, whole.indexOf(name) + name.length) + written.length)
    lines.push({ name, value, line, fault: faultOf(name, written, trimmed, rest) })
    for (let each = line; each <= lineAt(match.index + whole.length); each++) passedOver.delete(each)
  }
  return { lines, faults: [...passedOver].map((line) => ({ ...NOT_A_SETTING, line })) }
}

const NOT_A_SETTING = syntaxFault('warn', 'the line is not NAME=value, and is passed over', 'write NAME=value')

function linesWithText(source: string): readonly number[] {
  return source.split('\n').flatMap((line, index) => (/^\s*(?:#.*)?$/.test(line) ? [] : [index + 1]))
}

function faultOf(name: string, written: string, trimmed: string, rest: string): Fault | null {
  if (/^(['"`])[\s\S]*\1$/.test(trimmed)) return null
  if (/^['"`]/.test(trimmed)) return syntaxFault('fail', `the value of ${named(name)} ends without its quote`)
  if (!rest.trimStart().startsWith('#')) return null
  const glued = written !== '' && !/\s$/.test(written)
  if (glued) return dialectFault('fail', `dotenv cuts the value of ${named(name)} at the "#"`)
  return cutShort(name, trimmed, rest.trimStart().slice(1), 'dotenv')
}
