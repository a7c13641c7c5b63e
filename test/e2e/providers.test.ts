/**
 * Several providers, some of which lie, lag or fail (docs/dev/never.md 5): nothing is signed on what they don't agree
 * about, who differs is named by host, and what is signed goes to all of them.
 */
import { toHex } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { primaryPortOf, watch } from '../support/chain-watch.js'
import { sandbox, wcnJson } from '../support/cli.js'
import { useDevnet } from '../support/devnet.js'
import { type Behaviour, type FaultProxy, passOn, type Reply, SEND, startFaultProxy } from '../support/fault-proxy.js'
import { behindBy, showing } from '../support/lagging.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

const chain = watch(
  () => net.rpcUrl,
  () => net.contract,
)
const LAG = 5
const proxies: FaultProxy[] = []
let runs = 0
let stateDirectory: string
let operator: string
/** The operator's data on chain, and the same with another port: what the liar shows. */
let truth: string
let lie: string
let port: number

beforeAll(async () => {
  operator = net.operators[0]?.address as string
  await chain.mine(2 * LAG)
  proxies.push(...(await Promise.all(Array.from({ length: 4 }, () => startFaultProxy(() => net.rpcUrl)))))
})
afterAll(() => Promise.all(proxies.map((proxy) => proxy.stop())))

beforeEach(async () => {
  stateDirectory = box.path(`state-${++runs}`)
  // A provider that lags by five blocks knows neither this write's data nor its nonce.
  port = 5000 + 10 * runs
  const written = await update(port, [net.rpcUrl])
  expect(written, JSON.stringify(written)).toMatchObject({ code: 0, data: { changed: true } })
  stateDirectory = box.path(`state-${runs}-tested`)
  truth = (await chain.sight(operator)).data.slice(2)
  // Varints of two bytes, low seven bits first.
  lie = truth.replace(varint(port), varint(port + 1))
  expect(primaryPortOf(`0x${lie}`)).toBe(port + 1)
})
afterEach(async () => {
  await Promise.all(proxies.map((proxy) => proxy.reset()))
  await chain.automine(true)
})

const varint = (value: number): string => Buffer.from([(value & 127) | 128, value >> 7]).toString('hex')

function update(to: number, urls: readonly string[], ...flags: readonly string[]) {
  const account = net.operators[0]
  if (!account) throw new Error('there is no operator')
  const { RPC_PROVIDER_URL: _, ...env } = net.signedBy(account)
  const providers = urls.flatMap((url) => ['--rpc-url', url])
  const args = ['nodes', 'update', '0', '--primary-port', String(to), '--yes', '--timeout', '60']
  return wcnJson([...args, ...providers, ...flags], { env: { ...env, WCN_STATE_DIR: stateDirectory } })
}

const SOUND: Behaviour = passOn
const LYING: Behaviour = (exchange) => showing(lie, truth)(exchange)
const LAGGING: Behaviour = behindBy(LAG)
const GONE: Behaviour = (exchange) => exchange.drop()

function use(...behaviours: readonly Behaviour[]): readonly FaultProxy[] {
  return behaviours.map((behave, n) => {
    const proxy = proxies[n]
    if (!proxy) throw new Error('there are not as many proxies')
    proxy.decide = () => behave
    return proxy
  })
}
const urlsOf = (used: readonly FaultProxy[]) => used.map(({ url }) => url)

/** Exit 5, everybody named who must be, and not one transaction signed: none sent, none written down. */
async function expectRefused(used: readonly FaultProxy[], named: readonly FaultProxy[], flags: readonly string[]) {
  const before = await chain.sight(operator)
  const run = await update(port + 2, urlsOf(used), ...flags)
  const shown = JSON.stringify(run, null, 2)
  expect(run, shown).toMatchObject({ code: 5, error: { code: 'PROVIDERS_DISAGREE' } })
  const words = `${run.error.message} ${run.error.hint} ${run.stderr}`
  for (const { host } of named) expect(words, shown).toContain(host)
  for (const { raw } of used) expect(raw).toEqual([])
  expect(await chain.sight(operator)).toEqual(before)
  const list = await wcnJson(['tx', 'list'], { env: { WCN_STATE_DIR: stateDirectory } })
  expect(list).toMatchObject({ code: 0, data: { transactions: [] } })
}

/** Exit 0 on the truth; who differs is named by host on stderr, and nobody else. */
async function expectWritten(
  used: readonly FaultProxy[],
  named: readonly FaultProxy[],
  flags: readonly string[],
  reached: readonly FaultProxy[] = used,
) {
  const before = await chain.sight(operator)
  const run = await update(port + 2, urlsOf(used), ...flags)
  const shown = JSON.stringify(run, null, 2)
  expect(run, shown).toMatchObject({ code: 0, data: { changed: true } })
  const [change, ...others] = run.data.changes
  expect(others, shown).toEqual([])
  expect([change.before.primary_port, change.after.primary_port], shown).toEqual([port, port + 2])
  for (const proxy of used)
    if (named.includes(proxy)) expect(run.stderr, shown).toMatch(new RegExp(`warning: .*${proxy.host}`))
    else expect(run.stderr, shown).not.toContain(proxy.host)
  for (const { raw } of reached) expect(raw.length, shown).toBeGreaterThan(0)
  const after = await chain.settled(operator)
  expect(after).toMatchObject({ nonce: before.nonce + 1, waiting: 0 })
  expect(primaryPortOf(after.data)).toBe(port + 2)
}

describe('where all must agree', () => {
  it('a liar and a laggard are named, and nothing is signed', async () => {
    const used = use(LYING, LAGGING)
    await expectRefused(used, used, [])
  })

  it('a liar beside a sound one is named', async () => {
    const used = use(SOUND, LYING)
    await expectRefused(used, used, [])
  })

  it('a laggard beside a sound one is named', async () => {
    const used = use(SOUND, LAGGING)
    await expectRefused(used, used.slice(1), [])
  })

  it('one that is gone is named', async () => {
    const used = use(SOUND, GONE)
    await expectRefused(used, used.slice(1), [])
  })

  it('two that do agree are both sent the transaction', async () => {
    await expectWritten(use(SOUND, SOUND), [], [])
  })
})

describe('where two must agree', () => {
  const quorum = ['--rpc-quorum', '2']

  it.each([
    ['lies', LYING],
    ['lags', LAGGING],
  ])('the third is left out where it %s', async (_, behave) => {
    for (const place of [0, 2]) {
      const behaviours = [SOUND, SOUND, SOUND].with(place, behave)
      const used = use(...behaviours)
      await expectWritten(used, used.slice(place, place + 1), quorum)
      await Promise.all(proxies.map((proxy) => proxy.reset()))
      await chain.mine(LAG + 1)
      const back = await update(port, [net.rpcUrl])
      expect(back).toMatchObject({ code: 0 })
    }
  })

  it('the third is left out where it is gone', async () => {
    const used = use(GONE, SOUND, SOUND)
    await expectWritten(used, used.slice(0, 1), quorum, used.slice(1))
  })

  it('a liar and a laggard are both named, and left out', async () => {
    const used = use(LYING, SOUND, LAGGING, SOUND)
    await expectWritten(used, [used[0], used[2]] as FaultProxy[], quorum)
  })

  it('a single one that tells the truth is not enough', async () => {
    const used = use(LYING, SOUND, LAGGING)
    await expectRefused(used, used, quorum)
  })
})

describe('after signing', () => {
  it('one provider that delivers is enough, whatever the other does with the transaction', async () => {
    const used = use(
      (exchange) => (exchange.asks(SEND) ? exchange.drop() : passOn(exchange)),
      (exchange) => passOn(exchange),
    )
    const before = await chain.sight(operator)
    const run = await update(port + 2, urlsOf(used))
    expect(run, JSON.stringify(run)).toMatchObject({ code: 0, data: { changed: true } })
    expect((await chain.sight(operator)).nonce).toBe(before.nonce + 1)
  })

  it('a receipt that only one of them has is not believed', async () => {
    await chain.automine(false)
    let told = 0
    const forging: Behaviour = async (exchange) => {
      const replies = await exchange.ask(exchange.calls)
      const asked = exchange.calls.find(({ method }) => method === 'eth_getTransactionReceipt')
      if (asked && ++told === 4) {
        // It has had its chances to be taken in.
        await chain.mine()
        return passOn(exchange)
      }
      if (!asked || told > 4) return exchange.reply(replies)
      const receipt = await forgedReceipt(String(asked.params[0]))
      exchange.reply(replies.map((reply): Reply => (reply.id === asked.id ? { ...reply, result: receipt } : reply)))
    }
    const run = await update(port + 2, urlsOf(use(SOUND, forging)))
    const shown = JSON.stringify(run, null, 2)
    expect(told, shown).toBeGreaterThanOrEqual(4)
    expect(run, shown).toMatchObject({ code: 0, data: { changed: true } })
    const { hash, block } = run.data.transaction
    const receipt = await chain.rpc<{ blockHash: string }>('eth_getTransactionReceipt', hash)
    expect(block.hash).toBe(receipt.blockHash)
  })
})

async function forgedReceipt(transactionHash: string) {
  const head = await chain.rpc<{ number: string; hash: string }>('eth_getBlockByNumber', 'latest', false)
  return {
    transactionHash,
    transactionIndex: '0x0',
    blockNumber: head.number,
    blockHash: head.hash,
    from: operator,
    to: net.contract,
    status: '0x1',
    type: '0x2',
    gasUsed: toHex(60_000),
    cumulativeGasUsed: toHex(60_000),
    effectiveGasPrice: toHex(10 ** 9),
    contractAddress: null,
    logs: [],
    logsBloom: `0x${'00'.repeat(256)}`,
  }
}

describe('settings that make no sense', () => {
  it('are refused before anything is asked', async () => {
    const [one] = use(SOUND)
    const url = (one as FaultProxy).url
    const other = (proxies[1] as FaultProxy).url
    const cases = [
      [[url, url], []],
      [[url, `${url}/`], []],
      [[url], ['--rpc-quorum', '2']],
      [
        [url, other],
        ['--rpc-quorum', '0'],
      ],
      [
        [url, other],
        ['--rpc-quorum', 'most'],
      ],
    ] as const
    for (const [urls, flags] of cases) {
      const run = await update(port + 2, urls, ...flags)
      expect(run, JSON.stringify({ urls, flags, run })).toMatchObject({ code: 2, ok: false })
    }
    expect(proxies.flatMap(({ seen }) => seen)).toEqual([])
  })

  it('such as a provider of another chain are named by host', async () => {
    const used = use(SOUND, async (exchange) => {
      const replies = await exchange.ask(exchange.calls)
      const isId = (id: number) => exchange.calls.some((one) => one.id === id && one.method === 'eth_chainId')
      exchange.reply(replies.map((reply) => (isId(reply.id) ? { ...reply, result: '0xa' } : reply)))
    })
    const run = await update(port + 2, urlsOf(used))
    expect(run, JSON.stringify(run)).toMatchObject({ code: 4, error: { code: 'WRONG_CHAIN' } })
    expect(`${run.error.message} ${run.error.hint}`).toContain((used[1] as FaultProxy).host)
    for (const { raw } of used) expect(raw).toEqual([])
  })
})
