/** `completion SHELL`, and `complete`, which the scripts that it prints call. */
import { Argument, Command } from 'commander'
import type { CommandGrammar } from '../base/grammar.js'
import { FIRST_FLAGS } from '../cli/first-flags.js'
import { grammarOf } from '../cli/grammar-of.js'
import { describePages, type Page } from '../cli/help.js'
import { clusterRead, outputOptions } from '../cli/options.js'
import { runLazily } from '../cli/run-lazily.js'
import { SCRIPTS, SHELLS, type Shell } from './model/scripts.js'

export function completionCommand(command: Command): void {
  outputOptions(command)

    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .action(
      runLazily(
        async () => ({ run: async (_, { shell }: { shell: Shell }) => ({ data: { shell, script: SCRIPTS[shell] } }) }),
        async () => (await import('./view.js')).completionScript,
      ),
    )
  describePages(command, PAGES)
}

/** `words`: those on the line after `wcn`, up to the cursor. Only of the commands they name is the grammar loaded. */
export function completeCommand(command: Command): void {
  command.argument('[words...]').action(async (words: readonly string[], ...rest) => {
    const program = command.parent ?? command
    const answer = runLazily(
      async () => {
        const { complete } = await import('./complete.js')
        return { run: (services) => complete(services, withFirstFlags(grammarOf(program)), words) }
      },
      async () => (await import('./view.js')).completeText,
    )
    await answer(words, ...rest)
  })
}

/** The program takes none of them itself: they are moved to where the command is named. */
function withFirstFlags(program: CommandGrammar): CommandGrammar {
  const { options } = grammarOf(clusterRead(new Command()))
  const first = options.filter(({ names, hidden }) => !hidden && names.some((name) => FIRST_FLAGS.has(name)))
  return { ...program, options: [...program.options, ...first] }
}

const PAGES: Readonly<Record<string, Page>> = {
  '': [
    'Prints the script that completes commands, flags and contexts in your shell. In bash: `eval "$(wcn completion bash)"` in ~/.bashrc; in zsh: the same with zsh in ~/.zshrc, after compinit; in fish: `wcn completion fish | source` in ~/.config/fish/config.fish.',
    'eval "$(wcn completion bash)"',
    'wcn completion fish | source',
  ],
}
