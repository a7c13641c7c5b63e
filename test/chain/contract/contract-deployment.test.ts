/** docs/dev/network/contract.md, "Deployment" and "Version": founding a cluster, its version, its owner, its proxy. */
import { encodeFunctionData, type Hex, zeroAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import {
  Cluster,
  ClusterFixture,
  type NodeOperator,
  proxyCreation,
  revertOf,
  send,
  showLog,
} from './cluster-fixture.js'
import {
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
/** ERC-1967: keccak256('eip1967.proxy.implementation') - 1 */
const implementationSlot = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc'

describe('deployment', () => {
  it('logs in the order of the deployed one, all from the proxy', () => {
    expect(now.implementation.logs.map(showLog)).toEqual([`Initialized(${2n ** 64n - 1n})`])
    const shown = members(5).map(({ addr, data }) => `{${addr}, ${data}}`)
    expect(now.proxy.logs.map(showLog)).toEqual([
      `Upgraded(${now.implementation.contractAddress})`,
      `OwnershipTransferred(${zeroAddress}, ${owner})`,
      `ClusterInitialized([${shown.join(', ')}], {100, 5, 0xabcd}, 1)`,
      'Initialized(1)',
    ])
    expect(now.proxy.logs.map(({ address }) => address)).toEqual(Array(4).fill(now.cluster.address))
  })

  it('makes the deployer of the proxy the owner, with version 1 and everybody in keyspace 0', async () => {
    const view = await now.cluster.view()
    expect(view.owner.toLowerCase()).toBe(owner)
    expect(view).toMatchObject({ version: 1n, keyspaceVersion: 0n, settings, maintenanceSlot: zeroAddress })
    expect(view.operatorSlots.map(({ addr, data }) => ({ addr: addr.toLowerCase(), data }))).toEqual(members(5))
    expect(view.keyspaces).toEqual([keyspace(0b11111n), keyspace(0n)])
    expect(view.migration).toEqual({ id: 0n, startedAt: 0n, abortedAt: 0n, pullingOperatorBitmask: 0n })
  })

  it('happens once', async () => {
    const again = [settings, members(5)]
    expect(await revert(owner, 'initialize', ...again)).toBe('InvalidInitialization()')
    const bare = new ClusterFixture(now.chain, now.implementation.contractAddress as Hex)
    expect(await bare.revert(owner, 'initialize', again)).toBe('InvalidInitialization()')
  })

  it('checks the number of operators, then the data of each against the new settings', async () => {
    const attempt = (operators: readonly NodeOperator[]) =>
      revertOf(now.chain, {
        from: owner,
        data: proxyCreation(now.implementation.contractAddress as Hex, settings, operators),
      })
    const empty = { addr: operator(0), data: data(0) }
    expect(await attempt(Array(257).fill(empty))).toBe('TooManyOperators()')
    expect(await attempt(Array(4).fill(empty))).toBe('InsufficientOperators()')
    expect(await attempt([...members(4), empty])).toBe('InvalidOperatorData()')
    expect(await attempt([...members(4), { addr: operator(4), data: data(101) }])).toBe('InvalidOperatorData()')
    expect(await attempt([...members(4), { addr: operator(4), data: data(100) }])).toBeNull()
  })

  it('takes zero and duplicate addresses', async () => {
    await found([member(0), member(0), { addr: zeroAddress, data: data(1) }, member(3), member(4)])
    expect(await read('getOperatorCount')).toBe(5)
    expect(await read('operatorSlotIndexes', operator(0))).toBe(1)
    expect(await read('getOperatorAt', 2)).toBe(zeroAddress)
  })

  it('takes 256 operators, and nobody after them', async () => {
    await found(members(256).map(({ addr }) => ({ addr, data: data(1) })))
    expect((await now.cluster.view()).operatorSlots).toHaveLength(256)
    expect((await now.cluster.view()).keyspaces[0]).toEqual(keyspace(2n ** 256n - 1n))
    expect(await read('getOperatorCount')).toBe(256)
    expect(await read('MAX_OPERATORS')).toBe(256)
    expect(((await read('getCurrentKeyspace')) as [number[], number])[0].at(-1)).toBe(255)
    expect(await revert(owner, 'addNodeOperator', { addr: zeroAddress, data: data(0) })).toBe('TooManyOperators()')
  })

  it('takes no operators at all, and shows one empty slot then', async () => {
    await found([], 0)
    const view = await now.cluster.view()
    expect(view.operatorSlots).toEqual([{ addr: zeroAddress, data: '0x' }])
    expect(view.keyspaces).toEqual([keyspace(0n), keyspace(0n)])
    expect(await read('getAllOperators')).toEqual([])
  })
})

describe('version', () => {
  it('rises by one with each of the cluster’s own calls, whose one event carries it', async () => {
    const calls: [Hex, string, ...unknown[]][] = [
      [operator(0), 'updateNodeOperatorData', operator(0), data(1)],
      [owner, 'addNodeOperator', member(5)],
      [operator(0), 'setMaintenance', true],
      [operator(0), 'setMaintenance', false],
      [owner, 'startMigration', keyspace(0b111111n)],
      [operator(0), 'completeMigration', 1n],
      [owner, 'abortMigration', 1n],
      [owner, 'removeNodeOperator', operator(5)],
      [owner, 'updateSettings', settings],
    ]
    let version = 1
    for (const [from, functionName, ...args] of calls) {
      const logs = await write(from, functionName, ...args)
      version += 1
      expect(logs, functionName).toHaveLength(1)
      expect(logs[0], functionName).toMatch(new RegExp(`, ${version}\\)$`))
      expect(await read('version'), functionName).toBe(BigInt(version))
    }
  })

  it('does not change with the owner or the implementation', async () => {
    expect(await write(owner, 'transferOwnership', stranger)).toEqual([
      `OwnershipTransferStarted(${owner}, ${stranger})`,
    ])
    expect(await read<Hex>('pendingOwner')).toMatch(new RegExp(stranger, 'i'))
    expect(await revert(operator(0), 'acceptOwnership')).toBe(notOwner(operator(0)))
    expect(await write(stranger, 'acceptOwnership')).toEqual([`OwnershipTransferred(${owner}, ${stranger})`])

    const next = (await send(now.chain, stranger, null, Cluster.bytecode)).contractAddress as Hex
    expect(await write(stranger, 'upgradeToAndCall', next, '0x')).toEqual([`Upgraded(${next})`])
    expect(await write(stranger, 'renounceOwnership')).toEqual([`OwnershipTransferred(${stranger}, ${zeroAddress})`])
    expect(await now.cluster.view()).toMatchObject({ version: 1n, owner: zeroAddress })
  })
})

describe('the proxy', () => {
  it('is upgraded by the owner, to a UUPS implementation only', async () => {
    const next = (await send(now.chain, owner, null, Cluster.bytecode)).contractAddress as Hex
    const getVersion = encodeFunctionData({ abi: Cluster.abi, functionName: 'version' })
    expect(await revert(stranger, 'upgradeToAndCall', next, '0x')).toBe(notOwner(stranger))
    expect(await revert(owner, 'upgradeToAndCall', now.cluster.address, '0x')).toMatch(/^ERC1967InvalidImplementation/)
    expect(await write(owner, 'upgradeToAndCall', next, getVersion)).toEqual([`Upgraded(${next})`])
  })

  it('can be paid while upgrading, but only for a call', async () => {
    const args = [now.implementation.contractAddress, '0x']
    await expect(now.cluster.write(owner, 'upgradeToAndCall', args, 1n)).rejects.toThrow()
    const upgrade = encodeFunctionData({ abi: Cluster.abi, functionName: 'upgradeToAndCall', args })
    const call = { from: owner, to: now.cluster.address, data: upgrade, value: '0x1' as const }
    expect(await revertOf(now.chain, call)).toBe('ERC1967NonPayable()')
  })

  it('has no proxiableUUID: only the implementation has', async () => {
    expect(await revert(owner, 'proxiableUUID')).toBe('UUPSUnauthorizedCallContext()')
    const bare = new ClusterFixture(now.chain, now.implementation.contractAddress as Hex)
    expect(await bare.read('proxiableUUID')).toBe(implementationSlot)
    expect(await read('UPGRADE_INTERFACE_VERSION')).toBe('5.0.0')
  })
})
