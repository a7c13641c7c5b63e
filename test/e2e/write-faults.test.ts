/**
 * Every request of a write × everything a provider may do to it (docs/dev/never.md 1). Whatever happens, the chain
 * changes once or not at all, exit code and message say which as far as it can be known, and `tx resume` settles the rest.
 */
import { type Hex, keccak256 } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sighting, type WatchedChain, watch } from '../support/chain-watch.js'
import { sandbox, wcn } from '../support/cli.js'
import { useDevnet } from '../support/devnet.js'
import { type Behaviour, SEND } from '../support/fault-proxy.js'
import { behindBy } from '../support/lagging.js'
import { type Lane, useLanes } from '../support/lanes.js'
import { atRequest, FAULTS, type ProviderFault } from '../support/provider-faults.js'
import { share } from '../support/share.js'
import {
  changeSince,
  environmentOf,
  resume,
  statesInJournal,
  untruth,
  type WriteCase,
  writeArguments,
} from '../support/write-case.js'

const net = useDevnet()
const lanes = useLanes(net)
const box = sandbox()
afterAll(box.remove)

/** Cases wait more than they compute: more of them at once than there are cores. */
const LANES = 6
/** Where the tool waits to the end of it. A machine too busy to come to the request that is meant gets more. */
const WAITING_SECONDS = 6
const TIMEOUT_SECONDS = 60
const OLD_PORT = 3333
const NEW_PORT = 4444

/**
 * What every write asks at least: the two reads before it, the broadcast, the receipt, and the read that verifies it. A
 * busy machine makes it look for the receipt several times, and so ask more.
 */
const REQUESTS = 5
let cases = 0

beforeAll(async () => {
  const devnet = watch(
    () => net.rpcUrl,
    () => net.contract,
  )
  await devnet.mine(10)
  const one = writeCase(devnet, OLD_PORT)
  // What a provider that lags does not know yet: a write of the same account, and what it brought.
  expect(await wcn(writeArguments(one, 30), { env: environmentOf(one, net.rpcUrl) })).toMatchObject({ code: 0 })
  await lanes.open(LANES)
})

function writeCase(chain: WatchedChain, port = NEW_PORT): WriteCase {
  const account = net.operators[0]
  if (!account) throw new Error('there is no operator')
  const stateDirectory = box.path(`state-${++cases}`)
  return { chain, operator: account.address, env: net.signedBy(account), stateDirectory, port }
}

/** The other fork has heard of the transaction as well, and includes it in a block of its own. */
const onAnotherFork =
  ({ fork, proxy }: Lane): Behaviour =>
  async (exchange) => {
    if (!exchange.asks(SEND)) for (const raw of proxy.raw) await fork.rpc(SEND, [raw])
    exchange.answer(await exchange.deliver(fork.url))
  }

const MATRIX: Readonly<Record<string, (lane: Lane) => ProviderFault>> = {
  ...Object.fromEntries(Object.entries(FAULTS).map(([name, fault]) => [name, () => fault])),
  'answers from five blocks ago': () => ({ behave: behindBy(5) }),
  // What is sent there is waited for here.
  'answers from another fork': (lane) => ({ behave: onAnotherFork(lane), waits: true }),
}

/** What is wrong with how the tool dealt with it; null where nothing is. */
async function faultAt(
  lane: Lane,
  k: number,
  fault: ProviderFault,
  seconds = fault.waits ? WAITING_SECONDS : TIMEOUT_SECONDS,
): Promise<string | null> {
  const { chain, proxy } = lane
  const one = writeCase(chain)
  const before = await chain.sight(one.operator)
  const { state, decide } = atRequest(k, fault)
  proxy.decide = decide
  const run = await wcn(writeArguments(one, seconds), { env: environmentOf(one, proxy.url) })
  await proxy.idle()
  if (!state.met) {
    if (seconds >= TIMEOUT_SECONDS) return `the fault was never met: ${JSON.stringify(run)}`
    await chain.settled(one.operator)
    await lane.asNew()
    return faultAt(lane, k, fault, seconds * 3)
  }
  const verdict = async () => {
    const happened = await changeSince(one, before)
    const hashes = proxy.raw.map((raw) => keccak256(raw as Hex))
    return untruth(run, happened, hashes) ?? (await convergence(one, before, run.code, happened))
  }
  const wrong = await verdict().catch((error: unknown) => String(error))
  return wrong && `${wrong}\n    ${JSON.stringify(run)}`
}

/** `tx resume` at a sound provider ends all of it, and contradicts nothing that was said before. */
async function convergence(
  one: WriteCase,
  before: Sighting,
  code: number | null,
  happened: 'changed' | 'unchanged',
): Promise<string | null> {
  // Nothing was ever signed: there is nothing to resume.
  if (statesInJournal(one).length === 0 && happened === 'unchanged') return null
  const resumed = await resume(one)
  const now = await changeSince(one, before)
  if (code !== 6 && code !== 9 && now !== happened) return `after exit ${code}, tx resume left the chain ${now}`
  if (happened === 'changed' && now !== 'changed') return 'tx resume undid the change'
  const states = statesInJournal(one)
  if (states.includes('open')) return `still open after tx resume: ${resumed.stdout}`
  if (states.filter((state) => state === 'included').length === (now === 'changed' ? 1 : 0)) return null
  return `the journal says ${states.join(', ') || 'nothing'}, but the chain is ${now}`
}

describe('a provider that, at each single request of a write,', () => {
  it('is sound has been asked for everything a write takes', async () => {
    const steps = await lanes.use(async ({ chain, proxy }) => {
      const clean = writeCase(chain)
      const run = await wcn(writeArguments(clean, TIMEOUT_SECONDS), { env: environmentOf(clean, proxy.url) })
      expect(run).toMatchObject({ code: 0 })
      return proxy.seen.map(({ name }) => name)
    })
    expect(steps.indexOf(SEND), steps.join('\n')).toBe(2)
    expect(steps.lastIndexOf(SEND)).toBe(2)
    expect(steps.length, steps.join('\n')).toBeGreaterThanOrEqual(REQUESTS)
    expect(steps.at(-1)).toContain('eth_call')
  })

  it.concurrent.each(Object.entries(MATRIX))(
    '%s',
    async (_, faultOf) => {
      const wrong = await Promise.all(
        share(Array.from({ length: REQUESTS }, (_, k) => k)).map((k) =>
          lanes.use(async (lane) => {
            const found = await faultAt(lane, k, faultOf(lane))
            return found === null ? [] : [`request ${k} (${lane.proxy.seen[k]?.name}): ${found}`]
          }),
        ),
      )
      expect(wrong.flat()).toEqual([])
    },
    240_000,
  )
})
