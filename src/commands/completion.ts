/** `completion SHELL`, and `complete`, which the scripts that it prints call. */
import { Argument, type Command } from 'commander'
import { SHELLS } from '../core/completion/scripts.js'
import { grammarOf } from './grammar.js'
import { outputOptions } from './options.js'
import { runLazily } from './run-lazily.js'

export function completionCommand(command: Command): void {
  outputOptions(command)
    .description(
      'Prints the script that completes commands, flags and contexts in your shell. In bash: `eval "$(wcn completion bash)"` in ~/.bashrc; in zsh: the same with zsh in ~/.zshrc, after compinit; in fish: `wcn completion fish | source` in ~/.config/fish/config.fish.',
    )
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .action(
      runLazily(
        () => import('../actions/completion.js'),
        async () => (await import('../ui/views/completion.js')).completionScript,
      ),
    )
}

/** `words`: those on the line after `wcn`, up to the cursor. Only of the commands they name is the grammar loaded. */
export function completeCommand(command: Command): void {
  command.argument('[words...]').action(async (words: readonly string[], ...rest) => {
    const program = command.parent ?? command
    const answer = runLazily(
      async () => {
        const { complete } = await import('../actions/complete.js')
        return { run: (services) => complete(services, grammarOf(program), words) }
      },
      async () => (await import('../ui/views/completion.js')).completeText,
    )
    await answer(words, ...rest)
  })
}
