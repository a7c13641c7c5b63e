/** What a command line says, without the grammar that read it. */
import type { Command } from 'commander'
import { requireOneStandardInput } from './grammar-of.js'
import { wordsOf } from './output-format.js'

export interface ParsedCommand {
  /** Flags and positional arguments by their names, as an action's `Input` declares them. */
  readonly given: Readonly<Record<string, unknown>>
  /** Such as `nodes add`. */
  readonly words: string
  /** Whether it takes settings: from an env file, the environment, a context. */
  readonly takesSettings: boolean
  /** Throws USAGE where standard input is asked for twice. */
  readonly requireOneStandardInput: () => void
}

export function parsedCommand(command: Command): ParsedCommand {
  const positional = command.registeredArguments.map((argument, index) => [
    argument.name().replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    command.processedArgs[index],
  ])
  return {
    given: { ...command.optsWithGlobals(), ...Object.fromEntries(positional) },
    words: wordsOf(command),
    takesSettings: command.options.some(({ long }) => long === '--env-file'),
    requireOneStandardInput: () => requireOneStandardInput(command),
  }
}
