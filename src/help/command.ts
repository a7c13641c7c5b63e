/** `help`: what a command does, or a topic that many commands share. */
import { type Command, CommanderError } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { outputOptions } from '../cli/options.js'
import { runLazily } from '../cli/run-lazily.js'

export function helpCommand(help: Command): void {
  outputOptions(help)
    .argument('[words...]', 'a command, such as nodes list, or a topic')
    .action(async (words: readonly string[], ...rest) => {
      const command = commandOf(help.parent ?? help, words)
      const text = command === null ? await topicOf(words) : null
      if (help.opts().json !== true && help.opts().output === undefined) {
        if (text === null) command?.outputHelp()
        else process.stdout.write(text)
        return
      }
      const answer = runLazily(
        async () => {
          const { helpJson } = await import('./help.js')
          return { run: async () => ({ data: helpJson(words, text ?? command) }) }
        },
        async () => (data) => data.text,
      )
      await answer(words, ...rest)
    })
  describePages(help, PAGES)
}

/** Null where there is none. */
function commandOf(program: Command, words: readonly string[]): Command | null {
  let command = program
  for (const word of words) {
    const child = command.commands.find((one) => one.name() === word || one.aliases().includes(word))
    if (child === undefined) return null
    command = child
  }
  return command
}

async function topicOf(words: readonly string[]): Promise<string> {
  const [word = '', ...others] = words
  const text = others.length === 0 ? (await import('./topics.js')).topic(word) : null
  if (text === null) throw new CommanderError(2, 'wcn.noSuchHelp', `there is no command or topic "${words.join(' ')}"`)
  return text
}

const PAGES: Readonly<Record<string, Page>> = {
  '': [
    'Shows the help of a command, or a topic: flags (which many commands share), settings, output, exit-codes, files.',
    'wcn help nodes update',
    'wcn help exit-codes',
  ],
}
