import { describe, expect, it } from 'vitest'
import type { ProviderProbe } from '../../src/chain/provider-probe.js'
import { bestProvider, judgeProviders } from '../../src/chain/provider-verdicts.js'

const NOW = 1_790_000_000
const EXPECTED = { chainId: 10, now: NOW }

function probe(host: string, changes: Partial<ProviderProbe> = {}, block = 100, latencyMs = 20): ProviderProbe {
  const found = { chainId: 10, block: { number: block, time: NOW - 2 }, latencyMs }
  return { host, websocket: true, encrypted: true, local: false, found, problem: null, ...changes }
}

const down = (host: string) => probe(host, { found: null, problem: `${host} is down` })
const onChain = (host: string, chainId: number) =>
  probe(host, { found: { chainId, block: { number: 900, time: NOW }, latencyMs: 1 } })

describe('what a node can not use', () => {
  it.each([
    ['does not answer', down('a'), 'a is down'],
    ['serves another chain', onChain('a', 1), 'a serves chain 1, but chain 10 is expected'],
    ['speaks http', probe('a', { websocket: false }), 'a is given by an http(s):// URL'],
  ])('%s', (_, candidate, sentence) => {
    const [verdict] = judgeProviders([candidate], EXPECTED)
    expect(verdict?.refusal).toContain(sentence)
    expect(bestProvider(judgeProviders([candidate], EXPECTED))).toBeNull()
  })
})

describe('what is remarked', () => {
  it('is a lag behind the best on the same chain', () => {
    const [a, b, c] = judgeProviders([probe('a', {}, 94), probe('b', {}, 95), onChain('c', 1), probe('d')], EXPECTED)
    expect(a?.remarks).toEqual(['a lags: it is 6 blocks behind the best of these'])
    expect(b).toMatchObject({ remarks: [], blocksBehind: 5 })
    expect(c).toMatchObject({ blocksBehind: null })
  })

  it('is an old head, but for a development chain', () => {
    const old = (chainId: number) =>
      probe('a', { found: { chainId, block: { number: 1, time: NOW - 61 }, latencyMs: 1 } })
    expect(judgeProviders([old(10)], EXPECTED)[0]?.remarks).toEqual(['the newest block that a has is 61 s old'])
    expect(judgeProviders([old(31337)], { ...EXPECTED, chainId: 31337 })[0]?.remarks).toEqual([])
  })

  it('is a slow answer, and a connection that others can read', () => {
    const [a] = judgeProviders([probe('a', { encrypted: false }, 100, 501)], EXPECTED)
    expect(a?.remarks).toEqual([expect.stringContaining('is slow'), expect.stringContaining('wss://')])
    expect(judgeProviders([probe('a', { encrypted: false, local: true })], EXPECTED)[0]?.remarks).toEqual([])
  })
})

it('the best has the fewest remarks, then the quickest answer', () => {
  const quickButBehind = probe('a', {}, 50, 1)
  const slower = probe('b', {}, 100, 200)
  const best = probe('c', {}, 100, 100)
  expect(bestProvider(judgeProviders([down('d'), quickButBehind, slower, best], EXPECTED))?.probe.host).toBe('c')
})
