/** The person or script in front of the tool. Everything here goes to stderr. */

import type { WriteTarget } from '../base/write-target.js'
import type { CostEstimate } from '../chain/chain.js'
import type { Change } from '../cluster/operator-changes.js'

export interface Progress {
  update(done: number, total: number): void
  end(): void
}

/** What a write is about to do, as it is shown before asking. */
export interface Preview {
  readonly title: string
  readonly target: WriteTarget
  readonly changes: readonly Change[]
  readonly cost: CostEstimate
}

export interface Question {
  readonly text: string
  /** What Enter alone means; undefined: something has to be typed. */
  readonly default?: string
  /** What is wrong with an answer, in a sentence; null where it will do. */
  readonly complaint?: (answer: string) => Promise<string | null>
}

export interface Choice {
  readonly text: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly default?: string
}

export interface Conversation {
  /** False where nobody can be asked: no terminal, CI, --json, --no-input. */
  readonly interactive: boolean
  /** Consent was given beforehand, with --yes. */
  readonly consented: boolean
  note(text: string): void
  /** Like note, but also with --quiet: what must not be lost, such as the hash of what was sent. */
  tell(text: string): void
  warn(text: string): void
  preview(preview: Preview): void
  /** True at once after --yes. Throws CONFIRMATION_REQUIRED where nobody can be asked. */
  confirm(question: string): Promise<boolean>
  /** Throws INPUT_REQUIRED, naming `instead`, where nobody can be asked. */
  askHidden(question: string, instead: string): Promise<string>
  /** One line of text; asked again until `complaint` gives null for it. Throws like askHidden. */
  ask(question: Question, instead: string): Promise<string>
  /** One of the options, by its value. Throws like askHidden. */
  choose(question: Choice, instead: string): Promise<string>
  progress(title: string): Progress
}
