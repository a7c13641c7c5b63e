/** `doctor` on a real cluster, with ports that are made up: each group well, ill and not to be looked at. */
import { chmodSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { checksumAddress } from '../../src/base/address.js'
import type { ProviderProbe } from '../../src/chain/provider-probe.js'
import { createPaint, plainPaint } from '../../src/cli/paint.js'
import type { Services } from '../../src/cli/services.js'
import { clusterAnswer } from '../../src/devnet/stand-in/cluster-answer.js'
import { type DoctorJson, type Input, run } from '../../src/doctor/doctor.js'
import { DOCTOR_GROUPS } from '../../src/doctor/model/doctor-check.js'
import { doctorText } from '../../src/doctor/view.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { ApiName, PortReport } from '../../src/peer/node-probe.js'
import type { Settings } from '../../src/settings/settings.js'
import type { ChainServicesOptions } from '../support/chain-services.js'
import { singleProvider } from '../support/chain-settings.js'
import { sandbox } from '../support/cli.js'
import { keypairOf, secretOf } from '../support/deployment.js'
import { accepted, answers, fakeNodeProbe, refused } from '../support/fake-node-probe.js'
import { DATABASE, nodeValues, type Values } from '../support/found.js'
import { journalEntry } from '../support/journal-entries.js'
import { memoryState } from '../support/memory-state.js'
import { node, placeholder } from '../support/nodes.js'
import { rejectedBy } from '../support/rejected.js'
import { testServices } from '../support/services.js'
import { databaseMetrics, nodeMetrics } from '../support/test-node-metrics.js'
import {
  blob,
  member,
  OPERATOR,
  OPERATOR_KEY,
  OWN_NODES,
  OWNER,
  useRealCluster,
  WRONG_KEY,
} from '../support/use-real-cluster.js'
import { readVectors } from '../support/vectors.js'

const { now, services: realServices, view, ownerWrites, setBalance } = useRealCluster()
const box = sandbox()
afterAll(() => box.remove())
const golden = readVectors<{ readonly secret_key: string }[]>('node-keys')
const stranger = await keypairOf(99)

function put(name: string, text: string, mode = 0o600): string {
  const path = box.path(name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

/** The files of the operator's services, with other values for single ones. */
function putServices(edits: readonly Values[] = []): readonly string[] {
  const file = (name: string, values: Values) =>
    put(
      name,
      Object.entries(values)
        .filter(([, value]) => value !== null)
        .map(([variable, value]) => `${variable}=${value}\n`)
        .join(''),
    )
  const nodes = OWN_NODES.map((_, index) =>
    file(`n${index}.env`, {
      ...nodeValues(golden[index]?.secret_key ?? ''),
      SMART_CONTRACT_ADDRESS: checksumAddress(now.contract),
      SMART_CONTRACT_ENCRYPTION_KEY: '42'.repeat(32),
      RPC_PROVIDER_URL: 'ws://127.0.0.1:1',
      ...(index === 0 ? { SMART_CONTRACT_SIGNER_PRIVATE_KEY: OPERATOR_KEY.reveal() } : {}),
      ...edits[index],
    }),
  )
  return [file('wcn_db.env', DATABASE), ...nodes]
}

const nodesYaml = (nodes = OWN_NODES) =>
  JSON.stringify({
    nodes: nodes.map(({ peerId, ipv4Addr, primaryPort, secondaryPort }) => ({
      peer_id: peerId,
      ipv4_addr: ipv4Addr,
      primary_port: primaryPort,
      secondary_port: secondaryPort,
    })),
  })

type Met = PortReport | ((api: ApiName) => PortReport)

/** Every node answers as itself, shows the cluster, and is content with itself and its database. */
async function healthyPorts(): Promise<Record<string, Met>> {
  const shown = await view()
  const plain = JSON.parse(JSON.stringify(clusterAnswer(shown), (_, v) => (typeof v === 'bigint' ? Number(v) : v)))
  const figures = nodeMetrics({ clusterVersion: shown.version, keyspaceVersion: shown.keyspaceVersion })
  const told = (request: unknown) => ({ kind: 'ok', value: request === 'db' ? databaseMetrics() : figures }) as const
  return Object.fromEntries(
    OWN_NODES.flatMap(({ peerId, ipv4Addr, primaryPort, secondaryPort }) => [
      [
        `${ipv4Addr}:${primaryPort}`,
        answers(
          peerId,
          accepted(() => ({ kind: 'ok', value: plain })),
        ),
      ],
      [`${ipv4Addr}:${secondaryPort}`, answers(peerId, accepted(told))],
    ]),
  )
}

const probeOf = (fields: Partial<ProviderProbe> = {}): ProviderProbe => ({
  host: 'rpc.example',
  websocket: true,
  encrypted: true,
  local: false,
  found: { chainId: 31337, block: { number: 10, time: 1_790_000_000 }, latencyMs: 3 },
  problem: null,
  ...fields,
})

interface World extends Partial<ChainServicesOptions> {
  readonly described?: Readonly<Record<string, string | null>>
  readonly problems?: Readonly<Record<string, string>>
  readonly ports?: Readonly<Record<string, Met>>
  readonly unproven?: string
  readonly probes?: readonly ProviderProbe[]
  readonly settings?: Partial<Settings>
  readonly services?: Partial<Services>
}

async function world(given: World = {}): Promise<{ services: Services; said: readonly string[]; reads: () => number }> {
  const { described, problems = {}, ports, unproven = null, probes = [probeOf()], ...options } = given
  let reads = 0
  const counted = <T>(read: T): T => {
    reads++
    return read
  }
  const { services, said } = realServices({
    operator: OPERATOR,
    wrap: (chain) => ({
      ...chain,
      readCluster: (at) => counted(chain.readCluster(at)),
      readClusterForWrite: (...args) => counted(chain.readClusterForWrite(...args)),
      readAccount: (account) => counted(chain.readAccount(account)),
    }),
    ...options,
  })
  const values = {
    contract_address: now.contract,
    rpc_urls: '127.0.0.1',
    operator: OPERATOR,
    private_key: '[set]',
    ...described,
  }
  const describe = () =>
    Object.entries({ ...values, ...problems }).map(([name, value]) => ({
      name,
      title: `the ${name}`,
      value: name in problems ? null : value,
      source: value === null ? null : 'the test',
      problem: problems[name] ?? null,
    }))
  const probe = fakeNodeProbe(ports ?? (await healthyPorts()), { unproven })
  return {
    reads: () => reads,
    said,
    services: {
      ...services,
      settings: { ...services.settings, describe, ...given.settings },
      files: testServices().files,
      probeProviders: async () => probes,
      nodeProbe: async () => probe,
      metrics: async () => ({ read: async () => null }),
      ...given.services,
    },
  }
}

async function doctor(given: World = {}, input: Partial<Input> = {}) {
  return run((await world(given)).services, { paths: [], ...input })
}

/** `group id status` of what is neither well nor left out; and whether the exit code says the same. */
async function faults(given: World = {}, input: Partial<Input> = {}): Promise<readonly string[]> {
  const { data, exitCode } = await doctor(given, input)
  expect(exitCode).toBe(data.checks.some(({ status }) => status === 'fail') ? 8 : undefined)
  return data.checks.filter(({ status }) => status === 'fail' || status === 'warn').map(inShort)
}

const inShort = ({ group, id, status }: DoctorJson['checks'][number]) => `${group} ${id} ${status}`
const of = async (group: NonNullable<Input['only']>[number], given: World = {}, input: Partial<Input> = {}) =>
  (await doctor(given, { only: [group], ...input })).data.checks
const short = async (...args: Parameters<typeof of>) => (await of(...args)).map(({ id, status }) => `${id} ${status}`)

const all = (): Partial<Input> => ({
  paths: putServices(),
  file: put('nodes.json', nodesYaml()),
  nodeKeyFile: put('n0.key', golden[0]?.secret_key ?? ''),
  database: ['20.0.9.9'],
})

describe('doctor', () => {
  it('finds nothing wrong where nothing is, and reads the chain once', async () => {
    const made = await world({ allowPrivateAddresses: true })
    const { data, exitCode } = await run(made.services, { ...all(), paths: putServices() } as Input)
    expect(data.checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([])
    expect(exitCode).toBeUndefined()
    expect(data.checks.filter(({ status }) => status === 'skip').map(inShort)).toEqual([
      'providers agreement skip',
      'contract implementation skip',
      'clock clock skip',
    ])
    expect([...new Set(data.checks.map(({ group }) => group))]).toEqual([...DOCTOR_GROUPS])
    expect(made.reads()).toBe(1)
    // What other commands would say on their way is a check here.
    expect(made.said).toEqual([])
    const text = doctorText(data, plainPaint)
    expect(text).toMatch(/^pass {2}.* maintenance, /m)
    expect(text).toMatch(/All is well, as far as could be seen: \d+ checks passed, 3 not looked at\.\n$/)
  })

  it('does something useful without any setting, and says what to set', async () => {
    const bare = testServices()
    const connect = async () => {
      await bare.settings.providers()
      throw new Error('there is a provider')
    }
    const services = { ...bare, chain: connect, probeProviders: connect, state: async () => memoryState() }
    const { data, exitCode } = await run(services, { paths: [] })
    expect(exitCode).toBe(8)
    expect(data.checks.filter(({ status }) => status === 'fail').map(inShort)).toEqual([
      'settings contract_address fail',
      'settings rpc_urls fail',
    ])
    const text = doctorText(data, plainPaint)
    expect(text).toMatch(/^FAIL {2}settings: .*\n {6}.*--contract-address/m)
    // What many groups lack is said once.
    expect(text).toMatch(/^skip {2}.*contract, .*membership, .*maintenance, migration/m)
  })

  it('says of what is wrong what to type, everywhere', async () => {
    const { data } = await doctor(
      {
        ports: {},
        probes: [probeOf({ found: null, problem: 'gone' })],
        privateKey: null,
        problems: { finality: 'is odd' },
      },
      { ...all(), paths: putServices([{ SECRET_KEY: 'x' }]), file: box.path('none.yaml') },
    )
    const wrong = data.checks.filter(({ status }) => status === 'fail' || status === 'warn')
    expect(wrong.length).toBeGreaterThan(8)
    for (const { hint } of wrong) expect(hint).toMatch(/`[^`]+`|--[a-z]/)
    const text = doctorText(data, plainPaint)
    expect(text).toMatch(/Something is wrong: \d+ checks? failed/)
  })

  it('fits one screen with two nodes down: failures first, what passed in short', async () => {
    const ports = await healthyPorts()
    for (const place of Object.keys(ports).slice(0, 4)) ports[place] = { kind: 'silent', tcpOpen: false }
    const { data } = await doctor({ ports, allowPrivateAddresses: true }, all())
    const lines = doctorText(data, await createPaint(false, () => 80)).split('\n')
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80)
    expect(lines[0]).toMatch(/^FAIL {2}nodes: 1 of 3 nodes are operational/)
    for (const command of ['`wcn nodes update 0 --ip-address IPV4`', '`wcn nodes update 1 --ip-address IPV4`'])
      expect(lines.join(' ').split(command)).toHaveLength(2)
    const whole = doctorText(data, plainPaint, false, true)
    const passed = data.checks.filter(({ status }) => status === 'pass')
    for (const { summary } of passed) expect(whole).toContain(summary)
    expect(lines.at(-2)).toBe(`Something is wrong: 5 checks failed, ${passed.length} passed, 3 not looked at.`)
  })

  it('shows nothing that a terminal would obey', () => {
    const hostile = { group: 'nodes', id: 'x\u001b[2J', status: 'fail', summary: '\u001b[31m', hint: '\u202e' } as const
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
    expect(doctorText({ checks: [hostile] }, plainPaint)).not.toMatch(/[\u001b\u202e]/)
  })

  it('looks at what is asked for, and refuses to look at nothing', async () => {
    expect(await short('maintenance')).toEqual(['slot pass'])
    const { data } = await doctor({}, { skip: DOCTOR_GROUPS.filter((group) => group !== 'migration') })
    expect(data.checks.map(inShort)).toEqual(['migration migration pass'])
    const none = await rejectedBy(doctor({}, { only: ['clock'], skip: ['clock'] }))
    expect(none).toMatchObject({ code: 'USAGE' })
  })

  it('takes flags that are wrong for mistakes, not for findings', async () => {
    expect(await rejectedBy(doctor({}, { database: ['db.internal'] }))).toMatchObject({ code: 'IP_ADDRESS_INVALID' })
    expect(await rejectedBy(doctor({}, { probeTimeout: '-1s' }))).toMatchObject({ code: 'SETTING_INVALID' })
    expect(await rejectedBy(doctor({}, { concurrency: '0' }))).toMatchObject({ code: 'SETTING_INVALID' })
    expect(await rejectedBy(doctor({}, { metrics: ['nonsense'] }))).toBeInstanceOf(WcnError)
  })

  it('says of a setting that is wrong only where settings are told', async () => {
    const chain = async () => {
      throw new WcnError('SETTING_INVALID', 'WCN_X is no URL', { hint: 'write another' })
    }
    const given = { problems: { rpc_urls: 'WCN_X is no URL' }, services: { chain } }
    expect(await faults(given, { only: ['settings', 'contract', 'membership'] })).toEqual(['settings rpc_urls fail'])
    expect(await faults(given, { only: ['contract'] })).toEqual(['contract contract fail'])
  })

  it('says once of a node key that is nobody’s that no node tells it anything', async () => {
    const nodeKeyFile = put('stranger.key', secretOf(stranger))
    const only: Input['only'] = ['membership', 'nodes']
    const ports = await healthyPorts()
    for (const { ipv4Addr, peerId } of OWN_NODES) ports[`${ipv4Addr}:3011`] = answers(peerId, refused)
    expect(await faults({ ports }, { nodeKeyFile, only })).toEqual(['membership node-key-listed fail'])
    expect(await faults({ ports }, { nodeKeyFile, only: ['nodes'] })).toHaveLength(OWN_NODES.length)
  })

  it('hides no group behind another: a chain that is away is one failure', async () => {
    const { data } = await doctor({ url: 'http://127.0.0.1:1' }, all())
    expect(data.checks.filter(({ status }) => status === 'fail').map(inShort)).toEqual(['contract contract fail'])
    const skipped = data.checks.filter(({ status }) => status === 'skip').map(({ group }) => group)
    expect(skipped).toEqual(
      expect.arrayContaining(['membership', 'nodes-file', 'funds', 'maintenance', 'migration', 'nodes']),
    )
    expect(data.checks.find(({ group }) => group === 'keys')?.status).toBe('pass')
    const gone = [probeOf({ found: null, problem: 'gone' })]
    expect(await faults({ url: 'http://127.0.0.1:1', probes: gone }, { ...all(), skip: ['files', 'primary'] })).toEqual(
      ['providers providers[0] fail'],
    )
    // Alone, a group says itself what is wrong.
    expect(await of('funds', { url: 'http://127.0.0.1:1' })).toMatchObject([{ id: 'funds', status: 'fail' }])
  })

  it('is not stopped by a bug of its own, and shows it where it is all that is asked for', async () => {
    const broken: World = {
      services: {
        probeProviders: async () => {
          throw new TypeError('bug')
        },
      },
    }
    const { data } = await doctor(broken)
    expect(data.checks.filter(({ group }) => group === 'providers')).toMatchObject([{ status: 'fail' }])
    expect(data.checks.find(({ group }) => group === 'membership')?.status).toBe('pass')
    await expect(doctor(broken, { only: ['providers'] })).rejects.toThrow('bug')
  })
})

describe('settings', () => {
  it('that can’t be read are named', async () => {
    expect(await of('settings', { problems: { finality: 'neither included nor safe' } })).toMatchObject([
      { id: 'finality', status: 'fail', hint: expect.stringContaining('`wcn config show`') },
    ])
  })

  it('that are missing cost something', async () => {
    expect(await short('settings')).toEqual(['settings pass'])
    const bare = { operator: null, private_key: null, contract_address: null, rpc_urls: null }
    expect(await short('settings', { described: bare })).toEqual([
      'contract_address fail',
      'rpc_urls fail',
      'operator skip',
    ])
  })
})

describe('keys', () => {
  const node = () => ({ nodeKeyFile: put('key', golden[0]?.secret_key ?? '') })

  it('are there, or not', async () => {
    expect(await short('keys', {}, node())).toEqual(['signing-key pass', 'encryption-key pass', 'node-key pass'])
    const none = { described: { private_key: null }, encryptionKey: null }
    expect(await short('keys', none)).toEqual(['signing-key skip', 'encryption-key skip', 'node-key skip'])
  })

  it('are somebody else’s, or no keys, or can’t be read', async () => {
    const [signing] = await of('keys', { operator: member(1) })
    expect(signing).toMatchObject({ status: 'fail', summary: expect.stringContaining(checksumAddress(member(1))) })
    const refuse = async () => {
      throw new WcnError('FILE_PERMISSIONS', 'others can read it', { hint: '`chmod 600 x`' })
    }
    expect(await short('keys', { settings: { privateKey: refuse, encryptionKey: refuse } })).toEqual([
      'signing-key fail',
      'encryption-key fail',
      'node-key skip',
    ])
    expect(await short('keys', {}, { nodeKeyFile: put('bad.key', 'nonsense') })).toContain('node-key fail')
    expect(await short('keys', {}, { nodeKeyFile: put('open.key', golden[0]?.secret_key ?? '', 0o644) })).toContain(
      'node-key fail',
    )
    const ask = async () => {
      throw new WcnError('INPUT_REQUIRED', 'its password is not here')
    }
    expect(await short('keys', { settings: { privateKey: ask } })).toContain('signing-key skip')
  })

  it('are the account that a keystore states', async () => {
    const keystore = put('keystore.json', '{}', 0o644)
    const stated = { ...(await world()).services }
    const configured = async (flags: Readonly<Record<string, unknown>>) => {
      expect(flags).toMatchObject({ keystore })
      return stated
    }
    const given = { described: { keystore, private_key: null }, services: { configured } }
    const found = await of('keys', given)
    expect(found[0]).toMatchObject({ id: 'signing-key', status: 'pass' })
    expect(found.at(-1)).toMatchObject({ id: 'key-files', status: 'warn', hint: `\`chmod 600 ${keystore}\`` })
  })

  it('lie where others read them, or where git takes them up', async () => {
    const file = put('enc.key', 'x', 0o640)
    const described = { encryption_key_file: file }
    expect(await short('keys', { described })).toContain('key-files pass')
    expect(await short('keys', { described }, { insecurePermissions: true })).toContain('key-files warn')
    expect(await short('keys', { described: { password_file: file } })).toContain('key-files fail')
    const { files } = testServices()
    const tracked = { services: { files: { ...files, gitTreeThatTracks: async () => '/repo' } } }
    const found = await of('keys', { described, ...tracked })
    expect(found.at(-1)).toMatchObject({ status: 'warn', hint: expect.stringContaining('`git add`') })
  })
})

describe('files and the primary', () => {
  it('are as they should be', async () => {
    const { data } = await doctor({}, { paths: putServices(), only: ['files', 'primary'] })
    expect(data.checks.filter(({ status }) => status !== 'pass')).toEqual([])
    expect(data.checks.filter(({ group }) => group === 'primary').map(({ id }) => id)).toEqual([
      'one-primary',
      'operator-id',
    ])
  })

  it('are not looked at where none are named, and say where none are', async () => {
    expect(await short('files')).toEqual(['files skip'])
    expect(await short('primary')).toEqual(['one-primary skip'])
    expect(await short('primary', {}, { paths: [putServices()[0] ?? ''] })).toEqual(['one-primary skip'])
    expect(await short('files', {}, { paths: [box.path('nowhere')] })).toEqual(['files fail'])
    const { data } = await doctor({}, { only: ['files'], paths: [box.path('no where')] })
    expect(data.checks[0]?.hint).toContain(`\`wcn doctor '${box.path('no where')}' --only files\``)
  })

  it('show what the software swallows: a key that is nobody’s, a wrong encryption key, no primary, two', async () => {
    const found = (edits: readonly Values[]) =>
      faults({}, { paths: putServices(edits), only: ['files', 'primary', 'database'], skip: ['nodes'] })
    expect(await found([{}, { SECRET_KEY: secretOf(stranger) }])).toEqual(['files node-on-chain fail'])
    expect(await found([{}, { SMART_CONTRACT_ENCRYPTION_KEY: '24'.repeat(32) }])).toEqual([
      'files encryption-key-on-chain fail',
    ])
    expect(await found([{}, { DATABASE_PEER_ID: stranger.peerId }])).toEqual(['files database-match fail'])
    expect(await found([{}, { SMART_CONTRACT_SIGNER_PRIVATE_KEY: OPERATOR_KEY.reveal() }])).toEqual([
      'primary one-primary fail',
    ])
    expect(await found([{ SMART_CONTRACT_SIGNER_PRIVATE_KEY: null }])).toEqual(['primary one-primary fail'])
    expect(await found([{ SMART_CONTRACT_SIGNER_PRIVATE_KEY: '77'.repeat(32) }])).toContain('primary operator-id fail')
    expect(await found([{}, { DATABASE_RPC_SERVER_ADDRESS: '8.8.8.8' }])).toContain('database database-private fail')
    // Where the group that it belongs to is left out, it is not lost.
    const paths = putServices([{}, { SMART_CONTRACT_SIGNER_PRIVATE_KEY: OPERATOR_KEY.reveal() }])
    const alone = await of('files', {}, { paths })
    expect(alone.find(({ status }) => status === 'fail')).toMatchObject({
      id: 'one-primary',
      summary: expect.stringMatching(/n1\.env:\d+: /),
    })
  })
})

describe('providers', () => {
  it('are well, ill, or none', async () => {
    expect(await short('providers')).toEqual(['providers[0] pass', 'agreement skip'])
    expect(await short('providers', { probes: [probeOf({ found: null, problem: 'gone' })] })).toContain(
      'providers[0] fail',
    )
    const unset = async () => {
      throw new WcnError('SETTING_MISSING', 'no URL', { hint: 'set --rpc-url' })
    }
    expect(await of('providers', { services: { probeProviders: unset } })).toMatchObject([
      { status: 'skip', hint: 'set --rpc-url' },
    ])
  })

  it('agree, or enough of them do, or not', async () => {
    const two = (quorum: number) => async () => {
      const [one] = singleProvider(now.chain.url).providers
      return {
        providers: one ? [one, { ...one, url: `${now.chain.url}/two` }] : [],
        quorum,
        certificateAuthorities: null,
      }
    }
    const probes = [probeOf(), probeOf()]
    const agreement = async (given: World) =>
      (await of('providers', { probes, ...given })).find(({ id }) => id === 'agreement')
    expect(await agreement({ settings: { providers: two(2) } })).toMatchObject({ status: 'pass' })
    const disagree = async (): Promise<never> => {
      throw new WcnError('PROVIDERS_DISAGREE', 'b shows other state', { hint: 'leave one out with --rpc-quorum' })
    }
    const strict = { ...(await world()).services, chain: disagree }
    const asked: unknown[] = []
    const configured = async (flags: unknown) => {
      asked.push(flags)
      return strict
    }
    expect(await agreement({ settings: { providers: two(1) }, services: { configured } })).toMatchObject({
      status: 'warn',
      summary: 'b shows other state; enough of them agree',
    })
    expect(asked).toMatchObject([{ rpcQuorum: '2', chainId: '31337' }])
    expect(await agreement({ settings: { providers: two(2) }, services: { chain: disagree } })).toMatchObject({
      status: 'fail',
    })
    const torn = { probes, settings: { providers: two(2) }, services: { chain: disagree } }
    expect(await faults(torn, { only: ['providers', 'contract', 'migration'] })).toEqual(['providers agreement fail'])
    // One that never answers is waited for once, and not by one after the other.
    let begun = () => {}
    const both = new Promise<void>((resolve) => {
      begun = resolve
    })
    const probeProviders = async () => {
      await both
      return probes
    }
    const slow = { configured: async () => Promise.resolve(begun()).then(() => strict), probeProviders }
    expect(await agreement({ settings: { providers: two(1) }, services: slow })).toMatchObject({ status: 'warn' })
    const away = { settings: { providers: two(2) }, url: 'http://127.0.0.1:1' }
    expect(await agreement(away)).toMatchObject({ status: 'skip' })
  })
})

describe('the clock', () => {
  it('is held against the newest block', async () => {
    const at = (time: number) => [probeOf({ found: { chainId: 10, block: { number: 1, time }, latencyMs: 1 } })]
    const mainnet = { settings: { chainId: () => 10 } }
    expect(await short('clock', { ...mainnet, probes: at(1_790_000_000) })).toEqual(['clock pass'])
    expect(await short('clock', { ...mainnet, probes: at(1_790_000_100) })).toEqual(['clock fail'])
    expect(await short('clock')).toEqual(['clock skip'])
  })
})

describe('the contract', () => {
  it('is a cluster, is none, or is not set', async () => {
    expect(await short('contract')).toEqual(['cluster pass', 'view pass', 'implementation skip'])
    expect(await short('contract', { contract: member(7) })).toEqual(['contract fail'])
    const unset = () => {
      throw new WcnError('SETTING_MISSING', 'no contract', { hint: 'set --contract-address' })
    }
    const nothing = { settings: { contractAddress: unset, operator: async () => unset() } }
    expect(await of('contract', nothing)).toMatchObject([{ status: 'skip', hint: 'set --contract-address' }])
  })

  it('is one that nodes reject', async () => {
    await now.cluster.write(OWNER, 'updateSettings', [{ maxOperatorDataBytes: 4096, minOperators: 5, extra: '0xff' }])
    expect(await short('contract')).toContain('view fail')
  })

  it('runs the code that it ran, or other code', async () => {
    const state = memoryState()
    const { services } = realServices({ state })
    const snapshot = await (await services.chain()).readClusterForWrite(OPERATOR)
    await state.remember(snapshot, { implementation: snapshot.implementation, keyFingerprint: null })
    expect(await short('contract', { state })).toContain('implementation pass')
    await state.remember(snapshot, { implementation: member(3), keyFingerprint: null })
    expect(await short('contract', { state })).toContain('implementation warn')
  })
})

describe('the encryption key', () => {
  it('is right, wrong or missing, and with a wrong one nobody is called', async () => {
    expect(await short('encryption-key')).toEqual(['encryption-key pass'])
    expect(await short('encryption-key', { encryptionKey: WRONG_KEY })).toEqual(['encryption-key fail'])
    expect(await short('encryption-key', { encryptionKey: null })).toEqual(['encryption-key skip'])
    const { data } = await doctor({
      encryptionKey: WRONG_KEY,
      services: { nodeProbe: async () => Promise.reject(new Error('called')) },
    })
    expect(data.checks.filter(({ status }) => status === 'fail').map(inShort)).toEqual([
      'encryption-key encryption-key fail',
    ])
    expect(data.checks.find(({ group }) => group === 'nodes')).toMatchObject({ status: 'skip' })
  })

  it('is proven by a node that answers at the address it decrypts, where nothing else proves it', async () => {
    for (const slot of [1, 2, 3, 4])
      await ownerWrites(blob(`member ${slot}`, [node(40 + 2 * slot), node(41 + 2 * slot)]), member(slot))
    expect(await short('encryption-key')).toEqual(['encryption-key skip'])
    const both: Partial<Input> = { only: ['encryption-key', 'nodes'] }
    const { data } = await doctor({}, both)
    expect(data.checks[0]).toMatchObject({
      status: 'pass',
      summary: expect.stringContaining('nodes[0] answers as itself'),
    })
    expect((await doctor({ ports: {} }, both)).data.checks[0]).toMatchObject({
      id: 'encryption-key',
      status: 'warn',
      hint: expect.stringContaining('`wcn nodes list`'),
    })
  })
})

describe('membership', () => {
  it('is given, or not, or not known', async () => {
    const key = { nodeKeyFile: put('own.key', golden[1]?.secret_key ?? '') }
    expect((await of('membership', {}, key)).every(({ status }) => status === 'pass')).toBe(true)
    expect((await of('membership')).at(-1)).toMatchObject({ id: 'node-key-listed', status: 'skip' })
    expect((await of('membership', {}, { nodeKeyFile: put('s.key', secretOf(stranger)) })).at(-1)).toMatchObject({
      id: 'node-key-listed',
      status: 'fail',
    })
    expect(await short('membership', { operator: member(9) })).toEqual(['membership fail'])
    expect(await short('membership', { settings: { operator: async () => missing() } })).toEqual(['membership skip'])
  })

  it('says alone that data does not decode', async () => {
    await ownerWrites('0x01ff')
    expect(await faults({}, { file: put('n.json', nodesYaml()), skip: ['files', 'primary'] })).toEqual([
      'membership data fail',
    ])
  })

  it('knows a new cluster’s placeholders', async () => {
    await ownerWrites(blob('new', [placeholder(1), placeholder(1)]))
    expect(await faults({}, { only: ['membership'] })).toEqual(['membership node-count fail'])
  })
})

describe('the nodes file', () => {
  it('says what is on chain, or something else, or is not there', async () => {
    expect(await short('nodes-file', {}, { file: put('same.json', nodesYaml()) })).toEqual(['nodes-file pass'])
    const other = put(
      'other.json',
      nodesYaml([...OWN_NODES.slice(0, 1), node(7), node(8), node(9), node(10), node(11)]),
    )
    const [found] = await of('nodes-file', {}, { file: other })
    expect(found).toMatchObject({ status: 'fail', hint: expect.stringContaining(`wcn nodes diff -f ${other}`) })
    expect(await short('nodes-file', {}, { file: put('torn.json', '{') })).toEqual(['nodes-file fail'])
    const keyless = { encryptionKey: async () => null }
    expect(await short('nodes-file', { settings: keyless }, { file: put('blank.json', '') })).toEqual([
      'nodes-file fail',
    ])
    expect(await short('nodes-file')).toEqual(['nodes-file skip'])
  })
})

describe('funds', () => {
  it('are enough, few, none, less than demanded, or nobody’s', async () => {
    expect(await short('funds')).toEqual(['funds pass'])
    expect(await short('funds', { minFundsWei: 10n ** 30n })).toEqual(['funds fail'])
    expect(await short('funds', { settings: { operator: async () => missing() } })).toEqual(['funds skip'])
    await setBalance(0n)
    expect(await of('funds')).toMatchObject([{ status: 'fail', hint: expect.stringContaining('`wcn operator funds`') }])
    const state = memoryState()
    const { services } = realServices({ state })
    const { genesisHash, chainId } = await (await services.chain()).readAccount(OPERATOR)
    const paid = {
      kind: 'included',
      block: { number: 1, hash: `0x${'01'.repeat(32)}` },
      gasUsed: 1n,
      feeWei: 100n,
      l1FeeWei: 0n,
    } as const
    await state.journal.put(
      { chainId, genesisHash, contract: now.contract, signer: OPERATOR },
      journalEntry('0x01', { state: paid }),
    )
    await setBalance(350n)
    expect(await of('funds', { state })).toMatchObject([
      { status: 'warn', summary: expect.stringContaining('3 more writes') },
    ])
    await setBalance(50n)
    expect(await short('funds', { state })).toEqual(['funds fail'])
  })
})

describe('transactions', () => {
  it('are read from the journals, with the chain or without', async () => {
    const state = memoryState()
    state.faults.push({ path: '/j.json', reason: 'torn' })
    expect(await short('transactions', { state })).toEqual(['journals fail', 'open pass', 'foreign pass'])
    expect(await short('transactions', { url: 'http://127.0.0.1:1' })).toEqual(['journals pass', 'open pass'])
    const { services } = realServices({ state })
    const { genesisHash, chainId } = await (await services.chain()).readAccount(OPERATOR)
    await state.journal.put(
      { chainId, genesisHash, contract: now.contract, signer: OPERATOR },
      journalEntry('0x02', { signedAt: 1 }),
    )
    expect(await short('transactions', { state })).toContain('open fail')
  })

  it('can’t be told where what is remembered can’t be read', async () => {
    const unreadable = async () => {
      throw new WcnError('FILE_UNREADABLE', 'cannot read /state')
    }
    expect(await short('transactions', { services: { state: unreadable } })).toEqual(['transactions fail'])
  })
})

describe('maintenance and migration', () => {
  it('tell who and since when', async () => {
    await now.cluster.write(OPERATOR, 'setMaintenance', [true])
    expect(await of('maintenance')).toMatchObject([{ status: 'warn', summary: expect.stringMatching(/since \d{4}-/) }])
    expect(await short('maintenance', { operator: member(1) })).toEqual(['slot pass'])
    expect(
      await short('maintenance', { settings: { contractAddress: () => missing(), operator: async () => missing() } }),
    ).toEqual(['maintenance skip'])
  })

  it('tell whose primary is still to complete', async () => {
    await now.cluster.write(OWNER, 'addNodeOperator', [{ addr: member(5), data: blob('new', [node(60), node(61)]) }])
    await now.cluster.write(OWNER, 'startMigration', [{ operatorBitmask: 63n, replicationStrategy: 0 }])
    expect(await of('migration')).toMatchObject([
      { status: expect.stringMatching(/warn|fail/), summary: expect.stringContaining('still pulling') },
    ])
    await now.cluster.write(OPERATOR, 'completeMigration', [1n])
    const [waiting] = await of('migration')
    expect(waiting?.summary).toContain('your operator is done, it waits for "member 1" (operator slot 1)')
    expect(await short('migration', { url: 'http://127.0.0.1:1' })).toEqual(['migration fail'])
  })
})

describe('nodes and the database', () => {
  const key = () => ({ nodeKeyFile: put('asking.key', golden[0]?.secret_key ?? '') })

  it('are up, and say so to one of their own', async () => {
    const { data } = await doctor({}, { only: ['nodes', 'database'], ...key() })
    expect(data.checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([])
    expect(data.checks[0]).toMatchObject({ id: 'nodes', summary: '3 of 3 nodes are operational' })
    const database = data.checks.filter(({ group }) => group === 'database')
    expect(database.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'nodes[0].database pass',
      'nodes[1].database pass',
      'nodes[2].database pass',
      'database-public skip',
    ])
  })

  it('are looked at as a stranger where the key can’t be used, or there is none', async () => {
    const ports = await healthyPorts()
    for (const { ipv4Addr, peerId } of OWN_NODES) ports[`${ipv4Addr}:3011`] = answers(peerId, refused)
    const { data } = await doctor({ ports }, { only: ['nodes', 'database'], nodeKeyFile: put('torn.key', 'x') })
    expect(data.checks.filter(({ status }) => status === 'skip').map(inShort)).toEqual([
      'nodes metrics skip',
      'database database skip',
      'database database-public skip',
    ])
    expect(data.checks[0]?.status).toBe('pass')
  })

  it('are down: each, and all', async () => {
    const ports = await healthyPorts()
    const one = Object.fromEntries(Object.entries(ports).filter(([place]) => !place.startsWith('20.0.1.1')))
    const found = await faults({ ports: one }, { only: ['nodes'] })
    expect(found[0]).toBe('nodes nodes fail')
    expect(found.slice(1).every((each) => each.startsWith('nodes nodes[1].'))).toBe(true)
    const none = await of('nodes', { ports: {} })
    expect(none[0]?.summary).toContain('the operator counts as down')
  })

  it('are not proven to be up without the addon', async () => {
    const quic: PortReport = { kind: 'quic', roundTripMs: 1, handshake: { kind: 'not-tried' } }
    const ports = Object.fromEntries(Object.keys(await healthyPorts()).map((place) => [place, quic]))
    const found = await of('nodes', { ports, unproven: 'the addon is not installed' })
    expect(found[0]).toMatchObject({ id: 'nodes', status: 'skip', hint: expect.stringContaining('npm install') })
    expect(found.some(({ status }) => status === 'fail')).toBe(false)
  })

  it('tell that the database is gone', async () => {
    const down = (request: unknown) =>
      request === 'db'
        ? ({ kind: 'error', code: 0, message: 'Not connected' } as const)
        : ({ kind: 'ok', value: nodeMetrics({ clusterVersion: 99, keyspaceVersion: 99 }) } as const)
    const ports = {
      ...(await healthyPorts()),
      ...Object.fromEntries(
        OWN_NODES.map(({ peerId, ipv4Addr }) => [`${ipv4Addr}:3011`, answers(peerId, accepted(down))]),
      ),
    }
    expect(await faults({ ports }, { only: ['database'], ...key() })).toEqual(
      [0, 1, 2].map((index) => `database nodes[${index}].database fail`),
    )
  })

  it('must not let the database be seen from outside', async () => {
    const database = ['20.0.9.9']
    const closed = await of('database', { allowPrivateAddresses: true }, { database })
    expect(
      closed.filter(({ id }) => id.startsWith('database[20.0.9.9]')).every(({ status }) => status === 'pass'),
    ).toBe(true)
    const open = answers(
      stranger.peerId,
      accepted(() => ({ kind: 'ok', value: databaseMetrics() })),
    )
    const ports = {
      ...(await healthyPorts()),
      '20.0.9.9:3000': open,
      '20.0.9.9:3001': answers(stranger.peerId, refused),
    }
    expect(await faults({ ports }, { database, only: ['database'] })).toEqual([
      'database database[20.0.9.9].primary fail',
      'database database[20.0.9.9].secondary fail',
    ])
  })
})

function missing(): never {
  throw new WcnError('SETTING_MISSING', 'it is not set', { hint: 'set --something' })
}
