/** Keeps grammar light: neither an action nor its view nor anything they need is loaded before a command is chosen. */
import type { Command } from 'commander'
import type { Role } from '../config/settings.js'
import type { ActionResult, Services } from '../core/ports.js'
import type { Paint } from '../ui/paint.js'

export interface Action<T> {
  readonly run: (services: Services, input: never) => Promise<ActionResult<T>>
}

/** Human text for stdout. */
export type View<T> = (data: T, paint: Paint) => string

export interface CommandRun<T> {
  readonly command: Command
  readonly loadAction: () => Promise<Action<T>>
  readonly loadView: () => Promise<View<T>>
  readonly role: Role
}

/** For commander's `.action()`. `role`: whose key signs. */
export function runLazily<T>(
  loadAction: () => Promise<Action<T>>,
  loadView: () => Promise<View<T>>,
  role: Role = 'operator',
): (...parameters: unknown[]) => Promise<void> {
  return async (...parameters) => {
    const { runCommand } = await import('./run-command.js')
    await runCommand({ command: parameters.at(-1) as Command, loadAction, loadView, role })
  }
}
