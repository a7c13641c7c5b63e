import { encodeFunctionData, parseTransaction, recoverTransactionAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import type { Chain, ClusterCall } from '../../src/chain/chain.js'
import type { SignedTransaction } from '../../src/chain/transaction.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { rejectedBy } from '../support/rejected.js'
import {
  blob,
  member,
  OPERATOR,
  OPERATOR_KEY,
  OWN_NODES,
  OWNER,
  SETTINGS,
  useRealCluster,
} from '../support/use-real-cluster.js'
import { Cluster, GasPriceOracle } from './contract/cluster-fixture.js'

const { services, now, view } = useRealCluster()
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.slice(2), 'hex'))
/** Sends it and waits for its end. */
async function settled(chain: Chain, signed: SignedTransaction) {
  await chain.broadcast(signed)
  return chain.follow(signed, { finality: 'included', timeoutMs: 60_000, giveUpUnheard: true, sinceBlock: 0 })
}
const connect = async () => {
  const chain = await services().services.chain()
  return { chain, snapshot: await chain.readClusterForWrite(OPERATOR) }
}

describe('a call is encoded for the configured contract', () => {
  it.each<[ClusterCall, unknown[]]>([
    [{ fn: 'setMaintenance', active: true }, [true]],
    [{ fn: 'setMaintenance', active: false }, [false]],
    [{ fn: 'updateNodeOperatorData', operator: OPERATOR, data: bytes('0x0102') }, [OPERATOR, '0x0102']],
    [{ fn: 'addNodeOperator', operator: OPERATOR, data: bytes('0x0102') }, [{ addr: OPERATOR, data: '0x0102' }]],
  ])('%o', async (call, args) => {
    const { chain } = await connect()
    expect(await chain.encodeCall(call)).toEqual({
      to: now.contract,
      data: encodeFunctionData({ abi: Cluster.abi, functionName: call.fn, args }),
    })
  })
})

describe('an estimate', () => {
  it('has room, and is never above what the account is asked to hold', async () => {
    const { chain, snapshot } = await connect()
    const call = await chain.encodeCall({ fn: 'setMaintenance', active: true })
    const cost = await chain.estimate(snapshot, call)
    const used = Number(await now.chain.rpc('eth_estimateGas', [{ from: OPERATOR, ...call }]))
    expect(Number(cost.gas)).toBe(Math.floor(used * 1.2) + 2 * 22_100)
    expect(cost.executionFeeWei).toBe(cost.gas * snapshot.fees.maxFeePerGas)
    expect(cost.l1FeeWei).toBe(0n)
  })

  it('includes the L1 fee where the chain has one, more of it for more bytes', async () => {
    await now.chain.rpc('anvil_setCode', [
      '0x420000000000000000000000000000000000000F',
      GasPriceOracle.deployedBytecode,
    ])
    const { chain, snapshot } = await connect()
    const fee = async (length: number) => {
      const call = { fn: 'updateNodeOperatorData', operator: OPERATOR, data: new Uint8Array(length).fill(7) } as const
      return (await chain.estimate(snapshot, await chain.encodeCall(call))).l1FeeWei
    }
    expect(await fee(10)).toBeGreaterThan(0n)
    expect(await fee(1000)).toBeGreaterThan(await fee(10))
  })

  it.each<[string, ClusterCall, string, RegExp]>([
    [
      'NotTheOperator',
      { fn: 'updateNodeOperatorData', operator: member(1), data: bytes('0x01') },
      'Unauthorized',
      /neither that operator nor the owner/,
    ],
    [
      'NoData',
      { fn: 'updateNodeOperatorData', operator: OPERATOR, data: bytes('0x') },
      'InvalidOperatorData',
      /empty or larger/,
    ],
    [
      'NotTheOwner',
      { fn: 'addNodeOperator', operator: member(9), data: bytes('0x01') },
      'OwnableUnauthorizedAccount',
      /only the cluster's owner/,
    ],
    ['NotTheHolder', { fn: 'setMaintenance', active: false }, 'Unauthorized', /may not do this/],
  ])('of what the contract would refuse is its reason in words: %s', async (_, call, name, sentence) => {
    const { chain, snapshot } = await connect()
    const error = await rejectedBy(chain.estimate(snapshot, await chain.encodeCall(call)))
    expect(error.code).toBe('CALL_REVERTS')
    expect(error.message).toMatch(sentence)
    expect(error.message).toContain(`(${name})`)
    expect(error.details).toEqual({ error: name })
  })

  it('of a revert that is not in the contract says what there is', async () => {
    const { chain, snapshot } = await connect()
    const error = await rejectedBy(chain.estimate(snapshot, { to: now.contract, data: '0xdeadbeef' }))
    expect(error.code).toBe('CALL_REVERTS')
  })
})

describe('a signed transaction', () => {
  it('is bound to the snapshot: chain, nonce, fees, and nothing is paid into it', async () => {
    const { chain, snapshot } = await connect()
    const call = await chain.encodeCall({ fn: 'setMaintenance', active: true })
    const cost = await chain.estimate(snapshot, call)
    const signed = await chain.sign(snapshot, call, cost, privateKeySigner(OPERATOR_KEY))
    expect(parseTransaction(signed.raw)).toMatchObject({
      type: 'eip1559',
      chainId: 31337,
      gas: cost.gas,
      to: now.contract,
      data: call.data,
      ...snapshot.fees,
    })
    expect(signed).toMatchObject({ nonce: 0, from: OPERATOR })
    expect(
      (await recoverTransactionAddress({ serializedTransaction: signed.raw as `0x02${string}` })).toLowerCase(),
    ).toBe(OPERATOR)
    // Signing again gives the same bytes: it stays one transaction.
    expect(await chain.sign(snapshot, call, cost, privateKeySigner(OPERATOR_KEY))).toEqual(signed)
    expect(await settled(chain, signed)).toMatchObject({ kind: 'included', receipt: { hash: signed.hash } })
    expect(await settled(chain, signed)).toMatchObject({ kind: 'included', receipt: { hash: signed.hash } })
    expect((await view()).maintenance).toBe(OPERATOR)
  })
})

it('a cancellation is an empty payment to oneself, priced and signed like all else', async () => {
  const { chain, snapshot } = await connect()
  const cancel = { to: OPERATOR, data: '0x' } as const
  const cost = await chain.estimate(snapshot, cancel)
  expect(cost.gas).toBe(25_200n)
  const signed = await chain.sign(snapshot, cancel, cost, privateKeySigner(OPERATOR_KEY))
  const { to, data, value, nonce } = parseTransaction(signed.raw)
  expect({ to, data, value, nonce }).toEqual({ to: OPERATOR, data: undefined, value: undefined, nonce: 0 })
  expect(await settled(chain, signed)).toMatchObject({ kind: 'included', receipt: { gasUsed: 21_000n } })
})

it('a write takes the nonce of its block, whatever waits in the pool', async () => {
  const { chain, snapshot } = await connect()
  const call = await chain.encodeCall({ fn: 'setMaintenance', active: true })
  const cost = await chain.estimate(snapshot, call)
  const account = { ...snapshot.account, nonce: 3, pendingNonce: 5 }
  const signed = await chain.sign({ ...snapshot, account }, call, cost, privateKeySigner(OPERATOR_KEY))
  expect(signed.nonce).toBe(3)
  expect(parseTransaction(signed.raw).nonce).toBe(3)
})

it('an included transaction that failed is explained', async () => {
  const { chain, snapshot } = await connect()
  const data = bytes(blob('x', OWN_NODES))
  const call = await chain.encodeCall({ fn: 'updateNodeOperatorData', operator: OPERATOR, data })
  const cost = await chain.estimate(snapshot, call)
  await now.cluster.write(OWNER, 'updateSettings', [{ ...SETTINGS, maxOperatorDataBytes: 10 }])
  const outcome = await settled(chain, await chain.sign(snapshot, call, cost, privateKeySigner(OPERATOR_KEY)))
  if (outcome.kind !== 'reverted') throw new Error(outcome.kind)
  expect(await chain.revertReason(call, OPERATOR, outcome.receipt.block.number)).toContain('(InvalidOperatorData)')
  await now.cluster.write(OWNER, 'updateSettings', [SETTINGS])
  const { number } = (await chain.readCluster()).block
  expect(await chain.revertReason(call, OPERATOR, number)).toBe('the reason is not known')
})
