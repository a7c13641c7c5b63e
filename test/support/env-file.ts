/** The variables of an env file, as `config emit` writes them, without the comments. */
import { type Dialect, encodeVariable } from '../../src/deploy/model/dialects.js'

export function encodeEnvFile(dialect: Dialect, variables: ReadonlyMap<string, string>): string {
  return [...variables].map(([name, value]) => `${encodeVariable(dialect, name, value)}\n`).join('')
}
