/** docs/dev/network/contract.md, "Keyspace and migration" and "Maintenance": keyspaces, migrations, maintenance. */
import { encodeFunctionData, type Hex, toHex, zeroAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import { Cluster } from './cluster-fixture.js'
import { keyspace, member, notOwner, operator, owner, stranger, useCluster } from './use-cluster.js'

const { now, revert, write, read } = useCluster()

describe('startMigration', () => {
  it('checks owner, maintenance, migration, number, operators, sameness', async () => {
    const hopeless = keyspace(1n << 200n)
    await write(owner, 'addNodeOperator', member(5))
    await write(owner, 'startMigration', keyspace(0b111111n))
    await write(operator(0), 'setMaintenance', true)
    expect(await revert(stranger, 'startMigration', hopeless)).toBe(notOwner(stranger))
    expect(await revert(owner, 'startMigration', hopeless)).toBe('MaintenanceInProgress()')
    await write(operator(0), 'setMaintenance', false)
    expect(await revert(owner, 'startMigration', hopeless)).toBe('MigrationInProgress()')
    await write(owner, 'abortMigration', 1n)
    expect(await revert(owner, 'startMigration', hopeless)).toBe('InsufficientOperators()')
    expect(await revert(owner, 'startMigration', keyspace(0b1011111n))).toBe('OperatorNotFound()')
    expect(await revert(owner, 'startMigration', keyspace(0b11111n))).toBe('SameKeyspace()')
    expect(await revert(owner, 'startMigration', keyspace(0b11111n, 255))).toBeNull()
    expect(await revert(owner, 'startMigration', keyspace(0b111110n, 255))).toBeNull()
  })

  it('lets everybody in the new keyspace pull, and says so', async () => {
    await write(owner, 'addNodeOperator', member(5))
    expect(await read('getMigrationStatus')).toEqual([0n, 0, false])
    expect(await read('getPullingOperators')).toEqual([])
    expect(await read('getCurrentKeyspace')).toEqual([[0, 1, 2, 3, 4], 0])

    expect(await write(owner, 'startMigration', keyspace(0b111110n, 9))).toEqual(['MigrationStarted(1, {62, 9}, 1, 3)'])
    expect(await read('getMigrationStatus')).toEqual([1n, 5, true])
    expect(await read('getPullingOperators')).toEqual([1, 2, 3, 4, 5])
    expect(await read('getCurrentKeyspace')).toEqual([[1, 2, 3, 4, 5], 9])
    expect(await read('keyspaces', 1n)).toEqual([0b111110n, 9])
    const { startedAt } = (await now.cluster.view()).migration
    expect(await read('migration')).toEqual([1n, startedAt, 0n, 0b111110n])
    const { timestamp } = await now.chain.rpc<{ timestamp: Hex }>('eth_getBlockByNumber', ['latest', false])
    expect(startedAt).toBe(BigInt(timestamp))
  })
})

describe('completeMigration', () => {
  it('checks migration, ID, caller, whether he pulls', async () => {
    expect(await revert(stranger, 'completeMigration', 7n)).toBe('NoMigrationInProgress()')
    await write(owner, 'addNodeOperator', member(5))
    await write(owner, 'startMigration', keyspace(0b111110n))
    expect(await revert(stranger, 'completeMigration', 7n)).toBe('WrongMigrationId()')
    expect(await revert(stranger, 'completeMigration', 1n)).toBe('CallerNotOperator()')
    expect(await revert(operator(0), 'completeMigration', 1n)).toBe('OperatorNotPulling()')
    await write(operator(1), 'completeMigration', 1n)
    expect(await revert(operator(1), 'completeMigration', 1n)).toBe('OperatorNotPulling()')
  })

  it('ends the migration with the last one’s call, which has one event only', async () => {
    await write(owner, 'addNodeOperator', member(5))
    await write(owner, 'startMigration', keyspace(0b111110n))
    for (const slot of [1, 2, 3, 4]) {
      const pulled = await write(operator(slot), 'completeMigration', 1n)
      expect(pulled).toEqual([`MigrationDataPullCompleted(1, ${operator(slot)}, ${3 + slot})`])
    }
    expect(await write(operator(5), 'completeMigration', 1n)).toEqual([`MigrationCompleted(1, ${operator(5)}, 8)`])
    expect(await read('getMigrationStatus')).toEqual([1n, 0, false])
    expect(await now.cluster.view()).toMatchObject({ keyspaceVersion: 1n, migration: { abortedAt: 0n } })
    expect(await revert(operator(5), 'completeMigration', 1n)).toBe('NoMigrationInProgress()')
  })
})

describe('abortMigration', () => {
  it('checks owner, migration, ID', async () => {
    expect(await revert(stranger, 'abortMigration', 7n)).toBe(notOwner(stranger))
    expect(await revert(owner, 'abortMigration', 7n)).toBe('NoMigrationInProgress()')
    await write(owner, 'startMigration', keyspace(0b11111n, 1))
    expect(await revert(owner, 'abortMigration', 0n)).toBe('WrongMigrationId()')
    expect(await revert(operator(0), 'abortMigration', 1n)).toBe(notOwner(operator(0)))
  })

  it('goes back a keyspace and leaves the abandoned one and the start in view', async () => {
    await write(owner, 'startMigration', keyspace(0b11111n, 1))
    const { startedAt } = (await now.cluster.view()).migration
    expect(await write(owner, 'abortMigration', 1n)).toEqual(['MigrationAborted(1, 3)'])
    const aborted = await now.cluster.view()
    expect(aborted).toMatchObject({ keyspaceVersion: 0n, migration: { id: 1n, startedAt, pullingOperatorBitmask: 0n } })
    expect(aborted.migration.abortedAt).toBeGreaterThanOrEqual(startedAt)
    expect(aborted.keyspaces).toEqual([keyspace(0b11111n), keyspace(0b11111n, 1)])

    expect(await write(owner, 'startMigration', keyspace(0b11111n, 2))).toEqual(['MigrationStarted(2, {31, 2}, 1, 4)'])
    expect((await now.cluster.view()).migration.abortedAt).toBe(aborted.migration.abortedAt)
  })

  it('can fall in the same second as the start', async () => {
    const sendLater = async (functionName: string, args: readonly unknown[], nonce: number) => {
      const call = encodeFunctionData({ abi: Cluster.abi, functionName, args })
      const transaction = {
        from: owner,
        to: now.cluster.address,
        data: call,
        gas: toHex(1_000_000),
        nonce: toHex(nonce),
      }
      await now.chain.rpc('eth_sendTransaction', [transaction])
    }
    const nonce = Number(await now.chain.rpc<Hex>('eth_getTransactionCount', [owner, 'latest']))
    await now.chain.rpc('evm_setAutomine', [false])
    try {
      await sendLater('startMigration', [keyspace(0b11111n, 1)], nonce)
      await sendLater('abortMigration', [1n], nonce + 1)
      await now.chain.rpc('evm_mine')
    } finally {
      await now.chain.rpc('evm_setAutomine', [true])
    }

    const { version, migration } = await now.cluster.view()
    expect(version).toBe(3n)
    expect(migration).toMatchObject({ id: 1n, pullingOperatorBitmask: 0n })
    expect(migration.abortedAt).toBe(migration.startedAt)
  })
})

describe('setMaintenance', () => {
  it('is one lock for all: taken comes before who asks', async () => {
    expect(await revert(stranger, 'setMaintenance', true)).toBe('Unauthorized()')
    expect(await write(operator(2), 'setMaintenance', true)).toEqual([`MaintenanceToggled(${operator(2)}, true, 2)`])
    expect((await read<Hex>('maintenanceSlot')).toLowerCase()).toBe(operator(2))
    for (const who of [stranger, operator(1), operator(2), owner]) {
      expect(await revert(who, 'setMaintenance', true), who).toBe('MaintenanceInProgress()')
    }
  })

  it('is left by its holder, and freed by the owner in his own name', async () => {
    await write(operator(2), 'setMaintenance', true)
    expect(await revert(operator(1), 'setMaintenance', false)).toBe('Unauthorized()')
    expect(await revert(stranger, 'setMaintenance', false)).toBe('Unauthorized()')
    expect(await write(operator(2), 'setMaintenance', false)).toEqual([`MaintenanceToggled(${operator(2)}, false, 3)`])
    await write(operator(2), 'setMaintenance', true)
    expect(await write(owner, 'setMaintenance', false)).toEqual([`MaintenanceToggled(${owner}, false, 5)`])
    expect(await read('maintenanceSlot')).toBe(zeroAddress)
  })

  it('is no matter of course when it is free: operators are refused, the owner is not', async () => {
    expect(await revert(operator(1), 'setMaintenance', false)).toBe('Unauthorized()')
    expect(await write(owner, 'setMaintenance', false)).toEqual([`MaintenanceToggled(${owner}, false, 2)`])
  })

  it('does not look for a migration', async () => {
    await write(owner, 'startMigration', keyspace(0b11111n, 1))
    expect(await write(operator(0), 'setMaintenance', true)).toEqual([`MaintenanceToggled(${operator(0)}, true, 3)`])
  })

  it('cannot be left by a holder who is no operator any more', async () => {
    await write(owner, 'addNodeOperator', member(5))
    await write(operator(5), 'setMaintenance', true)
    await write(owner, 'removeNodeOperator', operator(5))
    expect(await revert(operator(5), 'setMaintenance', false)).toBe('Unauthorized()')
    expect(await revert(owner, 'setMaintenance', false)).toBeNull()
  })
})
