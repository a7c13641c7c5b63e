/** Keeps grammar light: neither an action nor its view nor anything they need is loaded before a command is chosen. */
import type { Command } from 'commander'
import type { Role } from '../settings/settings-table.js'
import { parsedCommand } from './parsed-command.js'
import type { Action, View } from './run-command.js'

/** For commander's `.action()`. `role`: whose key signs. */
export function runLazily<T>(
  loadAction: () => Promise<Action<T>>,
  loadView: () => Promise<View<T>>,
  role: Role = 'operator',
): (...parameters: unknown[]) => Promise<void> {
  return async (...parameters) => {
    const { runCommand } = await import('./run-command.js')
    await runCommand({ command: parsedCommand(parameters.at(-1) as Command), loadAction, loadView, role })
  }
}

/** The views of one module by their names, each for runLazily: `view('nodesListText')`. */
export function viewsOf<Views>(load: () => Promise<Views>) {
  return <Name extends keyof Views>(name: Name) =>
    async () =>
      (await load())[name]
}
