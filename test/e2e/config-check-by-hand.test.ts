/**
 * `config check` over what operators write by hand: deployments that are right pass, in every form, and one mistake in
 * one of them is found at its line, and nothing else is.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { run } from '../../src/lint/config-check.js'
import { APART, FORMS, type Form, type Tree, VALUES } from '../support/by-hand.js'
import { sandbox } from '../support/cli.js'
import {
  CONTRACT,
  ENCRYPTION_KEY,
  keypairOf,
  nodeKeys,
  OPERATOR,
  OPERATOR_KEY,
  RPC_URL,
  SECRETS,
  secretOf,
} from '../support/deployment.js'
import { installed } from '../support/installed.js'
import { testServices } from '../support/services.js'

const box = sandbox()
afterAll(() => box.remove())

let count = 0
function put(files: Tree): string {
  const folder = box.path(`f${count++}`)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(`${folder}/${name}`), { recursive: true })
    writeFileSync(`${folder}/${name}`, text, { mode: 0o600 })
  }
  return folder
}

/** `fail id file:line`, and what it says where `said` is set. */
async function faults(files: Tree, said = false, prepare?: (folder: string) => void): Promise<readonly string[]> {
  const folder = put(files)
  prepare?.(folder)
  const settings = { operator: async () => parseAddress(OPERATOR, 'test') }
  const { data } = await run(testServices({ settings }), { paths: [folder] })
  const text = JSON.stringify(data)
  for (const secret of SECRETS) {
    expect(text).not.toContain(secret)
    expect(text).not.toContain(Buffer.from(secret).toString('base64'))
  }
  return data.checks
    .filter(({ status }) => status === 'fail' || status === 'warn')
    .map(
      ({ status, id, file, line, summary }) =>
        `${status} ${id} ${file?.slice(folder.length + 1)}:${line}${said ? ` ${summary}` : ''}`,
    )
}

describe('what is right', () => {
  it.each(Object.entries(FORMS))('%s', async (_, files) => {
    expect(await faults(files, true)).toEqual([])
  })
})

const { KEY_A, KEY_B, DB_KEY, DB_ID } = VALUES
const STRANGER = secretOf(await keypairOf(99))
const base64 = (text: string) => Buffer.from(text).toString('base64')
const DOCUMENT = 'the onboarding document, once for each service'
const PLAIN = 'plain lines'
const DOTENV = 'a .env in a folder for each'
const SCRIPTS = 'scripts that export and exec'
const SHARED = 'compose with a shared env file and one of each'
const BESIDE = 'compose with a .env beside it'
const LISTS = 'compose with lists'
const ANCHORS = 'compose with anchors, ranges and a mirrored image'
const HOST = 'compose in the network of the host'
const PRINTED = 'compose as it prints what files become'
const UNITS = 'units with Environment='
const DROPINS = 'units with drop-ins'
const TEMPLATE = 'a template unit with a file for each instance'
const PODS = 'Deployments with Secrets and a ConfigMap'
const DAEMONS = 'DaemonSets in the network of their hosts'

/** The edit is in the file; the line is the first that is edited, unless there is one. */
type Edit = readonly [form: Form, file: string, before: string | RegExp, after: string, at?: string]
type Mistake = readonly [what: string, found: string, ...edits: readonly Edit[]]
const END = /$(?![\s\S])/
const SIGNING = 'SMART_CONTRACT_SIGNER_PRIVATE_KEY'
const signing = `${SIGNING}=${OPERATOR_KEY}`
const asSecret = (name: string, value: string) => `${name}: ${base64(value)}`

const MISTAKES: readonly Mistake[] = [
  [
    'a second signing key',
    'fail one-primary',
    [DOCUMENT, 'node-b.env', END, `export ${SIGNING}="${OPERATOR_KEY}"\n`],
    [SHARED, 'common.env', END, `${signing}\n`],
    [ANCHORS, 'compose.yaml', 'x-env: &env\n', `x-env: &env\n  ${SIGNING}: "${OPERATOR_KEY}"\n`],
    [UNITS, 'wcn-node-b.service', 'Restart=', `Environment=${signing}\nRestart=`],
    [TEMPLATE, 'node-b.env', END, `${signing}\n`],
    [PODS, 'secrets.yaml', END, `  ${asSecret(SIGNING, OPERATOR_KEY)}\n`],
  ],
  [
    'no signing key',
    'fail one-primary',
    [DOCUMENT, 'node-a.env', /.*SIGNER_PRIVATE_KEY.*\n/, '', 'node-a.env:null'],
    [BESIDE, 'docker-compose.yml', / *SMART_CONTRACT_SIGNER.*\n/, '', 'docker-compose.yml:14'],
    [DROPINS, 'node-a.service.d/20-primary.conf', /Env.*\n/, '', 'node-a.service:7'],
    [PODS, 'secrets.yaml', / *SMART_CONTRACT_SIGNER.*\n/, '', 'node-a.yaml:4'],
  ],
  [
    'an empty signing key on another node',
    'fail empty-variable',
    [DOCUMENT, 'node-b.env', END, `export ${SIGNING}=\n`],
    [DOTENV, 'node-b/.env', END, `${SIGNING}=\n`],
    [LISTS, 'compose.yml', `- SECRET_KEY=${KEY_B}`, `- ${SIGNING}=\n      - SECRET_KEY=${KEY_B}`],
    [
      BESIDE,
      'docker-compose.yml',
      '      SECRET_KEY: $' + '{SECRET_KEY_B}',
      `      ${SIGNING}: ""\n      SECRET_KEY: \${SECRET_KEY_B}`,
    ],
    [UNITS, 'wcn-node-b.service', 'Restart=', `Environment=${SIGNING}=\nRestart=`],
    [PODS, 'secrets.yaml', END, `  ${SIGNING}: ""\n`],
  ],
  [
    'a signing key of somebody else',
    'fail operator-id',
    [DOCUMENT, 'node-a.env', OPERATOR_KEY, `0x${'b8'.repeat(32)}`],
    [DROPINS, 'node-a.service.d/20-primary.conf', OPERATOR_KEY, `0x${'b8'.repeat(32)}`],
    [PODS, 'secrets.yaml', base64(OPERATOR_KEY), base64(`0x${'b8'.repeat(32)}`)],
    [BESIDE, '.env', OPERATOR_KEY, `0x${'b8'.repeat(32)}`],
  ],
  [
    'the signing key with the database',
    'fail wrong-service',
    [DOCUMENT, 'db.env', END, `export ${SIGNING}=${OPERATOR_KEY}\n`],
    [LISTS, 'compose.yml', '- ROCKSDB_DIR', `- ${signing}\n      - ROCKSDB_DIR`],
    [UNITS, 'wcn-db.service', 'Restart=', `Environment=${signing}\nRestart=`],
  ],
  [
    'an empty optional variable',
    'fail empty-variable',
    [SCRIPTS, 'start-node-b.sh', 'exec ', 'export LOG_LEVEL=\nexec '],
    [SHARED, 'common.env', END, 'LOG_LEVEL=\n'],
    [ANCHORS, 'compose.yaml', '      <<: *env\n', '      LOG_LEVEL: ""\n      <<: *env\n'],
    [TEMPLATE, 'node-b.env', END, 'PUBLIC_ADDRESS=\n'],
    [DAEMONS, 'nodes.yaml', '          env:\n', '          env:\n            - name: LOG_LEVEL\n'],
  ],
  [
    'another address of the database, a public one',
    'fail database-private',
    [DOCUMENT, 'node-a.env', '10.0.10.5', '52.1.2.9'],
    [LISTS, 'compose.yml', 'SERVER_ADDRESS=10.0.10.5', 'SERVER_ADDRESS=52.1.2.9'],
    [DROPINS, 'node-b.service.d/override.conf', '10.0.10.5', '52.1.2.9'],
    [PODS, 'config.yaml', '10.0.10.5', '52.1.2.9'],
  ],
  [
    'the database by its name',
    'fail database-address',
    [DOCUMENT, 'node-b.env', '10.0.10.5', 'localhost'],
    [LISTS, 'compose.yml', 'SERVER_ADDRESS=10.0.10.5', 'SERVER_ADDRESS=database'],
    [SHARED, 'common.env', '10.0.10.5', 'db'],
    [UNITS, 'wcn-node-b.service', '10.0.10.5', 'db.internal'],
    [PODS, 'config.yaml', '10.0.10.5', 'wcn-db.wcn.svc.cluster.local'],
  ],
  [
    'the published example key',
    'fail secret-key',
    [DOCUMENT, 'node-b.env', KEY_B, '0vr7GpjjVRl3YeUAT4OR6H0K4IcN/diinacBgbZOwJA='],
    [BESIDE, '.env', KEY_B, '0vr7GpjjVRl3YeUAT4OR6H0K4IcN/diinacBgbZOwJA='],
    [PODS, 'secrets.yaml', base64(KEY_B), base64('0vr7GpjjVRl3YeUAT4OR6H0K4IcN/diinacBgbZOwJA=')],
  ],
  [
    'a placeholder of the document',
    'fail secret-key',
    [DOCUMENT, 'node-b.env', KEY_B, '<secret key of this node>'],
    [DOCUMENT, 'node-b.env', `"${KEY_B}"`, 'your_secret_key'],
    [PLAIN, 'node-b.env', KEY_B, 'your_secret_key'],
    [LISTS, 'compose.yml', KEY_B, 'CHANGE_ME'],
  ],
  [
    'a key without its padding',
    'fail secret-key',
    [DOCUMENT, 'node-b.env', KEY_B, KEY_B.slice(0, -1)],
    [BESIDE, '.env', KEY_A, KEY_A.slice(0, -1)],
    [LISTS, 'compose.yml', KEY_B, KEY_B.slice(0, -1)],
    [PODS, 'secrets.yaml', base64(KEY_B), base64(KEY_B.slice(0, -1))],
  ],
  [
    'a quoted number',
    'fail quoted-value',
    [PRINTED, 'compose.yaml', '"3012"', `"'3012'"`],
    [LISTS, 'compose.yml', '- METRICS_SERVER_PORT=3012', '- METRICS_SERVER_PORT="3012"'],
    [ANCHORS, 'compose.yaml', '"3012"', `"'3012'"`],
    [PODS, 'secrets.yaml', base64('3012'), base64('"3012"')],
  ],
  [
    'a port that is none',
    'fail port',
    [DOCUMENT, 'node-a.env', '=3012', '=30l2'],
    [SHARED, 'db.env', '=3002', '=73002'],
    [UNITS, 'wcn-node-b.service', '=3022', '=03022'],
    [PODS, 'config.yaml', '"3001"', '"1e3"'],
  ],
  [
    'an https:// URL',
    'fail rpc-url',
    [DOCUMENT, 'node-b.env', 'wss://', 'https://'],
    [BESIDE, '.env', 'wss://', 'https://'],
    [PRINTED, 'compose.yaml', 'wss://', 'http://'],
    [TEMPLATE, 'common.env', 'wss://', 'HTTPS://'],
    [PODS, 'secrets.yaml', base64(RPC_URL), base64(RPC_URL.replace('wss', 'https'))],
  ],
  [
    'one name in two cases',
    'fail duplicate-variable',
    [DOCUMENT, 'node-a.env', END, 'export Secondary_RPC_server_port=3011\n'],
    [
      PRINTED,
      'compose.yaml',
      '    environment:\n',
      '    environment:\n      metrics_server_port: "3002"\n',
      'compose.yaml:10',
    ],
    [TEMPLATE, 'node-b.env', END, 'rpc_provider_url=wss://rpc.example.com\n'],
    [
      DAEMONS,
      'nodes.yaml',
      '            - name: METRICS',
      '            - name: metrics_server_port\n              value: "3012"\n            - name: METRICS',
      'nodes.yaml:28',
    ],
  ],
  [
    'a misspelled variable',
    'fail unknown-variable',
    [DOCUMENT, 'node-b.env', 'DATABASE_PEER_ID', 'DATABASE_PEERID'],
    [LISTS, 'compose.yml', 'ROCKSDB_DIR', 'ROCKDB_DIR'],
    [PODS, 'config.yaml', 'DATABASE_PRIMARY_RPC', 'DATABASE_PRIMARY_RCP'],
    [UNITS, 'wcn-node-a.service', SIGNING, 'SMART_CONTRACT_SIGNING_PRIVATE_KEY'],
  ],
  [
    'a variable that is missing',
    'fail missing-variable',
    [DOCUMENT, 'node-b.env', /.*DATABASE_PEER_ID.*\n/, '', 'node-b.env:null'],
    [LISTS, 'compose.yml', / *- ROCKSDB_DIR.*\n/, '', 'compose.yml:2'],
    [UNITS, 'wcn-db.service', /.*ROCKSDB_DIR.*\n/, '\n', 'wcn-db.service:9'],
  ],
  [
    'an encryption key that is none',
    'fail encryption-key',
    [DOCUMENT, 'node-b.env', ENCRYPTION_KEY, ENCRYPTION_KEY.slice(1)],
    [BESIDE, '.env', ENCRYPTION_KEY, `${ENCRYPTION_KEY.slice(1)}g`],
    [UNITS, 'wcn-node-a.service', ENCRYPTION_KEY, `${ENCRYPTION_KEY}e1`],
    [PODS, 'secrets.yaml', base64(ENCRYPTION_KEY), base64(base64('e'.repeat(32)))],
  ],
  [
    'the peer ID of a node as the database’s',
    'fail database-match',
    [DOCUMENT, 'node-b.env', DB_ID, nodeKeys[1].peerId],
    [LISTS, 'compose.yml', DB_ID, nodeKeys[0].peerId],
    [DROPINS, 'node-a.service.d/10-env.conf', DB_ID, nodeKeys[0].peerId],
  ],
  [
    'a peer ID that is none',
    'fail database-peer-id',
    [DOCUMENT, 'node-b.env', DB_ID, `"${DB_ID.slice(0, -1)}`.slice(1)],
    [LISTS, 'compose.yml', DB_ID, DB_ID.replace('12D3', '1203')],
    [PODS, 'config.yaml', DB_ID, '<peer id>'],
  ],
  [
    'a contract that is none',
    'fail contract-address',
    [DOCUMENT, 'node-a.env', CONTRACT, CONTRACT.replace('0x95', '0x9')],
    [SHARED, 'common.env', CONTRACT, CONTRACT.replace('DD72', 'dD72')],
    [TEMPLATE, 'common.env', CONTRACT, 'wcn.eth'],
    [PODS, 'config.yaml', CONTRACT, '<EVM address (hex)>'],
  ],
  [
    'one port for both RPC servers',
    'fail port-collision',
    [DOCUMENT, 'node-a.env', 'SECONDARY_RPC_SERVER_PORT=3011', 'SECONDARY_RPC_SERVER_PORT=3010'],
    [UNITS, 'wcn-node-a.service', '"SECONDARY_RPC_SERVER_PORT=3011', '"SECONDARY_RPC_SERVER_PORT=3010'],
    [HOST, 'node-b.env', /^PRIMARY_RPC_SERVER_PORT=3020/m, 'PRIMARY_RPC_SERVER_PORT=3010'],
  ],
  [
    'a database that is published',
    'fail database-exposed',
    [SHARED, 'compose.yaml', 'expose: ["3000/udp", "3001/udp"]', 'ports: ["3000:3000/udp"]'],
    [LISTS, 'compose.yml', '    environment:\n', '    ports: ["0.0.0.0:3000-3001:3000-3001/udp"]\n    environment:\n'],
    [
      PRINTED,
      'compose.yaml',
      '    environment:\n',
      '    ports: [{target: 3001, published: "3001", protocol: udp}]\n    environment:\n',
    ],
    [PODS, 'db.yaml', '  clusterIP: 10.0.10.5\n', '  type: NodePort\n', 'db.yaml:27'],
    [PODS, 'db.yaml', '  clusterIP: 10.0.10.5\n', '  clusterIP: 10.0.10.5\n  externalIPs: [52.1.2.3]\n', 'db.yaml:28'],
  ],
  [
    'metrics for everybody',
    'warn metrics-exposed',
    [SHARED, 'compose.yaml', '"127.0.0.1:3012:3012"', '"3012:3012"'],
    [ANCHORS, 'compose.yaml', '"127.0.0.1:3012:3012/tcp"', '"0.0.0.0:3012:3012/tcp"'],
    [LISTS, 'compose.yml', '127.0.0.1:3022:3022', '3022:3022'],
  ],
  [
    'a host port twice',
    'fail port-collision',
    [SHARED, 'compose.yaml', '"3020:3020/udp"', '"3010:3020/udp"'],
    [BESIDE, 'docker-compose.yml', '"127.0.0.1:3022:3022"', '"127.0.0.1:3012:3022"'],
  ],
  [
    'a port published as TCP',
    'fail published-port',
    [SHARED, 'compose.yaml', '3010:3010/udp', '3010:3010', 'node-a.env:2'],
    [LISTS, 'compose.yml', '3011:3011/udp', '3011:3011/tcp', 'compose.yml:18'],
    [PODS, 'node-a.yaml', 'protocol: UDP, port: 3011', 'protocol: TCP, port: 3011', 'secrets.yaml:30'],
  ],
  [
    'the latest image',
    'warn image-tag',
    [SHARED, 'compose.yaml', 'wcn-db:260209.1', 'wcn-db:latest'],
    [ANCHORS, 'compose.yaml', `wcn/node@sha256:${'ab'.repeat(32)}`, 'wcn/wcn-node', 'compose.yaml:2'],
    [PODS, 'db.yaml', 'wcn-db:260209.1', 'wcn-db'],
  ],
  [
    'an update that surges',
    'fail surge',
    [PODS, 'node-a.yaml', 'Recreate', 'RollingUpdate'],
    [PODS, 'node-b.yaml', 'maxSurge: 0', 'maxSurge: 25%'],
    [PODS, 'node-a.yaml', '  strategy: {type: Recreate}\n', '', 'node-a.yaml:2'],
    [DAEMONS, 'nodes.yaml', '      nodeSelector: {kubernetes.io/hostname: east}\n', '', 'nodes.yaml:2'],
    [LISTS, 'compose.yml', '  node-b:\n', '  node-b:\n    deploy: {replicas: 2}\n'],
  ],
  [
    'a comment behind a value that the reader takes for a part of it',
    'fail dialect',
    [TEMPLATE, 'node-a.env', '=3012', '=3012 # TCP'],
  ],
  [
    'a value cut at a "#"',
    'fail dialect',
    [DOCUMENT, 'node-b.env', `"${RPC_URL}"`, `${RPC_URL} #secret`],
    [SHARED, 'common.env', RPC_URL, `${RPC_URL} #x`],
  ],
  [
    'a dollar that is expanded',
    'fail dialect',
    [DOCUMENT, 'node-b.env', RPC_URL, `${RPC_URL}$key`],
    [SHARED, 'common.env', RPC_URL, `${RPC_URL}/pa$$w$ord`],
    [LISTS, 'compose.yml', RPC_URL, `${RPC_URL}$key`],
    [BESIDE, '.env', RPC_URL, `${RPC_URL}$key`],
  ],
  [
    'base64 of a line break',
    'fail dialect',
    [PODS, 'secrets.yaml', base64(KEY_B), base64(`${KEY_B}\n`)],
    [PODS, 'secrets.yaml', base64(RPC_URL), base64(`${RPC_URL}\n`)],
    [PODS, 'secrets.yaml', base64('3020'), base64('3020\r\n')],
  ],
  [
    'a copied key',
    'warn shared-key',
    [DOCUMENT, 'node-b.env', KEY_B, KEY_A],
    [BESIDE, '.env', KEY_B, KEY_A],
    [UNITS, 'wcn-node-b.service', KEY_B, KEY_A],
  ],
  [
    'another database behind all nodes',
    'fail database-match',
    [DOCUMENT, 'db.env', DB_KEY, STRANGER],
    [BESIDE, '.env', DB_KEY, STRANGER],
    [PODS, 'secrets.yaml', base64(DB_KEY), base64(STRANGER)],
  ],
  [
    'a node that publishes nothing',
    'fail published-port',
    [PRINTED, 'compose.yaml', / {4}ports:\n(?: {6}.*\n)+/, '', 'compose.yaml:14'],
    [SHARED, 'compose.yaml', / {4}ports:\n(?: {6}.*\n)+/, '', 'compose.yaml:10'],
  ],
  [
    'values that readers do not agree about',
    'warn dialect',
    [DOTENV, 'node-a/.env', RPC_URL, `${RPC_URL}#x`],
    [PLAIN, 'node-b.env', '=3022', '="3022"'],
  ],
  [
    'an env file that is not there',
    'fail missing-file',
    [SHARED, 'compose.yaml', '- path: node-b.env', '- path: node-c.env'],
    [HOST, 'compose.yaml', 'env_file: [node-b.env]', 'env_file: [./env/node-b.env]'],
  ],
]

const CASES = MISTAKES.flatMap(([what, found, ...edits]) =>
  edits.map((edit) => ({ what, found, edit, form: edit[0], file: edit[1] })),
)

describe('one mistake', () => {
  it.each(CASES)('$what: $form, $file', async ({ found, edit: [form, file, before, after, at] }) => {
    const files: Tree = FORMS[form]
    const text = files[file] ?? ''
    const edited = text.replace(before, () => after)
    expect(edited).not.toBe(text)
    const place = at ?? `${file}:${firstDifference(text, edited)}`
    const all = await faults({ ...files, [file]: edited }, true)
    if (all.length !== 1 || !all[0]?.startsWith(`${found} ${place}`)) expect(all).toEqual([`${found} ${place}`])
  })
})

describe('who can read what', () => {
  // The compose file is meant to be committed: what is secret stands in the .env.
  const shown =
    (...names: readonly string[]) =>
    (folder: string) => {
      for (const name of names) chmodSync(`${folder}/${name}`, 0o644)
      execFileSync('git', ['init', '--quiet', folder])
      writeFileSync(`${folder}/.gitignore`, '.env\n')
    }
  const files = FORMS[BESIDE]
  const token = RPC_URL.replace('wss://rpc.example.com/v2/', '')
  const withToken = {
    ...files,
    'docker-compose.yml': files['docker-compose.yml'].replaceAll(
      '$' + '{RPC_URL}',
      'wss://rpc.example.com/v2/$' + '{TOKEN}',
    ),
    '.env': files['.env'].replace(`RPC_URL=${RPC_URL}`, `TOKEN=${token}`),
  }

  it.each([
    ['a whole value', files],
    ['a token in a URL', withToken],
  ])('goes by where %s stands', async (_, tree) => {
    expect(await faults(tree, false, shown('docker-compose.yml'))).toEqual([])
    expect(await faults(tree, false, shown('.env'))).toEqual(['fail file-permissions .env:null'])
  })
})

describe('of what is not checked', () => {
  const good = FORMS[PLAIN]
  const chart = (body: string) => `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: wcn-node}\n${body}`

  it.each([
    ['a template', { 'node.yaml': chart('{{- range .Values.nodes }}\nspec: {}\n{{- end }}\n') }, 'node.yaml'],
    ['a template that is YAML', { 'node.yaml': chart('spec: {replicas: "{{ .Values.n }}"}\n') }, 'node.yaml'],
  ])('%s is said to be one', async (_, files, name) => {
    expect(await faults({ ...good, ...files })).toEqual([`warn unread ${name}:null`])
  })

  it('a pipe that a compose file names is not waited for', async () => {
    const compose = 'services:\n  wcn-node:\n    image: wcn-node:1\n    env_file: fifo\n    network_mode: host\n'
    const found = await faults({ 'compose.yaml': compose }, false, (folder) =>
      execFileSync('mkfifo', [`${folder}/fifo`]),
    )
    expect(found).toEqual(['fail missing-file compose.yaml:4'])
  })

  it('the rest of a large folder does not hide the next path', async () => {
    const many = put(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`f${i}`, 'x\n'])))
    const { data } = await run(testServices(), { paths: [many, put(good)] })
    expect(data.checks.filter(({ status }) => status === 'warn').map(({ id }) => id)).toEqual(['unread'])
    expect(data.checks.map(({ id }) => id)).toContain('one-primary')
  })
})

describe('what only other programs can put together', () => {
  const compose = 'fail not-followed docker-compose.override.yml:2'
  const container = (place: string) => `fail not-followed ${place}`

  it.each<[keyof typeof APART, readonly string[]]>([
    ['compose in several files', [compose]],
    ['scripts with docker run', ['run-db.sh:5', 'run-node-a.sh:5', 'run-node-b.sh:5'].map(container)],
    ['a script with docker run and its options', ['run.sh:6', 'run.sh:13', 'run.sh:26'].map(container)],
    ['units that run containers', ['node-a.service:6', 'node-b.service:12', 'wcn-db.service:6'].map(container)],
    ['a kustomize base with overlays', ['fail not-followed overlays/eu/kustomization.yaml:1']],
  ])('%s: fails with what to check instead, and with nothing else', async (form, expected) => {
    expect((await faults(APART[form])).filter((one) => one.startsWith('fail'))).toEqual(expected)
  })

  it.skipIf(!installed('kubectl', 'version', '--client'))('is read as kubectl prints it', async () => {
    const print = (edit: (text: string) => string) => {
      const files = APART['a kustomize base with overlays']
      const node = 'overlays/eu/node.env'
      return execFileSync('kubectl', ['kustomize', `${put({ ...files, [node]: edit(files[node]) })}/overlays/eu`], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: box.path('.') },
      })
    }
    const check = async (stdin: string) => {
      const settings = { operator: async () => parseAddress(OPERATOR, 'test') }
      const { data } = await run(testServices({ settings, stdin }), { paths: ['-'] })
      return data.checks
        .filter(({ status }) => status === 'fail' || status === 'warn')
        .map(({ id, file }) => `${id} ${file}`)
    }
    expect(await check(print((text) => text))).toEqual([])
    expect(await check(print((text) => text.replace('wss:', 'https:')))).toEqual(['rpc-url -'])
    expect(await check(print((text) => text.replace('=3012', '="3012"')))).toEqual(['quoted-value -'])
  })
})

it('says once of a file in quotes that readers differ about them', async () => {
  const files = FORMS[PLAIN]
  const quoted = files['node-b.env'].replace(/=(.*)$/gm, '="$1"')
  expect(await faults({ ...files, 'node-b.env': quoted })).toEqual(['warn dialect node-b.env:1'])
})

it('names everybody that one line is wrong for', async () => {
  const files = FORMS[SHARED]
  const [one] = await faults({ ...files, 'common.env': files['common.env'].replace('wss:', 'https:') }, true)
  expect(one).toContain('compose.yaml service node-a')
  expect(one).toContain('(and so for compose.yaml service node-b)')
})

it('warns of a DaemonSet that may be on several machines', async () => {
  const { 'nodes.yaml': text } = FORMS[DAEMONS]
  const labelled = text.replace('kubernetes.io/hostname: east', 'wcn: east')
  expect(await faults({ 'nodes.yaml': labelled })).toEqual([expect.stringMatching(/^warn surge nodes.yaml:\d+$/)])
})

/** Number of the first line that the two don't share. */
function firstDifference(one: string, other: string): number {
  const lines = other.split('\n')
  return one.split('\n').findIndex((line, index) => line !== lines[index]) + 1
}
