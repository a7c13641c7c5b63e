/** Whatever is wrong with what the tool is given: a sentence, the right exit code, nothing written, nothing sent. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'
import { TOKEN } from '../support/fake-provider.js'
import { type Fault, useProviders } from '../support/misbehaving-provider.js'
import { node as goldenNode, peerId as goldenPeerId } from '../support/nodes.js'
import { operatorData, SAMPLE_PEER_ID } from '../support/onboarding.js'
import { expectRefusal, type Refusal } from '../support/refusals.js'
import { runScript } from '../support/shell.js'
import { quicAvailable } from '../support/stand-ins.js'

const net = useDevnet()
const provider = useProviders(net)
const box = sandbox()
afterAll(box.remove)

/** Of the sample cluster's first operator, with a third node that has the peer ID of the second. */
let operator: Account
let twin: string

beforeAll(async () => {
  operator = net.operators[0] as Account
  const list = await wcnJson(['nodes', 'list'], { env: net.signedBy(operator) })
  twin = list.data.nodes[1].peer_id
  const added = await wcn(addNode({ peerId: twin, ip: '20.5.0.1' }).concat('--yes'), { env: net.signedBy(operator) })
  expect(added, added.stderr).toMatchObject({ code: 0 })
})

const PEER = goldenPeerId(0)
const OTHER_PEER = goldenPeerId(1)
const SECRET = Buffer.alloc(32, 7).toString('base64')

interface NodeFlags {
  readonly peerId?: string
  readonly ip?: string
  readonly primary?: string
  readonly secondary?: string
}

function addNode({ peerId = PEER, ip = '20.5.0.9', primary = '3010', secondary = '3011' }: NodeFlags): string[] {
  return [
    'nodes',
    'add',
    `--peer-id=${peerId}`,
    `--ip-address=${ip}`,
    `--primary-port=${primary}`,
    `--secondary-port=${secondary}`,
  ]
}

const yes = (args: readonly string[]) => [...args, '--yes']
const publicOnly: Refusal['env'] = { WCN_ALLOW_PRIVATE_ADDRESSES: '0' }
const write =
  (text: string, mode = 0o600) =>
  (path: (name: string) => string) => {
    writeFileSync(path('input'), text, { mode })
  }
const nodesYaml = (...nodes: readonly string[]) => `nodes:\n${nodes.map((node) => `  - ${node}\n`).join('')}`
const nodeYaml = (peerId: string, ip: string, primary = '3010', rest = '') =>
  `{ peer_id: ${peerId}, ipv4_addr: ${ip}, primary_port: ${primary}, secondary_port: 3011${rest} }`
const GOOD_NODE = nodeYaml(PEER, '20.5.1.1')

function table(title: string, rows: readonly Refusal[], usual: () => Variables = () => net.signedBy(operator)): void {
  describe.concurrent(title, () => {
    for (const row of rows)
      it.skipIf(row.needsQuic && !quicAvailable)(row.what, () => expectRefusal(row, net, box, usual()))
  })
}

table('peer IDs', [
  ...(
    [
      ['a character that base58 lacks', `12D3KooW0${PEER.slice(9)}`, '"0" does not occur in base58btc'],
      ['an EVM address', `0x${'ab'.repeat(20)}`, 'it looks like an EVM address'],
      ['a multiaddress', `/ip4/1.2.3.4/p2p/${PEER}`, 'multiaddress'],
      ['nothing', '', '--peer-id'],
    ] as const
  ).map(([what, peerId, says]): Refusal => {
    return { what, args: yes(addNode({ peerId })), exit: 2, code: 'PEER_ID_INVALID', says: ['--peer-id', says] }
  }),
  {
    what: 'what is no point of the curve',
    args: yes(addNode({ peerId: '12D3KooW9xCm2jWjNVrwh51SWCQBMYdMyeU3NpT85QhLVkF6PcNM' })),
    exit: 4,
    code: 'PEER_ID_NOT_A_KEY',
    says: [/nodes\[\d\]\.peer_id/, 'it is not a point of the ed25519 curve'],
  },
  ...(
    [
      ["the onboarding document's sample", SAMPLE_PEER_ID, 'no node can ever authenticate: the 36 bytes inside'],
      ['a secp256k1 key', '16Uiu2HAm5rBrPNz7DnsE82AwVUhVKwgGchNuNhB1BRnSpVXGwKuW', 'secp256k1'],
      ['the hash of an RSA key', 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N', 'as for RSA'],
    ] as const
  ).flatMap(([what, peerId, says]): Refusal[] => [
    {
      what,
      args: yes(addNode({ peerId })),
      exit: 4,
      code: 'PEER_ID_NOT_A_KEY',
      says: [/nodes\[\d\]\.peer_id/, peerId, says],
    },
    {
      what: `${what}, in a file`,
      args: ['nodes', 'update', '-f', 'input', '--yes', '--max-removals', '9'],
      files: write(nodesYaml(GOOD_NODE, nodeYaml(peerId, '20.5.1.2'))),
      exit: 4,
      code: 'PEER_ID_NOT_A_KEY',
      says: [peerId, says],
    },
    {
      what: `${what}, registered`,
      args: [
        'operator',
        'register',
        '--name',
        'x',
        '--node',
        `${peerId},20.5.1.2,1,2`,
        '--node',
        `${PEER},20.5.1.3,1,2`,
      ],
      exit: 4,
      code: 'PEER_ID_NOT_A_KEY',
      says: ['nodes[0].peer_id', says],
    },
  ]),
  {
    what: 'a secret key in its place',
    args: ['key', 'inspect', SECRET],
    exit: 2,
    code: 'USAGE',
    says: ['looks like a secret key', '--secret-key-file'],
  },
])

table('keys', [
  ...(
    [
      ['a hex key', 'ab'.repeat(32), /hex/],
      ['a key of 64 bytes', Buffer.alloc(64, 7).toString('base64'), /64/],
      ['a key without padding', SECRET.replace('=', ''), 'lacks the "="'],
      ['a URL-safe key', `${Buffer.alloc(32, 0xfb).toString('base64url')}=`, /URL/i],
      ['words', 'hello', 'base64'],
    ] as const
  ).map(([what, text, says]): Refusal => {
    const args = ['key', 'inspect', '--secret-key-file', 'input']
    return {
      what: `${what} of a node`,
      args,
      files: write(text),
      exit: 2,
      code: 'KEY_INVALID',
      says: [/^input /, says],
    }
  }),
  ...(
    [
      ["a node's key", SECRET, 'looks like a base64 key'],
      ['63 digits', 'a'.repeat(63), '63 hex digits instead of 64'],
      ['an address', `0x${'ab'.repeat(20)}`, 'size of an address'],
      ['zero', '0'.repeat(64), 'outside the range'],
      ['a seed phrase', 'abandon '.repeat(11).concat('about'), 'seed phrase'],
      ['a keystore', '{"version":3}', 'keystore'],
    ] as const
  ).map(([what, text, says]): Refusal => {
    const args = ['operator', 'address', '--private-key-file', 'input']
    return { what: `${what} of an operator`, args, files: write(text), exit: 2, code: 'KEY_INVALID', says: [says] }
  }),
  {
    what: 'an encryption key of a node',
    args: ['nodes', 'list'],
    env: { SMART_CONTRACT_ENCRYPTION_KEY: SECRET },
    exit: 2,
    code: 'KEY_INVALID',
    says: ['SMART_CONTRACT_ENCRYPTION_KEY', 'base64'],
  },
  {
    what: 'two private keys',
    args: ['operator', 'rename', 'x', '--yes'],
    env: { WCN_PRIVATE_KEY_FILE: 'somewhere' },
    exit: 2,
    code: 'SETTINGS_CONFLICT',
    says: ['SMART_CONTRACT_SIGNER_PRIVATE_KEY', 'WCN_PRIVATE_KEY_FILE'],
  },
])

const CHECKSUMMED = '0x95222290DD7278Aa3Ddd389Cc1E1d165CC4BAfe5'
const MISSPELLED = CHECKSUMMED.replace('DD', 'dD')
table('addresses', [
  {
    what: 'a wrong checksum in a flag',
    args: ['cluster', 'view', '--contract-address', MISSPELLED],
    exit: 2,
    code: 'ADDRESS_INVALID',
    says: ['--contract-address', MISSPELLED, 'EIP-55'],
  },
  {
    what: 'a wrong checksum in a variable',
    args: ['cluster', 'view'],
    env: { SMART_CONTRACT_ADDRESS: MISSPELLED },
    exit: 2,
    code: 'ADDRESS_INVALID',
    says: ['SMART_CONTRACT_ADDRESS', 'EIP-55'],
  },
  {
    what: 'an ENS name',
    args: ['operator', 'view', '--operator', 'acme.eth'],
    exit: 2,
    code: 'ADDRESS_INVALID',
    says: ['--operator', 'names are not looked up'],
  },
  {
    what: 'a peer ID',
    args: ['operator', 'view', '--operator', PEER],
    exit: 2,
    code: 'ADDRESS_INVALID',
    says: ['--operator', 'looks like a peer ID'],
  },
  ...(
    [
      ['IPv6', '2001:db8::1', 'IPv6'],
      ['a host name', 'node.example.com', 'host name'],
      ['octal', '010.1.2.3', 'octal'],
      ['hex', '0x14.1.2.3', 'hex'],
      ['a large octet', '20.5.1.256', 'larger than 255'],
      ['with a port', '20.5.1.1:3010', 'without a port'],
      ['nothing', '', 'IPv4'],
    ] as const
  ).map(([what, ip, says]): Refusal => {
    return {
      what: `${what} for a node`,
      args: yes(addNode({ ip })),
      exit: 2,
      code: 'IP_ADDRESS_INVALID',
      says: ['--ip-address', says],
    }
  }),
  ...(
    [
      ['127.0.0.1', 'loopback'],
      ['10.1.2.3', 'private use'],
      ['100.64.0.1', 'shared address space'],
      ['224.0.0.1', 'multicast'],
    ] as const
  ).map(([ip, says]): Refusal => {
    return {
      what: `${ip} for a node`,
      args: yes(addNode({ ip })),
      env: publicOnly,
      exit: 4,
      code: 'ADDRESS_NOT_ROUTABLE',
      says: [ip, says],
    }
  }),
  {
    what: 'a reserved address in a file',
    args: ['nodes', 'diff', '-f', 'input', '--max-removals', '9'],
    files: write(nodesYaml(GOOD_NODE, nodeYaml(OTHER_PEER, '192.168.1.1'))),
    env: publicOnly,
    exit: 4,
    code: 'ADDRESS_NOT_ROUTABLE',
    says: [OTHER_PEER, '192.168.1.1'],
  },
])

table('ports', [
  ...['0', '65536', '1e3', '01', ''].map((port): Refusal => {
    const says = ['--primary-port', '1 to 65535']
    return {
      what: port === '' ? 'nothing' : port,
      args: yes(addNode({ primary: port })),
      exit: 2,
      code: 'PORT_INVALID',
      says,
    }
  }),
  ...['65536', '1e3'].map((port): Refusal => {
    const args = ['nodes', 'update', '-f', 'input', '--yes']
    const says = ['input:3: nodes[1].primary_port', '1 to 65535']
    const files = write(nodesYaml(GOOD_NODE, nodeYaml(OTHER_PEER, '20.5.1.2', port)))
    return { what: `${port} in a file`, args, files, exit: 2, code: 'PORT_INVALID', says }
  }),
  {
    what: 'the same one twice',
    args: yes(addNode({ primary: '3010', secondary: '3010' })),
    exit: 4,
    code: 'PORTS_COLLIDE',
    says: ['primary and secondary port are both 3010'],
  },
])

table('lists', [
  {
    what: 'a node that is there already',
    args: ['nodes', 'update', '-f', 'input', '--yes', '--max-removals', '9'],
    files: write(nodesYaml(GOOD_NODE, GOOD_NODE)),
    exit: 4,
    code: 'DUPLICATE_NODE',
    says: [PEER, '20.5.1.1:3010', 'twice'],
  },
  {
    what: 'two nodes at one endpoint',
    args: yes(addNode({ ip: '203.0.113.10' })),
    exit: 4,
    code: 'PORTS_COLLIDE',
    says: ['203.0.113.10:3010', PEER],
  },
  {
    what: 'a list of one node',
    args: ['nodes', 'update', '-f', 'input', '--yes', '--max-removals', '9'],
    files: write(nodesYaml(GOOD_NODE)),
    exit: 4,
    code: 'TOO_FEW_NODES',
    says: ['at least 2 nodes', 'would leave 1'],
  },
  {
    what: 'an empty list',
    args: ['nodes', 'update', '-f', 'input', '--yes', '--max-removals', '9'],
    files: write('nodes: []\n'),
    exit: 4,
    code: 'TOO_FEW_NODES',
    says: ['would leave 0'],
  },
  {
    what: 'a name of 33 bytes with fewer characters',
    args: ['operator', 'rename', `${'é'.repeat(16)}x`, '--yes'],
    exit: 4,
    code: 'NAME_TOO_LONG',
    says: ['33 bytes', '32 are allowed'],
  },
  { what: 'an empty name', args: ['operator', 'rename', '', '--yes'], exit: 2, code: 'USAGE', says: ['name is empty'] },
  {
    what: 'more data than the cluster takes',
    args: ['nodes', 'update', '-f', 'input', '--yes', '--max-removals', '9'],
    files: write(nodesYaml(...Array.from({ length: 100 }, (_, i) => nodeYaml(PEER, `20.6.0.${i}`)))),
    exit: 4,
    code: 'DATA_TOO_LARGE',
    says: [/would be 4\d{3} bytes/, 'allows 4096'],
  },
  {
    what: 'a selector that matches two nodes',
    args: () => ['nodes', 'update', twin, '-p', '4000', '--yes'],
    exit: 4,
    code: 'SELECTOR_AMBIGUOUS',
    says: ['matches 2 nodes: 1, 2', 'index'],
  },
  {
    what: 'a selector that matches none',
    args: ['nodes', 'remove', PEER, '--yes'],
    exit: 4,
    code: 'SELECTOR_NO_MATCH',
    says: [PEER],
  },
  {
    what: 'an index beyond the list',
    args: ['nodes', 'remove', '3', '--yes'],
    exit: 4,
    code: 'SELECTOR_NO_MATCH',
    says: ['"3"'],
  },
  {
    what: 'a client without namespaces',
    args: ['clients', 'set', PEER, '--yes'],
    exit: 4,
    code: 'REVOKES_EVERYTHING',
    says: ['--revoke-all'],
  },
  {
    what: 'a namespace beyond 255',
    args: ['clients', 'set', PEER, '-n', '256', '--yes'],
    exit: 2,
    code: 'NAMESPACE_INVALID',
    says: ['--namespace', '256'],
  },
])

const GAS_PRICE_ORACLE = '0x420000000000000000000000000000000000000F'
table('chains and contracts', [
  ...[
    ['cluster', 'view'],
    ['operator', 'rename', 'x', '--yes'],
  ].flatMap((args): Refusal[] => [
    {
      what: `the wrong chain: ${args.join(' ')}`,
      args,
      env: { WCN_CHAIN_ID: undefined },
      exit: 4,
      code: 'WRONG_CHAIN',
      says: ['serves chain 31337', 'chain 10 is expected', '--chain-id'],
    },
    {
      what: `no contract: ${args.join(' ')}`,
      args,
      env: { SMART_CONTRACT_ADDRESS: CHECKSUMMED },
      exit: 4,
      code: 'NOT_A_CONTRACT',
      says: ['there is no contract at 0x95222290'],
    },
    {
      what: `no cluster: ${args.join(' ')}`,
      args,
      env: { SMART_CONTRACT_ADDRESS: GAS_PRICE_ORACLE },
      exit: 4,
      code: 'NOT_A_CLUSTER',
      says: ['0x420000000000000000000000000000000000000f is not a WCN cluster'],
    },
  ]),
  {
    what: 'not an operator',
    args: ['operator', 'view', '--operator', CHECKSUMMED],
    exit: 4,
    code: 'OPERATOR_NOT_FOUND',
    says: ['is not an operator of this cluster'],
  },
  {
    what: 'no chain ID',
    args: ['cluster', 'view', '--chain-id', '0x7a69'],
    exit: 2,
    code: 'SETTING_INVALID',
    says: ['--chain-id', '0x7a69', 'decimal digits'],
  },
  {
    what: 'the key of somebody else',
    args: ['operator', 'rename', 'x', '--yes', '--private-key-file', 'input'],
    env: { WCN_OPERATOR: CHECKSUMMED },
    files: write('11'.repeat(32)),
    exit: 4,
    code: 'OPERATOR_NOT_FOUND',
    says: ['is not an operator of this cluster'],
  },
])

describe.concurrent('providers', () => {
  const faults: readonly (readonly [Fault, string, string | RegExp])[] = [
    ['html', 'NETWORK', 'answered with an HTML page'],
    ['forbidden', 'NETWORK', 'an HTML page (HTTP 403)'],
    ['empty', 'NETWORK', 'answered with nothing'],
    ['garbage', 'NETWORK', 'not JSON'],
    ['json', 'NETWORK', 'no JSON-RPC reply'],
    ['cut', 'NETWORK', /cut its answer short|ECONNRESET/],
    ['silent', 'NETWORK', '--timeout is up'],
    ['errors', 'RPC_ERROR', 'with an error: "quota of'],
    ['forges', 'RPC_ERROR', String.raw`"busy\nhint: run `],
  ]
  const WAITED_FOR: readonly Fault[] = ['silent', 'errors', 'forges']
  const reads = ['cluster', 'view']
  const writes = ['operator', 'rename', 'x', '--yes']
  for (const [fault, code, sentence] of faults)
    for (const args of [reads, writes])
      it(`${fault}: ${args.slice(0, 2).join(' ')}`, async () => {
        const url = provider(fault)
        const says = [new URL(url).host, sentence]
        const env = { RPC_PROVIDER_URL: url, ...(fault === 'silent' && { WCN_TIMEOUT: '1' }) }
        const row: Refusal = { what: fault, args, env, waits: WAITED_FOR.includes(fault), exit: 5, code, says }
        await expectRefusal(row, net, box, net.signedBy(operator))
      })
  it('one that takes everything but transactions', async () => {
    const env = { RPC_PROVIDER_URL: provider('readOnly') }
    const says = [/refused the transaction, nothing was sent: .* may not send/]
    const args = ['operator', 'rename', 'x', '--yes']
    const row: Refusal = { what: '', args, env, waits: true, exit: 5, code: 'RPC_ERROR', says }
    await expectRefusal(row, net, box, net.signedBy(operator))
  })
})

table('URLs', [
  ...['http://127.0.0.1:1', 'ws://127.0.0.1:1'].map((url): Refusal => {
    const says = ['127.0.0.1:1', 'ECONNREFUSED']
    return {
      what: `nobody at ${url}`,
      args: ['cluster', 'view'],
      env: { RPC_PROVIDER_URL: url },
      exit: 5,
      code: 'NETWORK',
      says,
    }
  }),
  ...['ftp://example.com/x', 'example.com', '/var/run/geth.ipc'].map((url): Refusal => {
    const says = ['RPC_PROVIDER_URL is not the URL']
    return {
      what: url,
      args: ['cluster', 'view'],
      env: { RPC_PROVIDER_URL: url },
      exit: 2,
      code: 'SETTING_INVALID',
      says,
    }
  }),
  {
    what: 'none',
    args: ['cluster', 'view'],
    env: { RPC_PROVIDER_URL: undefined },
    exit: 2,
    code: 'SETTING_MISSING',
    says: ['URL is not set', '`wcn context add NAME --rpc-url …`', '--rpc-url or RPC_PROVIDER_URL'],
  },
  {
    what: 'two that differ',
    args: ['cluster', 'view'],
    env: { OPTIMISM_RPC_PROVIDER_URL: 'http://127.0.0.1:2' },
    exit: 2,
    code: 'SETTINGS_CONFLICT',
    says: ['RPC_PROVIDER_URL and OPTIMISM_RPC_PROVIDER_URL'],
  },
])

const KEY_FLAGS = [
  ['--private-key-file', ['operator', 'address']],
  ['--encryption-key-file', ['nodes', 'list']],
  ['--secret-key-file', ['key', 'inspect']],
  ['--node-key-file', ['nodes', 'check', '0']],
] as const
table(
  'key files',
  KEY_FLAGS.flatMap(([flag, args]): Refusal[] => {
    const given = [...args, flag, 'input']
    return [
      { what: `${flag}: missing`, args: given, exit: 2, code: 'FILE_UNREADABLE', says: ['"input"', 'no such file'] },
      {
        what: `${flag}: empty`,
        args: given,
        files: write(''),
        exit: 2,
        code: 'FILE_UNREADABLE',
        says: ['"input" is empty'],
      },
      {
        what: `${flag}: readable by others`,
        args: given,
        files: (path) => {
          write('x')(path)
          chmodSync(path('input'), 0o644)
        },
        exit: 2,
        code: 'FILE_PERMISSIONS',
        says: ['input', 'chmod'],
      },
      {
        what: `${flag}: a directory`,
        args: given,
        files: (path) => mkdirSync(path('input')),
        exit: 2,
        code: 'FILE_UNREADABLE',
        says: ['"input"', 'it is a directory'],
      },
      {
        what: `${flag}: stdin is closed`,
        args: [...args, flag, '-'],
        exit: 2,
        code: 'FILE_UNREADABLE',
        says: ['standard input is empty or closed'],
      },
    ]
  }),
)

table('files', [
  ...(
    [
      [
        'an unknown key',
        nodesYaml(GOOD_NODE, nodeYaml(OTHER_PEER, '20.5.1.2', '3010', ', port: 1')),
        ['input:3: ', 'unknown key "port"'],
      ],
      ['an unknown key at the top', `node: []\n${nodesYaml(GOOD_NODE)}`, ['input:1: ', 'unknown key "node"']],
      [
        'a missing field',
        nodesYaml(GOOD_NODE, `{ peer_id: ${PEER}, ipv4_addr: 20.5.1.2, primary_port: 1 }`),
        ['input:3: ', 'secondary_port'],
      ],
      ['the same key twice', `nodes: []\nnodes: []\n`, ['input:2: ', 'the same key twice']],
      ['a tab', 'nodes:\n\t- {}\n', ['input:2: ']],
      ['a bracket too few', 'nodes: [\n', ['input:']],
      ['nothing in it', '', ['input']],
      ['something else in it', 'hello\n', ['input:1: ', 'mapping']],
    ] as const
  ).map(([what, text, says]): Refusal => {
    return {
      what,
      args: ['nodes', 'update', '-f', 'input', '--yes'],
      files: write(text),
      exit: 2,
      code: 'DOCUMENT_INVALID',
      says,
    }
  }),
  {
    what: 'missing',
    args: ['nodes', 'diff', '-f', 'input'],
    exit: 2,
    code: 'FILE_UNREADABLE',
    says: ['"input"', 'no such file'],
  },
  {
    what: 'a directory',
    args: ['nodes', 'diff', '-f', 'input'],
    files: (path) => mkdirSync(path('input')),
    exit: 2,
    code: 'FILE_UNREADABLE',
    says: ['"input"', 'it is a directory'],
  },
  {
    what: 'not text',
    args: ['nodes', 'diff', '-f', 'input'],
    files: (path) => writeFileSync(path('input'), Buffer.from([0xff, 0xfe, 0x00])),
    exit: 2,
    code: 'FILE_UNREADABLE',
    says: ['"input" is not text'],
  },
  {
    what: 'stdin is closed',
    args: ['nodes', 'update', '-f', '-', '--yes'],
    exit: 2,
    code: 'FILE_UNREADABLE',
    says: ['standard input'],
  },
  {
    what: 'no env file',
    args: ['nodes', 'list', '--env-file', 'input'],
    files: write('RPC_PROVIDER_URL http://x\n'),
    exit: 2,
    code: 'DOCUMENT_INVALID',
    says: ['input:1 is not NAME=value'],
  },
  {
    what: 'a plan that is none',
    args: ['nodes', 'update', '--plan', 'input', '--yes'],
    files: write('{"type":"wcn-nodes-plan","version":1}'),
    exit: 2,
    code: 'DOCUMENT_INVALID',
    says: ['input'],
  },
])

const CHECK = ['nodes', 'check']
const rollout = (...flags: readonly string[]) => ['nodes', 'rollout', ...flags, '--', 'true']
const inMaintenance = (...flags: readonly string[]) => ['maintenance', 'run', '--yes', ...flags, '--', 'true']
const ROTATE = ['nodes', 'rotate', '0', '--yes']

table('lengths of time and numbers of things', [
  ...(
    [
      ['--probe-timeout', '-1', CHECK],
      ['--interval', '0', [...CHECK, '--watch']],
      ['--node-timeout', '0x10', [...ROTATE, '-p', '4000', '-s', '4001']],
      ['--settle', '0', rollout],
      ['--wait', '', ['maintenance', 'enter', '--yes']],
      ['--database-timeout', '0.5', inMaintenance],
      ['--max-duration', '5 s', inMaintenance],
      ['--probe-timeout', 'NaN', ['doctor']],
    ] as const
  ).map(([flag, value, args]): Refusal => {
    return {
      what: `${flag} "${value}"`,
      args: typeof args === 'function' ? args(flag, value) : [...args, flag, value],
      exit: 2,
      code: 'SETTING_INVALID',
      says: [`${flag} is ${JSON.stringify(value)}, which is not a length of time`, '90s'],
    }
  }),
  {
    what: 'longer than a timer can be',
    args: inMaintenance('--wait', '200h'),
    exit: 2,
    code: 'SETTING_INVALID',
    says: ['--wait is longer than a week', '168h'],
  },
  ...(
    [
      ['--concurrency', '0', (...flags: readonly string[]) => [...CHECK, ...flags], 'ports'],
      ['--batch', '-1', rollout, 'nodes'],
      ['--batch', '99999999999999999999', rollout, 'nodes'],
      ['--max-unavailable', '1e3', rollout, 'nodes'],
    ] as const
  ).map(([flag, value, args, things]): Refusal => {
    return {
      what: `${flag} ${value}`,
      args: args(flag, value),
      exit: 2,
      code: 'SETTING_INVALID',
      says: [`${flag} is "${value}", which is not a number of ${things}`, 'above 0'],
    }
  }),
  {
    what: '--interval without --watch',
    args: [...CHECK, '--interval', '5s'],
    exit: 2,
    code: 'USAGE',
    says: ['--interval is about --watch', 'add --watch'],
  },
  {
    what: 'a flag of the probe without --verify',
    args: yes(addNode({})).concat('--concurrency', '5'),
    exit: 2,
    code: 'USAGE',
    says: ['--concurrency means nothing without --verify'],
  },
  {
    what: 'a balance',
    args: ['doctor', '--min', '1e3'],
    exit: 2,
    code: 'SETTING_INVALID',
    says: ['--min is "1e3", which is not an amount in ETH'],
  },
])

table('what is looked at', [
  ...(
    [
      ['IPv6', '[::1]:3000', 'IP_ADDRESS_INVALID', 'that is an IPv6 address'],
      ['a host name', 'db.example.com', 'IP_ADDRESS_INVALID', 'that is a host name'],
      ['a network', '10.0.0.0/8', 'IP_ADDRESS_INVALID', 'a range of addresses'],
      ['every address of a machine', '0.0.0.0', 'IP_ADDRESS_INVALID', 'which no machine has'],
      ['nothing', '', 'IP_ADDRESS_INVALID', 'an IPv4 address is expected'],
      ['a port that is none', '10.0.0.5:0', 'PORT_INVALID', '1 to 65535'],
      ['a URL', 'http://10.0.0.5', 'USAGE', 'a URL'],
    ] as const
  ).map(([what, address, code, says]): Refusal => {
    return { what: `a database: ${what}`, args: [...CHECK, '--database', address], exit: 2, code, says: [says] }
  }),
  ...(
    [
      ['IPv6', '0=[::1]:80', 'USAGE', 'which is no host'],
      ['with a user', '0=u:p@h:80', 'USAGE', 'which is no host'],
      ['no port', '0=h', 'USAGE', 'NODE=HOST:PORT'],
      ['too large a port', '0=h:99999', 'PORT_INVALID', '1 to 65535'],
    ] as const
  ).map(([what, source, code, says]): Refusal => {
    return { what: `metrics: ${what}`, args: [...CHECK, '--metrics', source], exit: 2, code, says: ['--metrics', says] }
  }),
  {
    what: 'metrics of no node',
    args: [...CHECK, '--metrics', '9=127.0.0.1:80'],
    exit: 4,
    code: 'SELECTOR_NO_MATCH',
    says: ['"9" of --metrics', 'wcn nodes list'],
  },
  {
    what: 'a peer ID of no database',
    args: [...CHECK, '--database-peer-id', PEER],
    exit: 2,
    code: 'USAGE',
    says: ['--database-peer-id is about a database', '--database'],
  },
  {
    what: 'a file and nodes as well',
    args: [...CHECK, '0', '-f', 'input'],
    exit: 2,
    code: 'USAGE',
    says: ['nodes are named and a file is given'],
  },
  {
    what: 'standard input twice',
    args: ['doctor', '-f', '-'],
    input: 'nodes: []\n',
    exit: 2,
    code: 'USAGE',
    says: ['-f - is standard input', 'as a file'],
  },
  {
    what: 'nothing at all',
    args: ['doctor', '--only', 'nodes', '--skip', 'nodes'],
    exit: 2,
    code: 'USAGE',
    says: ['leave nothing to look at', 'membership'],
  },
  {
    what: 'a key file without a name',
    args: [...CHECK, '--node-key-file', ''],
    exit: 2,
    code: 'SETTING_INVALID',
    says: ['--node-key-file is given without a value'],
  },
  {
    what: "an operator's key as a node's",
    args: inMaintenance('--node-key-file', 'input'),
    files: write(`0x${'ab'.repeat(32)}\n`),
    exit: 2,
    code: 'KEY_INVALID',
    says: ['input looks like an EVM private key'],
  },
])

table('what is run', [
  ...[rollout, inMaintenance].flatMap((run): Refusal[] => [
    {
      what: `${run()[1]}: no program`,
      args: [...run().slice(0, -1), ''],
      exit: 2,
      code: 'COMMAND_NOT_RUNNABLE',
      says: ['no command is given to run'],
    },
    {
      what: `${run()[1]}: no command at all`,
      args: run().slice(0, -2),
      exit: 2,
      code: 'USAGE',
      says: ["'command'"],
    },
    {
      what: `${run()[1]}: not executable`,
      args: [...run().slice(0, -1), './input'],
      files: write('true\n'),
      exit: 2,
      code: 'COMMAND_NOT_RUNNABLE',
      says: ['"./input" can\'t be run: it is not executable', 'sh -c'],
    },
    {
      what: `${run()[1]}: a value in the place of a variable's name`,
      args: run('--pass-env', 'A=B'),
      exit: 2,
      code: 'SETTING_INVALID',
      says: ['--pass-env is "A=B", which is not the name of a variable'],
    },
  ]),
  {
    what: 'a node that is none',
    needsQuic: true,
    args: rollout('--primary', '9'),
    exit: 4,
    code: 'SELECTOR_NO_MATCH',
    says: ['"9"', 'wcn nodes list'],
  },
  {
    what: 'a rotation to nothing new',
    needsQuic: true,
    args: ROTATE,
    exit: 2,
    code: 'USAGE',
    says: ['no new value is given', '--peer-id'],
  },
  {
    what: 'a rotation at one place',
    needsQuic: true,
    args: [...ROTATE, '-p', '4000'],
    exit: 4,
    code: 'PORTS_COLLIDE',
    says: ["can't run there side by side", 'wcn nodes update'],
  },
])

const UNWRITABLE = '/proc/wcn-test'
table('places that cannot be written to', [
  ...[
    ['key', 'generate', '--out', `${UNWRITABLE}.key`],
    ['operator', 'keygen', '--out', `${UNWRITABLE}.key`],
  ].map((args): Refusal => {
    return {
      what: args.slice(0, 2).join(' '),
      args,
      exit: 2,
      code: 'FILE_UNWRITABLE',
      says: [UNWRITABLE, 'nothing was left behind'],
    }
  }),
  {
    what: 'a plan',
    args: ['nodes', 'diff', '-f', 'input', '--out', `${UNWRITABLE}.json`, '--max-removals', '9'],
    files: write(nodesYaml(GOOD_NODE, nodeYaml(OTHER_PEER, '20.5.1.2'))),
    exit: 2,
    code: 'FILE_UNWRITABLE',
    says: [UNWRITABLE],
  },
  {
    what: 'a part of the path is a file',
    args: ['key', 'generate', '--out', 'input/node.key'],
    files: write('x'),
    exit: 2,
    code: 'FILE_UNWRITABLE',
    says: ['input/node.key', 'not a directory'],
  },
  {
    what: 'an existing file',
    args: ['key', 'generate', '--out', 'input'],
    files: write('x'),
    exit: 2,
    code: 'FILE_EXISTS',
    says: ['"input" exists already'],
  },
])

table('nobody to ask', [
  {
    what: 'a hidden prompt',
    args: ['key', 'inspect'],
    exit: 3,
    code: 'INPUT_REQUIRED',
    says: ['nobody can be asked', '--secret-key-file'],
  },
  {
    what: 'consent',
    args: ['key', 'prove', 'input', '--secret-key-file', 'input'],
    exit: 2,
    code: 'FILE_UNREADABLE',
    says: ['input'],
  },
])

describe('the encryption key of another cluster', () => {
  it('shows itself by what is on chain, and nothing is written with it', async () => {
    const key = await foreignKey()
    const row = (args: readonly string[], says: string): Refusal => {
      const env = { SMART_CONTRACT_ENCRYPTION_KEY: key }
      return { what: '', args, env, exit: 4, code: 'ENCRYPTION_KEY_WRONG', says: [says] }
    }
    const sentence = 'the encryption key does not fit this cluster'
    for (const args of [addNode({}).concat('--yes'), ['nodes', 'update', '0', '-p', '4000', '--yes']])
      await expectRefusal(row(args, sentence), net, box, net.signedBy(operator))
  })
})

/** One that decrypts no private address into a private range: by chance some do, and then nothing proves them wrong. */
async function foreignKey(): Promise<string> {
  const isPrivate = /^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./
  for (let digit = 1; digit < 16; digit++) {
    const key = digit.toString(16).repeat(64)
    const { data } = await wcnJson(['cluster', 'view'], {
      env: { ...net.cluster, SMART_CONTRACT_ENCRYPTION_KEY: key },
    })
    const nodes = data.operators.flatMap((one: { nodes: { private_ipv4_addr: string | null }[] }) => one.nodes)
    if (!nodes.some(({ private_ipv4_addr: ip }: { private_ipv4_addr: string | null }) => isPrivate.test(ip ?? '')))
      return key
  }
  throw new Error('every key fits')
}

describe('providers that can be worked with', () => {
  it.each(['single', 'dropsAnswer'] as const)('%s: reads and writes succeed', async (fault) => {
    const env = { ...net.signedBy(net.operators[1] as Account), RPC_PROVIDER_URL: provider(fault) }
    expect(await wcn(['cluster', 'view'], { env })).toMatchObject({ code: 0, stderr: '' })
    const renamed = await wcnJson(['operator', 'rename', `by ${fault}`, '--yes'], { env })
    expect(renamed, renamed.stdout).toMatchObject({
      code: 0,
      data: { changed: true, operator: { name: `by ${fault}` } },
    })
    expect(renamed.stdout + renamed.stderr).not.toContain(TOKEN)
  })
})

describe('a full disk', () => {
  it('under standard output is a failure with a sentence', async () => {
    const result = await runScript(
      box,
      'full',
      `
set -a; . "$ENV_FILE"; set +a
for command in 'cluster view' 'cluster view --json' 'key generate' 'key generate --count 2000' 'nodes export' '--help' '--version'; do
  wcn $command >/dev/full 2>full.txt && exit 90 || test $? -ne 0
  test "$(wc -l <full.txt)" -eq 1
  cat full.txt
done
# The same under standard error: nobody can be told, but it ends.
wcn frobnicate 2>/dev/full && exit 91 || test $? -eq 2
wcn nodes remove 9 --yes 2>/dev/full && exit 92 || test $? -eq 4
`,
      { env: { ENV_FILE: net.envFile } },
    )
    expect(result, result.stderr + result.stdout).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout).toMatch(/^(?:error: the output could not be written: .+\n){7}$/)
  })

  it('says what is on chain all the same, and what went wrong', async () => {
    const env = net.signedBy(net.operators[2] as Account)
    const result = await runScript(
      box,
      'full-after-writes',
      `
wcn operator rename 'on chain' --yes >/dev/full 2>human.txt && exit 90 || test $? -eq 6
wcn operator rename 'on chain too' --yes --json >/dev/full 2>json.txt && exit 91 || test $? -eq 6
wcn nodes remove 9 --yes --json >/dev/full 2>refused.txt && exit 92 || test $? -eq 4
wcn operator rename 'no reader' --yes | true
cat human.txt json.txt refused.txt
wcn operator view
`,
      { env },
    )
    expect(result, result.stderr + result.stdout).toMatchObject({ code: 0 })
    const lost =
      /error: transaction (0x\w{64}) is on chain, but the output could not be written: ENOSPC\nhint: .*`wcn tx show \1`/g
    expect(result.stdout.match(lost)).toHaveLength(2)
    expect(result.stdout).toMatch(/^error: .*"9"/m)
    expect(result.stdout).toContain('no reader')
  })

  it('leaves no half-written file', async () => {
    const result = await runScript(
      box,
      'limit',
      `
mkdir limited; cd limited
ulimit -f 0
wcn key generate --out node.key 2>&1 && exit 90 || test $? -eq 2
wcn operator keygen --out operator.key 2>&1 && exit 91 || test $? -eq 2
wcn key generate --out folder/of/keys --count 2 2>&1 && exit 92 || test $? -eq 2
test -z "$(ls -A)"
`,
    )
    expect(result, result.stderr + result.stdout).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout).toMatch(
      /^error: cannot write "node\.key": .+\nerror: cannot write "operator\.key": .+\nerror: cannot write "folder\/.+\n$/,
    )
  })
})

describe('control characters in a name on chain', () => {
  const evil = 'a\u001b[31m\u0007\u009b2J\u202e\r\nb'
  const escaped = 'a\\u{1b}[31m\\u{7}\\u{9b}2J\\u{202e}\\u{d}\\u{a}b'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

  it('never reach a terminal', async () => {
    const villain = net.operators[4] as Account
    const { data } = await wcnJson(['nodes', 'list'], { env: net.signedBy(villain) })
    const [a, b] = [goldenNode(0), goldenNode(1)]
    await net.putData(villain, encodeOperatorData(operatorData([a, b], evil)))
    expect(data.name).not.toBe(evil)

    const env = net.signedBy(villain)
    const entered = await wcn(['maintenance', 'enter', '--yes'], { env })
    expect(entered.code).toBe(0)
    const runs = await Promise.all([
      wcn(['operator', 'view'], { env }),
      wcn(['nodes', 'list'], { env }),
      wcn(['cluster', 'view'], { env }),
      wcn(['maintenance', 'status'], { env }),
      wcn(['operator', 'rename', 'harmless', '--dry-run'], { env }),
      wcn(['maintenance', 'enter', '--yes'], { env: net.signedBy(operator) }),
    ])
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toMatch(control)
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 7])
    for (const { stdout, stderr } of runs.slice(0, 5)) expect(stdout + stderr).toContain(escaped)
    // Scripts get the name as it is, spelled so that it harms nobody who looks at it.
    for (const command of ['view', 'list'] as const) {
      const json = await wcnJson(command === 'view' ? ['operator', 'view'] : ['nodes', 'list'], { env })
      expect(json.stdout).not.toMatch(control)
      expect(command === 'view' ? json.data.operator.name : json.data.name).toBe(evil)
    }
    expect((await wcn(['nodes', 'export'], { env })).stdout).not.toMatch(control)
    expect((await wcn(['maintenance', 'exit', '--yes'], { env })).code).toBe(0)
  })
})
