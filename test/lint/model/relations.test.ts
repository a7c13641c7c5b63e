/** What single values don't show: services against each other, against their operator, and against the world. */
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../../src/base/address.js'
import { inOrder } from '../../../src/lint/model/finding.js'
import type { FoundPort, FoundService } from '../../../src/lint/model/found.js'
import { databaseKey, keypairOf, nodeKeys, OPERATOR, OPERATOR_KEY, secretOf } from '../../support/deployment.js'
import {
  checks,
  DATABASE,
  deployment,
  faults,
  found,
  inShort,
  N0,
  N1,
  nodeValues,
  service,
  type Values,
  without,
} from '../../support/found.js'

const SIGNING = 'SMART_CONTRACT_SIGNER_PRIVATE_KEY'
const db = (values: Values = {}) => service('database', 'db.env', { ...DATABASE, ...values })
const n0 = (values: Values = {}) => service('node', 'n0.env', { ...N0, ...values })
const n1 = (values: Values = {}) => service('node', 'n1.env', { ...N1, ...values })

describe('the signing key', () => {
  it('is on one node', async () => {
    expect(await faults(deployment({ n1: { [SIGNING]: OPERATOR_KEY } }))).toEqual(['fail one-primary n1.env:12'])
    expect(
      await faults(found([service('node', 'a', N1), service('node', 'b', nodeValues(secretOf(await keypairOf(9))))])),
    ).toEqual(['fail one-primary a:-'])
  })

  it('counts where its value is not known', async () => {
    expect(await faults(deployment({ n0: { [SIGNING]: null } }))).toEqual([])
    expect(await faults(deployment({ n1: { [SIGNING]: null } }))).toEqual(['fail one-primary n1.env:12'])
  })

  it('is not missed where only one node is here', async () => {
    for (const one of [n0(), service('node', 'n0.env', without(N0, SIGNING))])
      expect(await checks(found([one]))).toContainEqual(expect.objectContaining({ id: 'one-primary', status: 'skip' }))
  })

  it('is the operator', async () => {
    const operator = parseAddress(OPERATOR, 'test')
    expect(await faults(deployment(), { operator })).toEqual([])
    expect(await checks(deployment(), { operator })).toContainEqual(
      expect.objectContaining({ id: 'operator-id', status: 'pass' }),
    )
    const other = parseAddress('11'.repeat(20), 'test')
    expect(await faults(deployment(), { operator: other })).toEqual(['fail operator-id n0.env:12'])
  })
})

describe('files that are not here', () => {
  const remark = {
    id: 'missing-file',
    status: 'warn',
    summary: 'not there',
    hint: null,
    file: 'u',
    line: 3,
  } as const
  it('may hold what is missing', async () => {
    const [one, other] = [service('node', 'u', {}), service('node', 'u', {})]
    expect(await faults(found([one, other], { remarks: [remark] }))).toEqual(['warn missing-file u:3'])
    expect(await faults(found([one, other]))).toEqual([
      'fail missing-variable u:-',
      'fail missing-variable u:-',
      'fail one-primary u:-',
    ])
  })
})

describe('nodes and their database', () => {
  it('names the node that looks for another database', async () => {
    expect(await faults(deployment({ n1: { DATABASE_PEER_ID: nodeKeys[0].peerId } }))).toEqual([
      'fail database-match n1.env:6',
    ])
    expect(await faults(deployment({ n0: { DATABASE_PRIMARY_RPC_SERVER_PORT: '3005' } }))).toEqual([
      'fail database-match n0.env:7',
    ])
  })

  it('names the database where all nodes agree against it', async () => {
    expect(await faults(deployment({ db: { SECONDARY_RPC_SERVER_PORT: '3009' } }))).toEqual([
      'fail database-match db.env:3',
    ])
    expect(await faults(deployment({ db: { SECRET_KEY: secretOf(await keypairOf(8)) } }))).toEqual([
      'fail database-match db.env:1',
    ])
  })

  it('compares nodes with each other where the database is not here', async () => {
    expect(await faults(found([n0(), n1({ DATABASE_PEER_ID: nodeKeys[0].peerId })]))).toEqual([
      'fail agreement n1.env:6',
    ])
    expect(await faults(found([n0(), n1({ DATABASE_SECONDARY_RPC_SERVER_PORT: '3005' })]))).toEqual([
      'fail agreement n1.env:8',
    ])
  })

  it('names whoever is in the minority', async () => {
    const third = service('node', 'n2.env', nodeValues(secretOf(await keypairOf(9))))
    const edits: readonly (readonly [string, string, number])[] = [
      ['DATABASE_RPC_SERVER_ADDRESS', '10.0.10.6', 5],
      ['SMART_CONTRACT_ADDRESS', `0x${'12'.repeat(20)}`, 9],
      ['SMART_CONTRACT_ENCRYPTION_KEY', 'e2'.repeat(32), 10],
    ]
    for (const [name, value, line] of edits) {
      expect(await faults(found([db(), n0({ [name]: value }), n1(), third]))).toEqual([`fail agreement n0.env:${line}`])
      expect(await faults(found([db(), n0(), n1({ [name]: value })]))).toEqual([`fail agreement n1.env:${line}`])
    }
  })

  it('takes one encryption key in two spellings for one', async () => {
    const spelled = `0x${(N1.SMART_CONTRACT_ENCRYPTION_KEY ?? '').toUpperCase()}`
    expect(await faults(deployment({ n1: { SMART_CONTRACT_ENCRYPTION_KEY: spelled } }))).toEqual([])
  })
})

describe('keys', () => {
  it('warns of a copied one', async () => {
    expect(await faults(deployment({ n1: { SECRET_KEY: secretOf(nodeKeys[0]) } }))).toEqual([
      'warn shared-key n1.env:1',
    ])
  })

  it('accepts one for everything', async () => {
    const key = { SECRET_KEY: secretOf(databaseKey) }
    expect(await faults(deployment({ n0: key, n1: key }))).toEqual([])
  })
})

const at = (file: string, line = 40) => ({ file, line })
const udp = (values: Partial<FoundPort>): FoundPort => ({
  address: null,
  hostPort: 3010,
  port: 3010,
  protocol: 'udp',
  how: 'ports',
  place: at('compose.yaml'),
  ...values,
})
const contained = (one: FoundService, published: readonly FoundPort[], machine: string | null = 'm'): FoundService => ({
  ...one,
  machine,
  image: { reference: 'wcn-node:1', place: at('compose.yaml', 20) },
  published,
})
const rpc = (primary: number, line: number) => [
  udp({ hostPort: primary, port: 3010, place: at('compose.yaml', line) }),
  udp({ hostPort: primary + 1, port: 3011, place: at('compose.yaml', line + 1) }),
]

describe('ports', () => {
  it('are not shared within a service; RPC and metrics may have the same number', async () => {
    expect(await faults(deployment({ n1: { SECONDARY_RPC_SERVER_PORT: '3010' } }))).toEqual([
      'fail port-collision n1.env:3',
    ])
    expect(await faults(deployment({ n1: { METRICS_SERVER_PORT: '3010' } }))).toEqual([])
  })

  it('are not shared on one machine', async () => {
    const on = (machine: string | null, one: FoundService) => ({ ...one, machine })
    const other = { PRIMARY_RPC_SERVER_PORT: '3020', SECONDARY_RPC_SERVER_PORT: '3021', METRICS_SERVER_PORT: '3022' }
    expect(await faults(found([on('m', n0()), on('m', n1(other))]))).toEqual([])
    expect(await faults(found([on('m', n0()), on('m', n1({ ...other, METRICS_SERVER_PORT: '3012' }))]))).toEqual([
      'fail port-collision n1.env:4',
    ])
    expect(await faults(found([on('m', db()), on('m', n0({ PRIMARY_RPC_SERVER_PORT: '3000' }))]))).toEqual([
      'fail port-collision n0.env:2',
    ])
    for (const machine of ['other', null]) expect(await faults(found([on('m', n0()), on(machine, n1())]))).toEqual([])
  })

  it('are published once at an address', async () => {
    const judge = (one: readonly FoundPort[], other: readonly FoundPort[]) =>
      faults(found([contained(n0(), one), contained(n1(), other)]))
    expect(await judge(rpc(3010, 30), rpc(3020, 50))).toEqual([])
    expect(await judge(rpc(3010, 30), rpc(3011, 50))).toEqual(['fail port-collision compose.yaml:50'])
    const bound = (address: string, line: number) => rpc(3010, line).map((port) => ({ ...port, address }))
    expect(await judge(bound('52.1.2.3', 30), bound('52.1.2.4', 50))).toEqual([])
    for (const every of [rpc(3011, 50), rpc(3011, 50).map((port) => ({ ...port, address: '0.0.0.0' }))])
      expect(await judge(bound('52.1.2.3', 30), every)).toEqual(['fail port-collision compose.yaml:50'])
  })

  it('are published where the node listens', async () => {
    const [first, second] = rpc(3010, 30) as [FoundPort, FoundPort]
    const judge = (...published: FoundPort[]) => faults(found([contained(n0(), published), n1()]))
    expect(await judge(first)).toEqual(['fail published-port n0.env:3'])
    expect(await judge(first, { ...second, port: 3012 })).toEqual(['fail published-port compose.yaml:31'])
    expect(await judge({ ...first, protocol: 'tcp', port: 3012 })).toEqual(['warn metrics-exposed compose.yaml:30'])
    expect(await judge(udp({ port: null, hostPort: null, how: "the host's network" }))).toEqual([])
  })
})

describe('what is reachable', () => {
  const database = (...published: FoundPort[]) => faults(found([contained(db(), published)]))
  it('is no database', async () => {
    expect(await database()).toEqual([])
    expect(await database(udp({ port: 3000 }))).toEqual(['fail database-exposed compose.yaml:40'])
    expect(await database(udp({ port: 3000, address: '52.1.2.3' }))).toEqual(['fail database-exposed compose.yaml:40'])
    expect(await database(udp({ port: 3000, address: '10.0.10.5' }))).toEqual(['warn database-exposed compose.yaml:40'])
    expect(await database(udp({ port: 3000, address: '127.0.0.1' }))).toEqual([])
    expect(await database(udp({ port: 3000, address: '::' }))).toEqual(['fail database-exposed compose.yaml:40'])
    expect(
      await database(udp({ port: 3000 }), udp({ port: 3001, hostPort: 3011, place: at('compose.yaml', 41) })),
    ).toEqual(['fail database-exposed compose.yaml:40'])
  })

  it('may be metrics, for you alone', async () => {
    const metrics = (address: string | null) => database(udp({ protocol: 'tcp', port: 3002, address }))
    expect(await metrics('127.0.0.1')).toEqual([])
    expect(await metrics('10.0.10.5')).toEqual([])
    expect(await metrics('0.0.0.0')).toEqual(['warn metrics-exposed compose.yaml:40'])
    expect(await metrics(null)).toEqual(['warn metrics-exposed compose.yaml:40'])
  })
})

describe('PUBLIC_ADDRESS', () => {
  const own = (PUBLIC_ADDRESS: string, first = 3010) => ({
    PUBLIC_ADDRESS,
    PRIMARY_RPC_SERVER_PORT: `${first}`,
    SECONDARY_RPC_SERVER_PORT: `${first + 1}`,
    METRICS_SERVER_PORT: `${first + 2}`,
  })
  const [one, other] = [n0(own('52.1.2.3')), n1(own('52.1.2.3', 3020))]

  it('is for nodes on one machine', async () => {
    const on = (machine: string | null, node: FoundService) => ({ ...node, machine })
    expect(await faults(found([on('m', one), on('m', other)]))).toEqual([])
    expect(await faults(found([on('m', one), on('k', other)]))).toEqual(['fail public-address n1.env:12'])
    expect(await faults(found([one, other]))).toEqual(['warn public-address n1.env:12'])
    expect(await faults(found([one, n1(own('52.1.2.4', 3020))]))).toEqual([])
    const [a, b] = [contained(one, []), contained(other, [])]
    expect(await faults(found([a, b]))).toEqual(['fail public-address n1.env:12'])
  })

  it('is not shared together with a port', async () => {
    expect(await faults(found([one, n1(own('52.1.2.3'))]))).toEqual(['fail public-address n1.env:12'])
  })

  it('is public', async () => {
    expect(await faults(found([n0(own('10.0.0.7')), n1()]))).toEqual(['warn public-address n0.env:13'])
    expect(await faults(found([n0(own('10.0.0.7')), n1()]), { allowPrivateAddresses: true })).toEqual([])
  })
})

describe('images and updates', () => {
  const runs = (one: FoundService, reference: string, line: number): FoundService => ({
    ...one,
    image: { reference, place: at('compose.yaml', line) },
  })
  const nodes = (first: string, second: string) => faults(found([runs(n0(), first, 20), runs(n1(), second, 60)]))
  const digest = `ghcr.io/walletconnect/wcn-node@sha256:${'a'.repeat(64)}`

  it('are pinned to a version', async () => {
    expect(await nodes('wcn-node:260209.1', 'wcn-node:260209.1')).toEqual([])
    expect(await nodes(digest, digest)).toEqual([])
    expect(await nodes('wcn-node:1', 'wcn-node:latest')).toEqual(['warn image-tag compose.yaml:60'])
    expect(await nodes('localhost:5000/wcn-node', 'wcn-node:1')).toEqual(['warn image-tag compose.yaml:20'])
    expect(await nodes(`wcn-node:latest@sha256:${'a'.repeat(64)}`, digest)).toEqual([
      'warn image-versions compose.yaml:60',
    ])
    expect(await nodes('wcn-node:1', 'wcn-node:2')).toEqual(['warn image-versions compose.yaml:60'])
  })

  it('never run a service twice', async () => {
    const surging = { ...n1(), surges: [{ why: '2 replicas', place: at('node.yaml', 9), certain: true }] }
    expect(await faults(found([n0(), surging]))).toEqual(['fail surge node.yaml:9'])
  })
})

describe('files', () => {
  it('with secrets are private and in no repository', async () => {
    const file = { path: 'n0.env', holdsSecrets: true, exposed: false, gitTree: null }
    const judge = (values: Partial<typeof file> | { gitTree: string } | { exposed: null }) =>
      faults(found([n0()], { files: [{ ...file, ...values }] }))
    expect(await judge({})).toEqual([])
    expect(await judge({ exposed: true })).toEqual(['fail file-permissions n0.env:-'])
    expect(await judge({ gitTree: '/repo' })).toEqual(['fail git n0.env:-'])
    expect(await judge({ exposed: true, holdsSecrets: false })).toEqual([])
    expect(await judge({ exposed: null })).toEqual([])
  })
})

it('lists passes and skips first, then what was found by file and line', async () => {
  const what = deployment({
    n1: { METRICS_SERVER_PORT: 'x', SECRET_KEY: '' },
    db: { ROCKSDB_DIR: '.' },
    n0: { RPC_PROVIDER_URL: 'x' },
  })
  const listed = inOrder(await checks(what))
  const first = listed.findIndex(({ status }) => status === 'fail')
  expect(listed.slice(0, first).every(({ status }) => status === 'pass' || status === 'skip')).toBe(true)
  expect(listed.slice(first).map(inShort)).toEqual([
    'fail rocksdb-dir db.env:5',
    'fail rpc-url n0.env:11',
    'fail empty-variable n1.env:1',
    'fail port n1.env:4',
  ])
})
