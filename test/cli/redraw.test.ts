import { expect, it } from 'vitest'
import { createFrames } from '../../src/cli/redraw.js'

const nowMs = () => 1_790_000_000_000
const TIME = '2026-09-21 14:13:20 UTC\n'

it('takes the place of what was shown before on a terminal, but not of what was said meanwhile', () => {
  let lines = 0
  const framed = createFrames({ redrawn: true, stamped: true, nowMs, said: () => lines })
  expect(framed('a\n')).toBe(`\u001b[H\u001b[J${TIME}a\n`)
  lines++
  expect(framed('b\n')).toBe(`\n${TIME}b\n`)
  expect(framed('c\n')).toBe(`\u001b[H\u001b[J${TIME}c\n`)
})

it('comes below it elsewhere, with the time unless it says that itself', () => {
  const [framed, own] = [true, false].map((stamped) => createFrames({ redrawn: false, stamped, nowMs, said: () => 0 }))
  expect([framed?.('a\n'), framed?.('b\n')]).toEqual(['a\n', `\n${TIME}b\n`])
  expect([own?.('a\n'), own?.('b\n')]).toEqual(['a\n', 'b\n'])
})
