/**
 * `config check` over real files: what `config emit` writes passes, for every target; and each of many mistakes, one
 * edit of one file, is found with its file and line, and nothing else is.
 */
import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { plainPaint } from '../../src/cli/paint.js'
import { run as emit } from '../../src/deploy/config-emit.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { type Input, run } from '../../src/lint/config-check.js'
import type { Finding } from '../../src/lint/model/finding.js'
import type { ReadBy } from '../../src/lint/model/found.js'
import { configCheckText } from '../../src/lint/view-config-check.js'
import { sandbox } from '../support/cli.js'
import {
  DESCRIPTION,
  keypairOf,
  nodeKeys,
  OPERATOR,
  OPERATOR_KEY,
  putDeployment,
  SECRETS,
  secretOf,
} from '../support/deployment.js'
import { rejectionOf } from '../support/rejection.js'
import { type Overrides, testServices } from '../support/services.js'

const TARGETS = ['env', 'shell', 'compose', 'systemd', 'k8s'] as const
type Target = (typeof TARGETS)[number]

const box = sandbox()
afterAll(() => box.remove())

/** Both nodes on one machine, so that ports can collide. */
beforeAll(async () => {
  const [n0, n1] = DESCRIPTION.nodes
  const file = putDeployment(box, {
    ...DESCRIPTION,
    nodes: [n0, { ...n1, primary_port: 3020, secondary_port: 3021, metrics_port: 3022 }],
    images: { tag: '260209.1' },
    kubernetes: { exposure: 'load-balancer' },
  })
  for (const format of TARGETS) await emit(testServices(), { file, out: box.path(format), format })
})

const check = (input: Input, overrides: Overrides = {}) => run(testServices(overrides), input)
const notPassed = (checks: readonly Finding[]) => checks.filter(({ status }) => status !== 'pass' && status !== 'skip')

describe.each(TARGETS)('what config emit writes as %s', (target) => {
  it('passes', async () => {
    const settings = { operator: async () => parseAddress(OPERATOR, 'test') }
    const { data, exitCode } = await check({ paths: [box.path(target)] }, { settings })
    expect(data.checks.filter(({ status }) => status !== 'pass')).toEqual([])
    expect(exitCode).toBeUndefined()
    expect(data.checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['one-primary', 'operator-id', 'secret-key', 'agreement', 'database-match', 'git']),
    )
  })
})

const n0 = 'wcn_node_n0.env'
const n1 = 'wcn_node_n1.env'
const db = 'wcn_db.env'

describe('what config emit writes for other machines', () => {
  const settings = { operator: async () => parseAddress(OPERATOR, 'test') }
  const [first, second] = DESCRIPTION.nodes
  const apart = {
    ...DESCRIPTION,
    database: { ...DESCRIPTION.database, host: 'store' },
    nodes: [
      { ...first, host: 'east' },
      { ...second, host: 'west' },
    ],
    images: { tag: '260209.1' },
  }
  const emitted = async (description: object, format: string) => {
    const other = sandbox()
    const file = putDeployment(other, description)
    await emit(testServices(), { file, out: other.path('out'), format })
    return { other, ...(await check({ paths: [other.path('out')] }, { settings })) }
  }

  it('passes with pods in the network of their hosts', async () => {
    const kubernetes = { exposure: 'host-network', host_cidrs: ['10.0.0.0/24'] }
    const { other, data } = await emitted({ ...apart, kubernetes }, 'k8s')
    expect(data.checks.filter(({ status }) => status !== 'pass')).toEqual([])
    other.remove()
  })

  it('passes as units of several machines', async () => {
    const { other, data } = await emitted(apart, 'systemd')
    expect(data.checks.filter(({ status }) => status !== 'pass')).toEqual([])
    other.remove()
  })

  it('says of a database that other machines reach that a firewall is needed', async () => {
    const { other, data } = await emitted(apart, 'compose')
    expect(notPassed(data.checks)).toEqual([expect.objectContaining({ id: 'database-exposed', status: 'warn' })])
    other.remove()
  })

  it('passes as all targets at once, which are one deployment many times', async () => {
    const kubernetes = { exposure: 'load-balancer' }
    const here = {
      ...apart,
      kubernetes,
      database: DESCRIPTION.database,
      nodes: [first, { ...second, primary_port: 3020, secondary_port: 3021, metrics_port: 3022 }],
    }
    const { other, data } = await emitted(here, 'all')
    expect(data.checks.filter(({ status }) => status !== 'pass')).toEqual([])
    expect(new Set(data.checks.map(({ id }) => id)).size).toBe(data.checks.length)
    const path = other.path(`out/compose/${n1}`)
    writeFileSync(path, readFileSync(path, 'utf8').replace('wss://', 'https://'))
    const { data: edited } = await check({ paths: [other.path('out')] }, { settings })
    expect(edited.checks.filter(({ id }) => id === 'rpc-url')).toEqual([expect.objectContaining({ file: path })])
    other.remove()
  })
})

interface Mistake {
  readonly what: string
  readonly in: Target
  readonly file: string
  /** What stands there once, and what stands there instead. */
  readonly edit: readonly [string | RegExp, string]
  readonly found: string
  readonly status?: 'warn'
  /** Where it is not the first line that is edited. */
  readonly at?: { readonly file?: string; readonly line?: number | null | string }
}

const [N0_KEY, N1_KEY] = nodeKeys
const OTHER = await keypairOf(99)
/** At the end of a file. */
const END = /$(?![\s\S])/

const MISTAKES: readonly Mistake[] = [
  // What the onboarding document writes in capital letters.
  {
    what: 'no signing key',
    in: 'env',
    file: n0,
    edit: [/^SMART_CONTRACT_SIGNER_.*\n/m, ''],
    found: 'one-primary',
    at: { line: null },
  },
  {
    what: 'a second signing key',
    in: 'env',
    file: n1,
    edit: [END, `SMART_CONTRACT_SIGNER_PRIVATE_KEY=${OPERATOR_KEY}\n`],
    found: 'one-primary',
  },
  {
    what: 'the signing key in the database',
    in: 'shell',
    file: db,
    edit: [END, `SMART_CONTRACT_SIGNER_PRIVATE_KEY='${OPERATOR_KEY}'\n`],
    found: 'wrong-service',
  },
  {
    what: 'a signing key of somebody else',
    in: 'shell',
    file: n0,
    edit: [OPERATOR_KEY, `0x${'b8'.repeat(32)}`],
    found: 'operator-id',
  },
  {
    what: 'a signing key cut short',
    in: 'shell',
    file: n0,
    edit: [OPERATOR_KEY, OPERATOR_KEY.slice(0, -1)],
    found: 'signing-key',
  },
  {
    what: 'an empty signing key',
    in: 'compose',
    file: n1,
    edit: [END, "SMART_CONTRACT_SIGNER_PRIVATE_KEY=''\n"],
    found: 'empty-variable',
  },
  { what: 'a public database', in: 'env', file: n0, edit: ['=10.0.10.5', '=52.1.2.9'], found: 'database-private' },
  {
    what: 'a database by its name',
    in: 'shell',
    file: n1,
    edit: ["'10.0.10.5'", "'db.internal'"],
    found: 'database-address',
  },
  {
    what: 'the published key',
    in: 'env',
    file: n1,
    edit: [secretOf(N1_KEY), '0vr7GpjjVRl3YeUAT4OR6H0K4IcN/diinacBgbZOwJA='],
    found: 'secret-key',
  },
  // What nodes refuse.
  {
    what: 'a key without its padding',
    in: 'env',
    file: n1,
    edit: [secretOf(N1_KEY), secretOf(N1_KEY).slice(0, -1)],
    found: 'secret-key',
  },
  { what: 'an empty optional variable', in: 'env', file: n1, edit: [END, 'LOG_LEVEL=\n'], found: 'empty-variable' },
  {
    what: 'a quoted number',
    in: 'env',
    file: n1,
    edit: ['METRICS_SERVER_PORT=3022', "METRICS_SERVER_PORT='3022'"],
    found: 'quoted-value',
  },
  { what: 'a port with a letter', in: 'shell', file: n0, edit: ["'3011'", "'30ll'"], found: 'port' },
  { what: 'a port too large', in: 'systemd', file: n0, edit: ["'3011'", "'73011'"], found: 'port' },
  { what: 'an https URL', in: 'env', file: n1, edit: ['wss://', 'https://'], found: 'rpc-url' },
  { what: 'an http URL', in: 'systemd', file: n0, edit: ['wss://', 'http://'], found: 'rpc-url' },
  {
    what: 'one name in two cases',
    in: 'env',
    file: n0,
    edit: [END, 'metrics_server_port=3012\n'],
    found: 'duplicate-variable',
  },
  {
    what: 'one name with two values',
    in: 'shell',
    file: n0,
    edit: [END, "METRICS_SERVER_PORT='3099'\n"],
    found: 'duplicate-variable',
  },
  {
    what: 'a misspelled variable',
    in: 'env',
    file: n1,
    edit: ['DATABASE_PEER_ID', 'DATABASE_PERR_ID'],
    found: 'unknown-variable',
  },
  {
    what: 'a misspelled signing key',
    in: 'shell',
    file: n0,
    edit: ['SIGNER_PRIVATE', 'SINGER_PRIVATE'],
    found: 'unknown-variable',
  },
  {
    what: 'a variable nobody reads',
    in: 'systemd',
    file: n1,
    edit: [END, "NODE_COLOUR='blue'\n"],
    found: 'unknown-variable',
    status: 'warn',
  },
  {
    what: 'a missing variable',
    in: 'shell',
    file: db,
    edit: [/^ROCKSDB_DIR.*\n/m, ''],
    found: 'missing-variable',
    at: { line: null },
  },
  {
    what: 'a variable of the other kind',
    in: 'shell',
    file: n1,
    edit: [END, "ROCKSDB_DIR='/wcn/rocksdb'\n"],
    found: 'wrong-service',
    status: 'warn',
  },
  {
    what: 'an optional number in words',
    in: 'compose',
    file: db,
    edit: [END, "DB_MAX_CONNECTIONS='many'\n"],
    found: 'optional-variable',
  },
  {
    what: 'a relative directory',
    in: 'systemd',
    file: db,
    edit: ["'/wcn/rocksdb'", "'wcn/rocksdb'"],
    found: 'rocksdb-dir',
  },
  // What they start with, without a word.
  { what: 'an encryption key cut short', in: 'shell', file: n1, edit: ['e1e1e1', 'e1e1'], found: 'encryption-key' },
  { what: 'another encryption key', in: 'env', file: n1, edit: ['e1e1e1', 'e1e1e2'], found: 'agreement' },
  {
    what: 'a contract with a wrong character',
    in: 'shell',
    file: n0,
    edit: ['0x9522', '0x9523'],
    found: 'contract-address',
  },
  {
    what: 'another contract',
    in: 'systemd',
    file: n1,
    edit: [DESCRIPTION.contract_address, `0x${'12'.repeat(20)}`],
    found: 'agreement',
  },
  {
    what: "the peer ID of a node for the database's",
    in: 'env',
    file: n0,
    edit: [/(?<=^DATABASE_PEER_ID=).*/m, N0_KEY.peerId],
    found: 'database-match',
  },
  {
    what: 'a peer ID with a wrong character',
    in: 'shell',
    file: n0,
    edit: ['12D3KooWK', '12D3Koo0K'],
    found: 'database-peer-id',
  },
  {
    what: 'another database behind all nodes',
    in: 'env',
    file: db,
    edit: [/(?<=^SECRET_KEY=).*/m, secretOf(OTHER)],
    found: 'database-match',
  },
  {
    what: 'another port of the database',
    in: 'compose',
    file: n1,
    edit: ["'3001'", "'3002'"],
    found: 'database-match',
  },
  {
    what: 'a copied node key',
    in: 'systemd',
    file: n1,
    edit: [secretOf(N1_KEY), secretOf(N0_KEY)],
    found: 'shared-key',
    status: 'warn',
  },
  { what: 'one port for both RPC servers', in: 'env', file: n1, edit: ['=3021', '=3020'], found: 'port-collision' },
  {
    what: 'a private PUBLIC_ADDRESS',
    in: 'env',
    file: n1,
    edit: [END, 'PUBLIC_ADDRESS=192.168.1.7\n'],
    found: 'public-address',
    status: 'warn',
  },
  // What a dialect makes of a value.
  { what: 'a comment behind a literal value', in: 'env', file: n0, edit: ['=3012', '=3012 # TCP'], found: 'dialect' },
  { what: 'white space behind a literal value', in: 'env', file: n0, edit: ['=3012', '=3012 '], found: 'dialect' },
  { what: 'a dollar that sh expands', in: 'shell', file: n0, edit: [/'(wss:.*)-url'/, '"$1-$HOME"'], found: 'dialect' },
  // Compose.
  {
    what: 'a published database',
    in: 'compose',
    file: 'compose.yaml',
    edit: [
      '    networks:\n      database:\n        ipv4',
      '    ports: ["3000:3000/udp"]\n    networks:\n      database:\n        ipv4',
    ],
    found: 'database-exposed',
  },
  {
    what: 'a host port twice',
    in: 'compose',
    file: 'compose.yaml',
    edit: ['- 3020:3020/udp', '- 3010:3020/udp'],
    found: 'port-collision',
  },
  {
    what: 'one port for both RPC servers of a container',
    in: 'compose',
    file: n1,
    edit: ["'3021'", "'3020'"],
    found: 'port-collision',
  },
  {
    what: 'metrics for everybody',
    in: 'compose',
    file: 'compose.yaml',
    edit: ['- 127.0.0.1:3022:', '- 3022:'],
    found: 'metrics-exposed',
    status: 'warn',
  },
  {
    what: 'an RPC port that is not published',
    in: 'compose',
    file: 'compose.yaml',
    edit: ['- 3021:3021/udp', '- 3021:3025/udp'],
    found: 'published-port',
  },
  {
    what: 'the latest image',
    in: 'compose',
    file: 'compose.yaml',
    edit: [/(wcn_node_n1:\n.*wcn-node):260209.1/, '$1:latest'],
    found: 'image-tag',
    status: 'warn',
  },
  {
    what: 'an image of another version',
    in: 'compose',
    file: 'compose.yaml',
    edit: [/(wcn_node_n1:\n.*wcn-node):260209.1/, '$1:260301.1'],
    found: 'image-versions',
    status: 'warn',
  },
  // Kubernetes.
  {
    what: 'an image without a tag',
    in: 'k8s',
    file: 'node-n1.yaml',
    edit: ['wcn-node:260209.1', 'wcn-node'],
    found: 'image-tag',
    status: 'warn',
  },
  { what: 'two replicas', in: 'k8s', file: 'node-n0.yaml', edit: ['replicas: 1', 'replicas: 2'], found: 'surge' },
  {
    what: 'a database behind a load balancer',
    in: 'k8s',
    file: 'database.yaml',
    edit: ['type: ClusterIP', 'type: LoadBalancer'],
    found: 'database-exposed',
    // Of the first port that this opens.
    at: { line: 25 },
  },
  {
    what: 'a key cut short in a Secret',
    in: 'k8s',
    file: 'secrets/wcn-node-n1.yaml',
    edit: [secretOf(N1_KEY), secretOf(N1_KEY).slice(4)],
    found: 'secret-key',
  },
  {
    what: 'an http URL in a Secret',
    in: 'k8s',
    file: 'secrets/wcn-node-n0.yaml',
    edit: ['wss://', 'http://'],
    found: 'rpc-url',
  },
  {
    what: 'another database',
    in: 'k8s',
    file: 'node-n1.yaml',
    edit: ['value: 10.0.10.5', 'value: 10.0.10.6'],
    found: 'agreement',
  },
  {
    what: 'an update that surges',
    in: 'k8s',
    file: 'node-n1.yaml',
    edit: ['kind: StatefulSet', 'kind: Deployment'],
    found: 'surge',
  },
  {
    what: 'a number without quotes',
    in: 'k8s',
    file: 'node-n0.yaml',
    edit: ['value: "3010"', 'value: 3010'],
    found: 'syntax',
  },
  {
    // Not so the contract's address: it is too long for one.
    what: 'a port that YAML takes for a number',
    in: 'k8s',
    file: 'node-n0.yaml',
    edit: ['value: "3012"', 'value: 3012'],
    found: 'syntax',
  },
  {
    what: 'a port that was changed in one of two places',
    in: 'k8s',
    file: 'node-n0.yaml',
    edit: ['value: "3010"', 'value: "3050"'],
    found: 'published-port',
    at: { line: 28 },
  },
  {
    what: 'a second replica',
    in: 'compose',
    file: 'compose.yaml',
    edit: [/(wcn_node_n1:\n)/, '$1    scale: 2\n'],
    found: 'surge',
  },
  {
    what: 'a database in the network of its host',
    in: 'k8s',
    file: 'database.yaml',
    edit: [
      '      automountServiceAccountToken: false\n',
      '      automountServiceAccountToken: false\n      hostNetwork: true\n',
    ],
    found: 'database-exposed',
    status: 'warn',
  },
  {
    what: 'an env file that is somewhere else',
    in: 'systemd',
    file: 'wcn_node_n1.service',
    edit: ['/etc/wcn/wcn_node_n1.env', '/nowhere/at-all.env'],
    found: 'missing-file',
    status: 'warn',
  },
  {
    what: 'an env file that is not there',
    in: 'compose',
    file: 'compose.yaml',
    edit: ['./wcn_node_n1.env', './wcn_node_n2.env'],
    found: 'missing-file',
  },
  {
    what: 'a value that systemd cuts at the blank',
    in: 'systemd',
    file: 'wcn_node_n0.service',
    edit: ['Environment=LOG_LEVEL=info', 'Environment=LOG_LEVEL=info debug'],
    found: 'dialect',
  },
]

describe('one mistake', () => {
  it('is tried more than thirty times', () => expect(MISTAKES.length).toBeGreaterThan(30))

  it.each(MISTAKES)(
    '$in, $file: $what',
    async ({ in: target, file, edit: [before, after], found, status = 'fail', at, what }) => {
      const folder = box.path(`${target} ${what}`)
      cpSync(box.path(target), folder, { recursive: true })
      const path = `${folder}/${file}`
      const text = readFileSync(path, 'utf8')
      const edited = text.replace(before, after)
      expect(edited).not.toBe(text)
      writeFileSync(path, edited)
      const { data, exitCode } = await check(
        { paths: [folder] },
        { settings: { operator: async () => parseAddress(OPERATOR, 'test') } },
      )
      const line = at?.line === undefined ? firstDifference(text, edited) : at.line
      expect(notPassed(data.checks).map(({ id, status, file, line }) => ({ id, status, file, line }))).toEqual([
        { id: found, status, file: `${folder}/${at?.file ?? file}`, line },
      ])
      expect(exitCode).toBe(status === 'fail' ? 8 : undefined)
      for (const secret of SECRETS) expect(JSON.stringify(data)).not.toContain(secret)
    },
  )
})

/** Number of the first line that the two don't share. */
function firstDifference(one: string, other: string): number {
  const lines = other.split('\n')
  return one.split('\n').findIndex((line, index) => line !== lines[index]) + 1
}

describe('PUBLIC_ADDRESS', () => {
  // Of env files nobody knows where they run; containers have a loopback each.
  it.each([
    ['env', 'warn'],
    ['compose', 'fail'],
  ] as const)('that nodes of several hosts share is found in %s', async (target, status) => {
    const folder = box.path(`${target} shared address`)
    cpSync(box.path(target), folder, { recursive: true })
    for (const name of [n0, n1]) appendFileSync(`${folder}/${name}`, 'PUBLIC_ADDRESS=52.1.2.3\n')
    const { data } = await check({ paths: [folder] })
    expect(notPassed(data.checks)).toEqual([
      expect.objectContaining({ id: 'public-address', status, file: `${folder}/${n1}` }),
    ])
  })
})

describe('files', () => {
  const copy = (name: string) => {
    cpSync(box.path('shell'), box.path(name), { recursive: true })
    return box.path(name)
  }

  it('that others can read are found', async () => {
    const folder = copy('readable')
    chmodSync(`${folder}/${n1}`, 0o640)
    const { data, exitCode } = await check({ paths: [folder] })
    expect(notPassed(data.checks)).toEqual([
      expect.objectContaining({
        id: 'file-permissions',
        status: 'fail',
        file: `${folder}/${n1}`,
        hint: `chmod 600 ${folder}/${n1}`,
      }),
    ])
    expect(exitCode).toBe(8)
  })

  it('that git would take up are found', async () => {
    const folder = copy('repository')
    execFileSync('git', ['init', '--quiet', folder])
    writeFileSync(`${folder}/.gitignore`, 'wcn_node_*\n')
    const { data } = await check({ paths: [folder] })
    expect(notPassed(data.checks).map(({ id, file }) => ({ id, file }))).toEqual([
      { id: 'git', file: `${folder}/${db}` },
    ])
  })

  it('from Windows are found', async () => {
    const folder = copy('windows')
    const text = readFileSync(`${folder}/${n0}`, 'utf8')
    writeFileSync(`${folder}/${n0}`, text.replaceAll('\n', '\r\n'))
    const { data } = await check({ paths: [folder] })
    expect(notPassed(data.checks).map(({ id, file }) => ({ id, file }))).toEqual([
      { id: 'crlf', file: `${folder}/${n0}` },
    ])
    writeFileSync(`${folder}/${n0}`, `\uFEFF${text}`)
    expect(notPassed((await check({ paths: [folder] })).data.checks).map(({ id, line }) => ({ id, line }))).toEqual([
      { id: 'bom', line: 1 },
    ])
  })

  it('that hold nothing of this are an error', async () => {
    writeFileSync(box.path('other.env'), 'COLOUR=blue\n')
    expect(await rejectionOf(check({ paths: [box.path('other.env')] }))).toMatchObject({ code: 'SELECTOR_NO_MATCH' })
  })

  it('are read as it is said', async () => {
    writeFileSync(box.path('hand.env'), readFileSync(box.path(`shell/${n0}`), 'utf8').replace(/^#.*\n/gm, ''), {
      mode: 0o600,
    })
    const ids = async (readBy: ReadBy) =>
      new Set(notPassed((await check({ paths: [box.path('hand.env')], readBy })).data.checks).map(({ id }) => id))
    expect(await ids('shell')).toEqual(new Set())
    expect(await ids('literal')).toEqual(new Set(['quoted-value', 'dialect']))
  })
})

describe("an operator's key that can't be opened here", () => {
  it('only means that it is not known whose the signing key is', async () => {
    const operator = async () => {
      throw new WcnError('FILE_UNREADABLE', 'cannot read operator.key: there is no such file')
    }
    const services = testServices({ settings: { operator } })
    const { data, exitCode } = await run(services, { paths: [box.path('env')] })
    expect(exitCode).toBeUndefined()
    expect(data.checks.filter(({ status }) => status !== 'pass')).toMatchObject([{ id: 'operator-id', status: 'skip' }])
    expect(services.said).toEqual([expect.stringContaining('cannot read operator.key')])
  })

  it('is no excuse for settings that contradict each other', async () => {
    const operator = async () => {
      throw new WcnError('SETTINGS_CONFLICT', 'two names')
    }
    expect((await rejectionOf(check({ paths: [box.path('env')] }, { settings: { operator } }))).code).toBe(
      'SETTINGS_CONFLICT',
    )
  })
})

describe('what people see', () => {
  it('is what was found, with its place, and a verdict', async () => {
    const folder = box.path('seen')
    cpSync(box.path('shell'), folder, { recursive: true })
    writeFileSync(`${folder}/${n1}`, readFileSync(`${folder}/${n1}`, 'utf8').replace('wss://', 'https://'))
    const { data } = await check({ paths: [folder] })
    const text = configCheckText(data, plainPaint)
    expect(text).toMatch(new RegExp(`FAIL  ${folder}/${n1}:\\d+  rpc-url: `))
    expect(text).toMatch(
      /^pass {2}files \(25\)\n {6}--all shows each\n\nDo not start this: 1 check failed, 25 passed, 1 not looked at\.\n$/m,
    )
    const sound = await check(
      { paths: [box.path('shell')] },
      { settings: { operator: async () => parseAddress(OPERATOR, 'test') } },
    )
    expect(configCheckText(sound.data, plainPaint)).toContain('All is well')
  })

  it('is harmless, whatever a file holds', async () => {
    const { data } = await check(
      { paths: ['-'], readBy: 'literal' },
      { stdin: 'SECRET_KEY=x\nPRIMARY_RPC_SERVER_PORT=\u001b[31m1\n' },
    )
    expect(configCheckText(data, plainPaint)).not.toContain('\u001b')
  })
})
