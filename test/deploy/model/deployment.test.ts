/** The deployment as a whole: what is accepted, what is refused and with which sentence. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Description } from '../../../src/deploy/deployment-file.js'
import { type Deployment, parseDeployment, requireOnePrimary } from '../../../src/deploy/model/deployment.js'
import { DESCRIPTION, nodeKeys } from '../../support/deployment.js'
import { SAMPLE_PEER_ID } from '../../support/onboarding.js'
import { sentenceOf, thrownBy } from '../../support/thrown.js'

const where = (path: readonly (string | number)[]) => `d.yaml: ${path.join('.')}`
const RULES = { allowPrivateAddresses: false, allowPublicDatabase: false }
const [N0, N1] = DESCRIPTION.nodes

function parse(changes: Partial<Description>, rules: Partial<typeof RULES> = {}): Deployment {
  return parseDeployment({ ...DESCRIPTION, ...changes }, where, { ...RULES, ...rules })
}
const database = (changes: object) => ({ database: { ...DESCRIPTION.database, ...changes } })
const nodes = (first: object, second: object = {}) => ({
  nodes: [
    { ...N0, ...first },
    { ...N1, ...second },
  ],
})

describe('parseDeployment', () => {
  it("fills in the onboarding document's values", () => {
    const deployment = parse({})
    expect(deployment.database).toMatchObject({
      primaryPort: 3000,
      secondaryPort: 3001,
      metricsPort: 3002,
      rocksdbDir: '/wcn/rocksdb',
    })
    expect(deployment.nodes[1]).toMatchObject({
      name: 'n1',
      primary: false,
      primaryPort: 3010,
      secondaryPort: 3011,
      metricsPort: 3012,
    })
  })

  it('takes one key for everything, and peer IDs in place of keys', () => {
    const peer_id = nodeKeys[0].peerId
    expect(
      parse({ ...database({ peer_id }), ...nodes({ peer_id, secret_key_file: undefined }, { peer_id }) }).nodes[0]
        ?.peerId,
    ).toBe(peer_id)
  })

  it.each([
    ['a port like 1e3', database({ primary_port: '1e3' }), /^PORT_INVALID: d.yaml: database.primary_port/],
    ['a port out of range', nodes({ metrics_port: 65536 }), /^PORT_INVALID: d.yaml: nodes.0.metrics_port/],
    [
      'a host name as database',
      database({ address: 'db.internal' }),
      /^IP_ADDRESS_INVALID: d.yaml: database.address.*host name/,
    ],
    ['IPv6 as database', database({ address: 'fd00::1' }), /^IP_ADDRESS_INVALID: .*IPv6/],
    [
      'a public database',
      database({ address: '52.1.2.3' }),
      /^OUTPUT_UNSAFE: d.yaml: database.address is 52.1.2.3, a public address/,
    ],
    ['a database at 0.0.0.0', database({ address: '0.0.0.0' }), /^IP_ADDRESS_INVALID: .*which no machine has/],
    ['a multicast database', database({ address: '224.0.0.1' }), /^IP_ADDRESS_INVALID: .*which no machine has/],
    ['a broadcast database', database({ address: '255.255.255.255' }), /^IP_ADDRESS_INVALID: .*which no machine has/],
    [
      'a database at a reserved address',
      database({ address: '250.0.0.1' }),
      /^IP_ADDRESS_INVALID: .*which no machine has/,
    ],
    ['a relative data directory', database({ rocksdb_dir: 'data' }), /^SETTING_INVALID: d.yaml: database.rocksdb_dir/],
    ['a private node', nodes({ ipv4_addr: '10.0.0.1' }), /^ADDRESS_NOT_ROUTABLE: d.yaml: nodes.0.ipv4_addr/],
    ['an octal node', nodes({ ipv4_addr: '052.1.2.3' }), /^IP_ADDRESS_INVALID: .*octal/],
    [
      'a mistyped contract',
      { contract_address: '0x95222290dD7278Aa3Ddd389Cc1E1d165CC4BAfe5' },
      /^ADDRESS_INVALID: d.yaml: contract_address.*EIP-55/,
    ],
    ['no peer ID', nodes({ peer_id: 'abc' }), /^PEER_ID_INVALID: d.yaml: nodes.0.peer_id/],
    [
      "the document's sample as node",
      nodes({ peer_id: SAMPLE_PEER_ID }),
      /^PEER_ID_NOT_A_KEY: d.yaml: nodes.0.peer_id.*08013e/,
    ],
    [
      "the document's sample as database",
      database({ peer_id: SAMPLE_PEER_ID }),
      /^PEER_ID_NOT_A_KEY: d.yaml: database.peer_id/,
    ],
    ['one node', { nodes: [N0] }, /^TOO_FEW_NODES: the deployment has 1 node/],
    ['no node', { nodes: [] }, /^TOO_FEW_NODES/],
    ['no primary', nodes({ primary: false }), /^PRIMARY_RULE: no node is primary/],
    ['two primaries', nodes({}, { primary: true }), /^PRIMARY_RULE: 2 nodes are primary \(n0, n1\)/],
    ['a name with a slash', nodes({ name: '../n0' }), /^SETTING_INVALID: d.yaml: nodes.0.name/],
    ['a name of dots', nodes({ name: '..' }), /^SETTING_INVALID/],
    ['two names', nodes({ name: 'N1' }), /^SETTING_INVALID: two nodes are called/],
    [
      'an unknown variable',
      nodes({ env: { SECRET_KEY: 'x' } }),
      /^SETTING_INVALID: d.yaml: nodes.0.env: "SECRET_KEY" is no optional variable/,
    ],
    ["the database's variable at a node", nodes({ env: { DB_MAX_CONNECTIONS: 1 } }), /^SETTING_INVALID/],
    ['a variable in small letters', database({ env: { log_level: 'info' } }), /^SETTING_INVALID/],
    ['a variable from the prototype', database({ env: JSON.parse('{"__proto__": "x"}') }), /^SETTING_INVALID/],
    ['an empty variable', nodes({ env: { LOG_LEVEL: '' } }), /^SETTING_INVALID: .*LOG_LEVEL is empty/],
    ['a number in quotes', database({ env: { DB_MAX_CONNECTIONS: "'5'" } }), /^SETTING_INVALID: .*DB_MAX_CONNECTIONS/],
    [
      'a flag like yes',
      database({ env: { ROCKSDB_ENABLE_METRICS: 'yes' } }),
      /^SETTING_INVALID: .*neither true nor false/,
    ],
    [
      'a host name as PUBLIC_ADDRESS',
      nodes({ env: { PUBLIC_ADDRESS: 'n0.example.com' } }),
      /^IP_ADDRESS_INVALID: .*PUBLIC_ADDRESS/,
    ],
    [
      'another PUBLIC_ADDRESS',
      nodes({ env: { PUBLIC_ADDRESS: '52.1.2.9' } }),
      /^SETTING_INVALID: .*PUBLIC_ADDRESS is 52.1.2.9/,
    ],
  ] as const)('refuses %s', (_, changes, sentence) => {
    expect(sentenceOf(() => parse(changes as Partial<Description>))).toMatch(sentence)
  })

  it('takes what is allowed on purpose', () => {
    expect(parse(nodes({ ipv4_addr: '10.0.0.1' }), { allowPrivateAddresses: true }).nodes[0]?.ipv4Addr).toBe('10.0.0.1')
    expect(parse(database({ address: '52.1.2.3' }), { allowPublicDatabase: true }).database.address).toBe('52.1.2.3')
    for (const address of ['10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', '127.0.0.1', '169.254.1.1']) {
      expect(parse(database({ address })).database.address).toBe(address)
    }
  })

  it('gives optional variables in one order', () => {
    const env = {
      LOG_LEVEL: 'info',
      ROCKSDB_BLOCK_CACHE_SIZE: 4294967296,
      ROCKSDB_ENABLE_METRICS: false,
      DB_MAX_CONNECTIONS: '500',
    }
    const backwards = Object.fromEntries(Object.entries(env).reverse())
    const expected = [
      ['DB_MAX_CONNECTIONS', '500'],
      ['ROCKSDB_BLOCK_CACHE_SIZE', '4294967296'],
      ['ROCKSDB_ENABLE_METRICS', 'false'],
      ['LOG_LEVEL', 'info'],
    ]
    for (const given of [env, backwards]) expect([...parse(database({ env: given })).database.extra]).toEqual(expected)
  })
})

describe('ports', () => {
  const same = { ipv4_addr: '52.1.2.3' }
  const other = { primary_port: 3020, secondary_port: 3021, metrics_port: 3022 }

  it.each([
    ['primary and secondary of a node', nodes({ primary_port: 3011 }), 'UDP 3011'],
    ['primary and secondary of the database', database({ primary_port: 3001 }), 'UDP 3001'],
    ['two nodes at one address', nodes(same, same), 'UDP 3010'],
    ['crosswise', nodes(same, { ...same, ...other, primary_port: 3011 }), 'UDP 3011'],
    ['metrics on one machine', nodes(same, { ...same, ...other, metrics_port: 3012 }), 'TCP 3012'],
    ['two nodes that are nowhere in particular', nodes({ ipv4_addr: undefined }, { ipv4_addr: undefined }), 'UDP 3010'],
    ['two nodes of one host', nodes({ host: 'a' }, { host: 'a' }), 'UDP 3010'],
    ['hosts behind one address', nodes({ ...same, host: 'a' }, { ...same, host: 'b' }), 'UDP 3010'],
    [
      'a node beside the database',
      { ...database({ host: 'a' }), ...nodes({ host: 'a', primary_port: 3000 }) },
      'UDP 3000',
    ],
  ] as const)('collide: %s', (_, changes, what) => {
    const error = thrownBy(() => parse(changes as Partial<Description>))
    expect(error.code).toBe('PORTS_COLLIDE')
    expect(error.message).toContain(what)
  })

  it.each([
    ['different addresses', nodes({}, {})],
    ['different ports at one address', nodes(same, { ...same, ...other })],
    ['UDP and TCP of one number', nodes({ metrics_port: 3010 })],
    [
      'metrics of two machines behind one address',
      nodes({ ...same, host: 'a' }, { ...same, ...other, host: 'b', metrics_port: 3012 }),
    ],
    ['two hosts without addresses', nodes({ ipv4_addr: undefined, host: 'a' }, { ipv4_addr: undefined, host: 'b' })],
    ['everything on one machine', { ...database({ host: 'a' }), ...nodes({ host: 'a' }, { host: 'a', ...other }) }],
  ] as const)('fit: %s', (_, changes) => {
    expect(parse(changes as Partial<Description>).nodes).toHaveLength(2)
  })
})

describe('requireOnePrimary', () => {
  it('passes exactly one', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 8 }), (flags) => {
        const all = flags.map((primary, i) => ({ name: `n${i}`, primary }))
        if (flags.filter(Boolean).length === 1) expect(() => requireOnePrimary(all)).not.toThrow()
        else expect(thrownBy(() => requireOnePrimary(all)).code).toBe('PRIMARY_RULE')
      }),
    )
  })
})
