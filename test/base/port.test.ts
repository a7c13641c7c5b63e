import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePort } from '../../src/base/port.js'
import { sentenceOf } from '../support/thrown.js'

const NEVER_A_NUMBER = ['', ' 80', '80 ', '+80', '-80', '8_0', '0x50', '1e1', '80.0', '080', '٣', 'eighty', 'NaN']

describe('parsePort', () => {
  it('takes 1 to 65535, as text or number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65535 }), (port) => {
        expect(parsePort(port, 'x')).toBe(port)
        expect(parsePort(String(port), 'x')).toBe(port)
      }),
    )
  })

  it.each([...NEVER_A_NUMBER, '1e3', 80.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %j', (value) => {
    expect(sentenceOf(() => parsePort(value, '--primary-port'))).toMatch(
      /^PORT_INVALID: --primary-port is .*, which is/,
    )
  })

  it.each(['0', '65536', '99999', '1000000', '-1', 0, 65536, -1])('says that %j is out of range', (value) => {
    expect(sentenceOf(() => parsePort(value, 'nodes.yaml: nodes[2].primary_port'))).toMatch(/is out of range$/)
  })
})
