/**
 * Writers that do not know of each other (docs/dev/never.md 2): twenty processes with one key, the primary node's
 * `completeMigration`, the cluster's owner. Nothing is lost, nothing is replaced in silence, everybody reports the truth.
 */
import type { Hex } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decodeOperatorData, encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { startWcn } from '../support/background.js'
import { nodesOf, primaryPortOf, type SendOptions, watch } from '../support/chain-watch.js'
import { sandbox, wcnJson } from '../support/cli.js'
import { type Account, type Devnet, useDevnet } from '../support/devnet.js'
import { type Exchange, type FaultProxy, passOn, SEND, startFaultProxy } from '../support/fault-proxy.js'
import { peerId } from '../support/nodes.js'

const box = sandbox()
afterAll(box.remove)

const atOnce = useDevnet('--operators', '6')
const everySecond = useDevnet('--block-time', '1')

const operatorOf = (net: Devnet, slot: number): Account => {
  const account = net.operators[slot]
  if (!account) throw new Error(`there is no operator ${slot}`)
  return account
}
const chainOf = (net: Devnet) =>
  watch(
    () => net.rpcUrl,
    () => net.contract,
  )

interface Race {
  readonly net: Devnet
  readonly slot: number
  readonly processes: number
  readonly stateDirectory: (process: number) => string
}

/** All of them are started at the same moment, and each adds a node of its own. */
async function raceToAdd({ net, slot, processes, stateDirectory }: Race): Promise<void> {
  const chain = chainOf(net)
  const operator = operatorOf(net, slot)
  const before = await chain.sight(operator.address)
  const head = await chain.head()
  const peers = Array.from({ length: processes }, (_, n) => peerId(n))
  const runs = await Promise.all(
    peers.map((peer, n) =>
      wcnJson(
        [
          'nodes',
          'add',
          '-i',
          peer,
          '-a',
          `20.${slot}.${n}.1`,
          '-p',
          '3010',
          '-s',
          '3011',
          '--yes',
          '--timeout',
          '100',
        ],
        { env: { ...net.signedBy(operator), WCN_STATE_DIR: box.path(stateDirectory(n)) } },
      ),
    ),
  )
  const shown = JSON.stringify(runs, null, 2)
  expect(
    runs.map(({ code }) => code).filter((code) => code !== 0),
    shown,
  ).toEqual([])

  for (const [n, { data }] of runs.entries()) {
    expect(data.changes, shown).toEqual([
      expect.objectContaining({ op: 'add', path: expect.stringContaining('nodes') }),
    ])
    expect(JSON.stringify(data.changes[0].after)).toContain(peers[n])
  }
  const inOrder = runs.map(({ data }) => data).sort((a, b) => a.transaction.nonce - b.transaction.nonce)
  expect(inOrder.map(({ transaction }) => transaction.nonce)).toEqual(peers.map((_, n) => before.nonce + n))
  // Each saw the cluster as its own block left it: one node and, alone as it is here, one version more.
  expect(inOrder.map(({ version }) => BigInt(version))).toEqual(peers.map((_, n) => before.version + 1n + BigInt(n)))
  expect(inOrder.map(({ operator: { nodes } }) => nodes.length)).toEqual(
    peers.map((_, n) => nodesOf(before.data).length + 1 + n),
  )

  const after = await chain.settled(operator.address)
  expect(after).toMatchObject({ nonce: before.nonce + processes, waiting: 0 })
  const added = nodesOf(after.data).slice(nodesOf(before.data).length)
  expect(added.map(({ peerId: id }) => id).sort()).toEqual([...peers].sort())
  // No transaction was wasted on the way, not even a reverted one.
  expect([...(await chain.writesBy(operator.address, head + 1))].sort()).toEqual(
    runs.map(({ data }) => data.transaction.hash).sort(),
  )
}

describe('processes with one key, each adding another node', () => {
  const shared = () => 'shared'
  const own = (prefix: string) => (n: number) => `${prefix}-${n}`

  it('are twenty on one machine', () => raceToAdd({ net: atOnce, slot: 0, processes: 20, stateDirectory: shared }))

  it('are twenty on twenty machines', () =>
    raceToAdd({ net: atOnce, slot: 1, processes: 20, stateDirectory: own('one-of-20') }))

  it('are six on one machine, with a block each second', () =>
    raceToAdd({ net: everySecond, slot: 0, processes: 6, stateDirectory: shared }))

  it('are six on six machines, with a block each second', () =>
    raceToAdd({ net: everySecond, slot: 1, processes: 6, stateDirectory: own('one-of-6') }))
})

let proxy: FaultProxy
let runs = 0
/** A directory of its own for what follows. */
let stateDirectory: string
beforeAll(async () => {
  proxy = await startFaultProxy(() => atOnce.rpcUrl)
})
beforeEach(() => {
  stateDirectory = box.path(`state-${++runs}`)
})
afterEach(async () => {
  await proxy.reset()
  await chainOf(atOnce).automine(true)
  await chainOf(atOnce).mine()
})
afterAll(() => proxy?.stop())

function environment(operator: Account, url = proxy.url) {
  return { ...atOnce.signedBy(operator), RPC_PROVIDER_URL: url, WCN_STATE_DIR: stateDirectory }
}

function updatePort(operator: Account, port: number, ...flags: readonly string[]) {
  const args = ['nodes', 'update', '0', '--primary-port', String(port), '--yes', '--timeout', '60', ...flags]
  return wcnJson(args, { env: environment(operator) })
}

/** What happens right before, or after, the first transaction is delivered. */
function atBroadcast(when: 'before' | 'after', event: (exchange: Exchange) => Promise<unknown>): void {
  let met = false
  proxy.decide = (exchange) => {
    if (met || !exchange.asks(SEND)) return passOn
    met = true
    return async () => {
      if (when === 'before') await event(exchange)
      const answer = await exchange.deliver()
      if (when === 'after') await event(exchange)
      exchange.answer(answer)
    }
  }
}

describe("the primary node's completeMigration", () => {
  const chain = chainOf(atOnce)
  /** Operators of the new keyspace, which all have to pull; each test lets another one finish. */
  const migration = 1n
  beforeAll(async () => {
    await chain.include(atOnce.owner.address, 'startMigration', [
      { operatorBitmask: 0b011111n, replicationStrategy: 0 },
    ])
  })

  const completes = (operator: Account, options?: SendOptions) =>
    chain.send(operator.address, 'completeMigration', [migration], options)
  async function expectBoth(operator: Account, run: Awaited<ReturnType<typeof updatePort>>, theirs: Hex, port: number) {
    const shown = JSON.stringify(run, null, 2)
    expect(run, shown).toMatchObject({ code: 0, data: { changed: true } })
    const receipt = await chain.rpc<{ status: Hex }>('eth_getTransactionReceipt', theirs)
    expect(receipt, shown).toMatchObject({ status: '0x1' })
    const now = await chain.settled(operator.address)
    expect(primaryPortOf(now.data)).toBe(port)
    expect(now.waiting).toBe(0)
  }

  it('is waited for where it is in the pool when the write starts', async () => {
    const operator = operatorOf(atOnce, 0)
    const before = await chain.sight(operator.address)
    await chain.automine(false)
    const theirs = await completes(operator)
    let looks = 0
    proxy.decide = (exchange) => {
      if (!exchange.asks('eth_getTransactionCount') || ++looks !== 3) return passOn
      return async () => {
        // It has had every opportunity to send by now.
        expect(proxy.raw).toEqual([])
        await chain.mine()
        await chain.automine(true)
        await passOn(exchange)
      }
    }
    const run = await updatePort(operator, 4001)
    await expectBoth(operator, run, theirs, 4001)
    expect(looks).toBeGreaterThan(3)
    expect(run.data.transaction.nonce).toBe(before.nonce + 1)
  })

  it('is not replaced where it is never included', async () => {
    const operator = operatorOf(atOnce, 1)
    await chain.automine(false)
    const theirs = await completes(operator)
    const args = ['nodes', 'update', '0', '--primary-port', '4002', '--yes', '--timeout', '5']
    const run = await wcnJson(args, { env: environment(operator) })
    expect(run, JSON.stringify(run)).toMatchObject({ code: 7, error: { code: 'ACCOUNT_BUSY' } })
    expect(proxy.raw).toEqual([])
    expect((await chain.sight(operator.address)).waiting).toBe(1)
    expect(await chain.rpc('eth_getTransactionByHash', theirs)).toMatchObject({ hash: theirs, blockHash: null })
  })

  it('keeps its nonce where it reached the pool first', async () => {
    const operator = operatorOf(atOnce, 2)
    await chain.automine(false)
    let theirs: Hex | undefined
    let looks = 0
    proxy.decide = (exchange) => {
      if (exchange.asks(SEND) && theirs === undefined)
        return async () => {
          theirs = await completes(operator, { tip: 10n ** 10n })
          await passOn(exchange)
        }
      if (theirs === undefined || !exchange.asks('eth_getTransactionCount') || ++looks !== 2) return passOn
      return async () => {
        await chain.automine(true)
        await chain.mine()
        await passOn(exchange)
      }
    }
    const run = await updatePort(operator, 4003)
    await expectBoth(operator, run, theirs as Hex, 4003)
  })

  it('is followed by the write where it was included first', async () => {
    const operator = operatorOf(atOnce, 3)
    let theirs: Hex | undefined
    atBroadcast('before', async () => {
      theirs = await chain.include(operator.address, 'completeMigration', [migration])
    })
    const run = await updatePort(operator, 4004)
    await expectBoth(operator, run, theirs as Hex, 4004)
  })

  it('is followed by the write where it took the place of its transaction', async () => {
    const operator = operatorOf(atOnce, 4)
    await chain.automine(false)
    const { nonce } = await chain.sight(operator.address)
    let theirs: Hex | undefined
    atBroadcast('after', async () => {
      theirs = await completes(operator, { tip: 10n ** 11n, nonce })
      await chain.automine(true)
      await chain.mine()
    })
    const run = await updatePort(operator, 4005)
    await expectBoth(operator, run, theirs as Hex, 4005)
    expect(run.data.transaction.hash).not.toBe(theirs)
  })
})

describe('the owner, who writes the same data', () => {
  const chain = chainOf(atOnce)
  /** Names of one length where it says nothing else: what a write costs depends on what it replaces. */
  const renamed = (data: Hex, name: string): Hex => {
    const decoded = decodeOperatorData(Uint8Array.from(Buffer.from(data.slice(2), 'hex')))
    return `0x${Buffer.from(encodeOperatorData({ ...decoded, name })).toString('hex')}`
  }
  const named = (name: string) => name.padEnd(14)
  beforeAll(async () => {
    await ownerRenamed(operatorOf(atOnce, 5), named('of the start'))
  })
  const renaming = async (operator: Account, name: string) => {
    const { data } = await chain.sight(operator.address)
    return [operator.address, renamed(data, name)]
  }
  /** Puts it into the pool, where blocks are not mined. */
  const ownerRenames = async (operator: Account, name: string, options?: SendOptions) =>
    chain.send(atOnce.owner.address, 'updateNodeOperatorData', await renaming(operator, name), options)
  const ownerRenamed = async (operator: Account, name: string) =>
    chain.include(atOnce.owner.address, 'updateNodeOperatorData', await renaming(operator, name))
  const nameOf = (data: Hex) => decodeOperatorData(Uint8Array.from(Buffer.from(data.slice(2), 'hex'))).name

  it('is told of by name, each time the write replaces a change of his', async () => {
    const operator = operatorOf(atOnce, 5)
    for (const [round, port] of [4101, 4102, 4103].entries()) {
      const was = nameOf((await chain.sight(operator.address)).data)
      let theirs: Hex | undefined
      atBroadcast('before', async () => {
        theirs = await ownerRenamed(operator, named(`the owner's ${round}`))
      })
      const run = await updatePort(operator, port)
      const shown = JSON.stringify(run, null, 2)
      expect(run, shown).toMatchObject({ code: 0, data: { changed: true } })
      expect(run.data.overwritten, shown).toEqual([
        {
          transaction: theirs,
          block: expect.any(Number),
          changes: [expect.objectContaining({ path: 'name', before: was, after: named(`the owner's ${round}`) })],
        },
      ])
      expect(run.stderr).toMatch(/warning: .*replaced/)
      expect(run.stderr).toContain(theirs)
      expect(nameOf((await chain.sight(operator.address)).data)).toBe(was)
      // What he writes in between is what the next write starts from: nothing to report, nothing lost.
      await ownerRenamed(operator, named(`between ${round}`))
    }
    const quiet = await updatePort(operator, 4104)
    expect(quiet).toMatchObject({ code: 0, data: { changed: true, overwritten: [] } })
    expect(nameOf((await chain.sight(operator.address)).data)).toBe(named('between 2'))
  })

  it('is told of where both writes are in one block, his first', async () => {
    const operator = operatorOf(atOnce, 5)
    await chain.automine(false)
    let theirs: Hex | undefined
    atBroadcast('after', async () => {
      theirs = await ownerRenames(operator, named('same block, 1'), { tip: 10n ** 12n })
      await chain.mine()
    })
    const run = await updatePort(operator, 4110)
    expect(run, JSON.stringify(run)).toMatchObject({ code: 0, data: { overwritten: [{ transaction: theirs }] } })
    expect(primaryPortOf((await chain.sight(operator.address)).data)).toBe(4110)
  })

  it('is told of where his write follows in the same block', async () => {
    const operator = operatorOf(atOnce, 5)
    await chain.automine(false)
    atBroadcast('after', async () => {
      await ownerRenames(operator, named('same block, 2'), { tip: 1n })
      await chain.mine()
    })
    const run = await updatePort(operator, 4111)
    expect(run, JSON.stringify(run)).toMatchObject({ code: 9, error: { code: 'SETTLED_OTHERWISE' } })
    expect(nameOf((await chain.sight(operator.address)).data)).toBe(named('same block, 2'))
  })

  it("does not lose today's fix to yesterday's unsent bytes", async () => {
    const operator = operatorOf(atOnce, 5)
    const before = await chain.sight(operator.address)
    const args = ['nodes', 'update', '0', '--primary-port', '4120', '--yes', '--json']
    const killed = startWcn(args, { env: environment(operator) })
    proxy.decide = (exchange) => (exchange.asks(SEND) ? () => killed.interrupt('SIGKILL') : passOn)
    expect(await killed.ended).toMatchObject({ code: null })
    await proxy.reset()
    await ownerRenamed(operator, named('the fix'))
    const fixed = await chain.sight(operator.address)

    const env = environment(operator, atOnce.rpcUrl)
    const resumed = await wcnJson(['tx', 'resume', '--yes'], { env })
    const shown = JSON.stringify(resumed, null, 2)
    expect(resumed, shown).toMatchObject({ code: 4, ok: false })
    expect(`${resumed.error.message} ${resumed.error.hint}`).toMatch(/changed[\s\S]*tx cancel 0x[0-9a-f]{64}/)
    expect(await chain.sight(operator.address)).toEqual(fixed)

    const [, hash] = /tx cancel (0x[0-9a-f]{64})/.exec(`${resumed.error.message} ${resumed.error.hint}`) ?? []
    const cancelled = await wcnJson(['tx', 'cancel', String(hash), '--yes'], { env })
    expect(cancelled, JSON.stringify(cancelled)).toMatchObject({ code: 0 })
    const after = await chain.settled(operator.address)
    expect(after).toMatchObject({ data: fixed.data, nonce: before.nonce + 1, waiting: 0 })
    expect(await wcnJson(['tx', 'resume', '--yes'], { env })).toMatchObject({ code: 0 })
    expect(await chain.sight(operator.address)).toEqual(after)
  })

  it('is told of where his change made the data longer, which costs more to replace', async () => {
    const operator = operatorOf(atOnce, 5)
    atBroadcast('before', () => ownerRenamed(operator, 'a name of thirty-two bytes, full'))
    const run = await updatePort(operator, 4105)
    expect(run, JSON.stringify(run)).toMatchObject({ code: 0, data: { overwritten: [expect.anything()] } })
    expect(primaryPortOf((await chain.sight(operator.address)).data)).toBe(4105)
  })
})
