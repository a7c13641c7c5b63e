/** Completion through the shells themselves: a line is typed and tab is pressed, and nothing that is a text is run. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandbox } from '../support/cli.js'
import { wcnInProcess as wcn, wcnJsonInProcess as wcnJson } from '../support/in-process.js'
import { SEED } from '../support/seed.js'
import { SHELLS, type ShellSession, shellSession, whyNot } from '../support/shell-session.js'

const box = sandbox()
afterAll(box.remove)

const home = { WCN_STATE_DIR: box.path('state'), XDG_CONFIG_HOME: box.path('config') }
const context = ['--contract-address', `0x${'11'.repeat(20)}`, '--rpc-url', 'http://127.0.0.1:1']
beforeAll(async () => {
  for (const name of ['eu', 'na']) await wcn(['context', 'add', name, ...context], { env: home })
})

async function answer(words: readonly string[], env: Readonly<Record<string, string>> = home) {
  const { code, stdout, stderr } = await wcn(['complete', '--', ...words], { env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trimEnd().split('\n')
}

describe('what the scripts are answered', () => {
  it('commands, with what they are', async () => {
    const lines = await answer(['no'])
    expect(lines).toEqual(['nodes\tthe nodes your operator has on chain', ':4'])
    expect(await answer(['nodes', 'a'])).toEqual(['add\tadd a node', ':4'])
    // Spellings of the Rust tool work and are not advertised.
    expect(await answer(['vi'])).toEqual([':4'])
  })

  it('contexts', async () => {
    expect(await answer(['context', 'use', ''])).toEqual(['eu\tin use', 'na\t', ':4'])
    expect(await answer(['nodes', 'list', '--context=n'])).toEqual(['--context=na\t', ':4'])
  })

  it('the same behind flags that stand before the noun', async () => {
    for (const first of [['--context', 'eu'], ['--context=eu'], ['--env-file', 'x.env', '--json'], ['-o', 'json']])
      expect(await answer([...first, 'nodes', 'a'])).toEqual(['add\tadd a node', ':4'])
    expect(await answer(['--context', ''])).toEqual(['eu\tin use', 'na\t', ':4'])
    expect(await answer(['--context=n'])).toEqual(['--context=na\t', ':4'])
    expect(await answer(['-o', 'y'])).toEqual(['yaml\t', ':4'])
    expect(await answer(['--env-file', ''])).toEqual([':0'])
    expect((await answer(['--json', '--'])).map((line) => line.split('\t')[0])).toEqual([
      ...[
        '--version',
        '--help',
        '--output',
        '--quiet',
        '--no-color',
        '--no-input',
        '--debug',
        '--env-file',
        '--context',
      ],
      ':4',
    ])
    // Once is enough, wherever it stands.
    expect(await answer(['--context', 'eu', 'nodes', 'list', '--con'])).not.toContainEqual(
      expect.stringMatching(/^--context/),
    )
  })

  it('where settings are in disorder, all that needs none', async () => {
    const env = { WCN_STATE_DIR: box.path('none'), WCN_TIMEOUT: 'never', WCN_CONTEXT: 'none' }
    expect(await answer(['nodes', 'remove', ''], env)).toEqual([':4'])
    expect(await answer(['nodes', 'ex'], env)).toHaveLength(2)
    expect(existsSync(box.path('none'))).toBe(false)
  })

  it('values that are listed, and where paths are wanted that they are', async () => {
    expect(await answer(['nodes', 'add', '--finality', ''])).toEqual(['included\t', 'safe\t', 'finalized\t', ':4'])
    expect(await answer(['completion', ''])).toEqual(['bash\t', 'zsh\t', 'fish\t', ':4'])
    expect(await answer(['nodes', 'update', '-f', ''])).toEqual([':0'])
    expect(await answer(['tx', 'list', '--state-dir', ''])).toEqual([':16'])
    expect(await answer(['config', 'emit', '--out', ''])).toEqual([':16'])
    // Node.js itself would take that one for its own, were it not behind `--`.
    expect(await answer(['nodes', 'list', '--env-file', 'missing'])).toEqual([':0'])
  })
})

it('the script for a shell that there is none of is refused', async () => {
  expect(await wcn(['completion', 'csh'])).toMatchObject({ code: 2, stdout: '' })
  expect((await wcnJson(['completion', 'bash'])).data).toMatchObject({ shell: 'bash' })
})

/** Each would leave a file called PWNED if any part of it were run. */
const TRAPS = [
  '$(touch PWNED)',
  '`touch PWNED`',
  ';touch PWNED;',
  '|touch PWNED|',
  '&touch PWNED&',
  '>PWNED',
  '(touch PWNED)',
]
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...TRAPS, "'", '"', '\\', '~', '=', ':', '$IFS', '{a,b}', '*'), fc.string()), {
    maxLength: 4,
  })
  .map((parts) => parts.join('').replace(/\p{Cc}/gu, ''))

for (const shell of SHELLS) {
  const missing = whyNot(shell)
  describe.skipIf(missing !== null)(missing ?? shell, () => {
    let session: ShellSession
    afterAll(() => session?.close())
    const start = async (name: string, program?: string) => {
      const { code, stdout: script } = await wcn(['completion', shell])
      expect(code).toBe(0)
      return shellSession(`${shell}-${name}`, { shell, box, script, env: home, ...(program ? { program } : {}) })
    }
    const inFolder = (name: string, file: string) => box.path(`${shell}-${name}/${file}`)

    it('completes', async () => {
      session = await start('real')
      mkdirSync(inFolder('real', 'folder'))
      writeFileSync(inFolder('real', 'my nodes.yaml'), '')
      const line = async (typed: string) => (await session.tab(typed)).line
      expect(await line('wcn oper')).toBe('wcn operator ')
      expect(await line('wcn nodes exp')).toBe('wcn nodes export ')
      expect(await line('wcn nodes list --js')).toBe('wcn nodes list --json ')
      expect(await line('wcn nodes add --finality s')).toBe('wcn nodes add --finality safe ')
      expect(await line('wcn nodes add --finality=s')).toBe('wcn nodes add --finality=safe ')
      expect(await line('wcn nodes update --file my')).toMatch(/^wcn nodes update --file my\\ nodes.yaml $/)
      expect(await line('wcn nodes update --file=my')).toMatch(/^wcn nodes update --file=my\\ nodes.yaml $/)
      expect(await line('wcn config emit --out fo')).toBe('wcn config emit --out folder/')
      // Quotes, and what base64 ends with, are no reason to stop.
      expect(await line('wcn key inspect "a b" --secret-key-f')).toMatch(/--secret-key-file $/)
      expect(await line('wcn key inspect abc= --secret-key-f')).toMatch(/--secret-key-file $/)
      expect(await line('wcn nodes none ')).toBe('wcn nodes none ')
      const { offered } = await session.tab('wcn context use ')
      expect([...offered].sort()).toEqual(['eu', 'na'])
      session.close()
    })

    it('runs nothing of what was typed', async () => {
      session = await start('typed')
      for (const trap of TRAPS.slice(0, 2)) {
        await session.tab(`wcn nodes update ${trap} --`)
        await session.tab(`wcn nodes update --file=${trap}=`)
        await session.tab(`wcn nodes update "${trap}" --js`)
      }
      writeFileSync(inFolder('typed', 'kept'), 'as it was')
      await session.tab('wcn nodes export > kept --js')
      await session.tab('wcn nodes export >kept --js')
      expect(readFileSync(inFolder('typed', 'kept'), 'utf8')).toBe('as it was')
      expect(existsSync(inFolder('typed', 'PWNED'))).toBe(false)
      session.close()
    })

    it('runs nothing of what is answered, were it ever hostile', async () => {
      session = await start('answered', '#!/bin/sh\ncat answers\n')
      await fc.assert(
        fc.asyncProperty(
          fc.array(hostile, { minLength: 1, maxLength: 8 }),
          fc.boolean(),
          async (values, summarised) => {
            const lines = [...values, 'literal'].map((value) => `${value}\t${summarised ? value : ''}`)
            writeFileSync(inFolder('answered', 'answers'), `${lines.join('\n')}\n:4\n`)
            const { offered } = await session.tab('wcn nodes update ')
            expect(offered).toContain('literal')
            // Alone, it is put on the line.
            writeFileSync(inFolder('answered', 'answers'), `${lines[0]}\n:4\n`)
            await session.tab('wcn nodes update ')
            expect(existsSync(inFolder('answered', 'PWNED'))).toBe(false)
          },
        ),
        { numRuns: 15, seed: SEED },
      )
      session.close()
    })

    it('offers files where wcn fails, and says nothing of it', async () => {
      session = await start('broken', '#!/bin/sh\necho oops >&2\nexit 1\n')
      expect((await session.tab('wcn nodes update scr')).line).toBe('wcn nodes update script ')
      session.close()
    })
  })
}
