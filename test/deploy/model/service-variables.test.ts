/** Each variable of wcn_node and wcn_db against what the services take and refuse (docs/dev/network/node-protocol.md). */
import { readFileSync } from 'node:fs'
import { base32 } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { describe, expect, it } from 'vitest'
import {
  type Grammar,
  knownNames,
  requiredNames,
  SERVICE_VARIABLES,
  SIGNING_KEY_VARIABLE,
} from '../../../src/deploy/model/service-variables.js'
import { GRAMMARS } from '../../../src/deploy/model/variable-grammars.js'
import {
  CONTRACT,
  databaseKey,
  ENCRYPTION_KEY,
  nodeKeys,
  OPERATOR_KEY,
  RPC_URL,
  secretOf,
} from '../../support/deployment.js'
import { thrownBy } from '../../support/thrown.js'

const PEER_ID = databaseKey.peerId
const CID = Uint8Array.from([1, 0x72, ...base58btc.baseDecode(PEER_ID)])
const SECRET = secretOf(nodeKeys[0])
const bare = (text: string) => text.replace(/^0x/, '')
const NUMBERS = {
  takes: ['0', '1', '500', '2147483647'],
  refuses: ['', '-1', '+1', '1.5', '1e3', '0x10', '007', ' 1', '1 ', "'1'", 'many'],
}
const HEX = (key: string) => ({
  takes: [`0x${bare(key)}`, bare(key), bare(key).toUpperCase(), `0x${bare(key).toUpperCase()}`],
  refuses: [
    '',
    `0X${bare(key)}`,
    `0X${bare(key).toUpperCase()}`,
    bare(key).slice(1),
    `${bare(key)}0`,
    ` ${key}`,
    `"${key}"`,
    `${bare(key).slice(1)}g`,
    '<symmetric key (hex)>',
  ],
})

const GRAMMAR_ROWS: Readonly<
  Record<Grammar, { readonly takes: readonly string[]; readonly refuses: readonly string[] }>
> = {
  'node-key': {
    takes: [SECRET],
    refuses: [
      '',
      SECRET.slice(0, -1),
      `${SECRET} `,
      `'${SECRET}'`,
      `0x${'5b'.repeat(32)}`,
      'your_secret_key',
      SECRET.replace(/.=$/, 'B='),
      Buffer.alloc(32, 0xff).toString('base64url'),
    ],
  },
  port: {
    takes: ['1', '3010', '65535'],
    refuses: ['', '0', '65536', '-1', '+3010', '03010', '3010 ', "'3010'", '0xbc2', '3_010', '30l0'],
  },
  ipv4: {
    takes: ['10.0.10.5', '127.0.0.1', '52.1.2.3'],
    refuses: [
      '',
      'localhost',
      'db.internal',
      '10.0.10',
      '10.0.10.05',
      '10.0.10.256',
      '::1',
      '::ffff:10.0.0.1',
      '10.0.10.5:3000',
      '10.0.10.5/24',
      ' 10.0.10.5',
      '167772165',
    ],
  },
  'peer-id': {
    takes: [PEER_ID],
    refuses: [
      '',
      base32.encode(CID),
      base36.encode(CID),
      base58btc.encode(CID),
      `z${PEER_ID}`,
      `/p2p/${PEER_ID}`,
      ` ${PEER_ID}`,
      `${PEER_ID}x`,
      PEER_ID.toLowerCase(),
      '<peer id>',
      'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
      SECRET,
    ],
  },
  address: {
    ...HEX(CONTRACT.toLowerCase()),
    takes: [CONTRACT, bare(CONTRACT), CONTRACT.toLowerCase(), `0x${bare(CONTRACT).toUpperCase()}`],
  },
  'encryption-key': HEX(ENCRYPTION_KEY),
  'signing-key': { ...HEX(OPERATOR_KEY), refuses: [...HEX(OPERATOR_KEY).refuses, '0'.repeat(64), 'f'.repeat(64)] },
  'websocket-url': {
    takes: ['ws://127.0.0.1:8545', 'wss://rpc.example.com/v2/token?x=1', 'WSS://rpc.example.com', RPC_URL],
    refuses: [
      '',
      'https://rpc.example.com',
      'http://127.0.0.1:8545',
      'rpc.example.com',
      'wss://',
      ' wss://rpc.example.com',
      '<wss:// or https:// URL>',
      'ipc:///tmp/x',
    ],
  },
  'absolute-path': {
    takes: ['/wcn/rocksdb', '/'],
    refuses: ['', 'rocksdb', './rocksdb', '~/rocksdb', '$HOME/rocksdb'],
  },
  count: { ...NUMBERS, refuses: [...NUMBERS.refuses, '2147483648'] },
  size: { takes: [...NUMBERS.takes, '4294967296'], refuses: [...NUMBERS.refuses, '4GiB', '99999999999999999999'] },
  flag: { takes: ['true', 'false'], refuses: ['', 'True', 'TRUE', '1', '0', 'yes', 'on', 'true ', '"true"'] },
  text: { takes: ['info', 'info,wcn_node=debug'], refuses: [''] },
}

const NAMES = Object.entries(SERVICE_VARIABLES)

describe('the table of variables', () => {
  const document = readFileSync(new URL('../../../docs/dev/network/node-protocol.md', import.meta.url), 'utf8')
  const [, text = ''] = document.split('## Environment that wcn_db and wcn_node read')
  const [environment = ''] = text.split('\n## ')

  it('has the optional variables of the protocol, and no others', () => {
    const [plain = '', rocksdb = ''] = environment.split('`ROCKSDB_`')
    const names = (part: string) => [...part.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name]) => name)
    const [ofDatabase = '', ofBoth = ''] = rocksdb.split('* both:')
    const documented = [...names(plain), ...names(ofDatabase).map((name) => `ROCKSDB_${name}`), ...names(ofBoth)]
    const optional = NAMES.filter(([name, { required }]) => !required && name !== SIGNING_KEY_VARIABLE)
    expect(optional.map(([name]) => name).sort()).toEqual(documented.sort())
  })

  it('has the required ones of the onboarding document', () => {
    expect(requiredNames('database')).toEqual([
      'SECRET_KEY',
      'PRIMARY_RPC_SERVER_PORT',
      'SECONDARY_RPC_SERVER_PORT',
      'METRICS_SERVER_PORT',
      'ROCKSDB_DIR',
    ])
    expect(requiredNames('node')).toEqual([
      'SECRET_KEY',
      'PRIMARY_RPC_SERVER_PORT',
      'SECONDARY_RPC_SERVER_PORT',
      'METRICS_SERVER_PORT',
      'DATABASE_RPC_SERVER_ADDRESS',
      'DATABASE_PEER_ID',
      'DATABASE_PRIMARY_RPC_SERVER_PORT',
      'DATABASE_SECONDARY_RPC_SERVER_PORT',
      'SMART_CONTRACT_ADDRESS',
      'SMART_CONTRACT_ENCRYPTION_KEY',
      'RPC_PROVIDER_URL',
    ])
    expect(knownNames('node')).toContain(SIGNING_KEY_VARIABLE)
    expect(knownNames('database')).not.toContain(SIGNING_KEY_VARIABLE)
  })
})

describe.each(Object.entries(GRAMMAR_ROWS))('a value of the kind %s', (grammar, { takes, refuses }) => {
  const parse = GRAMMARS[grammar as Grammar]
  it.each(takes)('may be %j', (text) => void parse(text, 'X'))
  it.each(refuses)('is not %j', (text) => {
    expect(thrownBy(() => parse(text, 'X')).message).toMatch(/^X /)
  })
})

it('a peer ID in another form comes with the one to write', () => {
  const error = thrownBy(() => GRAMMARS['peer-id'](base36.encode(CID), 'DATABASE_PEER_ID'))
  expect(error.hint).toContain(PEER_ID)
})
