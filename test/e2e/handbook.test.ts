/**
 * README and handbook, typed as they stand: a newcomer follows the README from an empty folder, another one the page on
 * onboarding, who then tries every other page. What is typed otherwise, and what is not typed, the tables below say.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Folder, useRehearsal } from '../support/rehearsal.js'
import { quicAvailable } from '../support/stand-ins.js'

const net = useRehearsal()
const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (page: string) => readFileSync(`${root}${page}`, 'utf8')

/** The reference is no page to type from, and drills have a test that plays them. */
const ELSEWHERE = ['reference.md', 'rehearsal.md']
/** The order in which they are read. */
const FIRST = ['README.md', 'docs/onboarding.md']
const LAST = ['docs/settings.md', 'docs/owner.md']
const handbook = readdirSync(`${root}docs`)
  .filter((name) => name.endsWith('.md') && !ELSEWHERE.includes(name))
  .map((name) => `docs/${name}`)
const PAGES = [...FIRST, ...handbook.filter((page) => ![...FIRST, ...LAST].includes(page)), ...LAST]
/** What is not typed by the one who reads the page on onboarding. */
const NEWCOMERS = ['README.md', 'docs/owner.md']
/** A shell in which nothing is exported. */
const FRESH =
  'wcn context add eu --contract-address 0x… --rpc-url wss://… --encryption-key-file eu.key --keystore operator.json'

/** Whose folder a page is read in. */
interface Reader {
  folder: Folder
  readonly env: Record<string, string>
  ids: Readonly<Record<'a' | 'b' | 'third' | 'database' | 'operator', string>>
}
// eslint
const readers: Record<'newcomer' | 'acme', Reader> = { newcomer: reader(), acme: reader() }

const ROOT = 'changes the machine, as root'
const NPM = 'installs from the registry: test/e2e/installed.test.ts installs the package'
/** Blocks that are not typed, by their first line; the second one too where a reason is given for a line. */
const NOT: Readonly<Record<string, string>> = {
  'npm ci --ignore-scripts && npm run demo': 'test/e2e/demo.test.ts runs it',
  'npm ci --ignore-scripts && npm test': 'that is what runs',
  'npm install --global --ignore-scripts ./wcn-0.1.0.tgz': NPM,
  'npm install --global @foundry-rs/anvil@1': NPM,
  'npm install --include=optional': NPM,
  'wcn init': 'asks its questions in a terminal: test/e2e/init.test.ts plays it',
  'eval "$(wcn completion bash)"': 'test/e2e/completion.test.ts has it in shells',
  'sudo install -m 0755 wcn_db wcn_node /usr/local/bin/': ROOT,
  'sudo systemctl disable --now wcn_db': ROOT,
  'docker compose -f compose.yaml -f compose.prod.yaml config | wcn config check -':
    'takes files of others: test/e2e/config-dialects.test.ts has them',
  'kubectl kustomize overlays/eu | wcn config check -': 'the same',
  'wcn tx cancel HASH': 'needs a transaction that is open: test/e2e/help-examples.test.ts leaves one',
  'wcn nodes rotate 198.51.100.7:3010 --ip-address 198.51.100.9':
    'this machine has one address: test/e2e/help-examples.test.ts moves to other ports',
}

const SAMPLE = '12D3KooWCTcvZaYCuryLjJEPs59KUWeWnXVnrcB6TiPbUxGdLMNj'
const contract = () => net.variables.SMART_CONTRACT_ADDRESS ?? ''
/** Who is to own the cluster. */
const next = () => net.variables.WCN_DEVNET_OPERATOR_1_ADDRESS ?? ''
const provider = () => (net.variables.RPC_PROVIDER_URL ?? '').replace('http', 'ws')

/** What stands for what, in this order. */
function typed(line: string, { folder, ids }: Reader): string {
  return folder.ported(
    line
      .replaceAll(/wss?:\/\/(?:…|optimism\.example\.com)/g, provider())
      .replaceAll('https://optimism.example.net', net.variables.RPC_PROVIDER_URL ?? '')
      .replaceAll(/0x(?:…|0{40})/g, contract())
      .replaceAll(`0x${'1'.padStart(40, '0')}`, ids.operator)
      .replaceAll('wcn-join-request-ADDRESS.json', '"$(ls wcn-join-request-*.json)"')
      .replaceAll('HASH', '"$(wcn tx list --json | grep -o \'0x[0-9a-f]\\{64\\}\' | head -n 1)"')
      // From outside nobody may answer, inside the database does.
      .replaceAll('203.0.113.20', '127.0.0.2')
      .replaceAll(/--inside --database 10\.0\.10\.\d+/g, '--inside --database 127.0.0.1:3000')
      .replaceAll(`--database-peer-id ${SAMPLE}`, `--database-peer-id ${ids.database}`)
      // A new node is on the same machine as the others.
      .replaceAll(
        '198.51.100.9 --primary-port 3010 --secondary-port 3011',
        '127.0.0.1 --primary-port 3030 --secondary-port 3031',
      )
      .replaceAll(`rotate ${SAMPLE}`, `rotate --settle 1s ${ids.b}`)
      .replaceAll('12D3KooWDit7Dkm8KycfFh3PMSTzcvf96586SvHArZgYx8TzrwuZ', ids.third)
      .replaceAll(/12D3KooW…/g, SAMPLE)
      .replaceAll(/(nodes add --verify .*)12D3KooWCT\w+/g, `$1${ids.third}`)
      .replaceAll(/(?:198\.51\.100\.[78]|203\.0\.113\.8):30/g, '127.0.0.1:30')
      // It would go on for ever, and longer than it takes to see that it works.
      .replaceAll(' --watch', '')
      .replaceAll('nodes rollout ', 'nodes rollout --settle 1s ')
      // What runs here has its files there.
      .replaceAll('--format env --node a --out env', '--format env --node a --out env-of-a')
      .replaceAll('131000000', '4')
      .replaceAll('http://10.0.10.1:3012', 'http://127.0.0.1:3012')
      .replaceAll('ownership transfer 0x95222290dd7278aa3ddd389cc1e1d165cc4bafe5', `ownership transfer ${next()}`)
      .replaceAll('wcn admin ownership accept', 'WCN_OWNER_PRIVATE_KEY_FILE=next.key wcn admin ownership accept')
      .replaceAll('wcn tx sign', 'WCN_OWNER_PRIVATE_KEY_FILE=owner.key wcn tx sign'),
  )
}

/** Lines that end otherwise than with 0. */
const EXITS: Readonly<Record<string, number>> = {
  'docker inspect wcn-wcn_node_a-1 | grep -c SMART_CONTRACT_SIGNER_PRIVATE_KEY': 1,
}

/** What is done before a block or a line of that text. */
const BEFORE: Readonly<Record<string, (reader: Reader) => Promise<unknown>>> = {
  // The README's way.
  'wcn config emit -f deployment.yaml --out env': (one) => {
    one.folder.write('deployment.yaml', described(one, 'node-a', 'node-b', '127.0.0.1'))
    return know(one)
  },
  'wcn operator register -f deployment.yaml --name acme': async (one) => {
    const [a, b] = one === readers.newcomer ? ['node-a', 'node-b'] : ['a', 'b']
    await one.folder.ok(`for name in wcn_db wcn_node_${a} wcn_node_${b}; do restart $name; done`)
  },
  'wcn nodes check': async (one) => {
    const there = await one.folder.run('wcn operator view', { env: one.env })
    if (there.code !== 0) await one.folder.ok('wcn admin operator approve wcn-join-request-*.json', byOwner(one))
  },
  'wcn admin operator approve request.json --unsigned tx.json': (one) =>
    one.folder.ok(
      `wcn operator keygen --out other.key
      wcn devnet fund "$(wcn operator address --private-key-file other.key)" --out '${net.envFile}'
      sed 's/127.0.0.1/198.51.100.9/; s/ operator.key/ other.key/' deployment.yaml >other.yaml
      wcn operator register -f other.yaml --name other --private-key-file other.key --out request.json`,
      one.env,
    ),
  [FRESH]: (one) =>
    one.folder.ok(
      typed('wcn context add na --contract-address 0x… --rpc-url wss://… --private-key-file operator.key', one),
    ),
  // Onboarding's.
  'wcn operator funds --min 0.001': (one) =>
    one.folder.ok(
      `wcn devnet fund "$(wcn operator address --private-key-file operator.key)" --out '${net.envFile}'`,
      one.env,
    ),
  'wcn config emit -f deployment.yaml --format compose --out deploy': async (one) => {
    if (one.ids.operator !== '') return
    one.folder.write('local.yaml', described(one, 'a', 'b', '127.0.0.1', true))
    one.folder.write('deployment.yaml', described(one, 'a', 'b', '10.0.10.5'))
    await know(one)
    await one.folder.ok(
      `wcn config emit -f local.yaml --out env
      for name in wcn_db wcn_node_a wcn_node_b wcn_node_third; do restart $name; done`,
      one.env,
    )
  },
  'wcn operator register --status wcn-join-request-ADDRESS.json': (one) =>
    one.folder.ok('wcn admin operator approve wcn-join-request-*.json', byOwner(one)),
  // What other pages take for granted.
  'wcn config check node-a.env --read-by literal': (one) => one.folder.ok('cp env/wcn_node_a.env node-a.env'),
  'wcn nodes update -f nodes.yaml --verify --yes --json': (one) =>
    one.folder.ok('wcn nodes export >nodes.yaml; wcn nodes diff -f deployment.yaml --out plan.json', one.env),
  'wcn nodes remove 2': (one) =>
    one.folder.ok(
      typed(
        `wcn nodes add --verify --peer-id ${SAMPLE} --ip-address 198.51.100.9 --primary-port 3010 --secondary-port 3011`,
        one,
      ),
      one.env,
    ),
  'wcn context add eu --contract-address 0x0000000000000000000000000000000000000000 --rpc-url wss://optimism.example.com --encryption-key-file eu/encryption.key --private-key-file eu/operator.key':
    (one) => one.folder.ok('wcn context remove eu; mkdir eu; cp encryption.key operator.key eu'),
  // A member whom the owner has removed asks again.
  'wcn admin operator approve wcn-join-request.json --verify': (one) => {
    one.env.WCN_OWNER_PRIVATE_KEY_FILE = 'owner.key'
    return one.folder.ok(
      `wcn context remove eu; wcn context remove na
      wcn nodes update -f deployment.yaml; wcn nodes export >nodes.yaml
      wcn admin operator remove 5
      wcn operator register -f deployment.yaml --name acme --out wcn-join-request.json`,
      one.env,
    )
  },
  'wcn admin migration plan --add 5 --remove 2 --database-size 40GB --probe --node-key-file node-a.key': (one) =>
    one.folder.ok('wcn admin operator approve wcn-join-request.json', one.env),
  'wcn operator view --env-file wcn.env': async (one) =>
    one.folder.write(
      'wcn.env',
      `SMART_CONTRACT_ADDRESS=${contract()}\nRPC_PROVIDER_URL=${provider()}\nWCN_OPERATOR=${one.ids.operator}\n`,
    ),
}

function byOwner({ env, folder }: Reader) {
  return { ...env, WCN_OWNER_PRIVATE_KEY_FILE: folder.path('owner.key') }
}

/** The description of onboarding.md, filled in: its addresses are this machine's, and its ports are free ones. */
function described({ folder }: Reader, a: string, b: string, database: string, third = false): string {
  const [, text = ''] = /```yaml\n(contract_address:[\s\S]*?)```/.exec(read('docs/onboarding.md')) ?? []
  const filled = text
    .replace(/"0x…"\nrpc/, `"${contract()}"\nrpc`)
    .replace(/^operator: .*\n/m, '')
    .replace(
      /address: 10\.0\.10\.5 .*/,
      `address: ${database}\n  primary_port: 3000\n  secondary_port: 3001\n  metrics_port: 3002`,
    )
    .replace('name: a\n', `name: ${a}\n    primary_port: 3010\n    secondary_port: 3011\n    metrics_port: 3012\n`)
    .replace('name: b\n', `name: ${b}\n`)
    .replaceAll(/198\.51\.100\.[78]/g, '127.0.0.1')
  const more =
    '  - { name: third, ipv4_addr: 127.0.0.1, primary_port: 3030, secondary_port: 3031, metrics_port: 3032, secret_key_file: third.key }\n'
  return folder.ported(third ? filled.replace('images:', `${more}images:`) : filled)
}

/** Who is who. */
async function know(one: Reader): Promise<void> {
  await one.folder.ok('test -e third.key || wcn key generate --out third.key')
  const id = (name: string) => one.folder.ok(`wcn key inspect --secret-key-file ${name}.key | grep -o '12D3.*'`)
  const [a, b, third, database] = await Promise.all([id('node-a'), id('node-b'), id('third'), id('database')])
  const operator = await one.folder.ok('wcn operator address --private-key-file operator.key')
  await one.folder.ok(`wcn devnet fund ${operator} --out '${net.envFile}'`)
  one.ids = { a, b, third, database, operator }
}

interface Block {
  readonly name: string
  readonly lines: readonly string[]
}

function blocksOf(page: string): readonly Block[] {
  return [...read(page).matchAll(/^( *)```(?:sh|bash)\n([\s\S]*?)^ *```$/gm)].map(([, indent = '', text = '']) => {
    const lines = text
      .replaceAll(new RegExp(`^${indent}`, 'gm'), '')
      .trimEnd()
      .split('\n')
    return { name: bare(lines.find((line) => bare(line) !== '') ?? ''), lines }
  })
}

/** Without a remark. */
const bare = (line: string) => line.replace(/(^|\s+)#(?!!).*$/, '').trim()

async function type(block: Block, page: Reader): Promise<void> {
  const { folder } = page
  const env = block.name === FRESH ? {} : page.env
  if (block.name.startsWith('#!')) {
    const [, remark = ''] = block.lines
    folder.write(remark.replace(/^# /, ''), typed(`${block.lines.join('\n')}\n`, page))
    return
  }
  for (const line of block.lines.map(bare)) {
    if (line === '' || NOT[line] !== undefined) continue
    await BEFORE[line]?.(page)
    const [, name, value = ''] = /^export (\w+)=(.*)$/.exec(typed(line, page)) ?? []
    if (name !== undefined) {
      env[name] = value
      continue
    }
    const words = typed(line, page)
    const { code, stdout, stderr } = await folder.run(words, { env })
    expect(code, `${words}\n${stderr}${stdout}`).toBe(EXITS[line] ?? 0)
  }
  // The next page finds what this one found.
  if (page === readers.acme && /wcn (nodes (add|update|remove|rotate)|maintenance enter)/.test(block.lines.join()))
    await folder.ok('wcn maintenance exit; wcn nodes update -f deployment.yaml --max-removals 2', env)
}

describe.skipIf(!quicAvailable)('typed as it stands', () => {
  beforeAll(async () => {
    for (const one of Object.values(readers)) {
      one.folder = await net.folder()
      one.folder.write('encryption.key', net.variables.SMART_CONTRACT_ENCRYPTION_KEY ?? '')
      one.folder.write('owner.key', net.variables.WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY ?? '')
      one.folder.write('next.key', net.variables.WCN_DEVNET_OPERATOR_1_PRIVATE_KEY ?? '')
      one.folder.write('rpc.url', provider())
      const prefix = one === readers.newcomer ? 'node-' : ''
      one.folder.write('redeploy-node', `#!/bin/sh\nrestart "wcn_node_${prefix}$(echo "$WCN_NODE_INDEX" | tr 01 ab)"\n`)
    }
  })

  const pages = PAGES.filter((page) => blocksOf(page).length > 0)
  describe.each(pages)('%s', (page) => {
    const who = readers[NEWCOMERS.includes(page) ? 'newcomer' : 'acme']
    for (const block of blocksOf(page)) it.skipIf(NOT[block.name] !== undefined)(block.name, () => type(block, who))
  })

  it('and nothing is in the tables that is not there', () => {
    const lines = new Set(PAGES.flatMap((page) => blocksOf(page).flatMap((block) => block.lines.map(bare))))
    expect([NOT, EXITS, BEFORE].flatMap(Object.keys).filter((line) => !lines.has(line))).toEqual([])
  })
})

function reader(): Reader {
  const none = { a: '', b: '', third: '', database: '', operator: '' }
  return { folder: undefined as unknown as Folder, env: {}, ids: none }
}
