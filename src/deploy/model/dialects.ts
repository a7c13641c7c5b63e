/**
 * Env files in two dialects (docs/dev/never.md, "Env-file dialects").
 * `env`: `docker run --env-file` and `kubectl --from-env-file` take everything after `=` literally, quotes included.
 * `shell`: `K='v'`, which sh, systemd's EnvironmentFile, compose, dotenv and `node --env-file` all read alike.
 * A value that a dialect can't carry is an error, never quietly changed.
 */
import { WcnError } from '../../errors/wcn-error.js'

export type Dialect = 'env' | 'shell'

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
/** Docker reads lines of less than 64 KiB. */
const LONGEST_LINE_BYTES = 65_000

/** A line without its end. Throws VALUE_NOT_ENCODABLE, which names the variable and the reason, never the value. */
export function encodeVariable(dialect: Dialect, name: string, value: string): string {
  if (!NAME.test(name)) throw new WcnError('VALUE_NOT_ENCODABLE', `${JSON.stringify(name)} is no name of a variable`)
  const why = whyNotAnywhere(value) ?? (dialect === 'env' ? whyNotLiteral(value) : whyNotQuoted(value))
  if (why !== null) {
    throw new WcnError(
      'VALUE_NOT_ENCODABLE',
      `the value of ${name} ${why}, which an env file in the ${dialect} format can't carry`,
      {
        hint: 'change the value; it must reach the service exactly as it is',
        details: { variable: name, format: dialect },
      },
    )
  }
  return dialect === 'env' ? `${name}=${value}` : `${name}='${value}'`
}

function whyNotAnywhere(value: string): string | null {
  if (value.includes('\0')) return 'contains a NUL character'
  if (/[\r\n]/.test(value)) return 'contains a line break'
  if (/\p{Cs}/u.test(value)) return 'is not Unicode text'
  if (new TextEncoder().encode(value).length > LONGEST_LINE_BYTES) return 'is too long'
  return null
}

/** White space at the ends: some readers keep it, some don't. */
function whyNotLiteral(value: string): string | null {
  return value === value.trim() ? null : 'starts or ends with white space'
}

/**
 * A backslash before the closing quote: compose and dotenv take the two for a quote inside the value. Noncharacters:
 * systemd takes them for broken UTF-8 and goes without the variable.
 */
function whyNotQuoted(value: string): string | null {
  if (value.includes("'")) return 'contains a single quote'
  if (/\p{Noncharacter_Code_Point}/u.test(value)) return 'contains a code that is no character'
  return value.endsWith('\\') ? 'ends with a backslash' : null
}
