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

type Reasons = readonly (readonly [what: RegExp, why: string])[]
const NOWHERE: Reasons = [
  [/\0/, 'contains a NUL character'],
  [/[\r\n]/, 'contains a line break'],
  [/\p{Cs}/u, 'is not Unicode text'],
]
const NOT_IN: Readonly<Record<Dialect, Reasons>> = {
  // Some readers keep it, some don't.
  env: [[/^\s|\s$/, 'starts or ends with white space']],
  shell: [
    [/'/, 'contains a single quote'],
    // Systemd takes it for broken UTF-8 and goes without the variable.
    [/\p{Noncharacter_Code_Point}/u, 'contains a code that is no character'],
    // Compose and dotenv take it, with the closing quote, for a quote inside the value.
    [/\\$/, 'ends with a backslash'],
  ],
}

/** A line without its end. Throws VALUE_NOT_ENCODABLE, which names the variable and the reason, never the value. */
export function encodeVariable(dialect: Dialect, name: string, value: string): string {
  if (!NAME.test(name)) throw new WcnError('VALUE_NOT_ENCODABLE', `${JSON.stringify(name)} is no name of a variable`)
  const why = whyNot(dialect, value)
  if (why !== undefined) {
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

function whyNot(dialect: Dialect, value: string): string | undefined {
  const [, why] = [...NOWHERE, ...NOT_IN[dialect]].find(([what]) => what.test(value)) ?? []
  return why ?? (new TextEncoder().encode(value).length > LONGEST_LINE_BYTES ? 'is too long' : undefined)
}
