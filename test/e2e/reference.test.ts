/** docs/reference.md says what the commands say: `npm run reference` writes it anew. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { beforeAll, expect, it } from 'vitest'
import { reference } from '../../scripts/reference.mjs'
import { EXIT_CODE_MEANINGS } from '../../src/errors/exit-code-meanings.js'
import { fullProgram } from '../../src/program.js'

let program: Command
beforeAll(async () => {
  // The build's.
  Object.assign(globalThis, { WCN_VERSION: '0.0.0' })
  program = await fullProgram()
})

it('is in step', () => {
  expect(readFileSync(new URL('../../docs/reference.md', import.meta.url), 'utf8')).toBe(
    reference(program, EXIT_CODE_MEANINGS),
  )
})

it('names every command and every flag', () => {
  const text = reference(program, EXIT_CODE_MEANINGS)
  const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)]
  for (const command of all(program)) {
    const name = command.parent?.name() === 'wcn' ? `wcn ${command.name()}` : command.name()
    if (command.name() !== 'complete') expect(text).toContain(name)
    for (const { long } of command.options) expect(text, command.name()).toContain(String(long))
  }
})

it('says of a new command or flag what there is of it, and refuses a hidden one that it knows nothing of', async () => {
  const changed = await fullProgram()
  const keys = changed.commands.find((command) => command.name() === 'key') as Command
  keys.command('lose <where>').summary('lose a key').option('--quick', 'right | now')
  const text = reference(changed, EXIT_CODE_MEANINGS)
  expect(text).toContain('## wcn key lose\n\n```text\nwcn key lose <where> [flags]\n```\n\nLose a key.')
  expect(text).toContain('| `--quick` | right \\| now |')
  const { Option } = await import('commander')
  keys.commands[0]?.addOption(new Option('--secretly').hideHelp())
  expect(() => reference(changed, EXIT_CODE_MEANINGS)).toThrow('--secretly')
})
