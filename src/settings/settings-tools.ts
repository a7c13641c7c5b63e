/** Names what resolving settings needs: the means to read files, to ask, and to keep secrets out of the output. */
import type { Files } from '../platform/files/files.js'
import type { Environment } from './sources.js'

export interface SettingsTools {
  readonly files: Files
  /** Told every secret that was read, so that messages can be scrubbed of it. */
  readonly registerSecret: (value: string) => void
  readonly note: (text: string) => void
  /** Like note, but for what must not be lost. */
  readonly tell: (text: string) => void
  readonly warn: (text: string) => void
  /** Throws INPUT_REQUIRED, with `instead` as its hint, where nobody can be asked. */
  readonly askHidden: (question: string, instead: string) => Promise<string>
  readonly environment: Environment
}
