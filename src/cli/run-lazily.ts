/** Keeps grammar light: neither an action nor its view nor anything they need is loaded before a command is chosen. */
import type { Command } from 'commander'
import type { Role } from '../settings/settings-table.js'
import { type ParsedCommand, parsedCommand } from './parsed-command.js'
import type { Action, View } from './run-command.js'

/** For commander's `.action()`. `role`: whose key signs. */
export function runLazily<T>(
  loadAction: () => Promise<Action<T>>,
  loadView: () => Promise<View<T>>,
  role: Role = 'operator',
): (...parameters: unknown[]) => Promise<void> {
  return async (...parameters) => {
    const command = parsedCommand(parameters.at(-1) as Command)
    const order = { command, loadAction, loadView, role }
    if (asksForSeveral(command.given)) await (await import('./several-contexts.js')).runInEach(order)
    else await (await import('./run-command.js')).runCommand(order)
  }
}

/** Of several contexts by their names, or of all. */
function asksForSeveral({ context }: ParsedCommand['given']): boolean {
  return typeof context === 'string' && (context === 'all' || context.includes(','))
}

/** The views of one module by their names, each for runLazily: `view('nodesListText')`. */
export function viewsOf<Views>(load: () => Promise<Views>) {
  return <Name extends keyof Views>(name: Name) =>
    async () =>
      (await load())[name]
}
