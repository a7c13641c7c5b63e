/** `config check --online`: files against a real cluster on a development chain, one mistake at a time. */
import { writeFileSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { checksumAddress } from '../../src/base/address.js'
import { type Input, run } from '../../src/lint/config-check.js'
import type { ChainServicesOptions } from '../support/chain-services.js'
import { sandbox } from '../support/cli.js'
import { keypairOf, secretOf } from '../support/deployment.js'
import { DATABASE, inShort, nodeValues, type Values } from '../support/found.js'
import { memoryState } from '../support/memory-state.js'
import { rejectionOf } from '../support/rejection.js'
import { testServices } from '../support/services.js'
import { member, OPERATOR, OPERATOR_KEY, useRealCluster } from '../support/use-real-cluster.js'
import { readVectors } from '../support/vectors.js'

const { now, services } = useRealCluster()
const box = sandbox()
afterAll(() => box.remove())

const golden = readVectors<{ readonly secret_key: string }[]>('node-keys')
const stranger = secretOf(await keypairOf(99))

function node(index: number): Values {
  return {
    ...nodeValues(golden[index]?.secret_key ?? ''),
    SMART_CONTRACT_ADDRESS: checksumAddress(now.contract),
    SMART_CONTRACT_ENCRYPTION_KEY: '42'.repeat(32),
    ...(index === 0 ? { SMART_CONTRACT_SIGNER_PRIVATE_KEY: OPERATOR_KEY.reveal() } : {}),
  }
}

function put(name: string, values: Values): string {
  const lines = Object.entries(values).map(([variable, value]) => `${variable}=${value}\n`)
  writeFileSync(box.path(name), lines.join(''), { mode: 0o600 })
  return box.path(name)
}

interface Setting extends Partial<ChainServicesOptions> {
  readonly edits?: readonly Values[]
  readonly nodes?: readonly number[]
}

async function check({ edits = [], nodes = [0, 1, 2], ...options }: Setting = {}, input: Partial<Input> = {}) {
  const paths = [
    put('wcn_db.env', DATABASE),
    ...nodes.map((index) => put(`n${index}.env`, { ...node(index), ...edits[index] })),
  ]
  const { services: all } = services({ privateKey: null, encryptionKey: null, ...options })
  return run({ ...all, files: testServices().files }, { paths, online: true, readBy: 'literal', ...input })
}

async function faults(setting: Setting = {}): Promise<readonly string[]> {
  const { data, exitCode } = await check(setting)
  const found = data.checks.filter(({ status }) => status === 'fail' || status === 'warn')
  expect(exitCode).toBe(found.some(({ status }) => status === 'fail') ? 8 : undefined)
  return found.map((one) => inShort(one).replace(`${box.path('')}/`, ''))
}

it('finds nothing wrong with an operator that is on chain', async () => {
  const { data } = await check({ operator: OPERATOR })
  expect(data.checks.filter(({ status }) => status !== 'pass')).toEqual([])
  expect(data.checks.map(({ id }) => id)).toEqual(
    expect.arrayContaining([
      'chain',
      'contract-on-chain',
      'operator-on-chain',
      'node-on-chain',
      'ports-on-chain',
      'nodes-served',
      'encryption-key-on-chain',
    ]),
  )
})

it('finds each mistake once', async () => {
  expect(await faults()).toEqual([])
  expect(await faults({ edits: [{}, { SECRET_KEY: stranger }] })).toEqual(['fail node-on-chain n1.env:1'])
  expect(await faults({ edits: [{}, { PRIMARY_RPC_SERVER_PORT: '3040' }] })).toEqual(['fail ports-on-chain n1.env:2'])
  expect(await faults({ nodes: [0, 1] })).toEqual(['warn nodes-served -:-'])
  expect(await faults({ edits: [{ SMART_CONTRACT_SIGNER_PRIVATE_KEY: '77'.repeat(32) }] })).toEqual([
    'fail operator-on-chain n0.env:12',
  ])
  expect(await faults({ edits: [{}, { PUBLIC_ADDRESS: '20.0.9.9' }] })).toEqual([
    'fail public-address-on-chain n1.env:12',
  ])
  expect(await faults({ edits: [{}, { PUBLIC_ADDRESS: '20.0.1.1' }] })).toEqual([])
  // Where nodes disagree, the chain says which of them is wrong, and nothing else does.
  expect(await faults({ edits: [{}, { SMART_CONTRACT_ADDRESS: member(1) }] })).toEqual([
    'fail contract-on-chain n1.env:9',
  ])
  // Whoever comes first is not right for that.
  expect(await faults({ nodes: [0, 1], edits: [{ SMART_CONTRACT_ADDRESS: member(1) }] })).toEqual([
    'warn nodes-served -:-',
    'fail contract-on-chain n0.env:9',
  ])
  expect(await faults({ edits: [{}, { SMART_CONTRACT_ENCRYPTION_KEY: '24'.repeat(32) }] })).toEqual([
    'fail encryption-key-on-chain n1.env:10',
  ])
})

it('compares with the operator that is named', async () => {
  expect(await faults({ operator: OPERATOR, nodes: [0, 1] })).toEqual(['warn nodes-served -:-'])
  // The nodes are on the list of the signing key's account: it is the name that is wrong.
  expect(await faults({ operator: member(1) })).toEqual(['fail operator-id n0.env:12'])
  expect(await faults({ operator: member(1), nodes: [1] })).toEqual(['fail node-on-chain n1.env:1'])
})

it('finds a wrong encryption key, by the chain or by what was proven before', async () => {
  const wrong = { SMART_CONTRACT_ENCRYPTION_KEY: '24'.repeat(32) }
  const everywhere = [0, 1, 2].map((index) => `fail encryption-key-on-chain n${index}.env:10`)
  expect(await faults({ edits: [wrong, wrong, wrong] })).toEqual(everywhere)
  const state = memoryState()
  const { data } = await check({ state })
  expect(data.checks).toContainEqual(expect.objectContaining({ id: 'encryption-key-on-chain', status: 'pass' }))
  // A check remembers nothing.
  expect(state.memories.size).toBe(0)
})

it('keeps what it found without the chain when the chain does not answer', async () => {
  const away = await check({ url: 'http://127.0.0.1:1', edits: [{}, { RPC_PROVIDER_URL: 'https://x' }] })
  expect(away.exitCode).toBe(8)
  const failed = away.data.checks.filter(({ status }) => status === 'fail').map(({ id }) => id)
  expect(failed.toSorted()).toEqual(['chain', 'rpc-url'])
})

it('has to know the cluster, and says where that can be had', async () => {
  const nothing = testServices()
  const paths = [put('wcn_db.env', DATABASE)]
  expect(await rejectionOf(run(nothing, { paths, online: true }))).toMatchObject({
    code: 'SETTING_MISSING',
    hint: expect.stringContaining('--env-file'),
  })
})
