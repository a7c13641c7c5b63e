/** Help teaches: what each command does, its own flags first, examples that are command lines, and all of it at 80 columns. */
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { FIRST_FLAGS, flagsLast } from '../../src/cli/first-flags.js'
import { examplesOf } from '../../src/cli/help.js'
import { topic, topics } from '../../src/help/topics.js'
import { fullProgram } from '../../src/program.js'
import { inertProgram } from '../support/inert-program.js'

// The build's.
Object.assign(globalThis, { WCN_VERSION: '0.0.0' })

const isHidden = (command: Command) => !command.parent?.createHelp().visibleCommands(command.parent).includes(command)
const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)]
const pathOf = (command: Command): string => (command.parent ? `${pathOf(command.parent)} ` : '') + command.name()
const program = await fullProgram()
const shown = all(program).filter((command) => command === program || !isHidden(command))
const leaves = shown.filter((command) => command.commands.length === 0)
/** Of an example, what comes after each `wcn`. */
const linesOf = (example: string) =>
  [...example.replaceAll('\\\n', ' ').matchAll(/(?:^|\| |\$\()wcn ([^|>)]*)/g)].map(([, words = '']) =>
    [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? ''),
  )

describe('every command', () => {
  it('is found', () => expect(leaves.length).toBeGreaterThan(45))

  it.each(leaves.map((command) => [pathOf(command), command] as const))(
    '%s says what it does, with two examples',
    (path, command) => {
      expect(command.description()).toMatch(/^[A-Z][\s\S]{20,}\.$/)
      const examples = examplesOf(command)
      expect(examples.length).toBeGreaterThanOrEqual(2)
      for (const example of examples) expect(example).toContain(path)
    },
  )

  it.each(leaves.flatMap((command) => examplesOf(command)))('understands its example: %s', async (example) => {
    const lines = linesOf(example)
    expect(lines.length).toBeGreaterThan(0)
    for (const words of lines) await (await inertProgram()).parseAsync(words, { from: 'user' })
  })

  it.each(shown.map((command) => [pathOf(command), command] as const))('%s fits 80 columns', (_, command) => {
    const lines = command.helpInformation().split('\n')
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })

  it('lists its own flags before those that others have, and tells where the rest is', () => {
    const update = shown.find((command) => pathOf(command) === 'wcn nodes update') as Command
    const text = update.helpInformation()
    const places = ['--peer-id', '--plan', '--yes', '--help', 'Examples:', '`wcn help flags`'].map((part) =>
      text.indexOf(part),
    )
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(text).not.toContain('--rpc-url')
    expect(topic('flags')).toContain('--rpc-url')
  })
})

describe('a topic', () => {
  it.each(topics)('%s fits 80 columns', (name) => {
    const text = topic(name) ?? ''
    expect(text).toMatch(/\S\n$/)
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('is none by the name of something that every object has', () => expect(topic('constructor')).toBeNull())

  it('knows the flags that may stand first', () => {
    for (const flag of FIRST_FLAGS.keys()) expect(topic('flags')).toContain(flag)
  })
})

describe('a flag that may stand before the noun', async () => {
  // One for all rows, which give a flag the same value.
  const inert = await inertProgram()
  const complaintAbout = async (words: readonly string[]) =>
    inert.parseAsync([...words], { from: 'user' }).then(() => null, String)
  const lines = leaves.map((command) => [pathOf(command), linesOf(examplesOf(command)[0] ?? '')[0] ?? []] as const)

  it.each(
    lines.flatMap(([path, words]) => [...FIRST_FLAGS].map(([flag, takes]) => [path, flag, takes, words] as const)),
  )('%s %s', async (path, flag, takes, words) => {
    const given = takes === 'alone' ? [flag] : [flag, 'x']
    // Its short name may be another flag's there.
    const long = flag === '-o' ? '--output' : flag
    const end = words.indexOf('--')
    const last = words.toSpliced(end < 0 ? words.length : end, 0, long, ...given.slice(1))
    expect(flagsLast([...given, ...words])).toEqual(last)
    const complaint = await complaintAbout(last)
    const command = leaves.find((one) => pathOf(one) === path)
    if (complaint !== null) expect(complaint).toContain(`unknown option '${long}'`)
    expect(complaint === null).toBe(command?.options.some((option) => option.long === long))
  })
})
