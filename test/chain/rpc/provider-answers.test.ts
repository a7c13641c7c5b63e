import { describe, expect, it } from 'vitest'
import { KNOWN_ANSWERS, type Meaning, meaningOf, type Said } from '../../../src/chain/rpc/provider-answers.js'

describe('each of the known answers means what its row says, in any case and with other words around it', () => {
  for (const { means, words, codes = [], statuses = [] } of KNOWN_ANSWERS)
    it(means, () => {
      for (const one of words) {
        const said = one.replace('*', '0x1234 ')
        expect([one, meaningOf({ message: `Error: ${said.toUpperCase()}.` })]).toEqual([one, means])
        expect([one, meaningOf({ code: -32000, status: 400, message: said })]).toEqual([one, means])
        expect([one, meaningOf({ message: 'error', data: said })]).toEqual([one, means])
      }
      for (const code of codes) expect([code, meaningOf({ code, message: 'x' })]).toEqual([code, means])
      for (const status of statuses) expect([status, meaningOf({ status, message: 'x' })]).toEqual([status, means])
    })
})

describe('sentences of the wild', () => {
  it.each<[Meaning, Said]>([
    ['reverts', { code: 3, message: 'batch too large' }],
    ['reverts', { code: -32000, message: 'execution reverted: rate limit exceeded' }],
    ['reverts', { code: -32015, message: 'VM execution error.', data: 'Reverted 0x' }],
    ['reverts', { code: -32000, message: 'x', data: '0x08c379a0' }],
    ['not-there-yet', { code: -32000, message: 'header not found' }],
    ['not-there-yet', { code: -32000, message: 'header for hash 0xab not found' }],
    ['not-there-yet', { code: -32602, message: 'BlockOutOfRangeError: block height is 5 but requested was 10' }],
    ['not-there-yet', { code: -32000, message: 'block range extends beyond current head block' }],
    [
      'not-there-yet',
      {
        code: -32000,
        message: 'One of the blocks specified in filter (fromBlock, toBlock or blockHash) cannot be found.',
      },
    ],
    ['pruned', { code: -32000, message: 'missing trie node ab (path ) state 0xcd is not available, not found' }],
    ['pruned', { code: -32000, message: 'required historical state unavailable (reexec=128)' }],
    ['pruned', { code: -32000, message: 'distance to target block exceeds maximum proof window' }],
    ['log-range', { code: -32005, message: 'query returned more than 10000 results' }],
    ['log-range', { code: -32600, message: 'Under the Free plan, you can ask with up to a 10 block range.' }],
    ['log-range', { code: -32614, message: 'eth_getLogs is limited to a 10,000 range' }],
    ['too-much', { status: 429, code: 31, message: 'batches of more than 3 calls are not part of your plan' }],
    ['too-much', { status: 429, message: 'Too many requests in batch' }],
    ['too-much', { status: 413 }],
    ['rate-limited', { status: 429 }],
    ['rate-limited', { code: -32005, message: 'daily request count exceeded, request rate limited' }],
    ['rate-limited', { code: -32007, message: '15/second request limit reached' }],
    ['rate-limited', { code: -32016, message: 'over rate limit' }],
    ['unsupported', { code: -32601, message: 'the method eth_x does not exist/is not available' }],
    ['unsupported', { code: -32000, message: 'pending block is not supported' }],
    ['lasting', { status: 403, message: 'Invalid API key' }],
    ['passing', { code: -32603, message: '' }],
    ['passing', { code: -32000, message: 'execution aborted (timeout = 5s)' }],
    ['passing', { status: 529 }],
    ['unclear', { status: 403 }],
    ['unclear', { status: 400, message: 'Bad Request' }],
    ['unclear', { code: -32000, message: 'nonce too low' }],
    ['unclear', { code: -32000, message: 'insufficient funds for gas * price + value' }],
    ['unclear', {}],
  ])('%s: %j', (means, said) => {
    expect(meaningOf(said)).toBe(means)
  })
})

it('looks at no more than the beginning of what is very long', () => {
  const message = `${'block '.repeat(200_000)}header not found`
  expect(meaningOf({ message, data: message })).toBe('unclear')
})
