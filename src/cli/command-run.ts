/** What running a command takes: shared by the grammar, which names it, and the composition root, which does it. */
import type { Command } from 'commander'
import type { Role } from '../settings/settings-table.js'
import type { Paint } from './paint.js'
import type { ActionResult, Services } from './services.js'

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
