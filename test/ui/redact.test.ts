import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../src/ui/redact.js'

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
