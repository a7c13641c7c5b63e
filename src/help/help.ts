/** What `help --json` says: the text that people read, and of a command its parts. */
import type { Command, Help } from 'commander'
import type { helpStyle } from '../cli/help.js'

export interface HelpJson {
  /** Such as `nodes list`, or a topic; empty for the program. */
  readonly about: string
  readonly text: string
  /** Null for a topic. */
  readonly command: HelpCommandJson | null
}

interface HelpCommandJson {
  readonly usage: string
  readonly description: string
  readonly commands: readonly { readonly name: string; readonly summary: string }[]
  /** Its own; what many commands share is the topic `flags`. */
  readonly flags: readonly { readonly flags: string; readonly description: string }[]
  readonly examples: readonly string[]
}

export function helpJson(words: readonly string[], about: string | Command | null): HelpJson {
  if (about === null || typeof about === 'string') return { about: words.join(' '), text: about ?? '', command: null }
  // What the grammar's own module knows of it: this one may hold another copy of it.
  const help = about.createHelp() as Help & typeof helpStyle
  return {
    about: pathOf(about),
    text: about.helpInformation(),
    command: {
      usage: help.commandUsage(about),
      description: about.description(),
      commands: help.visibleCommands(about).map((one) => ({ name: one.name(), summary: one.summary() })),
      flags: help.visibleOptions(about).map(({ flags, description }) => ({ flags, description })),
      examples: help.examples(about),
    },
  }
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}`.trim() : ''
}
