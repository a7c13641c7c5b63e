/** What `doctor` makes of what it saw: each verdict once. */
import { describe, expect, it } from 'vitest'
import { type Check, check } from '../../../src/base/check.js'
import type { AccountSnapshot } from '../../../src/chain/chain.js'
import type { ProviderProbe } from '../../../src/chain/provider-probe.js'
import { judgeProviders } from '../../../src/chain/provider-verdicts.js'
import { type ClusterView, clusterView } from '../../../src/cluster/cluster-view.js'
import { judgeTransactions } from '../../../src/doctor/groups/account.js'
import { judgeMaintenance, judgeMigration } from '../../../src/doctor/groups/cluster.js'
import { judgeMembership, judgeNodeKey } from '../../../src/doctor/groups/membership.js'
import { judgeClock, judgeUse } from '../../../src/doctor/groups/providers.js'
import { inGroup } from '../../../src/doctor/model/doctor-check.js'
import { viewAt } from '../../support/cluster-at.js'
import { JOURNAL_KEY, journalEntry } from '../../support/journal-entries.js'
import { node, peerId, placeholder } from '../../support/nodes.js'
import { blob, member, OPERATOR, OWNER, SETTINGS } from '../../support/use-real-cluster.js'

const NOW = 1_790_000_000
const inShort = (checks: readonly Check[]) => checks.map(({ id, status }) => `${id} ${status}`)
const hintOf = ([first]: readonly Check[]) => first?.hint ?? ''

describe('the clock', () => {
  const provider = (time: number, fields: Partial<ProviderProbe> = {}): ProviderProbe => ({
    host: 'rpc.example',
    websocket: true,
    encrypted: true,
    local: false,
    found: { chainId: 10, block: { number: 100, time }, latencyMs: 20 },
    problem: null,
    ...fields,
  })
  const judge = (probes: readonly ProviderProbe[]) => [check('clock', ...judgeClock(probes, 10, NOW))]

  it('agrees with the newest block, is behind it, or ahead of all', () => {
    expect(inShort(judge([provider(NOW - 3)]))).toEqual(['clock pass'])
    // A block may be begun a moment before this clock gets there.
    expect(inShort(judge([provider(NOW + 2)]))).toEqual(['clock pass'])
    expect(inShort(judge([provider(NOW + 5)]))).toEqual(['clock fail'])
    expect(inShort(judge([provider(NOW - 61)]))).toEqual(['clock warn'])
    // One that lags says nothing about the clock.
    expect(inShort(judge([provider(NOW - 3600), provider(NOW - 2)]))).toEqual(['clock pass'])
    expect(judge([provider(NOW - 61), provider(NOW - 62)])[0]?.summary).toContain('any of 2')
    expect(hintOf(judge([provider(NOW - 61)]))).toContain('`timedatectl status`')
  })

  it('is not judged by another chain, or by nobody', () => {
    expect(inShort(judge([]))).toEqual(['clock skip'])
    const elsewhere = { chainId: 1, block: { number: 1, time: NOW + 100 }, latencyMs: 1 }
    expect(inShort(judge([provider(NOW, { found: elsewhere })]))).toEqual(['clock skip'])
  })

  it('is none of the reasons to use a provider or not', () => {
    const use = (...probes: ProviderProbe[]) => judgeUse(judgeProviders(probes, { chainId: 10, now: NOW }), 10)
    expect(inShort(use(provider(NOW)))).toEqual(['providers[0] pass'])
    expect(inShort(use(provider(NOW, { websocket: false })))).toEqual(['providers[0] warn'])
    expect(inShort(use(provider(NOW, { websocket: false, local: true })))).toEqual(['providers[0] pass'])
    const behind = { chainId: 10, block: { number: 80, time: NOW }, latencyMs: 20 }
    expect(inShort(use(provider(NOW), provider(NOW, { found: behind })))).toEqual([
      'providers[0] pass',
      'providers[1] warn',
    ])
    const dead = provider(NOW, { found: null, problem: 'rpc.example does not answer' })
    expect(use(dead)).toMatchObject([{ status: 'fail', summary: 'rpc.example does not answer' }])
    const other = provider(NOW, { found: { ...behind, chainId: 1 } })
    expect(use(other)).toMatchObject([{ status: 'fail', summary: expect.stringContaining('serves chain 1') }])
  })
})

describe('a migration', () => {
  const migrating = (ageS: number, pullingOperators: readonly number[]): ClusterView => ({
    ...viewAt(),
    pullingOperators,
    migration: { id: 7n, startedAt: BigInt(NOW - ageS), abortedAt: 0n },
  })
  const judge = (view: ClusterView, operator: typeof OPERATOR | null = OPERATOR) => [
    check('migration', ...judgeMigration(view, operator, NOW)),
  ]

  it('that does not run is no matter', () => {
    expect(judge(viewAt())).toMatchObject([{ status: 'pass', summary: 'there has never been a data migration' }])
    const ended = { ...viewAt(), migration: { id: 7n, startedAt: 1n, abortedAt: 0n } }
    expect(judge(ended)).toMatchObject([{ status: 'pass', summary: expect.stringContaining('7') }])
  })

  it('waits for my operator: more and more of a matter', () => {
    expect(judge(migrating(60, [0, 1]))).toMatchObject([{ status: 'warn', hint: expect.stringContaining('primary') }])
    const [late] = judge(migrating(7 * 3600, [0]))
    expect(late).toMatchObject({ status: 'fail', summary: expect.stringContaining('the whole cluster waits') })
    expect(late?.summary).toContain('7 h')
  })

  it('waits for others, who are named', () => {
    expect(judge(migrating(60, [1, 2]))).toMatchObject([
      {
        status: 'pass',
        summary: expect.stringContaining('it waits for "one" (operator slot 1), "two" (operator slot 2)'),
      },
    ])
    expect(judge(migrating(7 * 3600, [1]))).toMatchObject([{ status: 'warn', hint: expect.stringContaining('owner') }])
    expect(judge(migrating(60, [0]), null)[0]?.summary).toContain('which operator is yours is not known')
    expect(judge(migrating(60, [1, 2, 3, 4, 5, 6, 7]))[0]?.summary).toContain('operator slot 5 and 2 more')
  })

  it('may have a start that no date has', () => {
    const odd = { ...migrating(0, [0]), migration: { id: 1n, startedAt: 2n ** 64n - 1n, abortedAt: 0n } }
    expect(judge(odd)[0]?.summary).toContain('since second 18446744073709551615')
  })
})

describe('the maintenance slot', () => {
  const held = (maintenance: ClusterView['maintenance'], pullingOperators: readonly number[] | null = null) => ({
    ...viewAt(),
    maintenance,
    pullingOperators,
  })

  it('is free, mine, or somebody else’s', () => {
    expect(inShort(judgeMaintenance(held(null), OPERATOR, null))).toEqual(['slot pass'])
    const mine = judgeMaintenance(held(OPERATOR), OPERATOR, 'since yesterday')
    expect(mine).toMatchObject([{ status: 'warn', hint: expect.stringContaining('`wcn maintenance exit`') }])
    expect(mine[0]?.summary).toContain('since yesterday')
    expect(judgeMaintenance(held(member(1)), OPERATOR, null)).toMatchObject([
      { status: 'pass', summary: expect.stringContaining('"one"') },
    ])
    expect(inShort(judgeMaintenance(held(OWNER), OPERATOR, null))).toEqual(['slot pass'])
  })

  it('is stuck with one who is no operator any more, and is no place for a migration', () => {
    expect(inShort(judgeMaintenance(held(member(8)), OPERATOR, null))).toEqual(['slot warn'])
    const both = judgeMaintenance(held(member(1), [1]), OPERATOR, null)
    expect(inShort(both)).toEqual(['slot pass', 'slot-and-migration warn'])
    const own = judgeMaintenance(held(OPERATOR, [1]), OPERATOR, null)
    expect(own[1]?.hint).toContain('`wcn maintenance exit`')
  })
})

describe('an operator on chain', () => {
  const judge = (view: ClusterView) => {
    const [slot] = view.operators
    if (!slot) throw new Error('no operator')
    return judgeMembership(view, slot)
  }
  const status = (view: ClusterView, id: string) => judge(view).find((one) => one.id === id)?.status

  it('is well', () => {
    expect(inShort(judge(viewAt()))).toEqual([
      'operator pass',
      'data pass',
      'size pass',
      'node-count pass',
      'keyspace pass',
    ])
  })

  it('has data that nobody can read, or not all of it', () => {
    const raw = (data: `0x${string}`) =>
      clusterView({
        owner: OWNER,
        settings: SETTINGS,
        version: 1n,
        keyspaceVersion: 0n,
        operatorSlots: [0, 1, 2, 3, 4].map((slot) => ({ addr: member(slot), data })),
        keyspaces: [
          { operatorBitmask: 31n, replicationStrategy: 0 },
          { operatorBitmask: 0n, replicationStrategy: 0 },
        ],
        migration: { id: 0n, startedAt: 0n, abortedAt: 0n, pullingOperatorBitmask: 0n },
        maintenanceSlot: `0x${'0'.repeat(40)}`,
      })
    const torn = judge(raw('0x01ff'))
    expect(torn).toMatchObject([{ id: 'data', status: 'fail', hint: expect.stringContaining('--replace-undecodable') }])
    const longer = raw(`${blob('mine', [node(0), node(1)])}00`)
    expect(status(longer, 'data')).toBe('warn')
  })

  it('has no nodes but placeholders, one of them, one twice, or is not in the keyspace', () => {
    expect(status(viewAt({ nodes: [placeholder(1), placeholder(1)] }), 'node-count')).toBe('fail')
    expect(status(viewAt({ nodes: [node(0), node(1), placeholder(1)] }), 'node-count')).toBe('warn')
    expect(status(viewAt({ nodes: [node(0), node(1), node(0)] }), 'node-count')).toBe('warn')
    expect(
      status(viewAt({ nodes: [node(0), node(0, { primaryPort: 3020, secondaryPort: 3021 })] }), 'node-count'),
    ).toBe('pass')
    expect(status({ ...viewAt(), keyspace: [1, 2, 3, 4] }, 'keyspace')).toBe('warn')
  })

  it('has little room left, or none', () => {
    const bytes = viewAt().operators[0]?.data.length ?? 0
    const limited = (maxOperatorDataBytes: number) => {
      const view = viewAt()
      return { ...view, settings: { ...view.settings, maxOperatorDataBytes } }
    }
    expect(status(limited(bytes * 2), 'size')).toBe('pass')
    expect(status(limited(bytes), 'size')).toBe('warn')
    expect(status(limited(bytes - 1), 'size')).toBe('fail')
  })

  it('has the node key on its list, or another has it, or nobody', () => {
    const view = viewAt()
    const own = view.operators[0] ?? null
    expect(judgeNodeKey(view, own, peerId(0))[0]).toBe('pass')
    expect(judgeNodeKey(view, own, peerId(40))[0]).toBe('warn')
    const [status, summary] = judgeNodeKey(view, own, peerId(30))
    expect(status).toBe('fail')
    expect(summary).toContain("on nobody's list")
  })
})

describe('transactions', () => {
  const account: AccountSnapshot = {
    chainId: JOURNAL_KEY.chainId,
    genesisHash: JOURNAL_KEY.genesisHash,
    block: { number: 9, hash: '0x09' },
    account: { address: JOURNAL_KEY.signer, nonce: 7, pendingNonce: 7, balanceWei: 1n },
    fees: { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n },
  }
  const journal = (...entries: ReturnType<typeof journalEntry>[]) => ({
    journals: [{ path: 'j', key: JOURNAL_KEY, entries }],
    faults: [],
  })
  const pending = { ...account, account: { ...account.account, pendingNonce: 8 } }

  it('are none, or open, which is a matter once nobody can be at it any more', () => {
    expect(inShort(judgeTransactions({ journals: [], faults: [] }, account, NOW))).toEqual([
      'journals pass',
      'open pass',
      'foreign pass',
    ])
    const open = journal(journalEntry('0x01', { signedAt: NOW - 30 }))
    expect(inShort(judgeTransactions(open, account, NOW))[1]).toBe('open warn')
    const old = judgeTransactions(open, account, NOW + 3600)
    expect(old[1]).toMatchObject({ status: 'fail', hint: expect.stringContaining('`wcn tx resume`') })
    // Also where nobody could be asked which chain this is.
    expect(inShort(judgeTransactions(open, null, NOW + 3600))).toEqual(['journals pass', 'open fail'])
  })

  it('of another chain are none of its business', () => {
    const open = journal(journalEntry('0x01'))
    const anew = { ...account, genesisHash: `0x${'99'.repeat(32)}` as const }
    expect(inShort(judgeTransactions(open, anew, NOW + 3600))[1]).toBe('open pass')
  })

  it('that wait and are not ours are left alone', () => {
    const foreign = judgeTransactions({ journals: [], faults: [] }, pending, NOW)
    expect(foreign[2]).toMatchObject({ id: 'foreign', status: 'warn', summary: expect.stringContaining('primary') })
    const ours = judgeTransactions(journal(journalEntry('0x01', { signedAt: NOW })), pending, NOW)
    expect(inShort(ours)[2]).toBe('foreign pass')
  })

  it('can be in a journal that nobody can read', () => {
    const faults = [{ path: '/state/j.json', reason: 'it is no journal' }]
    expect(judgeTransactions({ journals: [], faults }, account, NOW)[0]).toMatchObject({
      id: 'journals',
      status: 'fail',
      summary: '/state/j.json: it is no journal',
    })
  })
})

describe('what is wrong', () => {
  it('comes with what to type', () => {
    expect(inGroup('funds', check('x', 'fail', 's')).hint).toBe('look again: `wcn doctor --only funds`')
    expect(inGroup('funds', check('x', 'warn', 's', 'send ETH')).hint).toBe(
      'send ETH; then look again: `wcn doctor --only funds`',
    )
    expect(inGroup('funds', check('x', 'fail', 's', 'type `chmod 600 x`')).hint).toBe('type `chmod 600 x`')
    expect(inGroup('funds', check('x', 'fail', 's', 'give another --rpc-url')).hint).toBe('give another --rpc-url')
    expect(inGroup('funds', check('x', 'skip', 's')).hint).toBeNull()
  })

  it('and what to look at again with the files that were named', () => {
    const given = {
      paths: ['deploy', "it's.env"],
      file: 'my nodes.yaml',
      database: ['10.0.0.9:3000'],
      nodeKeyFile: 'n.key',
      metrics: ['0=h:1'],
    }
    const again = (group: Parameters<typeof inGroup>[0], hint?: string) =>
      inGroup(group, check('x', 'fail', 's', hint), given).hint
    expect(again('files')).toBe("look again: `wcn doctor deploy 'it'\\''s.env' --only files`")
    expect(again('primary')).toBe("look again: `wcn doctor deploy 'it'\\''s.env' --only primary`")
    expect(again('nodes-file')).toBe("look again: `wcn doctor -f 'my nodes.yaml' --only nodes-file`")
    expect(again('encryption-key')).toContain("-f 'my nodes.yaml' --only")
    expect(again('database')).toContain(
      "'it'\\''s.env' --database 10.0.0.9:3000 --node-key-file n.key --metrics 0=h:1 --only database`",
    )
    expect(again('nodes')).toBe('look again: `wcn doctor --node-key-file n.key --metrics 0=h:1 --only nodes`')
    expect(again('funds')).toBe('look again: `wcn doctor --only funds`')
    expect(again('migration', '`wcn doctor --only primary --only funds`')).toBe(
      "`wcn doctor deploy 'it'\\''s.env' --only primary --only funds`",
    )
  })
})
