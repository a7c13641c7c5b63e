import { expect, it } from 'vitest'
import { durationInWords } from '../../src/base/duration-in-words.js'

it.each([
  [-5, '0 s'],
  [0.9996, '1 s'],
  [119, '119 s'],
  [119.7, '2 min'],
  [179, '2 min'],
  [600, '10 min'],
  [7199, '119 min'],
  [7200, '2 h'],
  [9000, '2 h 30 min'],
  [172_800, '2 days'],
])('%d s in words', (seconds, words) => {
  expect(durationInWords(seconds)).toBe(words)
})
