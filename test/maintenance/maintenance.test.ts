import { encodeFunctionData } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { utc } from '../../src/base/utc.js'
import type { Broadcast, TransactionOutcome } from '../../src/chain/transaction.js'
import { plainPaint } from '../../src/cli/paint.js'
import { run as enter } from '../../src/maintenance/maintenance-enter.js'
import { run as exit } from '../../src/maintenance/maintenance-exit.js'
import { run as status } from '../../src/maintenance/maintenance-status.js'
import { maintenanceStatusText } from '../../src/maintenance/view.js'
import { Cluster } from '../chain/contract/cluster-fixture.js'
import { fakeClock } from '../support/fake-clock.js'
import { node } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import { blob, member, OPERATOR, OWNER, SETTINGS, useRealCluster } from '../support/use-real-cluster.js'

const { services, now, view, ownerWrites, transactionCount } = useRealCluster()
const holder = async () => (await view()).maintenance
const take = (who: string) => now.cluster.write(who as `0x${string}`, 'setMaintenance', [true])
const startMigration = () =>
  now.cluster.write(OWNER, 'startMigration', [{ operatorBitmask: 63n, replicationStrategy: 0 }])
// A sixth operator, so that there is something to migrate to.
beforeEach(() =>
  now.cluster.write(OWNER, 'addNodeOperator', [{ addr: member(5), data: blob('new', [node(60), node(61)]) }]),
)

async function refusal(action: typeof enter, options: Parameters<typeof services>[0] = {}, input = {}) {
  const { services: all, sent } = services(options)
  const error = await rejectedBy(action(all, input))
  expect(sent).toEqual([])
  return error
}

describe('maintenance enter', () => {
  it('takes the slot', async () => {
    const before = await view()
    const { services: all, said } = services()
    const { data } = await enter(all, {})
    expect(await holder()).toBe(OPERATOR)
    expect(data).toMatchObject({
      changed: true,
      dry_run: false,
      changes: [{ op: 'update', path: 'maintenance', before: null, after: OPERATOR }],
      transaction: { nonce: 0 },
      version: Number(before.version) + 1,
      operator: { id: OPERATOR, name: 'member 0' },
    })
    expect(said[0]).toBe('preview: enter maintenance')
  })

  it('again is nothing to do', async () => {
    await take(OPERATOR)
    const { services: all, said } = services()
    expect((await enter(all, {})).data).toMatchObject({ changed: false, changes: [], transaction: null })
    expect(said).toEqual(['already in maintenance: nothing to do'])
    expect(await transactionCount()).toBe(1)
  })

  it('only shows with --dry-run', async () => {
    const { data } = await enter(services({ confirm: () => Promise.reject(new Error('asked')) }).services, {
      dryRun: true,
    })
    expect(data).toMatchObject({ changed: false, dry_run: true, changes: [{ after: OPERATOR }] })
    expect(await holder()).toBeNull()
  })

  it('needs neither the encryption key nor data that decodes', async () => {
    await ownerWrites('0xdeadbeef')
    const { data } = await enter(services({ encryptionKey: null }).services, {})
    expect(data).toMatchObject({ changed: true, operator: { corrupted: true } })
  })

  it('is refused while another operator holds the slot: by whom, and since when', async () => {
    await take(member(3))
    const { number, timestamp } = await now.chain.rpc<{ number: `0x${string}`; timestamp: `0x${string}` }>(
      'eth_getBlockByNumber',
      ['latest', false],
    )
    await now.chain.rpc('anvil_mine', ['0x10'])
    const error = await refusal(enter)
    expect(error.code).toBe('MAINTENANCE_TAKEN')
    expect(error.message).toContain(`taken by ${member(3)} ("member 3")`)
    expect(error.message).toContain(`since ${utc(Number(timestamp))} (block ${Number(number)})`)
    expect(error.details).toEqual({
      holder: member(3),
      since: { kind: 'at', block: Number(number), time: Number(timestamp) },
    })
  })

  it.each([
    [9999, 'for at least 9999 blocks'],
    [0, '(since when could not be found out)'],
  ])(
    'says for how long at least, where a look back of %i blocks does not reach the beginning',
    async (blocks, words) => {
      await take(OWNER)
      const since = { kind: 'at-least', blocks } as const
      const error = await refusal(enter, { wrap: (chain) => ({ ...chain, maintenanceSince: async () => since }) })
      expect(error.message).toBe(`the maintenance slot is taken by ${OWNER} ${words}`)
    },
  )

  it('is refused during a migration', async () => {
    await startMigration()
    const error = await refusal(enter)
    expect(error.code).toBe('MIGRATION_IN_PROGRESS')
    expect(error.details).toEqual({ pulling_operators: [0, 1, 2, 3, 4, 5] })
    expect((await refusal(enter, {}, { dryRun: true })).code).toBe('MIGRATION_IN_PROGRESS')
    expect(await holder()).toBeNull()
  })

  it('is possible again after a migration was aborted', async () => {
    await startMigration()
    await now.cluster.write(OWNER, 'abortMigration', [1n])
    expect((await enter(services().services, {})).data.changed).toBe(true)
  })

  it.each([
    ['a stranger', { operator: member(9) }, 'OPERATOR_NOT_FOUND'],
    ["somebody else's key", { operator: member(1) }, 'WRONG_SIGNER'],
    ['nobody who consents', { confirm: () => false }, 'DECLINED'],
  ])('is refused to %s', async (_, options, code) => {
    expect((await refusal(enter, options)).code).toBe(code)
    expect(await holder()).toBeNull()
  })

  it('is refused in a cluster that the network rejects', async () => {
    await now.cluster.write(OWNER, 'updateSettings', [{ ...SETTINGS, extra: '0x' }])
    expect((await refusal(enter)).code).toBe('CLUSTER_INVALID')
  })

  it('does not count when the slot has changed hands in the same block', async () => {
    await now.chain.rpc('evm_setAutomine', [false])
    const { services: all } = services({
      clock: {
        now: () => 1,
        monotonicMs: () => 1000,
        sleep: async () => {
          // The lower bid goes last.
          const data = encodeFunctionData({ abi: Cluster.abi, functionName: 'setMaintenance', args: [false] })
          const call = { from: OWNER, to: now.contract, data, gas: '0x100000', maxPriorityFeePerGas: '0x1' }
          await now.chain.rpc('eth_sendTransaction', [call])
          await now.chain.rpc('evm_mine')
        },
      },
    })
    const error = await rejectedBy(enter(all, {}))
    expect(await holder()).toBeNull()
    expect(error.code).toBe('SETTLED_OTHERWISE')
    expect(error.message).toContain('changed hands')
  })

  it('that comes second finds out so', async () => {
    const { services: all } = services({
      confirm: async () => {
        await take(member(2))
        return true
      },
    })
    const error = await rejectedBy(enter(all, {}))
    expect(error.code).toBe('REVERTED')
    expect(error.message).toContain('the maintenance slot is taken (MaintenanceInProgress)')
    expect(await holder()).toBe(member(2))
  })
})

describe('maintenance enter --wait', () => {
  it('takes the slot as soon as it is free', async () => {
    await take(member(3))
    const clock = fakeClock(async () => {
      if (clock.pauses.length === 3) await now.cluster.write(OWNER, 'setMaintenance', [false])
    })
    const { services: all, said } = services({ clock })
    expect((await enter(all, { wait: '30m' })).data).toMatchObject({ changed: true })
    expect(await holder()).toBe(OPERATOR)
    expect(said).toContainEqual(expect.stringMatching(`^waiting for the maintenance slot, 30 min left: .*${member(3)}`))
  })

  it('gives up when the time is over, and says who has it still', async () => {
    await take(member(3))
    const error = await refusal(enter, {}, { wait: '2m' })
    expect(error).toMatchObject({ code: 'MAINTENANCE_TAKEN', details: { holder: member(3) } })
    expect(error.message).toContain('waited for 120 s')
    const { services: all, said } = services({ clock: fakeClock() })
    expect((await rejectedBy(enter(all, { wait: '3s' }))).code).toBe('MAINTENANCE_TAKEN')
    expect(said).toContainEqual(expect.stringMatching(/^waiting for the maintenance slot, 3 s left: /))
  })

  it('is not fooled for ever by a server that says that it is free', async () => {
    await take(member(3))
    const clock = fakeClock()
    const error = await refusal(
      enter,
      {
        clock,
        wrap: (chain) => ({
          ...chain,
          readCluster: async () => {
            const snapshot = await chain.readCluster()
            return { ...snapshot, view: { ...snapshot.view, maintenance: null } }
          },
        }),
      },
      { wait: '10s' },
    )
    expect(error.code).toBe('MAINTENANCE_TAKEN')
    expect(clock.pauses).toHaveLength(10)
  })

  it('does not wait for a migration, nor where there is nothing to do, nor for a dry run', async () => {
    await startMigration()
    expect((await refusal(enter, {}, { wait: '30m' })).code).toBe('MIGRATION_IN_PROGRESS')
    await now.cluster.write(OWNER, 'abortMigration', [1n])
    await take(OPERATOR)
    expect((await enter(services().services, { wait: '30m' })).data.changed).toBe(false)
    await now.cluster.write(OWNER, 'setMaintenance', [false])
    await take(member(3))
    expect((await refusal(enter, {}, { wait: '30m', dryRun: true })).code).toBe('MAINTENANCE_TAKEN')
  })

  it.each(['0', '-5m', 'soon', '8d', ''])('takes no %s for a length of time', async (wait) => {
    expect((await refusal(enter, {}, { wait })).code).toBe('SETTING_INVALID')
  })
})

describe('a migration that slips in before maintenance is entered', () => {
  const slipIn = async () => {
    await startMigration()
    return true
  }

  it('makes it leave again, without asking again', async () => {
    const { services: all, said, sent } = services({ confirm: slipIn })
    const error = await rejectedBy(enter(all, {}))
    expect(error.code).toBe('SETTLED_OTHERWISE')
    expect(error.message).toContain('so the slot was given back')
    expect(error.details).toEqual({ hash: sent[0], given_back: true })
    expect(await holder()).toBeNull()
    expect(await transactionCount()).toBe(2)
    expect(said.filter((text) => text.startsWith('question:'))).toHaveLength(1)
    expect(said).toContainEqual(expect.stringMatching(/^warning: a migration started/))
    expect(said).toContain('preview: leave maintenance')
  })

  it('within the same block as well', async () => {
    await now.chain.rpc('evm_setAutomine', [false])
    const { services: all } = services({
      confirm: async () => {
        const args = [{ operatorBitmask: 63n, replicationStrategy: 0 }]
        const data = encodeFunctionData({ abi: Cluster.abi, functionName: 'startMigration', args })
        // The higher bid goes first.
        const bid = { maxFeePerGas: '0x2540be4000', maxPriorityFeePerGas: '0x2540be400' }
        const call = { from: OWNER, to: now.contract, data, gas: '0x100000', ...bid }
        await now.chain.rpc('eth_sendTransaction', [call])
        return true
      },
      clock: { now: () => 1, monotonicMs: () => 1000, sleep: async () => void (await now.chain.rpc('evm_mine')) },
    })
    const error = await rejectedBy(enter(all, {}))
    expect(error).toMatchObject({ code: 'SETTLED_OTHERWISE', details: { given_back: true } })
    expect(await holder()).toBeNull()
  })

  it.each<[string, Partial<Broadcast>, TransactionOutcome]>([
    [
      'is not known',
      { failures: ['the provider is gone'] },
      { kind: 'unknown', reason: 'the provider is gone', shown: false },
    ],
    ['is a refusal', { refusals: ['the provider is busy'] }, { kind: 'unheard' }],
  ])('and leaving %s: it says that the slot is held and what to type', async (_, answer, outcome) => {
    let sends = 0
    const { services: all, sent } = services({
      confirm: slipIn,
      wrap: (chain) => ({
        ...chain,
        broadcast: async (transaction) =>
          ++sends === 1 ? chain.broadcast(transaction) : { accepted: false, refusals: [], failures: [], ...answer },
        follow: async (transaction, options) => (sends === 1 ? chain.follow(transaction, options) : outcome),
      }),
    })
    const error = await rejectedBy(enter(all, {}))
    expect(error.code).toBe('SETTLED_OTHERWISE')
    expect(error.message).toMatch(/giving the slot back did not succeed: .*the provider is (gone|busy)/)
    expect(error.hint).toContain('wcn maintenance exit')
    expect(error.details).toEqual({ hash: sent[0], given_back: false })
    expect(await holder()).toBe(OPERATOR)
  })
})

describe('maintenance exit', () => {
  it('gives the slot back', async () => {
    await take(OPERATOR)
    const { data } = await exit(services().services, {})
    expect(data).toMatchObject({
      changed: true,
      changes: [{ op: 'update', path: 'maintenance', before: OPERATOR, after: null }],
    })
    expect(await holder()).toBeNull()
  })

  it('is nothing to do when nobody holds it, during a migration too', async () => {
    await startMigration()
    const { services: all, said } = services()
    expect((await exit(all, {})).data).toMatchObject({ changed: false, transaction: null })
    expect(said).toEqual(['nobody is in maintenance: nothing to do'])
    expect(await transactionCount()).toBe(0)
  })

  it("does not take another's slot away", async () => {
    await take(member(3))
    const error = await refusal(exit)
    expect(error.code).toBe('MAINTENANCE_TAKEN')
    expect(error.message).toContain(member(3))
    expect(await holder()).toBe(member(3))
  })

  it('only shows with --dry-run', async () => {
    await take(OPERATOR)
    expect((await exit(services().services, { dryRun: true })).data).toMatchObject({ changed: false, dry_run: true })
    expect(await holder()).toBe(OPERATOR)
  })
})

describe('maintenance status', () => {
  const look = async () => (await status(services({ privateKey: null, encryptionKey: null }).services)).data

  it('says that nobody is', async () => {
    expect(await look()).toMatchObject({
      maintenance: null,
      name: null,
      since: null,
      migration_in_progress: false,
    })
    expect(maintenanceStatusText(await look(), plainPaint)).toBe(
      'nobody is in maintenance\nno data migration is in progress\n',
    )
  })

  it('names who is, and since when', async () => {
    await take(member(3))
    expect(await look()).toMatchObject({
      maintenance: member(3),
      name: 'member 3',
      since: { kind: 'at', block: expect.any(Number), time: expect.any(Number) },
    })
  })

  it('has no name for the owner', async () => {
    await take(OWNER)
    expect(await look()).toMatchObject({ maintenance: OWNER, name: null })
  })

  it('tells of a migration', async () => {
    await startMigration()
    expect(await look()).toMatchObject({ maintenance: null, migration_in_progress: true })
    expect(maintenanceStatusText(await look(), plainPaint)).toContain('a data migration is in progress')
  })
})
