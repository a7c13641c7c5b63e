import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeUntrusted } from '../../src/base/escape.js'
import { createRedactor } from '../../src/cli/redact.js'

const KEY = 'c0ffee'.padEnd(64, '1')

function scrub(secret: string, text: string): string {
  const redactor = createRedactor()
  redactor.register(secret)
  return redactor.scrub(text)
}

describe('a key', () => {
  it.each([
    ['as it was given', KEY, `key ${KEY}.`, 'key [redacted].'],
    ['given without 0x and shown with it', KEY, `0x${KEY}`, '0x[redacted]'],
    ['given with 0x and shown without it', `0x${KEY}`, KEY, '[redacted]'],
    ['given in capitals and shown in lower case', KEY.toUpperCase(), `0x${KEY}`, '0x[redacted]'],
    ['given in lower case and shown in capitals', `0x${KEY}`, KEY.toUpperCase(), '[redacted]'],
    ['given with white space', `  ${KEY}\n`, KEY, '[redacted]'],
    ['every time', KEY, `${KEY},${KEY}`, '[redacted],[redacted]'],
    [
      'in base64',
      'dWgbzCQBxrFt7E3CKlepTVslDB3kf/ID1H/lQs0HRC4=',
      'x dWgbzCQBxrFt7E3CKlepTVslDB3kf/ID1H/lQs0HRC4= y',
      'x [redacted] y',
    ],
  ])('%s', (_, secret, text, expected) => expect(scrub(secret, text)).toBe(expected))
})

describe("a provider's URL", () => {
  it.each([
    ['whole', 'https://rpc.example/v2/t0ken-t0ken', 'at https://rpc.example/v2/t0ken-t0ken', 'at [redacted]'],
    ['a token in its path', 'https://rpc.example/v2/t0ken-t0ken', 'POST /v2/t0ken-t0ken', 'POST /v2/[redacted]'],
    ['a token in its query', 'wss://rpc.example/?apikey=t0ken-t0ken', 'key t0ken-t0ken', 'key [redacted]'],
    ['a whole query', 'wss://rpc.example/?apikey=t0ken-t0ken', '?apikey=t0ken-t0ken', '[redacted]'],
    ['a user and a password', 'ws://usersname:passw0rd@rpc.example', 'usersname passw0rd', '[redacted] [redacted]'],
    [
      'with a trailing slash',
      'https://rpc.example/v2/t0ken-t0ken',
      'https://rpc.example/v2/t0ken-t0ken/',
      '[redacted]/',
    ],
  ])('%s', (_, url, text, expected) => expect(scrub(url, text)).toBe(expected))

  it('leaves the host, and words that are no tokens', () => {
    const text = 'the provider rpc.example:8545 serves optimism mainnet'
    expect(scrub('https://rpc.example:8545/optimism/mainnet/v2', text)).toBe(text)
  })
})

it('scrubs the longest first, so that nothing is left of a secret that holds another', () => {
  const redactor = createRedactor()
  redactor.register('abcdef')
  redactor.register('abcdefghijkl')
  expect(redactor.scrub('abcdefghijkl abcdef')).toBe('[redacted] [redacted]')
})

it('what is too short to be a secret is not scrubbed away everywhere', () => {
  expect(scrub('abc', 'abcabc')).toBe('abcabc')
  expect(scrub('', 'text')).toBe('text')
})

describe('however it is spelled', () => {
  const TOKEN = 'T0ken/with+odd "letters" & ünï'
  const utf8 = (text: string) => Buffer.from(text, 'utf8')
  const each = (text: string, spell: (letter: string) => string) => [...text].map(spell).join('')
  const units = (letter: string) => letter.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  const percent = (letter: string) => [...utf8(letter)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const ENTITIES: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '"': '&quot;',
    "'": '&#39;',
    '<': '&lt;',
    '>': '&gt;',
  }
  const LETTERS: Readonly<Record<string, (letter: string) => string>> = {
    'as it is': (letter) => letter,
    'in the other case': (letter) =>
      /[a-z]/.test(letter) ? letter.toUpperCase() : letter.replace(/^[^İ]$/u, (one) => one.toLowerCase()),
    'percent-encoded': percent,
    'percent-encoded in capitals': (letter) => percent(letter).toUpperCase(),
    'as JSON in ASCII': (letter) =>
      units(letter)
        .map((unit) => `\\u${unit}`)
        .join(''),
    'with a backslash': (letter) => (/[/"\\']/.test(letter) ? `\\${letter}` : letter),
    'by code point': (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`,
    'as a reference in hex': (letter) => `&#x${letter.codePointAt(0)?.toString(16)};`,
    'as a reference in decimal': (letter) => `&#${letter.codePointAt(0)};`,
    'as an entity': (letter) => ENTITIES[letter] ?? letter,
  }
  const WHOLE: Readonly<Record<string, (text: string) => string>> = {
    'as a URI component': encodeURIComponent,
    'as a URI': encodeURI,
    'as a form': (text) => new URLSearchParams({ t: text }).toString().slice(2),
    'as JSON': (text) => JSON.stringify(text).slice(1, -1),
    'as JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
    'as JSON in a URI': (text) => encodeURIComponent(JSON.stringify(text).slice(1, -1)),
    'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
    'in base64': (text) => utf8(text).toString('base64'),
    'in base64 for URLs': (text) => utf8(text).toString('base64url'),
    'in base64, percent-encoded': (text) => encodeURIComponent(utf8(text).toString('base64')),
    'in hex': (text) => utf8(text).toString('hex'),
    'in hex with 0x, in capitals': (text) => `0x${utf8(text).toString('hex').toUpperCase()}`,
    'as bytes': (text) => utf8(text).join(','),
    'as a buffer in JSON': (text) => JSON.stringify(utf8(text)),
    'as this tool makes text harmless': escapeUntrusted,
  }
  const all = {
    ...Object.fromEntries(Object.entries(LETTERS).map(([how, spell]) => [how, (text: string) => each(text, spell)])),
    ...WHOLE,
  }

  it.each(Object.entries(all))('%s', (_, spell) => {
    const said = scrub(TOKEN, `you sent <${spell(TOKEN)}>, and no more`)
    expect(said).toMatch(/^you sent <(?:0x|\{"type":"Buffer","data":\[)?\[redacted\](?:\]\})?>, and no more$/)
  })

  it('in any mixture, of any secret', () => {
    const secret = fc.string({ unit: 'grapheme', minLength: 6 }).filter((text) => text.trim().length >= 6)
    const spells = fc.infiniteStream(fc.constantFrom(...Object.values(LETTERS)))
    fc.assert(
      fc.property(secret, spells, fc.boolean(), (text, spell, again) => {
        const once = each(text.trim(), (letter) => spell.next().value(letter))
        const said = scrub(text, `<<${again ? encodeURIComponent(once) : once}>>`)
        expect(said).toBe('<<[redacted]>>')
      }),
    )
  })

  it('in the base64 of something longer, wherever it stands there', () => {
    const around = fc.string({ unit: 'grapheme-ascii', maxLength: 7 })
    fc.assert(
      fc.property(
        fc.uuid(),
        around,
        around,
        fc.constantFrom('base64', 'base64url'),
        (token, before, after, alphabet) => {
          const said = scrub(token, utf8(`${before}${token}${after}`).toString(alphabet))
          expect(said).toContain('[redacted]')
          for (const left of said.split('[redacted]'))
            expect(Buffer.from(left, alphabet).toString()).not.toContain(token.slice(0, 4))
          expect(said.replace('[redacted]', '').length).toBeLessThan(30)
        },
      ),
    )
  })

  describe('the credentials of a URL', () => {
    const url = 'https://us%65rname:p%40ss%2Fword@rpc.example/v2/t%2Fken%20one?key=s%26cret+two#fr%20agment'
    it.each([
      ['user and password for HTTP', `Authorization: Basic ${utf8('username:p@ss/word').toString('base64')}`],
      ['the same as they stand in it', `Basic ${utf8('us%65rname:p%40ss%2Fword').toString('base64')}`],
      ['in plain text', 'username:p@ss/word'],
      ['the password alone', 'the password p@ss/word is wrong'],
      ['as it stands in it', 'the password p%40ss%2Fword is wrong'],
      ['in other cases', 'THE PASSWORD P@SS/WORD'],
      ['a part of the path', 'no route t/ken one'],
      ['a value of the query', 'no key s&cret two'],
      ['the query', 'got key=s%26cret+two'],
      ['the fragment', 'got fr agment'],
    ])('%s', (_, said) => {
      const shown = scrub(url, said)
      expect(shown).toContain('[redacted]')
      expect(shown).not.toMatch(/username|p@ss|p%40|t\/ken|s&cret|s%26|agment|dXNlcm5hbWU/i)
    })
  })

  it.each(['username:p@ss/word', 'p@ss/word', 'username'])('what Basic credentials say: %s', (said) => {
    const header = `Basic ${utf8('username:p@ss/word').toString('base64')}`
    expect(scrub(header, said)).toBe('[redacted]')
  })

  it('a key of bytes, whichever way it was given', () => {
    const bytes = Buffer.from(KEY, 'hex')
    for (const given of [KEY, `0x${KEY}`, bytes.toString('base64')])
      for (const said of [
        KEY,
        bytes.toString('base64'),
        bytes.toString('base64url'),
        bytes.join(', '),
        JSON.stringify(bytes),
      ])
        expect(scrub(given, said)).toMatch(/^(?:\{"type":"Buffer","data":\[)?\[redacted\](?:\]\})?$/)
  })

  it('and leaves everything else as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!/[0-9a-f]{6}/i.test(text))
        expect(scrub(KEY, text)).toBe(text)
      }),
    )
  })
})
