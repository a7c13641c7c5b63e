/** Seals: any change is noticed, and nothing that goes into a comment becomes a line. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commentLine, sealOf, sealText, withoutSeal } from '../../../src/deploy/targets/seal.js'
import { thrownBy } from '../../support/thrown.js'

const ABOUT = ['wcn_db: holds secrets.', '', 'Keep it at mode 0600.']
const BODY = "SECRET_KEY='x'\nROCKSDB_DIR='/wcn'\n"
const TEXT = sealText(ABOUT, BODY)

describe('a sealed text', () => {
  it('is comments, then the body as it is', () => {
    const [seal = '', ...rest] = TEXT.split('\n')
    const digest = createHash('sha256')
    digest.update(TEXT.replace(/(?<=sha256:)[0-9a-f]{64}/, ''))
    expect(seal).toBe(
      `# Made by wcn; a file edited by hand is kept when this is made anew. sha256:${digest.digest('hex')}`,
    )
    expect(rest.join('\n')).toBe(`# wcn_db: holds secrets.\n#\n# Keep it at mode 0600.\n${BODY}`)
    expect(withoutSeal(TEXT)).toBe(rest.join('\n'))
  })

  it('is untouched, whatever is in it', () => {
    const line = fc.string({ unit: 'grapheme' }).filter((text) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text))
    const body = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(TEXT), fc.constant('# Made by wcn;\n'))
    fc.assert(
      fc.property(fc.array(line), body, (about, text) => {
        const sealed = sealText(about, text)
        expect(sealOf(sealed)).toBe('untouched')
        expect(sealed.endsWith(text)).toBe(true)
      }),
    )
  })

  it('is edited after any change of a character', () => {
    fc.assert(
      fc.property(fc.nat(TEXT.length - 1), fc.constantFrom('', ' ', 'x', '\n', '\r\n', '#'), (at, instead) => {
        fc.pre(TEXT[at] !== instead)
        expect(sealOf(TEXT.slice(0, at) + instead + TEXT.slice(at + 1))).not.toBe('untouched')
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['CRLF throughout', TEXT.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${TEXT}`],
    ['a line at the end', `${TEXT}# mine\n`],
    ['a line above', `# mine\n${TEXT}`],
    ['no line feed at the end', TEXT.slice(0, -1)],
    ['another seal', TEXT.replace(/(?<=sha256:)[0-9a-f]{64}/, '0'.repeat(64))],
    ['a seal cut off', TEXT.replace(/sha256:[0-9a-f]{64}/, '')],
    ['a digest in capitals', TEXT.replace(/(?<=sha256:)[0-9a-f]{64}/, (digest) => digest.toUpperCase())],
    ['its seal moved', TEXT.replace(/^(.*)\n(.*)\n/, '$2\n$1\n')],
    ['nothing but its seal', TEXT.slice(0, TEXT.indexOf('\n'))],
  ])('is edited with %s', (_, text) => expect(sealOf(text)).toBe('edited'))
})

it.each([
  ['nothing', ''],
  ['a file of theirs', '# my own\nA=1\n'],
  ['an env file without comments', 'A=1\n'],
  ['a seal below the comments', `A=1\n${TEXT}`],
  ['only comments', '# a\n# b'],
])('%s is not ours', (_, text) => {
  expect(sealOf(text)).toBe('none')
  expect(withoutSeal(text)).toBe(text)
})

it('changes with the body, and not from run to run', () => {
  expect(sealText(ABOUT, BODY)).toBe(TEXT)
  expect(sealText(ABOUT, `${BODY} `).split('\n')[0]).not.toBe(TEXT.split('\n')[0])
})

it('takes nothing into a comment that would be a line of its own', () => {
  for (const bad of [
    '\n',
    '\r',
    '\t',
    '\0',
    '\v',
    '\f',
    '\x1b',
    '\x7f',
    '\x85',
    '\u2028',
    '\u2029',
    '\u202e',
    '\ud800',
  ]) {
    const refusal = thrownBy(() => sealText([`fine${bad}SECRET_KEY=x`], BODY))
    expect(refusal.code).toBe('VALUE_NOT_ENCODABLE')
    expect(refusal.message).toContain("can't stand in a comment")
  }
  expect(commentLine('node »Zürich 1« #2')).toBe('# node »Zürich 1« #2')
})
