/** Units, users, directories and firewall rules: what each machine gets, what is refused, and that systemd reads it so. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseIpv4 } from '../../../src/base/ipv4.js'
import { renderTargetFile } from '../../../src/deploy/render-target-file.js'
import { systemdFiles } from '../../../src/deploy/targets/systemd.js'
import type { TargetPlan } from '../../../src/deploy/targets/target-file.js'
import { installed } from '../../support/installed.js'
import { loadTwice, nftInstalled } from '../../support/nft.js'
import { CANARY, planOf } from '../../support/target-plan.js'
import { sentenceOf } from '../../support/thrown.js'

const N0 = { name: 'n0', primary: true, ipv4_addr: '52.1.2.3' }
const N1 = { name: 'n1', ipv4_addr: '52.1.2.3', primary_port: 3020, secondary_port: 3021, metrics_port: 3022 }

const ONE_MACHINE = planOf({ nodes: [N0, N1] })
const TWO_MACHINES = planOf({
  database: { host: 'db-0' },
  nodes: [
    { ...N0, host: 'db-0' },
    { ...N1, host: 'node-1' },
  ],
})
const AT_HOME = planOf({
  database: { rocksdb_dir: '/home/wcn/rocksdb' },
  nodes: [N0, { ...N1, primary_port: 443 }],
  systemd: { user: 'operator', env_dir: '/opt/wcn/env', database_binary: '/opt/wcn/db', node_binary: '/home/wcn/node' },
})
const PLANS = { ONE_MACHINE, TWO_MACHINES, AT_HOME }

const textsOf = (plan: TargetPlan): ReadonlyMap<string, string> =>
  new Map(systemdFiles(plan).map((file) => [file.path, renderTargetFile(file)]))
const textOf = (plan: TargetPlan, path: string): string => textsOf(plan).get(path) ?? ''
/** Without comments. */
const linesOf = (plan: TargetPlan, path: string): readonly string[] =>
  textOf(plan, path)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

/** Files in folders of their own, for programs to read. */
function folderFor() {
  const folder = mkdtempSync(join(tmpdir(), 'wcn-systemd-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  return (path: string, text: string): string => {
    const place = join(folder, path)
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, text)
    return place
  }
}

describe('units', () => {
  it('are one per service, with what else a machine needs', () => {
    expect([...textsOf(ONE_MACHINE).keys()]).toEqual([
      'wcn_db.service',
      'wcn_node_n0.service',
      'wcn_node_n1.service',
      'wcn.sysusers.conf',
      'wcn.tmpfiles.conf',
      'wcn.nft',
      'wcn_db.env',
      'wcn_node_n0.env',
      'wcn_node_n1.env',
    ])
  })

  it('go to a folder for each of several machines', () => {
    expect([...textsOf(TWO_MACHINES).keys()].filter((path) => path.endsWith('.service'))).toEqual([
      'db-0/wcn_db.service',
      'db-0/wcn_node_n0.service',
      'node-1/wcn_node_n1.service',
    ])
  })

  it('run the database with its directory, its limits, and private addresses only', () => {
    const unit = linesOf(ONE_MACHINE, 'wcn_db.service')
    expect(unit).toEqual(
      expect.arrayContaining([
        'RequiresMountsFor=/wcn/rocksdb',
        'User=wcn',
        'EnvironmentFile=/etc/wcn/wcn_db.env',
        'ExecStart=/usr/local/bin/wcn_db',
        'Restart=always',
        'KillSignal=SIGINT',
        'TimeoutStopSec=300',
        'MemoryMax=16G',
        'CPUQuota=800%',
        'ReadWritePaths=/wcn/rocksdb',
        'IPAddressDeny=any',
        'IPAddressAllow=localhost 10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.168.0.0/16',
        'NoNewPrivileges=yes',
        'CapabilityBoundingSet=',
        'ProtectSystem=strict',
        'ProtectHome=yes',
        'SystemCallFilter=@system-service',
        'WantedBy=multi-user.target',
      ]),
    )
  })

  it('start nodes after the database of their machine, and give the primary time to stop', () => {
    const primary = linesOf(ONE_MACHINE, 'wcn_node_n0.service')
    expect(primary).toEqual(
      expect.arrayContaining([
        'Wants=network-online.target wcn_db.service',
        'After=network-online.target wcn_db.service',
        'EnvironmentFile=/etc/wcn/wcn_node_n0.env',
        'ExecStart=/usr/local/bin/wcn_node',
        'TimeoutStopSec=600',
        'MemoryMax=8G',
        'CPUQuota=400%',
      ]),
    )
    expect(primary.filter((line) => /^(?:ReadWritePaths|IPAddress)/.test(line))).toEqual([])
    expect(linesOf(ONE_MACHINE, 'wcn_node_n1.service')).toContain('TimeoutStopSec=60')
    expect(linesOf(TWO_MACHINES, 'node-1/wcn_node_n1.service')).toContain('Wants=network-online.target')
  })

  it('reach what lies in a home, and low ports', () => {
    expect(linesOf(AT_HOME, 'wcn_db.service')).toEqual(
      expect.arrayContaining(['User=operator', 'ProtectHome=read-only', 'CapabilityBoundingSet=']),
    )
    expect(linesOf(AT_HOME, 'wcn_node_n1.service')).toEqual(
      expect.arrayContaining([
        'EnvironmentFile=/opt/wcn/env/wcn_node_n1.env',
        'AmbientCapabilities=CAP_NET_BIND_SERVICE',
        'CapabilityBoundingSet=CAP_NET_BIND_SERVICE',
      ]),
    )
  })

  it('leave the log level to the env file that has one', () => {
    const nodes = [{ ...N0, env: { LOG_LEVEL: 'debug' } }, N1]
    expect(textOf(planOf({ nodes }), 'wcn_node_n0.service')).not.toContain('LOG_LEVEL')
    expect(linesOf(planOf({ nodes }), 'wcn_node_n1.service')).toContain('Environment=LOG_LEVEL=info')
  })

  it('let the nodes at public addresses reach a database that is at one', () => {
    const database = { ...ONE_MACHINE.deployment.database, address: parseIpv4('52.9.9.9', 'test') }
    const plan = { ...ONE_MACHINE, deployment: { ...ONE_MACHINE.deployment, database } }
    expect(linesOf(plan, 'wcn_db.service').find((line) => line.startsWith('IPAddressAllow='))).toMatch(
      / 52\.9\.9\.0\/24 52\.1\.2\.3\/32 52\.1\.2\.3\/32$/,
    )
    expect(textOf(plan, 'wcn.nft')).toMatch(/elements = \{ .*, 52\.9\.9\.0\/24, 52\.1\.2\.3\/32 \}/)
  })

  it('say where values came from and how they are installed', () => {
    const text = textOf(AT_HOME, 'wcn_db.service')
    expect(text).toContain('# deployment.yaml systemd.user\nUser=operator\n')
    expect(text).toContain('sudo install -o root -g root -m 0600 wcn_db.env /opt/wcn/env/')
  })
})

describe('what comes with the units', () => {
  it('makes the user and the directories', () => {
    expect(linesOf(ONE_MACHINE, 'wcn.sysusers.conf')).toEqual(['u wcn - "WalletConnect Network" - -'])
    expect(linesOf(ONE_MACHINE, 'wcn.tmpfiles.conf')).toEqual([
      'd /etc/wcn 0700 root root -',
      'd /wcn/rocksdb 0700 wcn - -',
    ])
    expect(linesOf(TWO_MACHINES, 'node-1/wcn.tmpfiles.conf')).toEqual(['d /etc/wcn 0700 root root -'])
  })

  it('opens the nodes’ UDP ports and closes everything else of theirs', () => {
    expect(linesOf(ONE_MACHINE, 'wcn.nft').map((line) => line.trim())).toEqual([
      'table inet wcn',
      'delete table inet wcn',
      'table inet wcn {',
      'set private {',
      'type ipv4_addr',
      'flags interval',
      'elements = { 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16 }',
      '}',
      'chain input {',
      'type filter hook input priority filter; policy accept;',
      'iif "lo" accept',
      '# Nodes.',
      'udp dport { 3010, 3011, 3020, 3021 } accept',
      '# The database.',
      'ip saddr @private udp dport { 3000, 3001 } accept',
      'udp dport { 3000, 3001 } drop',
      '# Metrics.',
      'ip saddr @private tcp dport { 3002, 3012, 3022 } accept',
      'tcp dport { 3002, 3012, 3022 } drop',
      '}',
      '}',
    ])
    const elsewhere = textOf(TWO_MACHINES, 'node-1/wcn.nft')
    expect(elsewhere).toContain('udp dport { 3020, 3021 } accept')
    expect(elsewhere).not.toContain('3000')
  })
})

describe('what could not start or would not be safe', () => {
  it.each([
    [
      'one port twice',
      { nodes: [N0, { name: 'n1', ipv4_addr: '52.1.2.4' }] },
      /^PORTS_COLLIDE: .*UDP 3010 on this machine/,
    ],
    [
      'the port of the database',
      { nodes: [N0, { ...N1, primary_port: 3000 }] },
      /^PORTS_COLLIDE: the primary port of the database and the primary port of node n1/,
    ],
    ['root', { systemd: { user: 'root' } }, /^SETTING_INVALID: deployment\.yaml systemd\.user is root/],
    ['a path that is expanded', { database: { rocksdb_dir: '/wcn/%h' } }, /^SETTING_INVALID: .*rocksdb_dir/],
    ['two paths', { database: { rocksdb_dir: '/wcn /etc' } }, /^SETTING_INVALID: .*rocksdb_dir/],
    ['a further line', { database: { rocksdb_dir: '/wcn\nExecStartPre=/bin/x' } }, /^SETTING_INVALID: .*rocksdb_dir/],
    ['a directory that is emptied', { database: { rocksdb_dir: '/var/tmp/wcn' } }, /^SETTING_INVALID: .*does not last/],
    [
      'a binary that is hidden',
      { systemd: { node_binary: '/tmp/wcn_node' } },
      /^SETTING_INVALID: .*node_binary is \/tmp/,
    ],
    ['a path that is ignored', { systemd: { env_dir: '/etc/../srv' } }, /^SETTING_INVALID: .*env_dir/],
    ['data among keys', { database: { rocksdb_dir: '/etc/wcn/db' } }, /^SETTING_INVALID: .*can't be in one folder/],
    ['keys among data', { systemd: { env_dir: '/wcn/rocksdb/env' } }, /^SETTING_INVALID: .*can't be in one folder/],
    [
      'loopback for nodes elsewhere',
      { database: { address: '127.0.0.1' }, nodes: [N0, { ...N1, host: 'other' }] },
      /^SETTING_INVALID: .*127\.0\.0\.1, at which node n1 on another machine reaches only itself/,
    ],
  ])('refuses: %s', (_, overrides, sentence) => {
    expect(sentenceOf(() => systemdFiles(planOf({ nodes: [N0, N1], ...overrides })))).toMatch(sentence)
  })

  it('takes loopback where all nodes are on one machine', () => {
    expect(systemdFiles(planOf({ database: { address: '127.0.0.1' }, nodes: [N0, N1] }))).toHaveLength(9)
  })

  it('checks ports of what is emitted only: the rest is for other machines', () => {
    const nodes = [N0, { name: 'n1', ipv4_addr: '52.1.2.4' }]
    expect([...textsOf(planOf({ nodes }, { only: ['wcn_node_n1'] })).keys()]).toContain('wcn_node_n1.service')
  })

  it.each(Object.entries(PLANS))('keeps secrets in files marked so: %s', (_, plan) => {
    for (const file of systemdFiles(plan)) {
      expect(file.secret).toBe(file.path.endsWith('.env'))
      expect(renderTargetFile(file).includes(CANARY)).toBe(file.secret)
    }
  })
})

describe.skipIf(!installed('systemd-analyze', '--version'))('systemd-analyze', () => {
  const put = folderFor()

  it.each(Object.entries(PLANS))('verifies the units: %s', (name, plan) => {
    const units = [...textsOf(plan)].flatMap(([path, text]) =>
      // The programs aren't here.
      path.endsWith('.service') ? [put(join(name, path), text.replace(/^ExecStart=.*$/m, 'ExecStart=/bin/true'))] : [],
    )
    const run = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], {
      encoding: 'utf8',
    })
    expect(run).toMatchObject({ status: 0, stderr: '' })
  })

  it('would notice a mistake', () => {
    const text = textOf(ONE_MACHINE, 'wcn_db.service').replace('MemoryMax=16G', 'MemoryMax=lots')
    const run = spawnSync('systemd-analyze', ['verify', '--man=no', put('broken/wcn_db.service', text)], {
      encoding: 'utf8',
    })
    expect(run.stderr).toContain("Invalid memory limit 'lots'")
  })
})

describe.skipIf(!installed('systemd-sysusers', '--version') || process.getuid?.() !== 0)('as root: systemd', () => {
  const put = folderFor()

  it('makes the user and the directories in a root of its own', () => {
    put('root/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n')
    put('root/etc/group', 'root:x:0:\n')
    const sysusers = put('root/etc/sysusers.d/wcn.conf', textOf(ONE_MACHINE, 'wcn.sysusers.conf'))
    const tmpfiles = put('root/etc/tmpfiles.d/wcn.conf', textOf(ONE_MACHINE, 'wcn.tmpfiles.conf'))
    const root = dirname(dirname(dirname(sysusers)))
    expect(spawnSync('systemd-sysusers', [`--root=${root}`]).status).toBe(0)
    expect(spawnSync('systemd-tmpfiles', [`--root=${root}`, '--create', tmpfiles]).status).toBe(0)
    const uid = Number(/^wcn:x:([0-9]+):/m.exec(readFileSync(join(root, 'etc/passwd'), 'utf8'))?.[1])
    expect(statSync(join(root, 'wcn/rocksdb'))).toMatchObject({ mode: 0o40700, uid })
    expect(statSync(join(root, 'etc/wcn'))).toMatchObject({ mode: 0o40700, uid: 0 })
  })
})

describe.skipIf(!nftInstalled())('nft', () => {
  const put = folderFor()

  it.each(Object.entries(PLANS))('loads the rules, twice: %s', (name, plan) => {
    for (const [path, text] of textsOf(plan)) {
      if (path.endsWith('.nft')) expect(loadTwice(put(join(name, path), text))).toMatchObject({ status: 0, stderr: '' })
    }
  })

  it('would notice a mistake', () => {
    const text = textOf(ONE_MACHINE, 'wcn.nft').replace('accept;', 'except;')
    expect(loadTwice(put('broken.nft', text)).status).toBe(1)
  })
})
