import { describe, expect, it } from 'vitest'
import { parseNamespace } from '../../src/base/namespace.js'
import { sentenceOf } from '../support/thrown.js'

const NEVER_A_NUMBER = ['', ' 80', '80 ', '+80', '-80', '8_0', '0x50', '1e1', '80.0', '080', '٣', 'eighty', 'NaN']

describe('parseNamespace', () => {
  it('takes 0 to 255, as text or number', () => {
    for (let id = 0; id <= 255; id++) {
      expect(parseNamespace(id, 'x')).toBe(id)
      expect(parseNamespace(String(id), 'x')).toBe(id)
    }
  })

  it.each([...NEVER_A_NUMBER, '256', '-1', '00', 256, -1, 0.5])('refuses %j', (value) => {
    expect(sentenceOf(() => parseNamespace(value, '-n'))).toMatch(/^NAMESPACE_INVALID: -n is .*not a namespace ID$/)
  })
})
