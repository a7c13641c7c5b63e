/** The manual's pages, which the build makes, say what `--help` says, in all and nothing else. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { wcn } from '../support/cli.js'
import { installed } from '../support/installed.js'

const DIST = new URL('../../dist/', import.meta.url)
const { man, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const { fullProgram } = createRequire(DIST)('./program.cjs') as { readonly fullProgram: () => Promise<Command> }
const program = await fullProgram()
const shown = (command: Command) =>
  command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help')
const nouns = shown(program)
const page = (name: string) => readFileSync(new URL(`man/${name}.1`, DIST), 'utf8')

/** A page as it is read: every line of its source with the macro taken off, and the spelling of characters undone. */
function read(source: string): readonly string[] {
  const characters: Readonly<Record<string, string>> = { aq: "'", ga: '`', ha: '^', ti: '~', dq: '"' }
  return source.split('\n').map((line) =>
    line
      .replace(/^\.(?:B|SS) "(.*)"$/, '$1')
      .replaceAll('\\&', '')
      .replace(/\\\((..)/g, (_, name: string) => characters[name] ?? '?')
      .replace(/\\\[u([0-9A-F]+)\]/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
      .replaceAll('\\-', '-')
      .replaceAll('\\e', '\\'),
  )
}

/** What a page says of a command: all of it in one line, and the items of its lists. */
function toldOf(lines: readonly string[]) {
  const items = lines.flatMap((line, at) => (line === '.TP' ? [`${lines[at + 1]} ${lines[at + 2]}`.trim()] : []))
  const usage = lines.find((line) => line.startsWith('wcn '))
  const listed = lines.indexOf('.TP')
  const text = lines
    .slice(0, listed < 0 ? undefined : listed)
    .filter((line) => line !== usage && line !== '' && !line.startsWith('.'))
    .join(' ')
  const set = lines.indexOf('.nf')
  const examples = set < 0 ? [] : lines.slice(set + 1, lines.indexOf('.fi')).map((line) => line.trim())
  return { usage, text, items, examples: examples.join(' '), last: set < 0 ? '' : (lines.at(-1) ?? '') }
}

/** From one heading of the page to the next of its kind. */
function section(lines: readonly string[], heading: string, until: RegExp): readonly string[] {
  const start = lines.indexOf(heading) + 1
  expect(start, heading).toBeGreaterThan(0)
  const length = lines.slice(start).findIndex((line) => until.test(line))
  return lines.slice(start, length < 0 ? undefined : start + length)
}

function expectTheSame(help: string, lines: readonly string[]): void {
  const { usage, text, items, examples, last } = toldOf(lines.filter((line) => line !== ''))
  let rest = help.replace(/\s+/g, ' ')
  for (const part of [`Usage: ${usage}`, text, ...items, examples, last]) {
    expect(rest).toContain(part)
    rest = rest.replace(part, () => '')
  }
  // What is left are the titles of the lists.
  expect(rest.trim()).toMatch(/^(?:(?:Arguments:|Options:|Examples:)\s*)*$/)
}

function leavesOf(command: Command): readonly Command[] {
  const below = shown(command)
  return below.length === 0 ? [command] : below.flatMap(leavesOf)
}

function wordsOf(command: Command): string {
  return command.parent ? `${wordsOf(command.parent)} ${command.name()}` : command.name()
}

it('are those that the package installs: one for the tool and one for each noun', () => {
  const names = ['wcn', ...nouns.map((noun) => `wcn-${noun.name()}`)].map((name) => `${name}.1`)
  expect(readdirSync(new URL('man', DIST)).sort()).toEqual([...names].sort())
  expect([...man].sort()).toEqual(names.map((name) => `./dist/man/${name}`).sort())
})

it('the first of them names the others, and the exit codes', () => {
  const source = page('wcn')
  const lines = read(source)
  for (const noun of nouns) {
    expect(lines).toContain(`.BR wcn-${noun.name()} (1)`)
    expect(lines).toContain(noun.summary())
  }
  for (const code of [0, 2, 10, 130]) expect(source).toContain(`\n.B ${code}\n`)
  expect(source).toContain(`"wcn ${version}"`)
})

it('and the flags that many commands share, as `wcn help flags` has them', async () => {
  const { items } = toldOf(section(read(page('wcn')), '.SH SHARED FLAGS', /^\.SH/))
  const help = (await wcn(['help', 'flags'])).stdout
  const told = help.replace(/\s+/g, ' ')
  expect(items.length).toBeGreaterThan(10)
  for (const [, flags = ''] of help.matchAll(/^ {2}(-\S+(?: <\S+>)?)/gm)) {
    const item = items.find((one) => one.startsWith(`${flags} `))
    expect(item, flags).toBeDefined()
    expect(told).toContain(item)
  }
})

describe.each(nouns.map((noun) => [noun.name(), noun] as const))('of wcn %s', (name, noun) => {
  const lines = read(page(`wcn-${name}`))
  const verbs = leavesOf(noun)

  it.runIf(verbs[0] !== noun)('has all of its commands, and no others', () => {
    const headings = page(`wcn-${name}`)
      .split('\n')
      .filter((line) => line.startsWith('.SS '))
    expect(headings.map((heading) => read(heading)[0])).toEqual(verbs.map(wordsOf))
  })

  it.each(verbs.map((verb) => [wordsOf(verb), verb] as const))('says what %s --help says', (words, verb) => {
    const its =
      verb === noun
        ? section(lines, '.SH SYNOPSIS', /^\.SH SEE ALSO/)
        : section(lines, words, /^(?:wcn \S+(?: [a-z-]+)*$|\.SH)/)
    expectTheSame(verb.helpInformation(), its)
  })
})

it('and the help is what the tool prints', async () => {
  const update = leavesOf(program).find((command) => wordsOf(command) === 'wcn nodes update')
  expect((await wcn(['nodes', 'update', '--help'])).stdout).toBe(update?.helpInformation())
})

it.runIf(installed('groff', '--version'))('are in order for what sets them', () => {
  const files = man.map((path: string) => new URL(`../../${path}`, import.meta.url).pathname)
  const { stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', ...files], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout).toContain('wcn-nodes')
})
