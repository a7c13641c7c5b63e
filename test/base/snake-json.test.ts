import { expect, it } from 'vitest'
import { snakeJson } from '../../src/base/snake-json.js'

it('renames fields at any depth, and leaves values alone', () => {
  const data = { ipv4Addr: '10.0.0.1', isDown: [{ rttMs: null }], aBCount: 2n ** 53n, plain: 7n, word: 'camelCase' }
  expect(snakeJson(data)).toEqual({
    ipv4_addr: '10.0.0.1',
    is_down: [{ rtt_ms: null }],
    a_b_count: '9007199254740992',
    plain: 7,
    word: 'camelCase',
  })
})
