/** One step of `wcn init`, and the lines of a shell that do the same. */
import { shellWord } from '../base/shell-word.js'
import type { Wizard } from './wizard.js'

export interface Step {
  readonly id: string
  readonly title: string
  /** What it is for, in the words of the onboarding document. */
  readonly about: string
  /**
   * Takes what was answered before, asks for the rest, and may be run again at any time: what is there is taken up.
   * What it throws leaves it open, and all that was answered stays. Gives back what ends the run before the next.
   */
  readonly run: (wizard: Wizard) => Promise<StepEnd | null>
  /** As they can be pasted into a shell; without a secret. */
  readonly commands?: (wizard: Wizard) => readonly string[]
}

/** `waiting`: somebody else has to act; `note` says who. */
export interface StepEnd {
  readonly kind: 'waiting' | 'failed'
  readonly note: string
}

/** A value that begins with a dash would be taken for a flag either way; one of ours never does but the flags. */
export function wcn(words: string, ...more: readonly (readonly string[])[]): string {
  return ['wcn', words, ...more.flat().map((word) => (/^--?[a-z-]+$/.test(word) ? word : shellWord(word)))].join(' ')
}

/** A flag for each of the values that are there. */
export function flags(values: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(values).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))
}

/** A line for each of the values that are there. */
export function exports(values: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`export ${name}=${shellWord(value)}`],
  )
}
