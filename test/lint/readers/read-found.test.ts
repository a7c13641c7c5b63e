/** What is found in files of every kind, hand-written and our own: services, variables with their lines, remarks. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Found, type FoundService, READ_BY, type ReadBy } from '../../../src/lint/model/found.js'
import { readFound } from '../../../src/lint/readers/read-found.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { rejectionOf } from '../../support/rejection.js'
import { testServices } from '../../support/services.js'

let box: Sandbox
beforeEach(() => {
  box = sandbox()
  mkdirSync(box.path('d'))
})
afterEach(() => box.remove())

function place(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(box.path(`d/${name}`)), { recursive: true })
    writeFileSync(box.path(`d/${name}`), text, { mode: 0o600 })
  }
}

async function find(files: Readonly<Record<string, string>>, readBy?: ReadBy): Promise<Found> {
  place(files)
  return relative(await readFound(testServices().files, [box.path('d')], readBy === undefined ? {} : { readBy }))
}

/** With paths as they are in the folder. */
function relative(found: Found): Found {
  return JSON.parse(JSON.stringify(found).replaceAll(`${box.path('d')}/`, '')) as Found
}

function values({ variables }: FoundService): Readonly<Record<string, string | null>> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]))
}

const lines = ({ variables }: FoundService) =>
  Object.fromEntries(variables.map(({ name, place: at }) => [name, `${at.file}:${at.line}`]))

const said = ({ remarks }: Found) => remarks.map(({ id, status, file, line }) => `${file}:${line} ${status} ${id}`)

function only(found: Found): FoundService {
  expect(found.services).toHaveLength(1)
  return found.services[0] as FoundService
}

const KEY = Buffer.alloc(32, 7).toString('base64')
const NODE = `SECRET_KEY=${KEY}
PRIMARY_RPC_SERVER_PORT=3010
DATABASE_PEER_ID=12D3KooWtest
`

describe('env files', () => {
  it('are services by their names and variables', async () => {
    const found = await find({
      'wcn_node_n0.env': NODE,
      'b/any.env': `# The database.\n\nSECRET_KEY=${KEY}\nROCKSDB_DIR=/wcn/rocksdb\n`,
      'c/wcn.env': 'SMART_CONTRACT_ADDRESS=0x00\n',
      'notes.txt': NODE,
      'other.env': 'FOO=bar',
      'wcn_node.env.example': NODE,
      '.env.local': NODE,
      '.hidden': NODE,
      'node_modules/n.env': NODE,
    })
    expect(found.services.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'node .env.local',
      'database any.env',
      'settings wcn.env',
      'node wcn_node_n0.env',
    ])
    expect(lines(found.services[1] as FoundService)).toEqual({ SECRET_KEY: 'b/any.env:3', ROCKSDB_DIR: 'b/any.env:4' })
    expect(found.remarks).toEqual([])
    expect(found.files.map(({ path, holdsSecrets }) => [path, holdsSecrets])).toEqual([
      ['.env.local', true],
      ['b/any.env', true],
      ['c/wcn.env', false],
      ['other.env', false],
      ['wcn_node_n0.env', true],
    ])
  })

  it('of one name are told apart by their folders', async () => {
    const found = await find({ 'a/node.env': NODE, 'b/node.env': NODE })
    expect(found.services.map(({ name }) => name)).toEqual(['a/node.env', 'b/node.env'])
  })

  for (const [title, text, readBy, status, id] of [
    ['a comment behind a value in a literal file', `${NODE}LOG_LEVEL=info #x`, 'literal', 'fail', 'dialect'],
    ['export in a literal file', `${NODE}export LOG_LEVEL=info`, 'literal', 'fail', 'syntax'],
    ['a blank behind a value in a literal file', `${NODE}LOG_LEVEL=info `, 'literal', 'fail', 'dialect'],
    ['a dollar for the shell', `${NODE}RPC_PROVIDER_URL=wss://a/$b`, 'shell', 'fail', 'dialect'],
    ['a dollar in double quotes for the shell', `${NODE}RPC_PROVIDER_URL="wss://a/$b"`, 'shell', 'fail', 'dialect'],
    ['an ampersand for the shell', `${NODE}RPC_PROVIDER_URL=wss://a/?b=1&c=2`, 'shell', 'fail', 'dialect'],
    ['a semicolon for the shell', `${NODE}RPC_PROVIDER_URL=wss://a/b;c`, 'shell', 'fail', 'dialect'],
    ['a blank for the shell', `${NODE}LOG_LEVEL=info wcn`, 'shell', 'fail', 'dialect'],
    ['a hash behind a blank for the shell', `${NODE}RPC_PROVIDER_URL=wss://a/b #c`, 'shell', 'fail', 'dialect'],
    ['a backslash for the shell', `${NODE}LOG_LEVEL=a\\b`, 'shell', 'fail', 'dialect'],
    ['an open quote for the shell', `${NODE}LOG_LEVEL='a`, 'shell', 'fail', 'syntax'],
    ['blanks around = for the shell', `${NODE}LOG_LEVEL = a`, 'shell', 'fail', 'syntax'],
    ['a dollar for compose', `${NODE}RPC_PROVIDER_URL=wss://a/$b`, 'compose', 'fail', 'dialect'],
    ['a hash behind a blank for compose', `${NODE}RPC_PROVIDER_URL=wss://a/b #c`, 'compose', 'fail', 'dialect'],
    ['text behind a quote for compose', `${NODE}LOG_LEVEL='a'b`, 'compose', 'fail', 'dialect'],
    ['an open quote for compose', `${NODE}LOG_LEVEL="a`, 'compose', 'fail', 'syntax'],
    ['a comment behind a value for systemd', `${NODE}LOG_LEVEL='info' # x`, 'systemd', 'fail', 'dialect'],
    ['a backslash for systemd', `${NODE}LOG_LEVEL=a\\b`, 'systemd', 'fail', 'dialect'],
    ['export for systemd', `${NODE}export LOG_LEVEL=info`, 'systemd', 'fail', 'syntax'],
    ['quotes for anybody', `${NODE}LOG_LEVEL="info"`, undefined, 'warn', 'dialect'],
    ['a hash for anybody', `${NODE}LOG_LEVEL=a#b`, undefined, 'warn', 'dialect'],
    ['a dollar for anybody', `${NODE}LOG_LEVEL=a$b`, undefined, 'warn', 'dialect'],
  ] as const) {
    it(`remark on ${title}`, async () => {
      const found = await find({ 'node.env': text }, readBy)
      expect(said(found)).toEqual([`node.env:4 ${status} ${id}`])
      const known = ['SECRET_KEY', 'PRIMARY_RPC_SERVER_PORT', 'DATABASE_PEER_ID', 'LOG_LEVEL', 'RPC_PROVIDER_URL']
      const there = Object.entries(values(only(found))).filter(([, value]) => value !== null)
      expect(known).toEqual(expect.arrayContaining(there.map(([name]) => name)))
    })
  }

  it('with what readers do on purpose have no remark', async () => {
    const text = `#!/bin/sh
set -euo pipefail
# Ports.
export PRIMARY_RPC_SERVER_PORT=3010 # primary
BASE=/wcn
export SECRET_KEY="$(cat /run/secrets/key)"
export RPC_PROVIDER_URL="$RPC_URL"
export ROCKSDB_DIR="\${BASE:-/x}/rocksdb"
export BASE
export DATABASE_PEER_ID='a$b#c' LOG_LEVEL="info"
cd /srv && exec wcn_node
`
    const found = await find({ 'start.sh': text })
    expect(found.remarks).toEqual([])
    expect(values(only(found))).toEqual({
      PRIMARY_RPC_SERVER_PORT: '3010',
      BASE: '/wcn',
      SECRET_KEY: null,
      RPC_PROVIDER_URL: null,
      ROCKSDB_DIR: null,
      DATABASE_PEER_ID: 'a$b#c',
      LOG_LEVEL: 'info',
    })
  })

  it('from Windows are one remark each', async () => {
    const windows = `\uFEFF${NODE.replaceAll('\n', '\r\n')}`
    const found = await find({ 'node.env': windows }, 'shell')
    expect(said(found)).toEqual(['node.env:1 fail bom', 'node.env:1 fail crlf'])
    expect(values(only(found)).PRIMARY_RPC_SERVER_PORT).toBe('3010')
  })

  it('say themselves who reads them', async () => {
    const about =
      '# For `docker run --env-file` and `kubectl create secret generic --from-env-file`, which take values literally.\n'
    const found = await find({ 'node.env': `${about}${NODE}LOG_LEVEL='a'` }, 'shell')
    expect(values(only(found)).LOG_LEVEL).toBe("'a'")
  })

  it('never get their values into a remark', async () => {
    const secret = 'c4n4ryT0kenOf20Chars'
    const doubtful = [
      `A=${secret} ${secret}`,
      `A=a ${secret}`,
      `A='${secret}' #${secret}`,
      `A=x$${secret}`,
      `A="x$${secret}`,
      secret,
      `${secret} ${secret}`,
      `A=x;${secret}`,
      `export ${secret}`,
      `A=\\${secret}#${secret}`,
      `A=x&${secret}=${secret}`,
    ]
    for (const doubt of doubtful)
      for (const readBy of [...READ_BY, undefined]) {
        const found = await find({ 'wcn_node.env': `${NODE}${doubt}\n` }, readBy)
        expect(JSON.stringify(found.remarks)).not.toContain(secret)
      }
  })

  it('have a variable twice where it is there twice', async () => {
    const { variables } = only(await find({ 'node.env': `${NODE}SECRET_KEY=x` }))
    expect(variables.map(({ name, place: at }) => `${name}:${at.line}`).filter((one) => /SECRET/.test(one))).toEqual([
      'SECRET_KEY:1',
      'SECRET_KEY:4',
    ])
  })
})

describe('compose files', () => {
  const SERVICE = `services:
  node-a:
    image: ghcr.io/walletconnect/wcn-node:\${TAG}
    env_file:
      - path: ./a.env
      - {path: raw.env, format: raw}
    environment:
      PRIMARY_RPC_SERVER_PORT: 3010
      LOG_LEVEL: "$\${x}"
      METRICS_SERVER_PORT: \${NOWHERE}
    ports:
      - 3010-3011:3010-3011/udp
      - "127.0.0.1:3012:3012"
      - {target: 5, published: "6", protocol: udp, host_ip: 10.0.0.1}
  web:
    image: nginx:1
    ports: ["80:80"]
`

  it('are read with their env files, .env and ports', async () => {
    const found = await find({
      'compose.yaml': SERVICE,
      'a.env': `SECRET_KEY='${KEY}'\nPRIMARY_RPC_SERVER_PORT=1 # old\n`,
      'raw.env': `SECONDARY_RPC_SERVER_PORT="3011"\n`,
      '.env': 'TAG=1.2\n',
    })
    const service = only(found)
    expect(service).toMatchObject({
      kind: 'node',
      name: 'compose.yaml service node-a',
      machine: 'compose.yaml',
      image: { reference: 'ghcr.io/walletconnect/wcn-node:1.2', place: { file: 'compose.yaml', line: 3 } },
      place: { file: 'compose.yaml', line: 2 },
      surges: [],
    })
    expect(service.variables.map(({ name, value, place: at }) => `${at.file}:${at.line} ${name} ${value}`)).toEqual([
      `a.env:1 SECRET_KEY ${KEY}`,
      'a.env:2 PRIMARY_RPC_SERVER_PORT 1',
      'raw.env:1 SECONDARY_RPC_SERVER_PORT "3011"',
      'compose.yaml:8 PRIMARY_RPC_SERVER_PORT 3010',
      `compose.yaml:9 LOG_LEVEL $${'{x}'}`,
      'compose.yaml:10 METRICS_SERVER_PORT null',
    ])
    expect(
      service.published.map(
        (port) => `${port.address} ${port.hostPort}:${port.port}/${port.protocol} ${port.place.line}`,
      ),
    ).toEqual(['null 3010:3010/udp 12', 'null 3011:3011/udp 12', '127.0.0.1 3012:3012/tcp 13', '10.0.0.1 6:5/udp 14'])
    expect(found.remarks).toEqual([])
    expect(found.files.map(({ path, holdsSecrets }) => `${path} ${holdsSecrets}`)).toEqual([
      '.env false',
      'a.env true',
      'compose.yaml false',
      'raw.env false',
    ])
  })

  it('may have anchors and merge keys', async () => {
    const found = await find({
      'compose.yaml': `x-common: &common
  image: &image wcn-node:1
  environment: &env
    LOG_LEVEL: info
    DATABASE_PEER_ID: x
services:
  n0:
    <<: *common
    environment:
      <<: *env
      LOG_LEVEL: debug
    network_mode: host
  n1:
    image: *image
    environment: [DATABASE_PEER_ID=base, EMPTY]
    scale: 2
  db:
    image: wcn-db:1
    deploy: {update_config: {order: start-first}}
`,
    })
    expect(found.remarks).toEqual([])
    const [n0, n1, db] = found.services as [FoundService, FoundService, FoundService]
    expect(values(n0)).toEqual({ LOG_LEVEL: 'debug', DATABASE_PEER_ID: 'x' })
    expect(n0.published.map(({ port, how }) => `${port} ${how}`)).toEqual(Array(2).fill("null the host's network"))
    expect(lines(n0).DATABASE_PEER_ID).toBe('compose.yaml:5')
    expect(values(n1)).toEqual({ DATABASE_PEER_ID: 'base', EMPTY: null })
    expect(n1.surges).toHaveLength(1)
    expect(db.surges.map(({ place: at }) => at)).toEqual([{ file: 'compose.yaml', line: 19 }])
  })

  const NODE_A = 'services:\n  wcn_node_a:\n    image: wcn-node:1\n    env_file: [a.env]\n'
  const OTHER = 'services:\n  grafana:\n    image: grafana/grafana:1\n    ports: ["3000:3000"]\n'

  it.each<[string, string, string, Readonly<Record<string, string>>]>([
    ['extends', 'compose.yaml:5', ' -f compose.yaml', { 'compose.yaml': `${NODE_A}    extends: {service: b}\n` }],
    [
      'extends, of a file elsewhere that is no service by itself',
      'compose.yaml:3',
      ' -f compose.yaml',
      {
        'compose.yaml': 'services:\n  n:\n    extends: {file: base/base.yaml, service: base}\n',
        'base/base.yaml': 'services:\n  base:\n    image: wcn-node:1\n    env_file: [common.env]\n',
        'base/common.env': 'PRIMARY_RPC_SERVER_PORT=3010\nSECONDARY_RPC_SERVER_PORT=3011\n',
      },
    ],
    [
      'include',
      'compose.yaml:1',
      ' -f compose.yaml',
      { 'compose.yaml': `include: [more.yaml]\n${OTHER}`, 'more.yaml': NODE_A },
    ],
    ['!override', 'compose.yaml:5', ' -f compose.yaml', { 'compose.yaml': `${NODE_A}    ports: !override []\n` }],
    ['!reset', 'compose.yaml:5', ' -f compose.yaml', { 'compose.yaml': `${NODE_A}    ports: !reset null\n` }],
    [
      '!reset of a service',
      'compose.yaml:2',
      ' -f compose.yaml',
      { 'compose.yaml': 'services:\n  wcn_db: !reset null\n' },
    ],
    [
      'profiles',
      'compose.yaml:5',
      " -f compose.yaml --profile 'a b'",
      { 'compose.yaml': `${NODE_A}    profiles: ["a b"]\n` },
    ],
    [
      'an override beside it',
      'compose.override.yaml:2',
      ' -f compose.yaml -f compose.override.yaml',
      { 'compose.yaml': NODE_A, 'compose.override.yaml': 'services:\n  wcn_node_a: {ports: ["3010:3010/udp"]}\n' },
    ],
    [
      'another file about the same services',
      'compose.prod.yaml:1',
      ' -f compose.yaml -f compose.prod.yaml',
      { 'compose.yaml': NODE_A, 'compose.prod.yaml': NODE_A },
    ],
    [
      'a part of a service in another folder',
      'prod/prod.yaml:2',
      ' -f prod/prod.yaml',
      { 'compose.yaml': NODE_A, 'prod/prod.yaml': 'services:\n  wcn_node_a: {ports: ["3010:3010/udp"]}\n' },
    ],
    ['COMPOSE_FILE', 'compose.yaml:1', ' -f compose.yaml', { 'compose.yaml': NODE_A, '.env': 'COMPOSE_FILE=a:b\n' }],
  ])('with %s are told apart, and nothing of them is judged', async (_, at, command, files) => {
    const found = await find({ 'a.env': NODE, ...files })
    expect(said(found)).toEqual([`${at.replace(':', ':')} fail not-followed`])
    expect(found.remarks[0]?.hint).toBe(
      `check what it becomes: \`docker compose${command} config | wcn config check -\``,
    )
    expect(found.services.filter(({ name }) => !/^a.env$/.test(name))).toEqual([])
  })

  it('an override beside one that is given counts, whoever gave it', async () => {
    place({ 'compose.yaml': NODE_A, 'compose.override.yml': 'services:\n  wcn_node_a: {scale: 2}\n', 'a.env': NODE })
    const found = relative(await readFound(testServices().files, [box.path('d/compose.yaml')]))
    expect(said(found)).toEqual(['compose.yaml:1 fail not-followed'])
    expect(found.remarks[0]?.hint).toContain('-f compose.yaml -f compose.override.yml config')
  })

  it.each([
    ['an override', { 'compose.yaml': OTHER, 'compose.override.yaml': OTHER }],
    ['profiles', { 'compose.yaml': `${OTHER}    profiles: [x]\n` }],
    ['extends', { 'compose.yaml': `${OTHER}    extends: {service: base}\n` }],
    ['include', { 'compose.yaml': `include: [other.yaml]\n${OTHER}`, 'other.yaml': OTHER }],
    ['tags', { 'compose.yaml': `${OTHER}    labels: !reset {}\n` }],
  ])("of somebody else's are nobody's business, with %s", async (_, files) => {
    const found = await find(Object.fromEntries(Object.entries(files).map(([name, text]) => [`other/${name}`, text])))
    expect(found).toMatchObject({ services: [], remarks: [] })
  })

  it('are read as compose prints them, profiles included', async () => {
    const resolved = `name: wcn
services:
  node:
    profiles: [a]
    environment:
      DATABASE_PEER_ID: x
      LOG_LEVEL: "a$$b"
    image: wcn-node:1
    networks: {default: null}
    ports:
      - {mode: ingress, target: 3010, published: "3010", protocol: udp}
      - {mode: ingress, host_ip: 127.0.0.1, target: 3012, published: "3012", protocol: tcp}
networks:
  default: {name: wcn_default}
`
    for (const stdin of [resolved, JSON.stringify(parse(resolved), null, 2)]) {
      const found = await readFound(testServices({ stdin }).files, ['-'])
      const service = only(found)
      expect(found.remarks).toEqual([])
      expect(service).toMatchObject({ kind: 'node', name: 'standard input service node', reachedByPorts: true })
      expect(values(service)).toEqual({ DATABASE_PEER_ID: 'x', LOG_LEVEL: 'a$b' })
      expect(service.published.map(({ address, port, protocol }) => `${address} ${port} ${protocol}`)).toEqual([
        'null 3010 udp',
        '127.0.0.1 3012 tcp',
      ])
    }
  })

  it.each([
    ['the default network', 'x: 1', true],
    ['a bridge', 'network_mode: bridge', true],
    ['no network', 'network_mode: none', true],
    ['a network of its own', 'networks: [own]', true],
    ['a network with addresses of its own', 'networks: [lan]', false],
    ['a network of somebody else', 'networks: {other: {}}', false],
    ['the network of another service', 'network_mode: "service:vpn"', false],
  ])('in %s are reached by their ports: %s', async (_, line, reached) => {
    const networks = 'networks:\n  own: {driver: bridge}\n  lan: {driver: macvlan}\n  other: {external: true}\n'
    const found = await find({ 'compose.yaml': `services:\n  wcn_db:\n    image: wcn-db:1\n    ${line}\n${networks}` })
    expect(only(found).reachedByPorts).toBe(reached)
  })

  it('remark on what is lost', async () => {
    const found = await find({
      'compose.yaml': `services:
  n:
    image: wcn-node:1
    env_file: [gone.env, {path: maybe.env, required: false}]
    environment:
      RPC_PROVIDER_URL: wss://a/$b
      LOG_LEVEL: a #b
      METRICS_SERVER_PORT: 0o17
      METRICS_SERVER_PORT: 1
`,
    })
    expect(said(found)).toEqual([
      'compose.yaml:4 fail missing-file',
      'compose.yaml:6 fail dialect',
      'compose.yaml:7 fail dialect',
      'compose.yaml:8 fail dialect',
      'compose.yaml:9 fail syntax',
    ])
  })

  it('that are no YAML are a remark with line and column', async () => {
    const found = await find({ 'compose.yaml': 'services:\n  a: [\n  b: }\n' })
    expect(said(found)).toEqual(['compose.yaml:3 fail syntax'])
    expect(found.remarks[0]?.summary).toMatch(/line 3, column \d+/)
  })

  it('that are not even parsed are a remark with line and column', async () => {
    const found = await find({ 'compose.yaml': 'services:\n  a: 1\n  b: ]\n' })
    expect(said(found)).toEqual(['compose.yaml:3 fail syntax'])
    expect(found.remarks[0]?.summary).toContain('line 3, column 6')
  })

  it('with more services than anybody has are read up to there, and never pass', async () => {
    const services = (name: string) =>
      Array.from({ length: 150 }, (_, n) => `  ${name}-${n}: {image: wcn-node}\n`).join('')
    const alone = { 'a.yaml': `services:\n${services('a')}`, 'b.yaml': `services:\n${services('b')}` }
    const found = await find(alone)
    expect(found.services).toHaveLength(250)
    expect(said(found)).toContain('b.yaml:102 fail unread')
    // What is set aside takes room, and is said to be set aside.
    const aside = await find({ ...alone, 'a.yaml': `services:\n  x: {image: wcn-node, extends: y}\n${services('a')}` })
    expect(aside.services).toHaveLength(99)
    expect(said(aside)).toContain('a.yaml:2 fail not-followed')
    expect(said(aside)).toContain('b.yaml:101 fail unread')
  })

  it('that would grow without bounds are refused', async () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
    for (let i = 1; i < 9; i++) {
      const [name, before] = ['abcdefghi'.charAt(i), 'abcdefghi'.charAt(i - 1)]
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`)
    }
    const found = await find({
      'compose.yaml': `${bomb.join('\n')}\nservices: {n: {image: wcn-node, environment: *i}}\n`,
      'loop.yaml': 'services: &a\n  n: *a\n',
      'loop2.yaml': 'services:\n  n: &a\n    <<: *a\n    image: wcn-node:1\n',
      'deep.yaml': `services: ${'['.repeat(5000)}`,
    })
    expect(found.services.length).toBeLessThan(2)
    expect(said(found)).toContain('compose.yaml:1 fail syntax')
    expect(said(found)).toContain('loop.yaml:1 fail syntax')
    expect(said(found)).toContain('loop2.yaml:1 fail syntax')
    expect(said(found)).toContain('deep.yaml:1 fail syntax')
  })
})

describe('systemd units', () => {
  it('are read with env files, drop-ins and what they quote', async () => {
    const found = await find({
      'wcn_node_n0.service': `[Unit]
Description=wcn
[Service]
Environment=LOG_LEVEL=old
Environment="LOG_LEVEL=info,a b" METRICS_SERVER_PORT=3012 \\
  # between
  SECONDARY_RPC_SERVER_PORT=3011
EnvironmentFile=/etc/wcn/wcn_node_n0.env
EnvironmentFile=-/nowhere/else.env
ExecStart=/usr/local/bin/wcn_node
[X-Install]
Environment=NOT=this
`,
      'wcn_node_n0.service.d/10.conf': '[Service]\nEnvironment=DATABASE_PEER_ID=a%%b\n',
      'wcn_node_n0.env': `SECRET_KEY='${KEY}'\n`,
      'sshd.service': '[Service]\nExecStart=/usr/sbin/sshd\nEnvironment=a b\n',
    })
    const service = only(found)
    expect(found.remarks).toEqual([])
    expect(service).toMatchObject({ kind: 'node', name: 'wcn_node_n0.service', machine: null, image: null })
    expect(service.variables.map(({ name, value, place: at }) => `${at.file}:${at.line} ${name} ${value}`)).toEqual([
      'wcn_node_n0.service:4 LOG_LEVEL old',
      'wcn_node_n0.service:5 LOG_LEVEL info,a b',
      'wcn_node_n0.service:5 METRICS_SERVER_PORT 3012',
      'wcn_node_n0.service:7 SECONDARY_RPC_SERVER_PORT 3011',
      'wcn_node_n0.service.d/10.conf:2 DATABASE_PEER_ID a%b',
      `wcn_node_n0.env:1 SECRET_KEY ${KEY}`,
    ])
  })

  it('of a template are as many as there are env files for it', async () => {
    const found = await find({
      'wcn_node@.service': '[Service]\nEnvironmentFile=/etc/wcn/%i.env\nExecStart=/opt/wcn_node\n',
      'n0.env': NODE,
      'n1.env': NODE,
    })
    expect(found.services.map(({ name }) => name)).toEqual(['wcn_node@n0.service', 'wcn_node@n1.service'])
    expect(found.services.map((one) => lines(one).SECRET_KEY)).toEqual(['n0.env:1', 'n1.env:1'])
  })

  it('that run a container are told apart', async () => {
    const found = await find({
      'n.service': `[Service]
ExecStart=/usr/bin/docker run --rm --env-file /etc/n.env -e LOG_LEVEL=info \\
  -p 3010:3010/udp ghcr.io/walletconnect/wcn-node:1
`,
      'other.service': '[Service]\nExecStart=/usr/bin/podman run nginx\n',
      'n.env': NODE,
    })
    expect(said(found)).toEqual(['n.service:2 fail not-followed'])
    expect(found.services.map(({ name }) => name)).toEqual(['n.env'])
  })

  it('whose env file is elsewhere lack nothing for certain', async () => {
    const found = await find({
      'wcn_db.service':
        '[Service]\nEnvironmentFile=/nowhere/db.env\nEnvironment=LOG_LEVEL=info\nExecStart=/usr/bin/wcn_db\n',
      'compose.yaml': 'services:\n  db:\n    image: wcn-db:1\n    env_file: $NOWHERE/db.env\n',
    })
    for (const service of found.services) expect(values(service)).toMatchObject({ SECRET_KEY: null, ROCKSDB_DIR: null })
    expect(found.services).toHaveLength(2)
  })

  it.each([
    ['is not absolute', 'node.env', 'fail syntax'],
    ['is in quotes', '"/etc/wcn/node.env"', 'fail syntax'],
    ['may be missing, and is not absolute', '-node.env', 'fail syntax'],
    ['has a specifier that means nothing', '/etc/wcn/%z.env', 'fail syntax'],
    ['has a comment behind it', '/etc/wcn/node.env # of node a', 'fail missing-file'],
    ['is elsewhere', '/etc/wcn/other.env', 'warn missing-file'],
  ])('get nothing from a file whose path %s', async (_, path, remark) => {
    const found = await find({
      'a.service': `[Service]\nEnvironmentFile=${path}\nExecStart=/usr/bin/wcn_node\n`,
      'node.env': NODE,
    })
    expect(said(found)).toEqual([`a.service:2 ${remark}`])
    const unit = found.services.find(({ name }) => name === 'a.service')
    expect(unit && values(unit).SECRET_KEY).toBeNull()
  })

  it.each([
    ['no program', '', 'null fail syntax'],
    ['two programs', 'ExecStart=/usr/bin/wcn_node\nExecStart=/usr/bin/wcn_node\n', '4 fail syntax'],
    ['one that takes another back', 'ExecStart=/usr/bin/x\nExecStart=\nExecStart=/usr/bin/wcn_node\n', null],
    ['several that are done one by one', 'Type=oneshot\nExecStart=/usr/bin/x\nExecStart=/usr/bin/wcn_node\n', null],
  ])('with %s', async (_, more, remark) => {
    const found = await find({ 'wcn_node_a.service': `[Service]\nEnvironment=DATABASE_PEER_ID=x\n${more}` })
    expect(said(found)).toEqual(remark === null ? [] : [`wcn_node_a.service:${remark}`])
  })

  it('remark on what systemd drops or replaces', async () => {
    const found = await find({
      'wcn_db.service': `[Service]
EnvironmentFile=/nowhere/db.env
Environment=LOG_LEVEL=info, wcn
Environment=RPC_PROVIDER_URL=wss://a/%zz
Environment="ROCKSDB_DIR=/a\\qb"
ExecStart=/usr/bin/wcn_db
`,
    })
    expect(said(found)).toEqual([
      'wcn_db.service:3 fail dialect',
      'wcn_db.service:4 fail dialect',
      'wcn_db.service:5 fail syntax',
      'wcn_db.service:2 warn missing-file',
    ])
  })
})

describe('Kubernetes manifests', () => {
  const POD = (more = '', spec = '') => `
  template:
    metadata:
      labels: {app: n0}
    spec:${spec}
      containers:
        - name: wcn-node
          image: wcn-node:1${more}
`
  const SECRET = `apiVersion: v1
kind: Secret
metadata: {name: n0}
data:
  SECRET_KEY: ${Buffer.from(KEY).toString('base64')}
stringData:
  RPC_PROVIDER_URL: wss://a/0123456789abcdef0
`

  it('are read with their Secrets, ConfigMaps and Services', async () => {
    const found = await find({
      'all.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: n0, namespace: wcn}
spec:
  replicas: 1${POD(`
          envFrom:
            - {prefix: DATABASE_, configMapRef: {name: c}}
          env:
            - name: SECRET_KEY
              valueFrom: {secretKeyRef: {name: n0, key: SECRET_KEY}}
            - {name: RPC_PROVIDER_URL, valueFrom: {secretKeyRef: {name: n0, key: RPC_PROVIDER_URL}}}
            - {name: SMART_CONTRACT_ADDRESS, valueFrom: {secretKeyRef: {name: elsewhere, key: X}}}
            - {name: LOG_LEVEL, value: "$(DATABASE_PEER_ID) $$(A) $(B)"}
          ports:
            - {name: rpc, containerPort: 3010, hostPort: 4010, protocol: UDP}`)}---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: c, namespace: wcn}
    data: {PEER_ID: x}
  - apiVersion: v1
    kind: Service
    metadata: {name: s}
    spec:
      type: LoadBalancer
      selector: {app: n0}
      ports: [{port: 5010, targetPort: rpc, protocol: UDP}]
  - apiVersion: v1
    kind: Service
    metadata: {name: other}
    spec: {type: LoadBalancer, selector: {app: n0, role: x}, ports: [{port: 6010, protocol: UDP}]}
  - apiVersion: v1
    kind: Service
    metadata: {name: inside}
    spec: {selector: {app: n0}, ports: [{port: 7010, protocol: UDP}]}
`,
      'secrets/n0.yaml': SECRET,
    })
    const service = only(found)
    expect(found.remarks).toEqual([])
    expect(service).toMatchObject({ kind: 'node', name: 'StatefulSet n0', machine: null, surges: [] })
    expect(service.variables.map(({ name, value, place: at }) => `${at.file}:${at.line} ${name} ${value}`)).toEqual([
      'all.yaml:30 DATABASE_PEER_ID x',
      `secrets/n0.yaml:5 SECRET_KEY ${KEY}`,
      'secrets/n0.yaml:7 RPC_PROVIDER_URL wss://a/0123456789abcdef0',
      'all.yaml:19 SMART_CONTRACT_ADDRESS null',
      'all.yaml:20 LOG_LEVEL x $(A) $(B)',
    ])
    expect(service.published.map(({ hostPort, port, how }) => `${hostPort}:${port} ${how}`)).toEqual([
      '4010:3010 hostPort',
      '5010:3010 a LoadBalancer service',
    ])
    expect(found.files.map(({ path, holdsSecrets }) => `${path} ${holdsSecrets}`)).toEqual([
      'all.yaml false',
      'secrets/n0.yaml true',
    ])
  })

  for (const [title, head, surges] of [
    ['a Deployment', 'kind: Deployment\nmetadata: {name: n0}\nspec:\n  replicas: 1', 1],
    ['a Deployment with Recreate', 'kind: Deployment\nmetadata: {name: n0}\nspec:\n  strategy: {type: Recreate}', 0],
    [
      'a Deployment with maxSurge 0',
      'kind: Deployment\nmetadata: {name: n0}\nspec:\n  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}',
      0,
    ],
    ['a Deployment of two', 'kind: Deployment\nmetadata: {name: n0}\nspec:\n  replicas: 2', 2],
    ['a DaemonSet', 'kind: DaemonSet\nmetadata: {name: n0}\nspec:', 1],
    ['a StatefulSet', 'kind: StatefulSet\nmetadata: {name: n0}\nspec:', 0],
    ['a StatefulSet of two', 'kind: StatefulSet\nmetadata: {name: n0}\nspec:\n  replicas: 2', 1],
  ] as const) {
    it(`${title} surges ${surges}`, async () => {
      const found = await find({ 'n.yaml': `apiVersion: apps/v1\n${head}${POD()}` })
      expect(only(found).surges).toHaveLength(surges)
    })
  }

  it("are on their machine with the host's network", async () => {
    const spec = '\n      hostNetwork: true\n      nodeSelector: {kubernetes.io/hostname: m1}'
    const found = await find({
      'n.yaml': `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: n0}\nspec:${POD('', spec)}`,
    })
    expect(only(found)).toMatchObject({ machine: 'machine m1', published: [{ port: null }, { port: null }] })
  })

  const STATEFUL = `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: n0}\nspec:${POD('\n          envFrom: [{secretRef: {name: n0}}]')}`

  it('that kustomize takes up as they are, are read as they are', async () => {
    const kustomization = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [n.yaml]\n'
    const found = await find({ 'kustomization.yaml': kustomization, 'n.yaml': STATEFUL })
    expect(found.remarks).toEqual([])
    expect(only(found).name).toBe('StatefulSet n0')
  })

  it.each([
    ['secretGenerator', 'secretGenerator: [{name: n0, envs: [n0.env]}]'],
    ['images', 'images: [{name: wcn-node, newTag: latest}]'],
    ['patches', 'patches: [{path: patch.yaml}]'],
    ['namePrefix', 'namePrefix: eu-'],
    ['components', 'components: [../base]'],
    ['bases', 'bases: [../base]'],
  ])('that kustomize changes with %s are told apart, and nothing of them is judged', async (key, line) => {
    const found = await find({
      'base/kustomization.yaml': 'resources: [n.yaml]\n',
      'base/n.yaml': STATEFUL,
      'eu/kustomization.yaml': `resources: [../base]\n${line}\n`,
      'eu/n0.env': 'PRIMARY_RPC_SERVER_PORT="3010"\nSECONDARY_RPC_SERVER_PORT=3011\n',
      'eu/patch.yaml': STATEFUL.replace('envFrom', 'other'),
    })
    expect(said(found).filter((one) => !one.startsWith('eu/n0.env'))).toEqual([
      'eu/kustomization.yaml:2 fail not-followed',
    ])
    expect(found.remarks[0]).toMatchObject({
      summary: expect.stringContaining(`"${key}"`),
      hint: 'check what it becomes: `kubectl kustomize eu | wcn config check -`',
    })
    expect(found.services.filter(({ place: at }) => at.file.startsWith('base'))).toEqual([])
  })

  it("that kustomize changes are nobody's business where they are nobody's of ours", async () => {
    const found = await find({ 'kustomization.yaml': 'namePrefix: x-\nresources: [a.yaml]\n', 'a.yaml': 'kind: A\n' })
    expect(found).toMatchObject({ services: [], remarks: [] })
  })

  it('whose Secrets are elsewhere lack nothing for certain', async () => {
    const found = await find({
      'n.yaml': `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: n0}\nspec:${POD('\n          envFrom: [{secretRef: {name: n0}}]')}`,
    })
    expect(values(only(found))).toMatchObject({ SECRET_KEY: null, DATABASE_PEER_ID: null, RPC_PROVIDER_URL: null })
  })

  it('may have addresses without quotes, as kubectl prints them', async () => {
    const address = '0x95222290DD7278Aa3Ddd389Cc1E1d165CC4BAfe5'
    const found = await find({
      'n.yaml': `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: n0}\nspec:${POD(`
          env:
            - name: SMART_CONTRACT_ADDRESS
              value: ${address}`)}`,
    })
    expect(found.remarks).toEqual([])
    expect(values(only(found))).toEqual({ SMART_CONTRACT_ADDRESS: address })
  })

  it('remark on values that Kubernetes refuses', async () => {
    const found = await find({
      'n.yaml': `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: n0}\nspec:${POD(`
          env:
            - {name: METRICS_SERVER_PORT, value: 3012}
            - {name: SECRET_KEY, valueFrom: {secretKeyRef: {name: n0, key: GONE}}}`)}`,
      'secret.yaml': SECRET,
    })
    expect(said(found)).toEqual(['n.yaml:13 fail syntax', 'n.yaml:14 fail syntax'])
  })
})

describe('files', () => {
  it('that are given must be readable text', async () => {
    writeFileSync(box.path('binary.env'), 'A=\0')
    writeFileSync(box.path('latin.env'), Buffer.from([0x41, 0x3d, 0xe9]))
    writeFileSync(box.path('large.env'), 'A='.padEnd(10 * 1024 * 1024))
    const { files } = testServices()
    for (const name of ['binary.env', 'latin.env', 'large.env', 'gone.env']) {
      const error = await rejectionOf(readFound(files, [box.path(name)]))
      expect(error).toMatchObject({ code: 'FILE_UNREADABLE' })
    }
  })

  it('that are found in a folder are passed over with a remark', async () => {
    place({ 'ok.env': NODE, 'binary.env': 'A=\0', 'large.env': 'A='.padEnd(2 * 1024 * 1024), 'image.png': '\0' })
    symlinkSync('ok.env', box.path('d/link.env'))
    symlinkSync('.', box.path('d/loop'))
    const found = await find({ 'wide.env': 'A=1' })
    expect(found.services.map(({ name }) => name)).toEqual(['ok.env'])
    expect(said(found)).toEqual([
      'binary.env:null warn unreadable',
      'large.env:null warn unreadable',
      'link.env:null warn unread',
    ])
  })

  it('that others can read are exposed', async () => {
    place({ 'a.env': NODE, 'b.env': NODE })
    chmodSync(box.path('d/b.env'), 0o640)
    const found = await find({})
    expect(found.files.map(({ path, exposed }) => `${path} ${exposed}`)).toEqual(['a.env false', 'b.env true'])
  })

  it('are in git where it has them or would take them up', async () => {
    const git = (...args: readonly string[]) =>
      execFileSync('git', args, {
        cwd: box.path('d'),
        stdio: 'ignore',
        env: { PATH: process.env.PATH, HOME: box.path('.') },
      })
    place({ 'had.env': NODE, 'new.env': NODE, 'ignored.env': NODE, '.gitignore': 'ignored.env\nhad.env\n' })
    git('init', '--quiet')
    git('add', '--force', 'had.env')
    const { files } = await readFound(testServices().files, [box.path('d')])
    expect(files.map(({ path, gitTree }) => [path.split('/').at(-1), gitTree === null])).toEqual([
      ['had.env', false],
      ['ignored.env', true],
      ['new.env', false],
    ])
  })

  it('are looked for so far down and no further', async () => {
    const found = await find({ [`${'a/'.repeat(8)}n.env`]: NODE, [`${'b/'.repeat(9)}n.env`]: NODE })
    expect(found.services).toHaveLength(1)
    expect(said(found)).toEqual([`${'b/'.repeat(9).slice(0, -1)}:null warn unread`])
  })

  it('that are given and have nothing in them get a word', async () => {
    place({ 'x.yaml': 'a: 1\n', 'd.yaml': 'database: {address: 10.0.0.1}\nnodes: []\n', 'x.env': 'FOO=bar\n' })
    const { files } = testServices()
    const paths = ['x.yaml', 'd.yaml', 'x.env'].map((name) => box.path(`d/${name}`))
    expect(said(relative(await readFound(files, paths)))).toEqual([
      'x.yaml:null warn nothing-found',
      'x.env:null warn nothing-found',
    ])
  })

  it('come from standard input as well', async () => {
    const found = await readFound(testServices({ stdin: NODE }).files, ['-'])
    expect(only(found)).toMatchObject({ kind: 'node', name: 'standard input' })
    expect(found.files).toEqual([{ path: '-', holdsSecrets: true, exposed: null, gitTree: null }])
  })

  it('may hold anything at all', async () => {
    const names = ['compose.yaml', 'n.yaml', 'kustomization.yaml', 'wcn_node.service', 'wcn_node.env', 'n.sh', 'x.json']
    const pieces = fc.constantFrom(
      'services:',
      'wcn-node',
      'apiVersion: v1',
      'kind: Secret',
      'kind: Deployment',
      'image: wcn-node',
      'data:',
      '\n',
      '\n  ',
      '\n    ',
      '- ',
      ': ',
      '&a ',
      '*a',
      '<<: *a',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '[Service]\n',
      'Environment=',
      '\\',
      '%',
      'ExecStart=docker run wcn-node ',
      '--env-file',
      'SECRET_KEY=',
      '$' + '{',
      '$',
      'ports:',
      '1-9:1-9',
      'envs:',
      'env_file:',
      'extends: a',
      'include:',
      '---\n',
      'spec:',
      'template:',
      'containers:',
      'environment:',
      '!x ',
      '? ',
      '| ',
      '\t',
      '\r\n',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.oneof(
          fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        async (name, text) => {
          writeFileSync(box.path('d/x'), '')
          await find({ [name]: text.replaceAll('\0', '') })
        },
      ),
      { numRuns: 300 },
    )
  })
})
