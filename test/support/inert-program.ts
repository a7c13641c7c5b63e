/** The program with all of its grammar and nothing behind it: tells whether words are a command line of it. */
import type { Command } from 'commander'
import { fullProgram } from '../../src/program.js'

export async function inertProgram(): Promise<Command> {
  const program = await fullProgram()
  const still = (command: Command): void => {
    command.action(() => {}).configureOutput({ writeErr: () => {} })
    command.commands.forEach(still)
  }
  program.commands.forEach(still)
  return program
}
