import { expect, it } from 'vitest'
import { costInWords } from '../../src/base/wei.js'

it('what several transactions cost is known where it is of each', () => {
  expect(costInWords([])).toBe('0 ETH')
  expect(costInWords(['1000000000000000', '500000000000000'])).toBe('0.0015 ETH')
  expect(costInWords(['1000000000000000', null])).toBe('not known: the RPC providers do not tell')
})
