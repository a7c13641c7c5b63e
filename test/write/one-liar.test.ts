/**
 * One provider among three that fails, or lies in a single kind of answer: what two others say is enough for a write, and
 * the liar is named (docs/dev/never.md 5).
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { run as rename } from '../../src/operator/operator-rename.js'
import { GasPriceOracle } from '../chain/contract/cluster-fixture.js'
import { type Behaviour, type Call, type FaultProxy, type Reply, startFaultProxy } from '../support/fault-proxy.js'
import { share } from '../support/share.js'
import { blob, member, useRealCluster } from '../support/use-real-cluster.js'

const { now, services, stored, foreignIntoBlock, ownerWrites, transactionCount } = useRealCluster()
const ORACLE = '0x420000000000000000000000000000000000000F'
const proxies: FaultProxy[] = []
beforeAll(async () => {
  for (let n = 0; n < 3; n++) proxies.push(await startFaultProxy(() => now.chain.url))
})
beforeEach(async () => {
  await now.chain.rpc('anvil_setCode', [ORACLE, GasPriceOracle.deployedBytecode])
  await now.chain.rpc('anvil_mine', ['0x8'])
  // A provider that is a block behind shows another nonce.
  await foreignIntoBlock()
})
afterEach(() => Promise.all(proxies.map((proxy) => proxy.reset())))
afterAll(() => Promise.all(proxies.map((proxy) => proxy.stop())))

/** What a write asks, by what is asked. */
const KINDS = {
  'the chain ID': ({ method }) => method === 'eth_chainId',
  'the genesis block': ({ method, params }) => method === 'eth_getBlockByNumber' && params[0] === '0x0',
  'the latest block': ({ method, params }) => method === 'eth_getBlockByNumber' && params[0] === 'latest',
  'a block by its number': ({ method, params }) =>
    method === 'eth_getBlockByNumber' && params[0] !== '0x0' && params[0] !== 'latest',
  'the view': ({ method, params }) => method === 'eth_call' && !isOracle(params),
  'the implementation': ({ method }) => method === 'eth_getStorageAt',
  'the nonce': ({ method, params }) => method === 'eth_getTransactionCount' && params[1] !== 'pending',
  'the pending nonce': ({ method, params }) => method === 'eth_getTransactionCount' && params[1] === 'pending',
  'the balance': ({ method }) => method === 'eth_getBalance',
  'the tip': ({ method }) => method === 'eth_maxPriorityFeePerGas',
  'the gas': ({ method }) => method === 'eth_estimateGas',
  'the L1 fee': ({ method, params }) => method === 'eth_call' && isOracle(params) && !isOperatorFee(params),
  'the operator fee': ({ method, params }) => method === 'eth_call' && isOperatorFee(params),
  'what is sent': ({ method }) => method === 'eth_sendRawTransaction',
  'the receipt': ({ method }) => method === 'eth_getTransactionReceipt',
  'the transaction': ({ method }) => method === 'eth_getTransactionByHash',
  'the events': ({ method }) => method === 'eth_getLogs',
} satisfies Record<string, (call: Call) => boolean>
type Kind = keyof typeof KINDS

function isOracle(params: readonly unknown[]): boolean {
  return (params[0] as { to?: string }).to === ORACLE
}

/** getOperatorFee(uint256), which the development chain's oracle does not have. */
function isOperatorFee(params: readonly unknown[]): boolean {
  return (params[0] as { data?: string }).data?.startsWith('0x275aedd2') === true
}

type Lie = (reply: Reply) => Partial<Reply>
const says =
  (result: unknown): Lie =>
  () => ({ result })
const fails =
  (message: string, code = -32000, data?: string): Lie =>
  () => ({ error: { code, message, ...(data && { data }) } })

const LIES: Readonly<Record<string, Lie>> = {
  'an error': fails('out of order'),
  'a revert': fails('execution reverted', 3, '0x82b42900'),
  null: says(null),
  words: says('lots'),
  nothing: says('0x'),
  zero: says('0x0'),
  'a large number': says('0x1ffffffffffffe'),
  'a number beyond all': says(`0x${'f'.repeat(64)}`),
  'a hash': says(`0x${'ab'.repeat(32)}`),
  'an object': says({}),
}

/** Fields of objects, each garbled by itself. */
const FIELDS: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  'the latest block': ['number', 'hash', 'timestamp', 'baseFeePerGas'],
  'a block by its number': ['number', 'hash', 'timestamp', 'baseFeePerGas'],
  'the receipt': ['transactionHash', 'blockNumber', 'blockHash', 'gasUsed', 'effectiveGasPrice', 'l1Fee', 'status'],
}
const field =
  (name: string, change: (value: unknown) => unknown): Lie =>
  ({ result }) =>
    typeof result === 'object' && result !== null
      ? { result: { ...result, [name]: change((result as Record<string, unknown>)[name]) } }
      : { result }
const plus = (by: number) => (value: unknown) => {
  const number = (BigInt(String(value ?? 0)) + BigInt(by)).toString(16)
  return `0x${String(value).length === 66 ? number.padStart(64, '0') : number}`
}
const FIELD_LIES: Readonly<Record<string, (value: unknown) => unknown>> = {
  'left out': () => undefined,
  garbled: () => 'lots',
  'one less': (value) => (Number(value ?? 0) === 0 ? '0x' : plus(-1)(value)),
  'one more': plus(1),
  'far more': plus(1_000_000),
}

/** Whoever does this may be a moment late, or need not know: that is no reason to name anybody. */
const HARMLESS: Readonly<Partial<Record<Kind, RegExp>>> = {
  'the latest block': /^number one/,
  // Not everybody shows a pool.
  'the pending nonce': /^(?:an error|a revert|null|zero)$/,
  'the tip': /^(?:an error|a revert|zero)$/,
  'the operator fee': /^(?:a revert|nothing)$/,
  // It may have it from the others already.
  'what is sent': /^(?:an error|a revert)$/,
  // Its block may still be being built, or be built anew; what it cost is not everybody's to say.
  'the receipt':
    /^(?:null|block\w+ (?:one less|one more|far more)|(?:gasUsed|effectiveGasPrice) (?:left out|garbled)|l1Fee (?:left out|garbled|one less))$/,
  // There is a receipt.
  'the transaction': /./,
}

function lying(kind: Kind, lie: Lie): Behaviour {
  return async (exchange) => {
    const replies = JSON.parse(await exchange.deliver()) as Reply | readonly Reply[]
    const list = Array.isArray(replies) ? (replies as readonly Reply[]) : [replies as Reply]
    exchange.reply(
      exchange.calls.map((call) => {
        const reply = list.find(({ id }) => id === call.id) as Reply
        if (!KINDS[kind](call)) return reply
        return { jsonrpc: '2.0', id: reply.id, ...lie(reply) }
      }),
    )
  }
}

let names = 0
async function write(liar: Behaviour, place: number) {
  const proxy = proxies[place] as FaultProxy
  proxy.decide = () => liar
  const made = services({
    url: now.chain.url,
    providers: {
      providers: proxies.map(({ url }) => ({ url, headers: {}, proxy: null })),
      quorum: 2,
      certificateAuthorities: null,
    },
    timeoutMs: 60_000,
    wrap: (chain) => ({
      ...chain,
      async broadcast(transaction) {
        // Another operator's data changes meanwhile, so that the events are looked at.
        await ownerWrites(blob(`other ${names}`, []), member(1))
        const sent = await chain.broadcast(transaction)
        // So that all see the same when they are asked what became of it.
        while ((await now.chain.rpc('eth_getTransactionReceipt', [transaction.hash])) === null) {}
        return sent
      },
    }),
  })
  const before = await transactionCount()
  const newName = `name ${++names}`
  const { data } = await rename(made.services, { newName })
  expect(data).toMatchObject({ changed: true, overwritten: [] })
  expect((await stored()).name).toBe(newName)
  expect(await transactionCount()).toBe(before + 1)
  const warnings = made.said.filter((text) => text.startsWith('warning: '))
  for (const other of proxies) if (other !== proxy) expect(warnings.join()).not.toContain(other.host)
  return { data, isNamed: warnings.some((text) => text.includes(proxy.host)), warnings }
}

it('every kind of request is in this table', async () => {
  await write((exchange) => exchange.deliver().then((text) => exchange.answer(text)), 0)
  const calls = proxies.flatMap(({ seen }) => seen.flatMap((one) => one.calls))
  const kinds = Object.entries(KINDS)
  for (const call of calls)
    expect(
      kinds.filter(([, isIt]) => isIt(call)),
      JSON.stringify(call),
    ).toHaveLength(1)
  for (const [kind, isIt] of kinds) expect(calls.some(isIt), kind).toBe(true)
})

const BRACKETS = `${'['.repeat(30 << 20)}${']'.repeat(30 << 20)}`
const OBJECTS = `[${'{},'.repeat(20_000_000)}{}]`
const OBJECTS_THAT_FIT = `[${'{},'.repeat(300_000)}{}]`
const inEachReply = (calls: readonly Call[], result: string) =>
  `[${calls.map(({ id }) => `{"jsonrpc":"2.0","id":${id},"result":${result}}`).join()}]`

describe('a provider that', () => {
  it.each<[string, Behaviour]>([
    ['is dead', (exchange) => exchange.drop()],
    ['is silent', () => {}],
    ['answers with a page', (exchange) => exchange.answer('<html>', 200)],
    ['answers 500', (exchange) => exchange.answer('', 500)],
    ['wants fewer requests', (exchange) => exchange.answer('', 429, { 'retry-after': '5' })],
    ['answers with 60 MiB of brackets', (exchange) => exchange.answer(BRACKETS)],
    ['answers with 20 million objects', (exchange) => exchange.answer(OBJECTS)],
    ['answers with as many as fit into an answer', ({ calls, answer }) => answer(inEachReply(calls, OBJECTS_THAT_FIT))],
  ])('%s', async (_, behave) => {
    expect((await write(behave, 1)).isNamed).toBe(true)
  })
})

/** Null in place of state is waited for, which takes a second each; the view stands for all of it. */
const WAITED_FOR: readonly Kind[] = [
  'a block by its number',
  'the implementation',
  'the nonce',
  'the balance',
  'the gas',
  'the L1 fee',
  'the operator fee',
]
const rows = (Object.keys(KINDS) as Kind[]).flatMap((kind) => [
  ...Object.entries(LIES)
    .filter(([name]) => name !== 'null' || !WAITED_FOR.includes(kind))
    .map(([name, lie]) => [kind, name, lie] as const),
  ...(FIELDS[kind] ?? []).flatMap((name) =>
    Object.entries(FIELD_LIES).map(([how, change]) => [kind, `${name} ${how}`, field(name, change)] as const),
  ),
])
describe('a lie about', () => {
  it.each(share(rows))('%s: %s', async (kind, name, lie) => {
    const { isNamed, warnings } = await write(lying(kind, lie), names % 3)
    expect(isNamed, warnings.join('\n')).toBe(HARMLESS[kind]?.test(name) !== true)
  })
})
