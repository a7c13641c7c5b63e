/**
 * Whatever is wrong with what a description says: the right exit code, a sentence that says what and where, and nothing
 * is written, neither in part nor as an empty folder.
 */
import { describe, it } from 'vitest'
import { ON_ONE_MACHINE } from '../support/emit-all.js'
import { expectRefusal, useBoxes } from '../support/emit-refusal.js'

const newBox = useBoxes()
const [N0, N1] = ON_ONE_MACHINE.nodes
const { database } = ON_ONE_MACHINE

type Row = readonly [what: string, changes: object, says: string, ...flags: string[]]

function table(title: string, rows: readonly Row[]): void {
  describe.concurrent(title, () => {
    for (const [what, changes, says, ...flags] of rows)
      it(what, () => expectRefusal(newBox({ ...ON_ONE_MACHINE, ...changes }), says, flags))
  })
}

/** Both, with what is changed of the first. */
const first = (changes: object) => ({ nodes: [{ ...N0, ...changes }, N1] })
const second = (changes: object) => ({ nodes: [N0, { ...N1, ...changes }] })
const databaseAt = (address: string) => ({ database: { ...database, address } })
const subnet = (range: string) => ({ compose: { subnet: range } })
const crowd = Array.from({ length: 300 }, (_, i) => ({
  ...{ name: `n${i}`, primary: i === 0, secret_key_file: 'keys/n0.key' },
  ...{ primary_port: 9000 + 3 * i, secondary_port: 9001 + 3 * i, metrics_port: 9002 + 3 * i },
}))

table('services', [
  ['no primary', first({ primary: false }), 'PRIMARY_RULE no node is primary'],
  ['two', second({ primary: true }), 'PRIMARY_RULE 2 nodes are primary (n0, n1)'],
  ['no database', { database: undefined }, 'DOCUMENT_INVALID @ database: is missing'],
  ['no nodes', { nodes: [] }, 'TOO_FEW_NODES the deployment has 0 node'],
  ['one name twice', second({ name: 'N0' }), 'SETTING_INVALID two nodes are called "N0"'],
  [
    'a name with a slash',
    first({ name: '../n0' }),
    'SETTING_INVALID @ nodes[0].name is "../n0", from which no file name',
  ],
  [
    'a name for files only',
    first({ name: 'N_0' }),
    `SETTING_INVALID deployment.yaml nodes[0].name is "N_0", which can't`,
  ],
  ['a host that makes no folder', first({ host: '..' }), 'SETTING_INVALID host ".." is no name for the folder'],
  ['a host called like a file', first({ host: 'compose.yaml' }), 'SETTING_INVALID host "compose.yaml" is no name'],
  ['a host of two lines', first({ host: 'a\nhint: b' }), 'SETTING_INVALID @ nodes[0].host has a line break'],
  [
    'one port twice',
    second({ ipv4_addr: '52.1.2.3', primary_port: 3010 }),
    'PORTS_COLLIDE the primary port of node n0 and',
  ],
  ['no variable', first({ env: { 'A\nB': 'c' } }), 'SETTING_INVALID @ nodes[0].env: "A\\nB" is no optional variable'],
  ['no value', first({ env: { LOG_LEVEL: '' } }), 'SETTING_INVALID @ nodes[0].env: LOG_LEVEL is empty'],
  ['a long value', first({ env: { LOG_LEVEL: 'x'.repeat(66_000) } }), 'VALUE_NOT_ENCODABLE … LOG_LEVEL is too long'],
  ['300 on one machine', { nodes: crowd }, 'SETTING_INVALID … no room for 300 nodes', '--format', 'compose'],
])

table('addresses', [
  ['IPv6', databaseAt('fd00::5'), 'IP_ADDRESS_INVALID @ database.address is "fd00::5": that is an IPv6 address'],
  ['a name', databaseAt('db.internal'), 'IP_ADDRESS_INVALID @ database.address is "db.internal": that is a host name'],
  ['a port with it', databaseAt('10.0.10.5:3000'), 'IP_ADDRESS_INVALID @ database.address'],
  [
    'documentation',
    databaseAt('192.0.2.7'),
    'SETTING_INVALID deployment.yaml database.address is 192.0.2.7: documentation',
  ],
  ['a public database', databaseAt('52.1.2.9'), 'OUTPUT_UNSAFE @ database.address is 52.1.2.9, a public address'],
  ['loopback', databaseAt('127.0.0.1'), 'SETTING_INVALID … at which a container reaches only itself'],
  ['broadcast', databaseAt('255.255.255.255'), 'IP_ADDRESS_INVALID @ database.address'],
  ['documentation, a node', first({ ipv4_addr: '203.0.113.9' }), 'ADDRESS_NOT_ROUTABLE @ nodes[0].ipv4_addr'],
  ['an octal octet', second({ ipv4_addr: '052.1.2.3' }), 'IP_ADDRESS_INVALID @ nodes[1].ipv4_addr … octal'],
  [
    'another subnet',
    subnet('10.0.11.0/24'),
    'SETTING_INVALID … compose.subnet is 10.0.11.0/24, in which … 10.0.10.5 is not',
  ],
  ['no base', subnet('10.0.10.5/24'), 'SETTING_INVALID @ compose.subnet is "10.0.10.5/24" … would be 10.0.10.0'],
  ['no IPv4', subnet('fd00::/64'), 'SETTING_INVALID @ compose.subnet is "fd00::/64", which is not a range'],
  ['no room', subnet('10.0.10.4/31'), 'SETTING_INVALID … no room for 2 nodes beside the database'],
  ['the internet', subnet('0.0.0.0/0'), 'SETTING_INVALID … which is not within a private range'],
  ['no host', first({ metrics_address: 'http://a' }), 'SETTING_INVALID @ nodes[0].metrics_address is "http://a"'],
])

const images = (database_: string, node: string) => ({ images: { database: database_, node } })
const kubernetes = (options: object) => ({ kubernetes: options })
const balanced = { exposure: 'load-balancer' }

table('targets', [
  ...['images', 'compose', 'systemd', 'kubernetes'].map(
    (section): Row => [
      `unknown in ${section}`,
      { [section]: { a: 1 } },
      `DOCUMENT_INVALID @ ${section}.a: unknown key "a"`,
    ],
  ),
  ['a list', { compose: ['a'] }, 'DOCUMENT_INVALID @ compose: must be a mapping'],
  ['no image', { images: undefined }, "SETTING_MISSING no version of the database's image is chosen"],
  ['latest', { images: { tag: 'latest' } }, 'SETTING_INVALID @ images.tag is latest'],
  ['latest by a flag', {}, 'SETTING_INVALID --image-tag is latest', '--image-tag', 'latest'],
  ['latest, whole', images('a/db:1', 'a/node:latest'), 'SETTING_INVALID @ images.node is latest'],
  ['no tag', images('a/db', 'a/node:1'), 'SETTING_INVALID @ images.database is "a/db", which has neither a tag nor'],
  ['a tag of two lines', { images: { tag: '1\n  evil: 1' } }, 'SETTING_INVALID @ images.tag is "1\\n  evil: 1", which'],
  ['no exposure', kubernetes({}), 'SETTING_MISSING it is not said how UDP'],
  ['another', kubernetes({ exposure: 'a' }), 'SETTING_INVALID @ kubernetes.exposure is "a", which is not one of'],
  ['a quantity', kubernetes({ ...balanced, storage: '1e3' }), 'SETTING_INVALID @ kubernetes.storage is "1e3"'],
  ['no namespace', {}, 'SETTING_INVALID --namespace is ""', '--namespace', ''],
  ['shared namespace', {}, 'SETTING_INVALID the namespace is default', '--namespace', 'default'],
  ['what units expand', { systemd: { env_dir: '/etc/%h' } }, 'SETTING_INVALID @ systemd.env_dir is "/etc/%h"'],
  ['root', { systemd: { user: 'root' } }, 'SETTING_INVALID deployment.yaml systemd.user is root'],
  ['no format', {}, "USAGE … '--format", '--format', 'helm'],
  ['no place', {}, 'USAGE it is not said where the files go', '--out', ''],
])
