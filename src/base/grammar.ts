/** The command line as plain data: what is needed of it to complete a line. */

export interface CommandGrammar {
  readonly name: string
  readonly aliases: readonly string[]
  readonly summary: string
  readonly hidden: boolean
  readonly commands: readonly CommandGrammar[]
  readonly options: readonly OptionGrammar[]
  readonly arguments: readonly ValueGrammar[]
}

export interface OptionGrammar {
  /** Such as `-f` and `--file`. */
  readonly names: readonly string[]
  readonly summary: string
  readonly hidden: boolean
  readonly repeatable: boolean
  /** Null for a flag that takes none. */
  readonly value: ValueGrammar | null
}

export interface ValueGrammar {
  readonly kind: ValueKind
  /** The only values there are; empty where others are possible. */
  readonly choices: readonly string[]
  /** Takes all words that follow. */
  readonly variadic: boolean
}

/** `about`: the words of a command, or a topic of the help; `other`: nothing is known about it. */
export type ValueKind = 'file' | 'directory' | 'context' | 'about' | 'other'
