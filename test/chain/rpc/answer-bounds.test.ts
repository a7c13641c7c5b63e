import fc from 'fast-check'
import { expect, it } from 'vitest'
import { whyNotParsed } from '../../../src/chain/rpc/answer-bounds.js'

const bytes = (text: string) => Buffer.from(text)

it('finds nothing wrong with any JSON of usual depth', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => {
      expect(whyNotParsed(bytes(JSON.stringify(value)))).toBeNull()
      expect(whyNotParsed(bytes(JSON.stringify(value, null, 1)))).toBeNull()
    }),
  )
})

it('takes nothing inside of a string for structure', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('[', '{', '"', '\\', ',', '\\"', 'é', '😀'), { maxLength: 100 }), (parts) => {
      const text = parts.join('').repeat(50)
      expect(whyNotParsed(bytes(JSON.stringify([text, { [text]: text }])))).toBeNull()
    }),
  )
})

it('counts depth as it is where lists follow one another', () => {
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  expect(whyNotParsed(bytes(`[${Array(1000).fill(deep(31)).join()}]`))).toBeNull()
  expect(whyNotParsed(bytes(deep(33)))).toMatch(/nested/)
  expect(whyNotParsed(bytes('{"a":'.repeat(33)))).toMatch(/nested/)
})

it('counts values of all kinds', () => {
  for (const one of ['{}', '[]', '0', '"x"', 'null', '{"a":0}'])
    expect([one, whyNotParsed(bytes(`[${Array(500_100).fill(one).join()}]`))]).toEqual([
      one,
      expect.stringMatching(/values/),
    ])
})

it('survives what is no JSON', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (garbage) => {
      whyNotParsed(Buffer.from(garbage))
    }),
  )
  for (const text of ['', '"', '"\\', '"\\"', ']]]]', '\\"['.repeat(10)]) expect(whyNotParsed(bytes(text))).toBeNull()
})
