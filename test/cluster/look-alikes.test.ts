import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alikeBySlot, likeness, namesAlike } from '../../src/cluster/look-alikes.js'
import { viewAt } from '../support/cluster-at.js'
import { member } from '../support/use-real-cluster.js'

describe('names that look alike', () => {
  it.each([
    ['the same', 'acme', 'acme'],
    ['in other cases', 'Acme Labs', 'aCME lABS'],
    ['with letters that are not seen', 'acme', 'ac\u200bm\u3164e\ufe0f\u{e0041}'],
    ['with blank signs and other spaces', 'acme labs', 'acme\u2800\u00a0labs'],
    ['with spaces around', 'acme', ' acme\t'],
    ['with controls and marks that reorder', 'acme', '\u001bac\u202eme'],
    ['in full width', 'acme', 'ａｃｍｅ'],
    ['with ligatures', 'fluffy', 'ﬂuﬀy'],
    ['composed and not', 'école', 'e\u0301cole'],
    ['in mathematical letters', 'acme', '𝐚𝒸𝖒𝚎'],
    ['with Cyrillic letters', 'acme operator', 'асmе ореrаtоr'],
    ['with Greek letters', 'TOKYO', 'ΤΟΚΥΟ'],
    ['with digits for letters', 'Bluefin 10', 'B1uefin lO'],
    ['with a capital I for an l', 'Bluefin', 'BIuefin'],
    ['with two letters for one', 'modern', 'modem'],
    ['with a sharp s', 'Straße', 'STRASSE'],
    ['with nothing that is seen', '', '\u3164\u2800 '],
  ])('%s', (_, a, b) => expect(likeness(a)).toBe(likeness(b)))

  it.each([
    ['acme', 'acne'],
    ['Aurora Labs', 'Aurora Labs 2'],
    ['北京', '東京'],
    ['крипто', 'криптон'],
    ['école', 'ecole'],
  ])('%s and %s do not', (a, b) => expect(likeness(a)).not.toBe(likeness(b)))

  it('whatever else is put between what is seen', () => {
    const unseen = fc.constantFrom('\u200b', '\ufe0f', '\u3164', '\u2800', '\u{e0020}', '\u00ad', '\u034f', '\u3000')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), fc.array(unseen), (name, marks) => {
        const noisy = [...name].map((letter, i) => letter + (marks[i] ?? '')).join('')
        expect(likeness(noisy)).toBe(likeness(name))
      }),
    )
  })
})

describe('among operators', () => {
  const { operators } = viewAt({ others: ['acme', 'Асmе', 'other', 'ACME\u3164'] })

  it('are named in a way that shows what differs', () => {
    expect(namesAlike(operators, { name: 'acme', operator: member(0) })).toEqual([
      `operator ${'0x1111111111111111111111111111111111111111'} in slot 1 has the name "acme" as well`,
      `the name "acme" looks like "\\u{410}\\u{441}m\\u{435}", that of operator 0x2222222222222222222222222222222222222222 in slot 2`,
      `the name "acme" looks like "ACME\\u{3164}", that of operator 0x4444444444444444444444444444444444444444 in slot 4`,
    ])
  })

  it('an operator does not look like itself', () => {
    expect(namesAlike(operators, { name: 'other', operator: member(3) })).toEqual([])
    expect(namesAlike(operators, { name: 'other', operator: member(0) })).toHaveLength(1)
  })

  it('are known by their slots', () => {
    expect(Object.fromEntries(alikeBySlot(operators))).toEqual({ 0: [], 1: [2, 4], 2: [1, 4], 3: [], 4: [1, 2] })
  })
})
