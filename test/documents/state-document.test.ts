/** Files of the tool's own whose format has changed: read all the same, as strictly as ever, and never by a guess. */
import { describe, expect, it } from 'vitest'
import { integerThat, mapped, recordOf, text } from '../../src/documents/shape.js'
import { formatStateDocument, parseStateDocument, type StateDocument } from '../../src/documents/state-document.js'
import { thrownBy } from '../support/thrown.js'

/** First a number of gwei; then wei as text; now a limit with its unit apart. */
const DOCUMENT: StateDocument<{ readonly limit: { readonly wei: bigint } }> = {
  type: 'wcn-test',
  version: 3,
  what: 'limit',
  moveAway: 'to set it anew',
  shape: recordOf({ limit: recordOf({ wei: mapped(text, BigInt) }) }),
  former: {
    1: mapped(recordOf({ limitGwei: integerThat(() => true, '') }), ({ limitGwei }) => ({
      limit: `${limitGwei}000000000`,
    })),
    2: mapped(recordOf({ limit: text }), ({ limit }) => ({ limit: { wei: limit } })),
  },
}
const file = (version: number, content: object) => formatStateDocument({ ...DOCUMENT, version }, content)
const parse = (content: string) => parseStateDocument(content, '/state/limit.json', DOCUMENT)

describe('a file of a former format', () => {
  it.each([
    ['the first', file(1, { limit_gwei: 7 })],
    ['the second', file(2, { limit: '7000000000' })],
    ["today's", file(3, { limit: { wei: '7000000000' } })],
  ])('is read: %s', (_, content) => {
    expect(parse(content)).toEqual({ limit: { wei: 7_000_000_000n } })
  })

  it.each([
    ['what its own format does not have', file(1, { limit_gwei: 7, more: 1 }), 'more'],
    ['a value of another kind', file(1, { limit_gwei: '7' }), 'limit_gwei'],
    ["the next format's content", file(1, { limit: '7' }), 'limit'],
    ['what the next format refuses', file(2, { limit: '7', wei: '7' }), 'wei'],
    ['a version that never was', file(0, { limit_gwei: 7 }), 'its version is 0, which does not exist'],
    ['a newer one', file(4, { limit: { wei: '7' } }), 'it was written by a newer wcn (its version is 4)'],
    ['the same key twice', file(1, { limit_gwei: 7 }).replace('{', '{"limit_gwei": 7,'), 'twice'],
  ])('is refused with %s', (_, content, why) => {
    const error = thrownBy(() => parse(content))
    expect(error).toMatchObject({
      code: 'JOURNAL_INVALID',
      hint: 'nothing was overwritten; move it away to set it anew',
    })
    expect(error.message).toContain(why)
  })
})
