/** What completion reads in the commands as they are. */
import { beforeAll, expect, it } from 'vitest'
import type { CommandGrammar, ValueKind } from '../../src/base/grammar.js'
import { grammarOf } from '../../src/cli/grammar-of.js'
import { fullProgram } from '../../src/program.js'

let program: CommandGrammar
beforeAll(async () => {
  // The build's.
  Object.assign(globalThis, { WCN_VERSION: '0.0.0' })
  program = grammarOf(await fullProgram())
})

function at(...words: readonly string[]): CommandGrammar {
  return words.reduce((command, word) => {
    const child = command.commands.find(({ name }) => name === word)
    if (!child) throw new Error(`there is no ${words.join(' ')}`)
    return child
  }, program)
}

function flag(name: string, ...words: readonly string[]) {
  const found = at(...words).options.find(({ names }) => names.includes(name))
  if (!found) throw new Error(`there is no ${name} in ${words.join(' ')}`)
  return found
}

it.each<[ValueKind, string, readonly string[]]>([
  ['context', '--context', ['nodes', 'list']],
  ['file', '--file', ['nodes', 'diff']],
  ['file', '--private-key-file', ['nodes', 'list']],
  ['directory', '--out', ['config', 'emit']],
  ['directory', '--state-dir', ['tx', 'list']],
  ['directory', '--dir', ['init']],
  // The name of one, and the description of one: not one that there is.
  ['other', '--node', ['config', 'emit']],
  ['other', '--node', ['operator', 'register']],
  ['other', '--chain-id', ['nodes', 'list']],
])('a %s is the value of %s in %j', (kind, name, words) => expect(flag(name, ...words).value?.kind).toBe(kind))

it.each<[ValueKind, readonly string[]]>([
  ['context', ['context', 'use']],
  ['context', ['context', 'remove']],
  ['file', ['operator', 'verify-request']],
  ['file', ['config', 'check']],
])('a %s is the argument of %j', (kind, words) => expect(at(...words).arguments[0]?.kind).toBe(kind))

it('tells what can be repeated, what is limited, and what no help shows', () => {
  expect(flag('--rpc-url', 'nodes', 'list').repeatable).toBe(true)
  expect(flag('--operator', 'nodes', 'list').repeatable).toBe(false)
  expect(flag('--finality', 'nodes', 'add').value?.choices).toEqual(['included', 'safe', 'finalized'])
  expect(at('completion').arguments[0]?.choices).toEqual(['bash', 'zsh', 'fish'])
  expect(flag('--private-key', 'nodes', 'list').hidden).toBe(true)
  expect(flag('--json', 'nodes', 'list')).toMatchObject({ value: null, hidden: false })
  expect(flag('--help', 'nodes', 'list').names).toEqual(['-h', '--help'])
  expect([at('nodes').hidden, at('view').hidden, at('complete').hidden]).toEqual([false, true, true])
  expect(at('nodes').aliases).toEqual(['node'])
})
