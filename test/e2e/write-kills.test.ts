/**
 * `kill -9` before, after and in the middle of every operation on the state directory, and before and after the delivery
 * of every request (docs/dev/never.md 1): the next run finishes the write, and there are never two.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { primaryPortOf, type Sighting, type WatchedChain } from '../support/chain-watch.js'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { useDevnet } from '../support/devnet.js'
import { passOn, SEND } from '../support/fault-proxy.js'
import { wcnInProcess } from '../support/in-process.js'
import { type Lane, useLanes } from '../support/lanes.js'
import { share } from '../support/share.js'
import {
  changeSince,
  environmentOf,
  resume,
  startVictim,
  statesInJournal,
  type WriteCase,
  writeArguments,
} from '../support/write-case.js'

const net = useDevnet()
const lanes = useLanes(net)
const box = sandbox()
afterAll(box.remove)

const LANES = 4
const TIMEOUT_SECONDS = 60
const PORT = 4444
const PRELOAD = fileURLToPath(new URL('../support/kill-points.mjs', import.meta.url))

interface Operation {
  readonly index: number
  readonly name: string
  /** Below the state directory. */
  readonly path: string
}

/** What an undisturbed write does to the state directory, and asks the provider, in order. */
let operations: readonly Operation[] = []
let requests: readonly string[] = []
/** How many operations were done when the transaction left. */
let doneBefore = 0
let unstoppable: readonly string[] = []
let cases = 0

beforeAll(async () => {
  await lanes.open(LANES)
  await lanes.use(async ({ chain, proxy }) => {
    const one = writeCase(chain)
    const log = box.path('operations')
    const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [])
    proxy.decide = (exchange) => {
      if (exchange.asks(SEND)) doneBefore = lines().length
      return passOn
    }
    const env = watched(one, proxy.url, { KILL_POINTS_LOG: log })
    expect(await wcn(writeArguments(one, TIMEOUT_SECONDS), { env })).toMatchObject({ code: 0 })
    operations = lines().flatMap((line) => {
      const [, index, name, path] = /^(\d+) (\w+) (.*)$/.exec(line) ?? []
      if (index === undefined || name === undefined || path === undefined) return []
      return [{ index: Number(index), name, path: path.slice(one.stateDirectory.length) }]
    })
    unstoppable = lines().filter((line) => line.startsWith('unwatched'))
    requests = proxy.seen.map(({ name }) => name)
  })
})

function writeCase(chain: WatchedChain): WriteCase {
  const account = net.operators[0]
  if (!account) throw new Error('there is no operator')
  const stateDirectory = box.path(`state-${++cases}`)
  return { chain, operator: account.address, env: net.signedBy(account), stateDirectory, port: PORT }
}

function watched(one: WriteCase, url: string, extra: Readonly<Record<string, string>>): Record<string, string> {
  const env = { NODE_OPTIONS: `--import=${PRELOAD}`, KILL_POINTS_DIRECTORY: one.stateDirectory, ...extra }
  return { ...environmentOf(one, url), ...env }
}

/** What people do next: the very same command, or `tx resume` first. */
const NEXT = ['the same command', 'tx resume and the same command'] as const
type Next = (typeof NEXT)[number]

/** Null: it converged. Else what is wrong. */
async function convergence(one: WriteCase, before: Sighting, next: Next): Promise<string | null> {
  const env = environmentOf(one, one.chain.url)
  if (next !== 'the same command') {
    await resume(one)
    const states = statesInJournal(one)
    if (states.includes('open')) return `open after tx resume: ${states}`
  }
  const again = await wcnInProcess(writeArguments(one, TIMEOUT_SECONDS), { env })
  if (again.code !== 0) return `the next run: ${JSON.stringify(again)}`
  const happened = await changeSince(one, before)
  if (happened !== 'changed') return `the next run left the chain ${happened}`
  const states = statesInJournal(one)
  return states.join() === 'included' ? null : `the journal says in the end: ${states.join(', ') || 'nothing'}`
}

async function killedAt(lane: Lane, at: string, next: Next): Promise<string | null> {
  const one = writeCase(lane.chain)
  const before = await lane.chain.sight(one.operator)
  const env = watched(one, lane.proxy.url, { KILL_POINTS_AT: at })
  const { signal, ...run } = await startVictim(writeArguments(one, TIMEOUT_SECONDS), env).ended
  await lane.proxy.idle()
  if (signal !== 'SIGKILL') return `it was not killed: ${JSON.stringify(run)}`
  await changeSince(one, before)
  return convergence(one, before, next)
}

async function killedAround(lane: Lane, k: number, when: 'before' | 'after', next: Next): Promise<string | null> {
  const one = writeCase(lane.chain)
  const before = await lane.chain.sight(one.operator)
  const victim = startVictim(writeArguments(one, TIMEOUT_SECONDS), environmentOf(one, lane.proxy.url))
  let reached = false
  lane.proxy.decide = (exchange) => {
    if (exchange.index !== k) return passOn
    reached = true
    return async () => {
      if (when === 'after') await exchange.deliver()
      victim.kill()
    }
  }
  const { signal, ...run } = await victim.ended
  await lane.proxy.idle()
  // How often it looks for the receipt depends on how soon the chain has it.
  if (!reached && run.code === 0) return (await changeSince(one, before)) === 'changed' ? null : 'nothing changed'
  if (signal !== 'SIGKILL') return `it was not killed: ${JSON.stringify(run)}`
  await changeSince(one, before)
  return convergence(one, before, next)
}

/** All cases at once, as many as there are lanes; gives back those that went wrong. */
async function wrongAmong<T>(
  cases: readonly T[],
  name: (one: T) => string,
  run: (lane: Lane, one: T) => Promise<string | null>,
) {
  const found = await Promise.all(
    cases.map((one) =>
      lanes.use(async (lane) => {
        const wrong = await run(lane, one).catch((error: unknown) => String(error))
        return wrong === null ? [] : [`${name(one)}: ${wrong}`]
      }),
    ),
  )
  return found.flat()
}

/** Between operations that change nothing another process sees, it makes no difference where the end comes. */
const CHANGES = /^(?:mkdir|write|fsync|link|rename|chmod|fchmod)|^openSync .*\.tmp$/
const isJournal = ({ path }: Operation) => path.startsWith('/journal')
const changesWhatOthersSee = ({ name, path }: Operation) => CHANGES.test(`${name} ${path}`)
const nameOf = ({ index, name, path }: Operation) => `${index} (${name} ${path})`

describe('kill -9', () => {
  it('can happen at everything that a write does to the state directory', () => {
    expect(unstoppable).toEqual([])
    const named = operations.filter(changesWhatOthersSee).map(nameOf).join('\n')
    for (const part of [/\/journal\//, /\/locks\//, /\/contracts\//]) expect(named).toMatch(part)
    expect(requests.filter((name) => name === SEND)).toHaveLength(1)
  })

  it('finds the transaction on the disk when it leaves', () => {
    const done = operations.slice(0, doneBefore).filter(isJournal)
    const order = ['writeFileSync', 'fsyncSync', 'renameSync', 'fsyncSync']
    const found = done.map(({ name }) => name).filter((name) => order.includes(name))
    expect(found, done.map(nameOf).join('\n')).toEqual(order)
  })

  it.each(NEXT)(
    'before and after each change of the journal, then %s',
    async (next) => {
      const changes = operations.filter((one) => isJournal(one) && changesWhatOthersSee(one))
      // After one is before the next, where nothing comes between them.
      const points = changes.flatMap((one, n) => [
        { ...one, when: 'before' },
        ...(changes[n + 1]?.index === one.index + 1 ? [] : [{ ...one, when: 'after' }]),
      ])
      const wrong = await wrongAmong(
        share(points),
        ({ when, ...one }) => `${when} ${nameOf(one)}`,
        (lane, { index, when }) => killedAt(lane, `${when}:${index}`, next),
      )
      expect(wrong).toEqual([])
    },
    240_000,
  )

  it('before each change of the rest of the state directory, then the same command', async () => {
    const points = operations.filter((one) => !isJournal(one) && changesWhatOthersSee(one))
    const wrong = await wrongAmong(share(points), nameOf, (lane, { index }) =>
      killedAt(lane, `before:${index}`, NEXT[0]),
    )
    expect(wrong).toEqual([])
  }, 240_000)

  it('in the middle of each write to the state directory', async () => {
    const writes = operations.filter(({ name }) => /^(write|append)/.test(name))
    expect(writes.length).toBeGreaterThan(0)
    const wrong = await wrongAmong(share(writes), nameOf, (lane, { index }) => killedAt(lane, `half:${index}`, NEXT[0]))
    expect(wrong).toEqual([])
  }, 240_000)

  it.each(['before', 'after'] as const)(
    '%s the delivery of each request',
    async (when) => {
      const wrong = await wrongAmong(
        share(requests.flatMap((name, k) => NEXT.map((next) => ({ name, k, next })))),
        ({ name, k, next }) => `${when} ${k} (${name}), ${next}`,
        (lane, { k, next }) => killedAround(lane, k, when, next),
      )
      expect(wrong).toEqual([])
    },
    240_000,
  )
})

describe('kill -9 right before a transaction leaves', () => {
  const killedUnsent = async (lane: Lane, args: readonly string[], one: WriteCase) => {
    const victim = startVictim(args, environmentOf(one, lane.proxy.url))
    lane.proxy.decide = (exchange) => (exchange.asks(SEND) ? () => victim.kill() : passOn)
    expect(await victim.ended).toMatchObject({ signal: 'SIGKILL' })
    await lane.proxy.idle()
  }

  it('is made good by another write, which comes after it', () =>
    lanes.use(async (lane) => {
      const one = writeCase(lane.chain)
      const before = await lane.chain.sight(one.operator)
      await killedUnsent(lane, writeArguments(one, TIMEOUT_SECONDS), one)
      const args = ['nodes', 'update', '1', '--primary-port', '4555', '--yes']
      const other = await wcnJson(args, { env: environmentOf(one, lane.chain.url) })
      expect(other, JSON.stringify(other)).toMatchObject({ code: 0, data: { changed: true } })
      const now = await lane.chain.settled(one.operator)
      expect(now).toMatchObject({ nonce: before.nonce + 2, waiting: 0 })
      expect([primaryPortOf(now.data, 0), primaryPortOf(now.data, 1)]).toEqual([PORT, 4555])
      expect(statesInJournal(one)).toEqual(['included', 'included'])
    }))

  it('never leads into maintenance by itself', () =>
    lanes.use(async (lane) => {
      const one = writeCase(lane.chain)
      await killedUnsent(lane, ['maintenance', 'enter', '--yes', '--json'], one)
      const env = environmentOf(one, lane.chain.url)
      const resumed = await wcnJson(['tx', 'resume', '--yes'], { env })
      expect(resumed, JSON.stringify(resumed)).toMatchObject({ code: 4, ok: false })
      expect((await lane.chain.view()).maintenanceSlot).toMatch(/^0x0{40}$/)
      const { data } = await wcnJson(['tx', 'list', '--open'], { env })
      const hash = data.transactions[0].hash
      expect(`${resumed.error.message} ${resumed.error.hint}`).toContain(`tx cancel ${hash}`)
      expect(await wcnJson(['tx', 'cancel', hash, '--yes'], { env })).toMatchObject({ code: 0 })
      expect((await lane.chain.view()).maintenanceSlot).toMatch(/^0x0{40}$/)
      expect(statesInJournal(one)).not.toContain('open')
    }))
})
