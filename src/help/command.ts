/** `help`: what a command does, or a topic that many commands share. */
import { type Command, CommanderError } from 'commander'
import { describePages, type Page } from '../cli/help.js'

export function helpCommand(help: Command): void {
  help.argument('[words...]', 'a command, such as nodes list, or a topic').action(async (words: readonly string[]) => {
    const program = help.parent ?? help
    let command = program
    for (const word of words) {
      const child = command.commands.find((one) => one.name() === word || one.aliases().includes(word))
      if (child === undefined) {
        const { topic } = await import('./topics.js')
        const text = command === program && words.length === 1 ? topic(word) : null
        if (text === null)
          throw new CommanderError(2, 'wcn.noSuchHelp', `there is no command or topic "${words.join(' ')}"`)
        process.stdout.write(text)
        return
      }
      command = child
    }
    command.outputHelp()
  })
  describePages(help, PAGES)
}

const PAGES: Readonly<Record<string, Page>> = {
  '': [
    'Shows the help of a command, or a topic: flags (which many commands share), settings, output, exit-codes, files.',
    'wcn help nodes update',
    'wcn help exit-codes',
  ],
}
