/**
 * A single provider that lies about what a transaction takes or costs: whatever signs or sends one is bounded by absolute
 * limits, and says so; what no chain ever said is the provider's fault, by name. Nothing is sent.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { exitCodeOf } from '../../src/errors/exit-codes.js'
import type { Examiner } from '../../src/health/examiner.js'
import { run as enter } from '../../src/maintenance/maintenance-enter.js'
import { run as rotate } from '../../src/nodes/nodes-rotate.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { run as cancel } from '../../src/tx/tx-cancel.js'
import { run as resume } from '../../src/tx/tx-resume.js'
import { run as send } from '../../src/tx/tx-send.js'
import type { ChainServices } from '../support/chain-services.js'
import { type Call, type FaultProxy, startFaultProxy } from '../support/fault-proxy.js'
import { healthOf } from '../support/health-of.js'
import { memoryState } from '../support/memory-state.js'
import { peerId } from '../support/nodes.js'
import { SIGNED, useOfflineOwner } from '../support/offline-signing.js'
import { rejectedBy } from '../support/rejected.js'
import { renameCall, signedWrite } from '../support/signed-write.js'

const examiner: Examiner = {
  unproven: null,
  identified: true,
  examine: async (nodes) => nodes.map((one) => healthOf(one, {})),
}
vi.mock('../../src/health/examiner.js', () => ({ openExaminer: async () => examiner }))

const { now, services, stored, setBalance, transactionCount, signed, sender, writeDown } = useOfflineOwner()
let proxy: FaultProxy
beforeAll(async () => {
  proxy = await startFaultProxy(() => now.chain.url)
})
afterEach(() => proxy.reset())
afterAll(() => proxy.stop())

type Lie = (call: Call, truth: unknown) => unknown
const hex = (value: bigint) => `0x${value.toString(16)}`
const word = (value: bigint) => `0x${value.toString(16).padStart(64, '0')}`
const GWEI = 10n ** 9n
const ETHER = 10n ** 18n
const ALL_BITS = 2n ** 256n - 1n

const to =
  (method: string, answer: (truth: unknown) => unknown): Lie =>
  (call, truth) =>
    call.method === method ? answer(truth) : undefined
/** Of the gas-price oracle, which has no code here. */
const oracle =
  (selector: string, wei: bigint): Lie =>
  ({ method, params }) => {
    const isAsked = method === 'eth_call' && (params[0] as { data: string }).data.startsWith(selector)
    return isAsked ? word(wei) : undefined
  }
const tip = (wei: bigint) => to('eth_maxPriorityFeePerGas', () => hex(wei))
const baseFee = (wei: bigint) =>
  to('eth_getBlockByNumber', (truth) => ({ ...(truth as object), baseFeePerGas: hex(wei) }))
const gas = (units: bigint) => to('eth_estimateGas', () => hex(units))
const l1Fee = (wei: bigint) => oracle('0x49948e0e', wei)
const operatorFee = (wei: bigint) => oracle('0x275aedd2', wei)
const balance = (wei: bigint) => to('eth_getBalance', () => hex(wei))

function tell(lie: Lie): void {
  proxy.decide = () => async (exchange) => {
    const replies = [JSON.parse(await exchange.deliver())].flat()
    exchange.reply(
      exchange.calls.map((call) => {
        const reply = replies.find(({ id }) => id === call.id)
        const result = lie(call, reply.result)
        return result === undefined ? reply : { jsonrpc: '2.0', id: call.id, result }
      }),
    )
  }
}

type Options = Parameters<typeof services>[0]
/** Gets everything ready with an honest provider, and then does its thing with the one that lies. */
type Door = (options?: Options) => Promise<{ readonly made: ChainServices; readonly go: () => Promise<unknown> }>

const through = (options: Options = {}) => services({ url: proxy.url, ...options })
const write =
  (go: (services: ChainServices['services']) => Promise<unknown>): Door =>
  async (options) => {
    const made = through(options)
    return { made, go: () => go(made.services) }
  }
/** For a transaction that an earlier run left open. */
const replacing =
  (go: (services: ChainServices['services'], hash: string) => Promise<unknown>): Door =>
  async (options) => {
    const state = memoryState()
    const { hash } = await signedWrite(services({ state }), renameCall('left open'))
    const made = through({ state, ...options })
    return { made, go: () => go(made.services, hash) }
  }

const DOORS: Readonly<Record<string, Door>> = {
  'operator rename': write((all) => rename(all, { newName: 'dear' })),
  'a dry run': write((all) => rename(all, { newName: 'dear', dryRun: true })),
  'maintenance enter': write((all) => enter(all, {})),
  'nodes rotate': write((all) => rotate(all, { node: '1', peerId: peerId(9), ipAddress: '20.0.9.1' })),
  '--unsigned': async (options) => {
    const made = through(options)
    return { made, go: () => writeDown(made) }
  },
  'tx cancel': replacing((all, hash) => cancel(all, { hash })),
  'tx resume --speed-up': replacing((all) => resume(all, { speedUp: true })),
  'tx send': async (options) => {
    const { text } = await signed()
    const made = sender(text, { url: proxy.url, ...options })
    return { made, go: () => send(made.services, { file: SIGNED }) }
  },
}

const SIGNED_ALREADY = ['tx send']
const DEAR: Readonly<
  Record<string, { readonly lie: Lie; readonly says: RegExp; readonly notFor?: readonly string[] }>
> = {
  'a tip of 8000 gwei': {
    lie: tip(8000n * GWEI),
    says: /tip is 8000 gwei per gas.* the limit is 3 unless --max-fee allows more/,
    notFor: SIGNED_ALREADY,
  },
  'a base fee of 1000 gwei': {
    lie: baseFee(1000n * GWEI),
    says: /takes 1\d{3} gwei per gas now, and the limit is 20 unless --max-fee/,
    notFor: SIGNED_ALREADY,
  },
  'gas beyond all blocks': {
    lie: gas(2n ** 40n),
    says: /may cost \d+(?:\.\d+)? ETH, and the limit is 0\.05 unless --max-cost/,
    // The gas limit is in the file, or that of the transaction that is sped up.
    notFor: ['tx send', 'tx resume --speed-up'],
  },
  'an L1 fee of half an ether': { lie: l1Fee(ETHER / 2n), says: /may cost \d\.\d+ ETH, and the limit is 0\.05 unless/ },
  'an operator fee of half an ether': {
    lie: operatorFee(ETHER / 2n),
    says: /may cost \d+\.\d+ ETH, and the limit is 0\.05/,
  },
}
const ABSURD: Readonly<Record<string, { readonly lie: Lie; readonly what: string }>> = {
  'a tip': { lie: tip(ALL_BITS), what: 'priority fee' },
  'a tip of one ether': { lie: tip(ETHER), what: 'priority fee' },
  'a base fee': { lie: baseFee(ALL_BITS), what: 'base fee' },
  gas: { lie: gas(ALL_BITS), what: 'gas estimate' },
  'an L1 fee': { lie: l1Fee(ALL_BITS), what: 'L1 fee' },
  'an operator fee': { lie: operatorFee(ALL_BITS), what: 'operator fee' },
  'a balance': { lie: balance(ALL_BITS), what: 'balance' },
}

async function refusal(door: Door, lie: Lie) {
  const { made, go } = await door()
  const files = [...made.files.contents.keys()]
  tell(lie)
  const error = await rejectedBy(go())
  expect(error.hint).toBeTruthy()
  expect(made.sent).toEqual([])
  expect([...made.files.contents.keys()]).toEqual(files)
  expect(await transactionCount()).toBe(0)
  return error
}

describe.each(Object.entries(DOORS))('%s', (name, door) => {
  it.each(Object.entries(DEAR).filter(([, { notFor }]) => !notFor?.includes(name)))(
    'is refused for %s',
    async (_, { lie, says }) => {
      const error = await refusal(door, lie)
      expect([error.code, exitCodeOf(error.code)]).toEqual(['FEE_TOO_HIGH', 4])
      expect(error.message).toMatch(says)
    },
  )

  it.each(Object.entries(ABSURD))('blames the provider for %s that is absurd', async (_, { lie, what }) => {
    const error = await refusal(door, lie)
    expect([error.code, exitCodeOf(error.code)]).toEqual(['RPC_ERROR', 5])
    expect(error.message).toBe(`the RPC provider ${proxy.host} answered with an absurd ${what}`)
  })
})

describe('who wants to pays more', () => {
  it.each([
    ['a tip of 8000 gwei', tip(8000n * GWEI)],
    ['a base fee of 1000 gwei', baseFee(1000n * GWEI)],
    ['an L1 fee of half an ether', l1Fee(ETHER / 2n)],
  ])('with %s', async (_, lie) => {
    await setBalance(100n * ETHER)
    tell(lie)
    const { services: all } = through({ maxFeePerGas: 10_000n * GWEI, maxCostWei: 10n * ETHER })
    expect((await rename(all, { newName: 'dear' })).data.changed).toBe(true)
    expect((await stored()).name).toBe('dear')
  })

  it('and is told beforehand where it is much', async () => {
    await setBalance(100n * ETHER)
    tell(l1Fee(ETHER / 50n))
    const made = through()
    await rename(made.services, { newName: 'dear' })
    const told = made.said.findIndex((line) => line.startsWith('fees are high: above 0.05 ETH it would be refused'))
    expect(told).toBeGreaterThan(-1)
    expect(told).toBeLessThan(made.said.findIndex((line) => line.startsWith('question')))
  })
})

it('a bid is cut to the limit where a block takes that much now', async () => {
  await setBalance(100n * ETHER)
  await now.chain.rpc('anvil_setNextBlockBaseFeePerGas', [hex(12n * GWEI)])
  await now.chain.rpc('evm_mine')
  const state = memoryState()
  const { services: all } = services({ state })
  expect((await rename(all, { newName: 'busy hour' })).data.changed).toBe(true)
  const [entry] = [...state.files.values()].flatMap(({ entries }) => entries)
  expect(entry?.fees.maxFeePerGas).toBe(20n * GWEI)
})
