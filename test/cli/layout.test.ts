import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import stringWidth from 'fast-string-width'
import { describe, expect, it } from 'vitest'
import { createPaint, plainPaint } from '../../src/cli/paint.js'

const PEER_ID = '12D3KooWGRUfzdNnSBnpwCyGLy6jnxSmyUyLg8kDoYqLBKyR1abc'
const HASH = `0x${'ab'.repeat(32)}`
const at = (width: number) => createPaint(false, () => width)
const widest = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)))

const columns = ['#', 'peer ID', 'address', 'private?', 'name']
const rows = [
  ['0', PEER_ID, '100.100.100.100', '10.100.100.100', '日本語の 名前 with some more words'],
  ['10', PEER_ID, '1.2.3.4', '-', 'é̂'],
]

describe('a table', () => {
  it('is whole where there is room, or no width at all', async () => {
    const whole = plainPaint.table(columns, rows)
    expect(whole).toContain(`0   ${PEER_ID}  100.100.100.100  10.100.100.100  日本語の 名前 with some more words`)
    expect((await at(widest(whole))).table(columns, rows)).toBe(whole)
  })

  it('shortens IDs first', async () => {
    expect((await at(100)).table(columns, rows).split('\n')).toEqual([
      '#   peer ID          address          private         name',
      '0   12D3KooW…yR1abc  100.100.100.100  10.100.100.100  日本語の 名前 with some more words',
      '10  12D3KooW…yR1abc  1.2.3.4          -               é̂',
    ])
  })

  it('then leaves out what may be left out, and says so', async () => {
    expect((await at(80)).table(columns, rows).split('\n')).toEqual([
      '#   peer ID          address          name',
      '0   12D3KooW…yR1abc  100.100.100.100  日本語の 名前 with some more words',
      '10  12D3KooW…yR1abc  1.2.3.4          é̂',
      'not shown: private (--wide shows all)',
    ])
  })

  it('then wraps cells between words', async () => {
    expect((await at(60)).table(columns, rows).split('\n').slice(1, 4)).toEqual([
      '0   12D3KooW…yR1abc  100.100.100.100  日本語の 名前 with',
      '                                      some more words',
      '10  12D3KooW…yR1abc  1.2.3.4          é̂',
    ])
  })

  it('and becomes records, with every column, where words have no room side by side', async () => {
    expect((await at(40)).table(columns, rows).split('\n').slice(0, 8)).toEqual([
      '#        0',
      'peer ID  12D3KooW…yR1abc',
      'address  100.100.100.100',
      'private  10.100.100.100',
      'name     日本語の 名前 with some more',
      '         words',
      '',
      '#        10',
    ])
  })

  it.each([
    ['日本', 4],
    ['e\u0301e\u0301', 2],
    ['עברית', 5],
    ['🦊', 2],
    ['a\u202eb', 10],
  ])('has its columns below one another, whatever the letters are: %s', async (name, taken) => {
    const paint = await at(60)
    const [, first, second] = paint
      .table(
        ['name', 'x'],
        [
          ['0123456789', 'X'],
          [paint.text(name), 'X'],
        ],
      )
      .split('\n')
    expect(first).toBe('0123456789  X')
    expect(second).toBe(`${paint.text(name)}${' '.repeat(12 - taken)}X`)
  })

  it('keeps colours where it shortens and wraps', async () => {
    const red = await createPaint(true, () => 60)
    const text = red.table(
      columns,
      rows.map((row) => row.map((cell) => red.bad(cell))),
    )
    expect(stripVTControlCharacters(text)).toBe((await at(60)).table(columns, rows))
    // Each line ends what it begins.
    for (const line of text.split('\n')) expect(line.split('\u001b[31m').length).toBe(line.split('\u001b[39m').length)
  })
})

describe('fields', () => {
  it('go on under their values, and under their labels where that is too narrow', async () => {
    const fields = [['transaction', HASH] as const, ['block', `12345 ${HASH}`] as const]
    expect((await at(80)).fields(fields).split('\n')).toEqual([
      `transaction  ${HASH}`,
      'block        12345',
      `             ${HASH}`,
    ])
    expect((await at(30)).fields(fields).split('\n')).toEqual([
      'transaction',
      '  0xabab…abab',
      'block',
      '  12345 0xabab…abab',
    ])
  })
})

describe('a screen', () => {
  it('has an empty line between its parts, and none for a part that is empty', () => {
    expect(plainPaint.screen('one', '', 'two')).toBe('one\n\ntwo\n')
  })

  it('wraps prose between words, under its own beginning', async () => {
    const paint = await at(40)
    expect(paint.screen('FAIL  node a does not answer on its primary port 3010').split('\n')).toEqual([
      'FAIL  node a does not answer on its',
      '      primary port 3010',
      '',
    ])
    expect(paint.screen('  a plain line that is indented by two spaces').split('\n')).toEqual([
      '  a plain line that is indented by two',
      '  spaces',
      '',
    ])
  })

  it('shows the ends of a word that has no room in a line', async () => {
    expect((await at(30)).screen('see /var/lib/wcn/very/long/path/that/has/no/end.json')).toBe(
      'see\n/var/lib/wcn/ve…as/no/end.json\n',
    )
  })

  it('keeps a command whole if a line can hold it, and else breaks it so that a shell does not mind', async () => {
    const paint = await at(48)
    expect(paint.screen('nothing answers there; see `wcn nodes check --watch`')).toBe(
      'nothing answers there; see\n`wcn nodes check --watch`\n',
    )
    expect(paint.screen("  wcn tx sign /a/file.json --out '/some where/else.json' --keystore /etc/key.json")).toBe(
      "  wcn tx sign /a/file.json \\\n  --out '/some where/else.json' \\\n  --keystore /etc/key.json\n",
    )
    const path = `/${'long/'.repeat(12)}file.json`
    expect(paint.screen(`Next: wcn tx send ${path}`)).toContain(path)
  })

  it('is never wider than it may be, whatever is in it', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 70 })
    const text = fc.array(fc.oneof(word, fc.constantFrom(HASH, PEER_ID, 'FAIL  ', '  ', 'é̂', '日本語')), {
      maxLength: 12,
    })
    return fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 20, max: 130 }),
        async (lines, width) => {
          const paint = await at(width)
          const cells = lines.map((words) => paint.text(words.join(' ')).replaceAll(/`|wcn/g, ''))
          expect(widest(paint.screen(...cells))).toBeLessThanOrEqual(width)
          const table = paint.table(
            cells.map((_, index) => `c${index}`),
            [cells],
          )
          expect(widest(table)).toBeLessThanOrEqual(width)
        },
      ),
    )
  })
})
