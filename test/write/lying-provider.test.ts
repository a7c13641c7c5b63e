/**
 * Seeded schedules of a single provider that lies, and of a user who does whatever the tool says. The invariant: through
 * an honest provider some documented command always gets the account out, and nothing that was signed before comes back
 * over what is written then, though the liar brings all of it out (docs/dev/never.md 1, 2, 5).
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WcnError } from '../../src/errors/wcn-error.js'
import { run as enter } from '../../src/maintenance/maintenance-enter.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { run as cancel } from '../../src/tx/tx-cancel.js'
import { run as resume } from '../../src/tx/tx-resume.js'
import { fakeClock } from '../support/fake-clock.js'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.js'
import { liar, seeded } from '../support/lies.js'
import { memoryState } from '../support/memory-state.js'
import { SEED } from '../support/seed.js'
import { share } from '../support/share.js'
import { useRealCluster } from '../support/use-real-cluster.js'

/** WCN_TEST_SCHEDULES tries more. */
const SCHEDULES = Number(process.env.WCN_TEST_SCHEDULES ?? 40)
/** A refusal, what it says, the next: more than that is a circle. */
const MOST_STEPS = 8

/** Of a chain that is never started anew. */
const { services, now, stored, mine } = useRealCluster({ chainId: 4711 })
let proxy: FaultProxy
beforeAll(async () => {
  proxy = await startFaultProxy(() => now.chain.url)
})
afterAll(() => proxy?.stop())

type State = ReturnType<typeof memoryState>
const entriesIn = (state: State) => [...state.files.values()].flatMap(({ entries }) => entries)
const openIn = (state: State) => entriesIn(state).filter((entry) => entry.state.kind === 'open')

async function attempt(work: () => Promise<unknown>): Promise<WcnError | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (error instanceof WcnError && error.code !== 'INTERNAL') return error
    throw error
  }
}

it.each(share(Array.from({ length: SCHEDULES }, (_, n) => SEED + n)))('schedule %i', async (seed) => {
  const random = seeded(seed)
  const { behave, kept, traits } = liar(random)
  await proxy.reset()
  proxy.decide = () => behave
  const state = memoryState()
  const through = (url: string, timeoutMs: number) =>
    services({ state, url, timeoutMs, clock: fakeClock(mine) }).services
  const story: string[] = [JSON.stringify(traits)]
  const tell = (what: string, error: WcnError | null) => {
    const standing = entriesIn(state).map(({ transaction, state: end }) => `${transaction.nonce} ${end.kind}`)
    story.push(
      `${what}: ${error ? `${error.code}: ${error.message} (${error.hint})` : 'done'} [${standing.join(', ')}]`,
    )
  }

  const deceived = through(proxy.url, 4_000)
  const done = [
    (n: number) => ['rename', () => rename(deceived, { newName: `lied ${n}` })] as const,
    () => ['enter', () => enter(deceived, {})] as const,
    () => ['resume', () => resume(deceived, {})] as const,
    () => ['speed up', () => resume(deceived, { speedUp: true })] as const,
    () => ['cancel', () => cancel(deceived, { hash: openIn(state)[0]?.transaction.hash ?? '0x00000000' })] as const,
  ]
  const count = 1 + Math.floor(random() * 4)
  for (let n = 0; n < count; n++) {
    // It begins with a write.
    const [what, run] = (done[n === 0 ? 0 : Math.floor(random() * done.length)] ?? done[0])!(n)
    tell(what, await attempt(run))
  }

  const honest = () => through(now.chain.url, 20_000)
  const bringOut = async () => {
    for (const raw of kept) await now.chain.rpc('eth_sendRawTransaction', [raw]).catch(() => {})
  }
  for (let step = 0; ; step++) {
    if (random() < 0.3) await bringOut()
    const error = await attempt(() => rename(honest(), { newName: 'last' }))
    tell('rename', error)
    if (error === null) break
    if (step === MOST_STEPS) throw new Error(`no way out:\n${story.join('\n')}`)
    const [, command, hash = ''] =
      /`wcn (tx cancel|tx resume|maintenance enter) ?(0x[0-9a-f]{64})?/.exec(error.hint ?? '') ?? []
    if (random() < 0.3) await bringOut()
    if (command === 'tx cancel') tell(command, await attempt(() => cancel(honest(), { hash })))
    if (command === 'tx resume') tell(command, await attempt(() => resume(honest(), {})))
    if (command === 'maintenance enter') tell(command, await attempt(() => enter(honest(), {})))
  }
  expect(openIn(state), story.join('\n')).toEqual([])
  await bringOut()
  for (const { transaction } of entriesIn(state))
    await now.chain.rpc('eth_sendRawTransaction', [transaction.raw]).catch(() => {})
  await mine()
  expect((await stored()).name, story.join('\n')).toBe('last')
})
