/** Values and names: each mistake is found once, at its line, and no secret is in what is said about it. */
import { describe, expect, it } from 'vitest'
import { CONTRACT, databaseKey, nodeKeys, OPERATOR_KEY, SECRETS, secretOf } from '../../support/deployment.js'
import {
  checks,
  DATABASE,
  deployment,
  type Edit,
  faults,
  found,
  lineOf,
  N0,
  N1,
  service,
  variablesOf,
  without,
} from '../../support/found.js'

it('finds nothing wrong with a sound deployment, and says what it looked at', async () => {
  const all = await checks(deployment())
  expect(all.filter(({ status }) => status !== 'pass')).toEqual([
    expect.objectContaining({ id: 'operator-id', status: 'skip', file: null, line: null }),
  ])
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  expect(all.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['one-primary', 'port', 'secret-key', 'agreement', 'database-match', 'port-collision']),
  )
})

describe('one wrong value', () => {
  const last = (edit: Edit[keyof Edit]) => Object.keys(edit ?? {})[0] ?? ''
  const of = { db: DATABASE, n0: N0, n1: N1 }
  const published = '0vr7GpjjVRl3YeUAT4OR6H0K4IcN/diinacBgbZOwJA='
  const cases: readonly (readonly [string, 'db' | 'n0' | 'n1', Record<string, string>, string])[] = [
    ['a port with a letter', 'n1', { PRIMARY_RPC_SERVER_PORT: '30l0' }, 'port'],
    ['port 0', 'db', { METRICS_SERVER_PORT: '0' }, 'port'],
    ['a port too large', 'n1', { METRICS_SERVER_PORT: '65536' }, 'port'],
    ['a port with a space', 'n1', { SECONDARY_RPC_SERVER_PORT: '3011 ' }, 'port'],
    ['a port in hex', 'n0', { DATABASE_PRIMARY_RPC_SERVER_PORT: '0xbb8' }, 'port'],
    ['a quoted port', 'n1', { PRIMARY_RPC_SERVER_PORT: "'3010'" }, 'quoted-value'],
    ['a port with half a quote', 'n1', { PRIMARY_RPC_SERVER_PORT: '3010"' }, 'quoted-value'],
    ['a quoted directory', 'db', { ROCKSDB_DIR: '"/wcn/rocksdb"' }, 'quoted-value'],
    ['a relative directory', 'db', { ROCKSDB_DIR: 'wcn/rocksdb' }, 'rocksdb-dir'],
    ['a key without its padding', 'n0', { SECRET_KEY: secretOf(nodeKeys[0]).slice(0, -1) }, 'secret-key'],
    ['a key that is cut', 'db', { SECRET_KEY: secretOf(databaseKey).slice(0, 40) }, 'secret-key'],
    ['the published key', 'n1', { SECRET_KEY: published }, 'secret-key'],
    ['a short encryption key', 'n1', { SMART_CONTRACT_ENCRYPTION_KEY: 'e1'.repeat(31) }, 'encryption-key'],
    ['a contract with a digit too few', 'n1', { SMART_CONTRACT_ADDRESS: CONTRACT.slice(0, -1) }, 'contract-address'],
    [
      'a contract with a wrong character',
      'n1',
      { SMART_CONTRACT_ADDRESS: CONTRACT.replace('9', '8') },
      'contract-address',
    ],
    ['an https URL', 'n1', { RPC_PROVIDER_URL: 'https://rpc.example.com/v2/token' }, 'rpc-url'],
    ['an http URL', 'n0', { RPC_PROVIDER_URL: 'http://127.0.0.1:8545' }, 'rpc-url'],
    ['no URL', 'n0', { RPC_PROVIDER_URL: 'rpc.example.com' }, 'rpc-url'],
    ['a short signing key', 'n0', { SMART_CONTRACT_SIGNER_PRIVATE_KEY: OPERATOR_KEY.slice(0, -2) }, 'signing-key'],
    ['a host name for the database', 'n1', { DATABASE_RPC_SERVER_ADDRESS: 'db.internal' }, 'database-address'],
    ['a public database', 'n0', { DATABASE_RPC_SERVER_ADDRESS: '52.1.2.9' }, 'database-private'],
    ['no peer ID', 'n1', { DATABASE_PEER_ID: `${databaseKey.peerId}x` }, 'database-peer-id'],
    ['a public address that is a name', 'n1', { PUBLIC_ADDRESS: 'n1.example.com' }, 'optional-variable'],
    ['an optional number in words', 'db', { DB_MAX_CONNECTIONS: 'many' }, 'optional-variable'],
    ['a flag that is none', 'db', { ROCKSDB_ENABLE_METRICS: 'yes' }, 'optional-variable'],
    ['an empty optional variable', 'n1', { MAX_IDLE_CONNECTION_TIMEOUT_MS: '' }, 'empty-variable'],
    ['an empty signing key', 'n1', { SMART_CONTRACT_SIGNER_PRIVATE_KEY: '' }, 'empty-variable'],
    ['an empty key', 'n1', { SECRET_KEY: '' }, 'empty-variable'],
  ]
  it.each(cases)('%s', async (_, who, values, id) => {
    const name = last(values)
    const line = lineOf({ ...of[who], ...values }, name)
    expect(await faults(deployment({ [who]: values }))).toEqual([`fail ${id} ${who}.env:${line}`])
  })

  it('shows no secret, whatever is wrong with it', async () => {
    const said: string[] = []
    for (const name of Object.keys(N0))
      for (const damage of [
        (text: string) => `${text} `,
        (text: string) => text.slice(1),
        (text: string) => `"${text}"`,
        (text: string) => text.toUpperCase(),
      ])
        said.push(JSON.stringify(await checks(deployment({ n0: { [name]: damage(N0[name] ?? '') } }))))
    for (const secret of SECRETS) {
      expect(said.join('')).not.toContain(secret)
      expect(said.join('')).not.toContain(secret.slice(1, -1))
    }
  })

  it('does not judge what is not known from the files', async () => {
    const unknown = (values: object) => Object.fromEntries(Object.keys(values).map((name) => [name, null]))
    expect(await faults(deployment({ db: unknown(DATABASE), n0: unknown(N0), n1: unknown(N1) }))).toEqual([])
  })

  it('leaves a value alone that a reader found damaged', async () => {
    const what = deployment({ n1: { PRIMARY_RPC_SERVER_PORT: '30 # comment' } })
    const remark = {
      id: 'dialect',
      status: 'fail',
      summary: 'cut',
      hint: null,
      file: 'n1.env',
      line: lineOf(N1, 'PRIMARY_RPC_SERVER_PORT'),
    } as const
    expect(await faults({ ...what, remarks: [remark] })).toEqual(['fail dialect n1.env:2'])
    expect(await faults({ ...what, remarks: [{ ...remark, status: 'warn' }] })).toEqual([
      'warn dialect n1.env:2',
      'fail port n1.env:2',
    ])
    // Of a file, not of the value on its line.
    expect(await faults({ ...what, remarks: [{ ...remark, id: 'crlf' }] })).toEqual([
      'fail crlf n1.env:2',
      'fail port n1.env:2',
    ])
  })
})

describe('names', () => {
  const of = (kind: 'node' | 'database', name: string, variables: ReturnType<typeof variablesOf>) => ({
    ...service(kind, name, {}),
    variables,
  })
  const nearest = (wanted: string) => (name: string, candidates: readonly string[]) =>
    name.startsWith(wanted.slice(0, 8)) && candidates.includes(wanted) ? wanted : null

  it('tells what is missing in one finding for a service', async () => {
    const what = found([
      service('database', 'db.env', without(DATABASE, 'ROCKSDB_DIR')),
      service('node', 'n0.env', without(N0, 'DATABASE_PEER_ID', 'RPC_PROVIDER_URL')),
      service('node', 'n1.env', N1),
    ])
    expect(await faults(what)).toEqual(['fail missing-variable db.env:-', 'fail missing-variable n0.env:-'])
    const said = (await checks(what)).filter(({ id }) => id === 'missing-variable').map(({ summary }) => summary)
    expect(said).toEqual([
      expect.stringContaining('ROCKSDB_DIR'),
      expect.stringContaining('DATABASE_PEER_ID, RPC_PROVIDER_URL'),
    ])
  })

  it('takes names in any case', async () => {
    const lower = Object.fromEntries(Object.entries(N1).map(([name, value]) => [name.toLowerCase(), value]))
    const what = found([service('node', 'n0.env', N0), service('node', 'n1.env', lower)])
    expect(await faults(what)).toEqual([])
  })

  it('finds one name in two cases, also over files', async () => {
    const variables = [
      ...variablesOf('n1.env', N1),
      { name: 'secret_key', value: 'x', place: { file: 'b.env', line: 7 } },
    ]
    const what = found([service('node', 'n0.env', N0), of('node', 'n1.env', variables)])
    expect(await faults(what)).toContain('fail duplicate-variable b.env:7')
  })

  it('finds one name twice in a file, and lets a file override another', async () => {
    const twice = (value: string, file: string) => [
      ...variablesOf('n1.env', N1),
      { name: 'METRICS_SERVER_PORT', value, place: { file, line: 12 } },
    ]
    const judge = (value: string, file: string) =>
      faults(found([service('node', 'n0.env', N0), of('node', 'n1.env', twice(value, file))]))
    expect(await judge('3012', 'n1.env')).toEqual(['warn duplicate-variable n1.env:12'])
    expect(await judge('3019', 'n1.env')).toEqual(['fail duplicate-variable n1.env:12'])
    expect(await judge('3019', 'compose.yaml')).toEqual([])
  })

  it('finds a misspelled variable, and says nothing else about it', async () => {
    const misspelled = { ...without(N1, 'DATABASE_PEER_ID'), DATABASE_PEER_IDD: databaseKey.peerId }
    const what = found([service('node', 'n0.env', N0), service('node', 'n1.env', misspelled)])
    expect(await faults(what, { nearest: nearest('DATABASE_PEER_ID') })).toEqual(['fail unknown-variable n1.env:11'])
    const [said] = (await checks(what, { nearest: nearest('DATABASE_PEER_ID') })).filter(
      ({ status }) => status === 'fail',
    )
    expect(said?.hint).toBe('did you mean DATABASE_PEER_ID?')
  })

  it('takes a misspelled signing key for the mistake that it is, not for a missing primary', async () => {
    const { SMART_CONTRACT_SIGNER_PRIVATE_KEY: key = '' } = N0
    const misspelled = { ...without(N0, 'SMART_CONTRACT_SIGNER_PRIVATE_KEY'), SMART_CONTRACT_SIGNER_KEY: key }
    const what = found([service('node', 'n0.env', misspelled), service('node', 'n1.env', N1)])
    expect(await faults(what, { nearest: nearest('SMART_CONTRACT_SIGNER_PRIVATE_KEY') })).toEqual([
      'fail unknown-variable n0.env:12',
    ])
  })

  it('warns of what no service reads, and lets pass what runtimes read', async () => {
    const extra = {
      RUST_LOG: 'info',
      TZ: 'UTC',
      https_proxy: '',
      LC_ALL: 'C',
      MALLOC_CONF: 'x',
      _RJEM_MALLOC_CONF: 'x',
    }
    expect(await faults(deployment({ n1: extra }))).toEqual([])
    expect(await faults(deployment({ n1: { NODE_OPTIONS: '1' } }))).toEqual(['warn unknown-variable n1.env:12'])
  })

  it('warns of variables of the other kind, and fails for the signing key on a database', async () => {
    expect(await faults(deployment({ n1: { ROCKSDB_DIR: '/x' } }))).toEqual(['warn wrong-service n1.env:12'])
    expect(await faults(deployment({ db: { DATABASE_PEER_ID: 'x' } }))).toEqual(['warn wrong-service db.env:6'])
    expect(await faults(deployment({ db: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: OPERATOR_KEY } }))).toEqual([
      'fail wrong-service db.env:6',
    ])
  })

  it('judges the values of settings, whichever of their names they have', async () => {
    const what = found([
      service('settings', '.env', {
        WCN_CLUSTER_SMART_CONTRACT_ADDRESS: CONTRACT.slice(2, 30),
        SMART_CONTRACT_ENCRYPTION_KEY: '12',
        WCN_NODE_OPERATOR_PRIVATE_KEY: 'ab',
        RPC_PROVIDER_URL: 'https://rpc.example.com',
      }),
    ])
    expect(await faults(what)).toEqual([
      'fail contract-address .env:1',
      'fail encryption-key .env:2',
      'fail signing-key .env:3',
    ])
  })
})
