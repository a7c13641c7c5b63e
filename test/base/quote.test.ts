import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote } from '../../src/base/quote.js'
import { readVectors } from '../support/vectors.js'

describe('quote', () => {
  it('shows short text as a JSON string, so that spaces and controls are seen', () => {
    expect(quote(' 80\n')).toBe('" 80\\n"')
  })

  it('shortens long text', () => {
    expect(quote('word '.repeat(40)).length).toBeLessThan(90)
  })

  it('shows addresses and peer IDs', () => {
    for (const text of [
      '0x4a7269c02Dd694907e5A1D33ae26332C45941c44',
      '12D3KooWEpnkpLyrFaedASDty5As4YSKPoCsmTT8FS1yUPgiGqva',
      '1Ajpx75B1Bj9zxvz1EnRjYi4JuHKhzSkkVLXo4wjykepLz',
      'QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC',
    ]) {
      expect(quote(text)).toBe(`"${text}"`)
    }
  })

  it('shows URLs, but none that may hold a token', () => {
    for (const url of ['https://example.com', 'ws://127.0.0.1:8545/', 'wss://rpc.example.com/v2/eu'])
      expect(quote(url)).toBe(JSON.stringify(url))
    for (const url of [
      'wss://user:word@rpc.example.com',
      'wss://rpc.example.com/?key=a',
      'wss://rpc.example.com/v2/Zx81kQpL00aa77bb',
    ])
      expect(quote(url)).toBe(`a value of ${url.length} characters (not shown: there might be a token in it)`)
  })

  it('never shows keys in any text form', () => {
    for (const { secret_key } of readVectors<{ secret_key: string }[]>('node-keys')) {
      const urlSafe = secret_key.replaceAll('+', '-').replaceAll('/', '_')
      for (const text of [secret_key, `"${secret_key}"`, urlSafe, secret_key.slice(0, 42)]) {
        expect(quote(text)).toMatch(/^a value of \d+ characters/)
      }
    }
    const hexKey = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((key) => Buffer.from(key).toString('hex'))
    fc.assert(
      fc.property(hexKey, fc.constantFrom('', '0x', '0X', 'key='), (hex, prefix) => {
        expect(quote(prefix + hex)).not.toContain(hex)
        expect(quote(prefix + hex.toUpperCase())).not.toContain(hex.toUpperCase())
        expect(quote(`${prefix}1A${hex.slice(2).toUpperCase()}`)).toContain('not shown')
      }),
    )
    expect(quote('abandon ability able about above absent absorb abstract absurd abuse access accident')).toContain(
      'not shown',
    )
  })
})
