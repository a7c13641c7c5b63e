/** One step of `wcn init`. */
import type { StepId } from './init-file.js'
import type { Wizard } from './wizard.js'

export interface Step {
  readonly id: StepId
  readonly title: string
  /** What it is for, in the words of the onboarding document. */
  readonly about: string
  /**
   * Takes what was answered before, asks for the rest, and may be run again at any time: what is there is taken up.
   * What it throws leaves it open, and all that was answered stays.
   */
  readonly run: (wizard: Wizard) => Promise<StepEnd>
}

export type StepEnd =
  | { readonly kind: 'done' }
  /** Somebody else has to act; `note` says who. */
  | { readonly kind: 'waiting'; readonly note: string; readonly exitCode: number }
  | { readonly kind: 'failed'; readonly note: string; readonly exitCode: number }

export const DONE: StepEnd = { kind: 'done' }
