/** Terminals that lie about their width, have hardly any, or can do little, and standard outputs that are none: what is read stays readable. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { BIN, sandbox, wcn } from '../support/cli.js'
import { type Account, useDevnet } from '../support/devnet.js'
import { node } from '../support/nodes.js'
import { operatorData } from '../support/onboarding.js'
import { COLOUR, inTerminal, wcnInTerminal } from '../support/pty.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

/** Wide, combining, right to left, and a mark that turns what follows it around: 32 bytes. */
const NAME = '日本語 e\u0301 עברית \u202ex'
const SHOWN = '日本語 e\u0301 עברית \\u{202e}x'
const SCREENS = ['nodes list', 'operator view', 'cluster view']

const villain = () => net.operators[4] as Account
const env = () => ({ ...net.cluster, WCN_OPERATOR: villain().address })

beforeAll(async () => {
  await net.putData(villain(), encodeOperatorData(operatorData([node(0), node(1)], NAME)))
})

/** As terminals have it, and told by other means than the tool's: what is Chinese or Japanese takes two columns, a mark none. */
function columnsOf(text: string): number {
  return [...text].reduce(
    (sum, letter) => sum + (/\p{M}/u.test(letter) ? 0 : /\p{Script=Han}/u.test(letter) ? 2 : 1),
    0,
  )
}

const linesOf = (text: string) => text.split('\n').map((line) => line.trimEnd())
const commandIn = (size: string, words: readonly string[]) => `stty ${size} && exec "$0" "$1" ${words.join(' ')}`

function sized(size: string, words: readonly string[], more: Record<string, string> = {}) {
  const args = ['-c', commandIn(size, words), process.execPath, BIN]
  return inTerminal('sh', args, { env: { ...env(), ...more }, columns: 80 })
}

describe.each(SCREENS)('%s', (words) => {
  const args = words.split(' ')

  it.each([
    [80, '500'],
    [60, '500'],
    [120, '20'],
    [80, 'many'],
    [80, '0'],
  ])('fits a terminal of %i columns, whatever COLUMNS says: %s', async (columns, COLUMNS) => {
    const terminal = wcnInTerminal(args, { env: { ...env(), COLUMNS }, columns })
    expect(await terminal.ended, terminal.text).toBe(0)
    expect(linesOf(terminal.text).filter((line) => columnsOf(line) > columns)).toEqual([])
    expect(terminal.screen).not.toContain('\u202e')
    // A width is used as it is, and not that of the variable.
    expect(Math.max(...linesOf(terminal.text).map(columnsOf))).toBeGreaterThan(40)
  })

  it('is as wide as usual where a terminal has no width', async () => {
    const terminal = sized('cols 0', args)
    expect(await terminal.ended, terminal.text).toBe(0)
    expect(linesOf(terminal.text).filter((line) => columnsOf(line) > 80)).toEqual([])
    expect(Math.max(...linesOf(terminal.text).map(columnsOf))).toBeGreaterThan(40)
  })

  it('says the same in a column, a terminal being one letter wide', async () => {
    const terminal = sized('cols 1', args)
    expect(await terminal.ended, terminal.text).toBe(0)
    expect(terminal.text).toContain('日本語')
    expect(linesOf(terminal.text).length).toBeGreaterThan(5)
  })

  it('sends a terminal that can do nothing nothing but letters and line ends', async () => {
    const terminal = wcnInTerminal(args, { env: { ...env(), TERM: 'dumb' }, columns: 80 })
    expect(await terminal.ended, terminal.text).toBe(0)
    expect(terminal.screen).not.toMatch(/(?![\r\n])\p{Cc}|\p{Cf}/u)
    expect(terminal.text).toContain('日本語')
  })

  it('goes into a pipe whole, whatever COLUMNS says', async () => {
    const { code, stdout, stderr } = await wcn(args, { env: { ...env(), COLUMNS: '10', TERM: 'xterm' } })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(SHOWN)
    expect(stdout).not.toMatch(COLOUR)
    expect(stdout).not.toContain('…')
  })

  it('does its work without a standard output', async () => {
    for (const redirections of ['>&-', '>&- 2>&-', '<&- >&- 2>&-']) {
      const closed = inTerminal('sh', ['-c', `"$0" "$1" ${args.join(' ')} ${redirections}`, process.execPath, BIN], {
        env: env(),
      })
      expect([redirections, await closed.ended, closed.text]).toEqual([redirections, 0, ''])
    }
  })
})

it('watches without moving a cursor that can not be moved', async () => {
  const words = ['nodes', 'list', '--watch', '--interval', '1s', '--timeout', '5s']
  const terminal = wcnInTerminal(words, { env: { ...env(), TERM: 'dumb' }, columns: 80 })
  expect(await terminal.ended, terminal.text).toBe(0)
  expect(terminal.screen).not.toMatch(/(?![\r\n])\p{Cc}/u)
  expect(terminal.text.match(/^日本語/gm)?.length).toBeGreaterThan(1)
})

describe('a change in words', () => {
  it.each([
    ['cols 0', 80],
    ['cols 1', 80],
    ['cols 40', 40],
  ])('is shown before it is asked about, with %s', async (size) => {
    const key = { SMART_CONTRACT_SIGNER_PRIVATE_KEY: (net.operators[3] as Account).privateKey, WCN_OPERATOR: '' }
    const terminal = sized(size, ['operator', 'rename', 'other', '--dry-run'], key)
    expect(await terminal.ended, terminal.text).toBe(0)
    expect(terminal.text.replaceAll(/\s+/g, ' ')).toContain('cost at most')
    expect(terminal.text).toContain('other')
  })
})

it('keeps what an error says, with its hint, in a terminal of any width', async () => {
  for (const size of ['cols 0', 'cols 1', 'cols 20', 'cols 300']) {
    const terminal = sized(size, ['nodes', 'check', '9'])
    expect(await terminal.ended).toBe(4)
    expect(terminal.text.replaceAll(/\s+/g, ' ')).toMatch(/error: .*9.* hint: /)
  }
})
