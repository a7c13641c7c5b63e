import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoteHeard } from '../../src/base/quote-heard.js'

const TOKEN = 'aB3-tok3n_9x'

describe('quoteHeard', () => {
  it.each([
    'internal error',
    'Not connected',
    'HTTP status: 429',
    'Connection refused (os error 111)',
    'dns error: failed to lookup address',
    "it didn't answer within 5 s, 300ms late",
    'the method eth_getBlockByNumber is not there',
    'invalid API key',
  ])('shows what tells something: %s', (text) => {
    expect(quoteHeard(text)).toBe(JSON.stringify(text))
  })

  it.each([
    ['error sending request for url (wss://rpc.example.com/v2/short): gone', '"error sending request for url … gone"'],
    ['401 for wss://user:word@rpc.example.com', '"401 for …"'],
    ['failed: /v2/short?key=word', '"failed: …"'],
    ['Authorization: Bearer word was refused', '"Authorization: … was refused"'],
    ['header authorization: word is wrong', '"header authorization: … is wrong"'],
    ['{"jsonrpc":"2.0","error":{"code":-32000}}', '"…"'],
    ['api_key=word', '"…"'],
    ['peer 20.1.2.3:3010 is gone', '"peer … is gone"'],
    ['a\u001b[2Jb \u202eevil\u0007 \u200bc', '"…"'],
    ['', '""'],
  ])('leaves out what may give something away: %s', (text, shown) => {
    expect(quoteHeard(text)).toBe(shown)
  })

  it('never shows a token, whatever stands around it', () => {
    const around = fc.string({ unit: fc.constantFrom(...' \n"\'(){}[]<>:=/?&,;@#%|\\\u001b\u202e.-_') })
    fc.assert(
      fc.property(around, around, fc.lorem(), (before, after, words) => {
        const shown = quoteHeard(`${words} ${before}${TOKEN}${after} ${words}`)
        expect(shown).not.toContain(TOKEN)
        expect(shown).toMatch(/^[ -~…]*$/)
        expect(shown.length).toBeLessThan(90)
      }),
    )
  })

  it('takes text of any size', () => {
    expect(quoteHeard('word '.repeat(1_000_000)).length).toBeLessThan(90)
    expect(quoteHeard('('.repeat(1_000_000)).length).toBeLessThan(90)
  })
})
