import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeUntrusted } from '../../src/base/escape.js'

describe('untrusted text', () => {
  it.each([
    ['a terminal sequence', '\u001b[2J\u001b]0;title\u0007', '\\u{1b}[2J\\u{1b}]0;title\\u{7}'],
    ['line breaks and tabs', 'a\r\nb\tc', 'a\\u{d}\\u{a}b\\u{9}c'],
    ['C1 controls, which terminals take for sequences', 'a\u009b2J\u0085', 'a\\u{9b}2J\\u{85}'],
    ['delete and NUL', '\u007f\u0000', '\\u{7f}\\u{0}'],
    ['marks that reorder a line', 'a\u202eb\u2066c\u2069\u200f', 'a\\u{202e}b\\u{2066}c\\u{2069}\\u{200f}'],
    ['what has no width', 'a\u200bb\u2060c\ufeff\u00ad', 'a\\u{200b}b\\u{2060}c\\u{feff}\\u{ad}'],
    ['other ends of lines', 'a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
    [
      'letters that look like nothing',
      'a\u3164\u115f\uffa0\u2800\u{13441}',
      'a\\u{3164}\\u{115f}\\u{ffa0}\\u{2800}\\u{13441}',
    ],
    ['marks that choose another shape', '\u2764\ufe0f \u{e0100}\u034f', '\u2764\\u{fe0f} \\u{e0100}\\u{34f}'],
    ['spaces that are none', ' \u00a0\u2003\u3000', ' \\u{a0}\\u{2003}\\u{3000}'],
    ['tags, beyond 16 bits', 'a\u{e0041}', 'a\\u{e0041}'],
  ])('%s', (_, text, escaped) => expect(escapeUntrusted(text)).toBe(escaped))

  it.each(['acme', 'école', '日本', 'крипто', '🦀', 'a "b" \\ c'])('%s stays as it is', (text) => {
    expect(escapeUntrusted(text)).toBe(text)
  })

  it('is one line of visible characters, whatever it was', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 0x10ffff }), { maxLength: 50 }), (codePoints) => {
        expect(escapeUntrusted(String.fromCodePoint(...codePoints))).not.toMatch(/(?! )[\p{Cc}\p{Cf}\p{Z}\p{DI}]/u)
      }),
    )
  })
})
