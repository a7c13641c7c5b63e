/** docs/dev/network/contract.md, "Slots", "Operators" and "Settings": slots, operators, settings. */
import { type Hex, zeroAddress } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  account,
  data,
  keyspace,
  member,
  members,
  notOwner,
  operator,
  owner,
  settings,
  stranger,
  useCluster,
} from './use-cluster.js'

const { now, found, revert, write, read } = useCluster()

describe('slots', () => {
  beforeEach(async () => {
    await found(members(8), 2)
    await write(owner, 'startMigration', keyspace(0b10100n))
    await write(operator(2), 'completeMigration', 1n)
    await write(operator(4), 'completeMigration', 1n)
  })

  it('are freed in the middle, and the view ends at the highest taken one', async () => {
    await write(owner, 'removeNodeOperator', operator(7))
    expect(await write(owner, 'removeNodeOperator', operator(1))).toEqual([`NodeOperatorRemoved(${operator(1)}, 1, 6)`])
    const { operatorSlots } = await now.cluster.view()
    expect(operatorSlots).toHaveLength(7)
    expect(operatorSlots[1]).toEqual({ addr: zeroAddress, data: '0x' })
    expect(await read('operatorSlots', 1n)).toEqual([zeroAddress, '0x'])
    expect(await read('operatorBitmask')).toBe(0b1111101n)
    expect(await read('getOperatorCount')).toBe(6)
    expect(await revert(owner, 'getOperatorAt', 1)).toBe('OperatorNotFound()')
    expect(await read('isOperator', operator(1))).toBe(false)
    expect(await read('isOperator', zeroAddress)).toBe(false)
  })

  it('are given to newcomers from the lowest free one', async () => {
    for (const slot of [5, 3, 0]) await write(owner, 'removeNodeOperator', operator(slot))
    const add = (n: number) => write(owner, 'addNodeOperator', { addr: account(n), data: '0x0a' })
    expect(await add(1)).toEqual([`NodeOperatorAdded(${account(1)}, 0, 0x0a, 8)`])
    expect(await add(2)).toEqual([`NodeOperatorAdded(${account(2)}, 3, 0x0a, 9)`])
    expect(await add(3)).toEqual([`NodeOperatorAdded(${account(3)}, 5, 0x0a, 10)`])
    expect(await add(4)).toEqual([`NodeOperatorAdded(${account(4)}, 8, 0x0a, 11)`])
    expect(await read('operatorSlotIndexes', account(3))).toBe(5)
    expect(await read('getOperatorAt', 5)).toBe(account(3))
  })

  it('make the zero address look like an operator while slot 0 is free, but nothing is written in its name', async () => {
    await write(owner, 'removeNodeOperator', operator(0))
    expect(await read('isOperator', zeroAddress)).toBe(true)
    expect(await revert(owner, 'getOperatorAt', 0)).toBe('OperatorNotFound()')
    expect(await revert(owner, 'updateNodeOperatorData', zeroAddress, data(1))).toBe('OperatorNotFound()')
    expect(await revert(owner, 'removeNodeOperator', zeroAddress)).toBe('OperatorNotFound()')
  })

  it('are listed by address in getAllOperators', async () => {
    const everyone = (await read<Hex[]>('getAllOperators')).map((address) => address.toLowerCase())
    expect(everyone).toEqual(
      members(8)
        .map(({ addr }) => addr)
        .sort(),
    )
    expect(everyone[0]).toBe(operator(7))
  })
})

describe('addNodeOperator', () => {
  it('checks owner, zero address, known address, data', async () => {
    expect(await revert(stranger, 'addNodeOperator', member(0))).toBe(notOwner(stranger))
    expect(await revert(owner, 'addNodeOperator', { addr: zeroAddress, data: '0x' })).toBe('InvalidOperator()')
    expect(await revert(owner, 'addNodeOperator', { addr: operator(0), data: '0x' })).toBe('OperatorExists()')
    expect(await revert(owner, 'addNodeOperator', { addr: operator(5), data: '0x' })).toBe('InvalidOperatorData()')
    expect(await revert(owner, 'addNodeOperator', { addr: operator(5), data: data(101) })).toBe('InvalidOperatorData()')
    expect(await revert(owner, 'addNodeOperator', { addr: operator(5), data: data(100) })).toBeNull()
  })
})

describe('updateNodeOperatorData', () => {
  it('checks caller, data, operator', async () => {
    expect(await revert(stranger, 'updateNodeOperatorData', operator(0), '0x')).toBe('Unauthorized()')
    expect(await revert(operator(1), 'updateNodeOperatorData', operator(0), data(1))).toBe('Unauthorized()')
    expect(await revert(stranger, 'updateNodeOperatorData', stranger, '0x')).toBe('InvalidOperatorData()')
    expect(await revert(owner, 'updateNodeOperatorData', stranger, data(101))).toBe('InvalidOperatorData()')
    expect(await revert(owner, 'updateNodeOperatorData', stranger, data(1))).toBe('OperatorNotFound()')
    expect(await revert(stranger, 'updateNodeOperatorData', stranger, data(1))).toBe('OperatorNotFound()')
  })

  it('replaces the whole blob, by the operator or by the owner', async () => {
    await write(operator(3), 'updateNodeOperatorData', operator(3), data(100))
    expect(await write(owner, 'updateNodeOperatorData', operator(3), '0x77')).toEqual([
      `NodeOperatorUpdated(${operator(3)}, 3, 0x77, 3)`,
    ])
    expect((await now.cluster.view()).operatorSlots[3]?.data).toBe('0x77')
  })
})

describe('removeNodeOperator', () => {
  it('checks owner, operator, number, keyspace', async () => {
    expect(await revert(stranger, 'removeNodeOperator', operator(0))).toBe(notOwner(stranger))
    expect(await revert(owner, 'removeNodeOperator', stranger)).toBe('OperatorNotFound()')
    expect(await revert(owner, 'removeNodeOperator', operator(0))).toBe('InsufficientOperators()')
    await write(owner, 'addNodeOperator', member(5))
    expect(await revert(owner, 'removeNodeOperator', operator(0))).toBe('OperatorInKeyspace()')
    expect(await revert(owner, 'removeNodeOperator', operator(5))).toBeNull()
  })

  it('spares both keyspaces during a migration, and after it only the one that serves', async () => {
    await write(owner, 'addNodeOperator', member(5))
    await write(owner, 'addNodeOperator', member(6))
    await write(owner, 'startMigration', keyspace(0b111110n))
    expect(await revert(owner, 'removeNodeOperator', operator(0))).toBe('OperatorInKeyspace()')
    expect(await revert(owner, 'removeNodeOperator', operator(5))).toBe('OperatorInKeyspace()')
    expect(await revert(owner, 'removeNodeOperator', operator(6))).toBeNull()

    await write(owner, 'abortMigration', 1n)
    expect(await revert(owner, 'removeNodeOperator', operator(0))).toBe('OperatorInKeyspace()')
    expect(await revert(owner, 'removeNodeOperator', operator(5))).toBeNull()

    await write(owner, 'startMigration', keyspace(0b111110n))
    for (const slot of [1, 2, 3, 4, 5]) await write(operator(slot), 'completeMigration', 2n)
    expect(await revert(owner, 'removeNodeOperator', operator(5))).toBe('OperatorInKeyspace()')
    expect(await revert(owner, 'removeNodeOperator', operator(0))).toBeNull()
  })
})

describe('updateSettings', () => {
  it('checks owner and number, nothing else', async () => {
    expect(await revert(stranger, 'updateSettings', { ...settings, minOperators: 6 })).toBe(notOwner(stranger))
    expect(await revert(owner, 'updateSettings', { ...settings, minOperators: 6 })).toBe('InsufficientOperators()')
    const odd = { maxOperatorDataBytes: 0, minOperators: 0, extra: '0x' }
    expect(await write(owner, 'updateSettings', odd)).toEqual([`SettingsUpdated({0, 0, 0x}, ${owner}, 2)`])
    expect(await read('settings')).toEqual([0, 0, '0x'])
    expect((await now.cluster.view()).operatorSlots[4]?.data).toBe(data(5))
    expect(await revert(operator(0), 'updateNodeOperatorData', operator(0), data(1))).toBe('InvalidOperatorData()')
  })
})
