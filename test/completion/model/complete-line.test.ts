import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CommandGrammar, OptionGrammar, ValueGrammar, ValueKind } from '../../../src/base/grammar.js'
import { completeLine } from '../../../src/completion/model/complete-line.js'
import { completeText } from '../../../src/completion/view.js'

const value = (kind: ValueKind, choices: readonly string[] = [], variadic = false): ValueGrammar => ({
  kind,
  choices,
  variadic,
})

function flag(names: string, takes: ValueGrammar | null = null, more: Partial<OptionGrammar> = {}): OptionGrammar {
  return { names: names.split(' '), summary: `about ${names}`, hidden: false, repeatable: false, value: takes, ...more }
}

function verb(name: string, more: Partial<CommandGrammar> = {}): CommandGrammar {
  const none = { aliases: [], hidden: false, commands: [], options: [], arguments: [] }
  return { name, summary: `about ${name}`, ...none, ...more }
}

const PROGRAM = verb('wcn', {
  options: [flag('-V --version'), flag('-h --help')],
  commands: [
    verb('nodes', {
      aliases: ['node'],
      commands: [
        verb('list', { options: [flag('--json'), flag('--operator', value('other'))] }),
        verb('update', {
          aliases: ['apply'],
          arguments: [value('context')],
          options: [
            flag('-f --file', value('file')),
            flag('--finality', value('other', ['included', 'safe'])),
            flag('--json'),
            flag('--rpc-url', value('other'), { repeatable: true }),
            flag('--secret', value('other'), { hidden: true }),
            flag('-o --operators', value('other', ['a', 'b'], true)),
          ],
        }),
      ],
    }),
    verb('config', {
      commands: [verb('check', { arguments: [value('file', [], true)], options: [flag('--online')] })],
    }),
    verb('show', { arguments: [value('other', ['x1', 'x2']), value('directory')] }),
    verb('view', { hidden: true }),
    verb('help', { arguments: [value('about', [], true)], options: [flag('--json')] }),
  ],
})
const CONTEXTS = [
  { value: 'na', summary: '' },
  { value: 'eu', summary: 'in use' },
]
const known = { contexts: async () => CONTEXTS, topics: async () => [{ value: 'flags', summary: 'a topic' }] }

async function after(line: string): Promise<readonly string[]> {
  const { candidates, paths } = await completeLine(PROGRAM, line.split(' '), known)
  return [...candidates.map((one) => one.value), ...(paths === 'none' ? [] : [`<${paths}>`])]
}

describe('what may follow', () => {
  it.each([
    ['', ['nodes', 'config', 'show', 'help']],
    ['n', ['nodes']],
    ['x', []],
    ['nodes ', ['list', 'update']],
    ['node l', ['list']],
    ['nodes apply ', ['na', 'eu']],
    ['nodes update e', ['eu']],
    // Nothing else is to come, so flags are.
    ['nodes update 0 ', ['--file', '--finality', '--json', '--rpc-url', '--operators']],
    ['nodes list ', ['--json', '--operator']],
    ['nodes none ', []],
    ['nodes update --f', ['--file', '--finality']],
    ['nodes update -f ', ['<files>']],
    ['nodes update --file=', ['<files>']],
    ['nodes update -f x --fi', ['--finality']],
    ['nodes update --rpc-url x --r', ['--rpc-url']],
    ['nodes update --finality ', ['included', 'safe']],
    ['nodes update --finality=s', ['--finality=safe']],
    ['nodes update --unknown=s', []],
    ['nodes update --json ', ['na', 'eu']],
    // The values of flags are no verbs or arguments.
    ['nodes update --rpc-url 0 ', ['na', 'eu']],
    ['nodes list --operator update ', ['--json']],
    ['nodes update --secret x ', ['na', 'eu']],
    ['nodes update -o a ', ['a', 'b']],
    ['nodes update -o a --js', ['--json']],
    ['nodes update -o a b --finality ', ['included', 'safe']],
    ['nodes update -- --', []],
    ['nodes update -- ', ['na', 'eu']],
    ['nodes update -- 0 ', []],
    ['config check a b ', ['<files>']],
    ['config check a --on', ['--online']],
    ['show x', ['x1', 'x2']],
    ['show x1 ', ['<directories>']],
    ['show x1 y ', []],
    ['help ', ['nodes', 'config', 'show', 'help', 'flags']],
    ['help f', ['flags']],
    ['help node ', ['list', 'update']],
    ['help nodes u', ['update']],
    ['help nodes list ', []],
    ['help flags ', []],
    ['help --json nodes l', ['list']],
    ['-', ['--version', '--help']],
  ])('wcn %s', async (line, expected) => expect(await after(line)).toEqual(expected))

  it('comes with what it is', async () => {
    const { candidates } = await completeLine(PROGRAM, ['nodes', 'u'], known)
    expect(candidates).toEqual([{ value: 'update', summary: 'about update' }])
  })

  it('is nothing for no words at all', async () =>
    expect(await completeLine(PROGRAM, [], known)).toMatchObject({ paths: 'none' }))
})

describe('what is offered', () => {
  const answer = async (candidates: readonly { value: string; summary: string }[]) =>
    completeLine(PROGRAM, ['nodes', 'update', ''], { ...known, contexts: async () => candidates })

  it('is taken literally by every shell, whatever is known', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('$(x)', '`x`', 'a;b', "'", '~', 'a b', '=ls', 'a\nb'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(hostile), async (values) => {
        const { candidates } = await answer(values.map((one) => ({ value: one, summary: one })))
        for (const candidate of candidates) {
          expect(candidate.value).toMatch(/^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/)
          expect(candidate.summary).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
        }
      }),
    )
  })

  it('is a line each in the reply, and how to go on is its last', async () => {
    const reply = completeText(await answer([{ value: 'a', summary: 'one\n:0\ttwo' }, CONTEXTS[1] as never]))
    expect(reply).toBe('a\tone :0 two\neu\tin use\n:4\n')
    expect(completeText({ candidates: [], paths: 'files' })).toBe(':0\n')
    expect(completeText({ candidates: [], paths: 'directories' })).toBe(':16\n')
  })
})
