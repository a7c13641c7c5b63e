import { describe, expect, it } from 'vitest'
import { jsonInteger } from '../../src/base/snake-json.js'

describe('jsonInteger', () => {
  it('is a number while that is exact', () => {
    expect(jsonInteger(0n)).toBe(0)
    expect(jsonInteger(2n ** 53n - 1n)).toBe(9007199254740991)
    expect(jsonInteger(2n ** 53n)).toBe('9007199254740992')
    expect(jsonInteger(2n ** 128n - 1n)).toBe('340282366920938463463374607431768211455')
    expect(jsonInteger(-(2n ** 53n))).toBe('-9007199254740992')
  })
})
