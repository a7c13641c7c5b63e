/**
 * What can be wrong around a write: settings, money, providers, the state directory and what is in it, other processes,
 * the clock. Each gets a sentence that says what, where it came from and what to do, and nothing changes; what does no
 * harm stops nobody.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Hex, toHex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Anvil, startAnvil } from '../support/anvil.js'
import { startWcn } from '../support/background.js'
import { watch } from '../support/chain-watch.js'
import { type CliOptions, sandbox, wcnJson } from '../support/cli.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'
import { TOKEN } from '../support/fake-provider.js'
import { SEND, startFaultProxy } from '../support/fault-proxy.js'
import { wcnJsonInProcess } from '../support/in-process.js'
import { ENTER, wcnInTerminal } from '../support/pty.js'
import { expectRefusal, type Refusal } from '../support/refusals.js'
import { runScript } from '../support/shell.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)
const chain = watch(
  () => net.rpcUrl,
  () => net.contract,
)

let operator: Account
let poor: Account
/** Serves another chain. */
let stranger: Anvil
let runs = 0
let stateDirectory: string

beforeAll(async () => {
  operator = net.operators[0] as Account
  poor = net.operators[1] as Account
  stranger = await startAnvil({ chainId: 31338 })
  await net.rpc('anvil_setBalance', poor.address, '0x3e8')
})
afterAll(() => stranger?.stop())
beforeEach(() => {
  // The dot: no path in it can be taken for a key in base64.
  stateDirectory = box.path(`state.${++runs}`)
})
afterEach(async () => {
  await chain.rpc('anvil_dropAllTransactions')
  await chain.automine(true)
})

const environment = (more: CliOptions['env'] = {}) => ({
  ...net.signedBy(operator),
  WCN_STATE_DIR: stateDirectory,
  ...more,
})
const renaming = (name: string, ...flags: readonly string[]) => ['operator', 'rename', name, '--yes', ...flags]
const rename = (name: string, ...flags: readonly string[]) =>
  wcnJsonInProcess(renaming(name, ...flags), { env: environment() })
const tx = (...args: readonly string[]) => wcnJsonInProcess(['tx', ...args], { env: environment() })
const RENAMED = { code: 0, ok: true, data: { changed: true } }

function table(title: string, rows: readonly Refusal[]): void {
  describe.concurrent(title, () => {
    for (const row of rows) it(row.what, () => expectRefusal(row, net, box, net.signedBy(operator)))
  })
}

const NEVER = renaming('never')
const invalid = (what: string, args: readonly string[], ...says: readonly string[]): Refusal => {
  return { what, args: [...NEVER, ...args], exit: 2, code: 'SETTING_INVALID', says }
}

table('settings of a write', [
  {
    what: '--finality of no kind',
    args: [...NEVER, '--finality', 'nonsense'],
    exit: 2,
    code: 'USAGE',
    says: ["'--finality <level>' argument 'nonsense'", 'included, safe, finalized'],
  },
  invalid('--max-fee in words', ['--max-fee', 'cheap'], '--max-fee is "cheap"', 'gwei, such as 0.5'),
  invalid('a negative --max-fee', ['--max-fee=-1'], '--max-fee is "-1"'),
  invalid('--max-cost with an exponent', ['--max-cost', '1e-3'], '--max-cost is "1e-3"', 'ETH, such as 0.5'),
  invalid('--max-cost with a comma', ['--max-cost', '0,5'], '--max-cost is "0,5"'),
  {
    ...invalid('WCN_MAX_COST with a unit', [], 'WCN_MAX_COST is "1 ETH"'),
    env: { WCN_MAX_COST: '1 ETH' },
  },
  {
    what: '--max-fee that no block takes',
    args: [...NEVER, '--max-fee', '0.0001'],
    exit: 4,
    code: 'FEE_TOO_HIGH',
    says: [/a block takes [\d.]+ gwei per gas now, and --max-fee allows 0.0001/, 'allow more'],
  },
  {
    what: '--max-cost below the cost',
    args: [...NEVER, '--max-cost', '0.0000001'],
    exit: 4,
    code: 'FEE_TOO_HIGH',
    says: [/this may cost 0\.\d+ ETH, and --max-cost allows 0.0000001/, 'allow more'],
  },
  {
    what: 'an account that holds too little',
    args: NEVER,
    env: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: undefined, WCN_PRIVATE_KEY_FILE: 'poor.key' },
    files: (path) => writeFileSync(path('poor.key'), poor.privateKey, { mode: 0o600 }),
    exit: 4,
    code: 'INSUFFICIENT_FUNDS',
    says: [/account 0x\w+ holds less than 0\.000001 ETH, and this may cost 0\.\d+ ETH/, 'send some ETH on Optimism'],
  },
])

describe('a setting that is read late', () => {
  const row = invalid('WCN_FINALITY of no kind', [], 'WCN_FINALITY is "soon"', 'write included, safe, finalized')

  it('is wrong before anything is sent', () =>
    expectRefusal({ ...row, env: { WCN_FINALITY: 'soon' } }, net, box, net.signedBy(operator)))
})

const twice = (what: string, ...urls: readonly (() => string)[]): Refusal => {
  return {
    what,
    args: () => [...NEVER, ...urls.flatMap((url) => ['--rpc-url', url()])],
    exit: 2,
    code: 'SETTING_INVALID',
    says: [/^--rpc-url names one RPC provider twice: 127\.0\.0\.1:\d+$/m, 'give each provider once'],
  }
}
const both = ['--rpc-url', 'http://127.0.0.1:1', '--rpc-url', 'http://127.0.0.1:2']
const otherChain = (what: string, order: (urls: [string, string]) => string[], ...args: readonly string[]): Refusal => {
  return {
    what,
    args: () => [...args, ...order([net.rpcUrl, stranger.url]).flatMap((url) => ['--rpc-url', url])],
    exit: 4,
    code: 'WRONG_CHAIN',
    says: [/provider 127\.0\.0\.1:\d+ serves chain 31338, but chain 31337 is expected/, '--chain-id 31338'],
  }
}
table('providers', [
  twice(
    'the same URL twice',
    () => net.rpcUrl,
    () => net.rpcUrl,
  ),
  twice(
    'the same URL with a slash more',
    () => net.rpcUrl,
    () => `${net.rpcUrl}/`,
  ),
  twice(
    'the same URL in another spelling',
    () => `${net.rpcUrl}/path`,
    () => `${net.rpcUrl.replace('http:', 'HTTP:')}/path/#part`,
  ),
  {
    what: 'the same URL twice in WCN_RPC_URLS, with a token',
    args: ['cluster', 'view'],
    env: {
      RPC_PROVIDER_URL: undefined,
      WCN_RPC_URLS: `http://127.0.0.1:1/${TOKEN}, http://127.0.0.1:1/${TOKEN}`,
    },
    exit: 2,
    code: 'SETTING_INVALID',
    says: ['WCN_RPC_URLS names one RPC provider twice: 127.0.0.1:1'],
  },
  invalid(
    'a quorum of more than there are',
    [...both, '--rpc-quorum', '3'],
    '--rpc-quorum wants 3',
    'there are only 2',
  ),
  invalid('a quorum of none', [...both, '--rpc-quorum', '0'], '--rpc-quorum is "0"'),
  invalid('a quorum in words', [...both, '--rpc-quorum', 'most'], '--rpc-quorum is "most"'),
  otherChain('one of another chain: a write', (urls) => urls, ...NEVER),
  otherChain('one of another chain, asked first', (urls) => urls.reverse(), ...NEVER),
  otherChain('one of another chain: a read', (urls) => urls, 'cluster', 'view'),
  {
    ...invalid('headers that others can read', ['--rpc-header-file', 'headers'], '"headers"', 'chmod 600'),
    code: 'FILE_PERMISSIONS',
    files: (path) => writeFileSync(path('headers'), `authorization: Bearer ${TOKEN}\n`, { mode: 0o644 }),
  },
  {
    ...invalid('a line that is no header', ['--rpc-header-file', 'headers'], 'line 2', 'write Name: value'),
    files: (path) => writeFileSync(path('headers'), `x-one: ${TOKEN}\n${TOKEN}\n`, { mode: 0o600 }),
  },
  {
    ...invalid('a token that is not said whose it is', [...both, '--rpc-header-file', 'headers'], '[host]', 'line 1'),
    files: (path) => writeFileSync(path('headers'), `authorization: Bearer ${TOKEN}\n`, { mode: 0o600 }),
  },
  {
    ...invalid('authorities that are none', ['--rpc-ca-file', 'ca.pem'], '--rpc-ca-file names holds no certificate'),
    files: (path) => writeFileSync(path('ca.pem'), 'hello'),
  },
])

it('a provider of another chain is named and asked nothing more, where the others are enough', async () => {
  const urls = [stranger.url, net.rpcUrl].flatMap((url) => ['--rpc-url', url])
  const written = await wcnJsonInProcess(renaming('strangers apart', ...urls, '--rpc-quorum', '1'), {
    env: environment(),
  })
  expect(written).toMatchObject(RENAMED)
  expect(written.stderr).toContain('serves chain 31338')
})

/** Not in the row's own folder: whose locks are used changes there. */
const directory = (name: string) => box.path(name)
const unusable = (what: string, name: string, prepare = (_: string) => {}): Refusal => {
  const path = name.startsWith('/') ? name : directory(name)
  return {
    what,
    args: NEVER,
    env: { WCN_STATE_DIR: path },
    files: () => prepare(path),
    exit: 2,
    code: 'FILE_UNWRITABLE',
    says: [path, 'nothing was left behind', '--state-dir or WCN_STATE_DIR'],
  }
}
table('a state directory', [
  unusable('that is a file', 'mine', (path) => writeFileSync(path, 'mine')),
  unusable('below a file', 'yours/below', () => writeFileSync(directory('yours'), 'mine')),
  unusable('where nobody may write', '/proc/wcn-test-state'),
  unusable('behind a link that leads nowhere', 'dangling', (path) => symlinkSync('nowhere', path)),
  unusable('behind links in a circle', 'circle', (path) => {
    symlinkSync('circles', path)
    symlinkSync('circle', directory('circles'))
  }),
  unusable('whose locks are a file', 'locked', (path) => {
    mkdirSync(path, { mode: 0o700 })
    writeFileSync(`${path}/locks`, 'mine')
  }),
  {
    ...unusable('whose journals are a file', 'unjournalled', (path) => {
      mkdirSync(path, { mode: 0o700 })
      writeFileSync(`${path}/journal`, 'mine')
    }),
    code: 'FILE_UNREADABLE',
    says: ['unjournalled/journal', 'a part of the path is not a directory'],
  },
  invalid('without a name', ['--state-dir', ''], '--state-dir is given without a value'),
])

describe('a state directory', () => {
  it('may be a link to a directory', async () => {
    mkdirSync(box.path('real'))
    symlinkSync('real', box.path('link'))
    stateDirectory = box.path('link')
    expect(await rename('by a link')).toMatchObject(RENAMED)
    expect(readdirSync(box.path('real')).sort()).toEqual(['contracts', 'journal', 'locks'])
    expect((await tx('list')).data.transactions).toHaveLength(1)
  })

  it('that is unusable stops no read', async () => {
    writeFileSync(box.path('file'), 'mine')
    for (const directory of [box.path('file'), '/proc/wcn-test-state']) {
      stateDirectory = directory
      for (const args of [
        ['operator', 'view'],
        ['nodes', 'list'],
        ['maintenance', 'status'],
        ['operator', 'rename', 'never', '--dry-run'],
        ['operator', 'funds'],
      ]) {
        const run = await wcnJsonInProcess(args, { env: environment() })
        expect(run, `${args.join(' ')}: ${run.stdout}`).toMatchObject({ code: 0, ok: true })
      }
    }
    expect(readFileSync(box.path('file'), 'utf8')).toBe('mine')
  })

  it('on a full disk stops a write before anything is signed', async () => {
    expect(await rename('before the disk was full')).toMatchObject(RENAMED)
    const journal = journalFile()
    const kept = readFileSync(journal)
    const before = await net.state()
    const script = `
ulimit -f 0
wcn operator rename never --yes </dev/null 2>&1 || echo "exit $?"
`
    const { stdout } = await runScript(box, 'full', script, { env: environment() })
    expect(stdout).toContain(`cannot write "${stateDirectory}/`)
    expect(stdout).toContain('nothing was left behind')
    expect(stdout).toContain('exit 2')
    expect(readFileSync(journal)).toEqual(kept)
    expect(await net.state()).toEqual(before)
  })
})

function journalFile(): string {
  const folder = `${stateDirectory}/journal`
  const [name] = readdirSync(folder).filter((file) => file.endsWith('.json'))
  return `${folder}/${name}`
}

const BIG = 17 * 1024 * 1024
const damages: readonly (readonly [string, (path: string, text: string) => void])[] = [
  ['cut short', (path, text) => writeFileSync(path, text.slice(0, text.length / 2))],
  ['bytes that are no text', (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00, 0x9f]))],
  ['another document', (path) => writeFileSync(path, '{"type":"wcn-join-request","version":1}')],
  ['with a key twice', (path, text) => writeFileSync(path, text.replace('"chain_id"', '"chain_id": 10,\n "chain_id"'))],
  [
    'with a field that is not known',
    (path, text) => writeFileSync(path, text.replace('"nonce"', '"more": 1, "nonce"')),
  ],
  [
    'with other bytes than their hash',
    (path, text) => writeFileSync(path, text.replace(/"hash": "0x..../, '"hash": "0x1212')),
  ],
  ["another account's", (path, text) => writeFileSync(path, text.replace(/"signer": "0x..../, '"signer": "0x1212'))],
  ['longer than any', (path) => writeFileSync(path, Buffer.alloc(BIG, ' '))],
  [
    'a pipe that nobody writes to',
    (path) => {
      rmSync(path)
      execFileSync('mkfifo', [path])
    },
  ],
]

describe('a journal', () => {
  /** A state directory with a transaction that was signed and never got anywhere. */
  const stuck = { directory: '', hash: '' }
  beforeAll(async () => {
    stateDirectory = stuck.directory = box.path('stuck')
    await chain.automine(false)
    const run = await rename('stuck', '--timeout', '5')
    expect(run, run.stdout).toMatchObject({ code: 6 })
    stuck.hash = (run.error.details as { hash: string }).hash
    await chain.rpc('anvil_dropAllTransactions')
    await chain.automine(true)
  })

  it.each(damages)('that is %s is named, blocks no read, and is left as it is', async (_, damage) => {
    cpSync(stuck.directory, stateDirectory, { recursive: true })
    const path = journalFile()
    damage(path, readFileSync(path, 'utf8'))
    const damaged = bytesOf(path)
    const before = await net.state()

    const [view, list, written, shown, cancelled] = await Promise.all([
      wcnJsonInProcess(['operator', 'view'], { env: environment() }),
      tx('list'),
      rename('never', '--timeout', '60'),
      tx('show', stuck.hash),
      tx('cancel', stuck.hash, '--yes'),
    ])
    expect(view).toMatchObject({ code: 0 })
    expect(list, list.stdout).toMatchObject({ code: 0, data: { transactions: [], faults: [{ path }] } })
    expect(list.stderr).toContain(path)
    expect(written, written.stdout).toMatchObject({ code: 2, ok: false })
    expect(written.error.message).toContain(path)
    expect(['JOURNAL_INVALID', 'FILE_UNREADABLE', 'OUTPUT_UNSAFE']).toContain(written.error.code)
    expect(written.error.hint).toBeTruthy()
    // It may be in there: whoever asks for it is told of the file.
    for (const asked of [shown, cancelled]) {
      expect(asked, asked.stdout).toMatchObject({ code: 4, error: { code: 'SELECTOR_NO_MATCH' } })
      expect(asked.stderr + asked.error.message + asked.error.hint).toContain(path)
    }
    const funds = await wcnJsonInProcess(['operator', 'funds'], { env: environment() })
    expect(funds, funds.stdout).toMatchObject({ code: 0, data: { basis: 'estimate' } })
    expect(bytesOf(path)).toEqual(damaged)
    expect(readdirSync(`${stateDirectory}/journal`)).toHaveLength(1)
    expect(await net.state()).toEqual(before)
  })

  it.each(['nowhere', '../../elsewhere'])('that is a link to %s is not written through', async (target) => {
    cpSync(stuck.directory, stateDirectory, { recursive: true })
    const path = journalFile()
    writeFileSync(box.path('elsewhere'), readFileSync(path))
    rmSync(path)
    symlinkSync(target, path)
    await chain.mine()
    const before = await net.state()
    const refused = await rename('never', '--timeout', '60')
    expect(refused, refused.stdout).toMatchObject({ code: 4, error: { code: 'OUTPUT_UNSAFE' } })
    expect(refused.error.message).toContain(path)
    expect(readlinkSync(path)).toBe(target)
    expect(await net.state()).toEqual(before)
  })

  it('of another account, damaged, is warned of and stops nobody', async () => {
    expect(await rename('with a neighbour')).toMatchObject(RENAMED)
    const own = journalFile()
    const other = own.replace(operator.address, poor.address)
    writeFileSync(other, 'damaged')
    const written = await rename('with a damaged neighbour')
    expect(written, written.stdout).toMatchObject(RENAMED)
    expect(written.stderr).toContain(`warning: ${other} is not taken into account`)
    expect(readFileSync(other, 'utf8')).toBe('damaged')
  })

  it('that others can write to is tightened or refused, never widened', async () => {
    expect(await rename('wide')).toMatchObject(RENAMED)
    chmodSync(journalFile(), 0o666)
    await rename('narrow')
    expect(lstatSync(journalFile()).mode & 0o077).toBe(0)
  })
})

function bytesOf(path: string): unknown {
  const stats = lstatSync(path)
  const content = stats.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : null
  return { mode: stats.mode, ino: stats.ino, content }
}

describe('a development chain that was started anew', () => {
  const OWNER: Hex = `0x${'0d'.repeat(32)}`
  const MEMBERS = [1, 2, 3, 4, 5].map((n): Hex => `0x${'0e'.repeat(31)}0${n}`)
  let first: Anvil
  let second: Anvil
  let contracts: readonly string[] = []

  /** Both have the same ID, and with the same owner's first transactions the same contract at the same address. */
  beforeAll(async () => {
    ;[first, second] = await Promise.all([
      startAnvil({ args: ['--timestamp', '1790000000'] }),
      startAnvil({ args: ['--timestamp', '1790000001'] }),
    ])
    contracts = await Promise.all([first, second].map((one, index) => deploy(one, index)))
  })
  afterAll(() => Promise.all([first, second].map((one) => one?.stop())))

  async function deploy({ url, rpc }: Anvil, index: number): Promise<string> {
    const members = MEMBERS.map((key) => privateKeyToAddress(key))
    for (const account of [privateKeyToAddress(OWNER), ...members])
      await rpc('anvil_setBalance', [account, toHex(10n ** 20n)])
    const args = ['admin', 'deploy', '--yes', '--chain-id', '31337', '--rpc-url', url]
    const env = {
      WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: OWNER,
      SMART_CONTRACT_ENCRYPTION_KEY: '42'.repeat(32),
      WCN_STATE_DIR: box.path(`founder-${index}`),
    }
    const run = await wcnJsonInProcess([...args, ...members.flatMap((member) => ['-o', member])], { env })
    expect(run, run.stdout).toMatchObject({ code: 0 })
    return run.data.contract
  }

  it('gets nothing that was signed for the old one, though account, contract and nonce are the same', async () => {
    expect(contracts[0]).toBe(contracts[1])
    const [member] = MEMBERS as [Hex]
    const env = (url: string): Variables => ({
      SMART_CONTRACT_ADDRESS: contracts[0] ?? '',
      SMART_CONTRACT_ENCRYPTION_KEY: '42'.repeat(32),
      SMART_CONTRACT_SIGNER_PRIVATE_KEY: member,
      RPC_PROVIDER_URL: url,
      WCN_CHAIN_ID: '31337',
      WCN_STATE_DIR: stateDirectory,
    })
    await first.rpc('evm_setAutomine', [false])
    const stuck = await wcnJsonInProcess(renaming('of the old chain', '--timeout', '5'), { env: env(first.url) })
    expect(stuck, stuck.stdout).toMatchObject({ code: 6 })
    const { hash } = stuck.error.details as { hash: Hex }
    const journal = journalFile()
    const kept = readFileSync(journal)

    const at = env(second.url)
    const resumed = await wcnJsonInProcess(['tx', 'resume'], { env: at })
    expect(resumed, resumed.stdout).toMatchObject({ code: 0, data: { transactions: [], skipped: [{ hash }] } })
    expect(resumed.data.skipped[0].reason).toContain('another first block')
    const cancelled = await wcnJsonInProcess(['tx', 'cancel', hash, '--yes'], { env: at })
    expect(cancelled, cancelled.stdout).toMatchObject({ code: 4, error: { code: 'WRONG_CHAIN' } })
    const written = await wcnJsonInProcess(renaming('of the new chain'), { env: at })
    expect(written, written.stdout).toMatchObject(RENAMED)
    expect(written.data.operator.name).toBe('of the new chain')
    expect(await second.rpc('eth_getTransactionByHash', [hash])).toBeNull()
    expect(readFileSync(journal)).toEqual(kept)
    expect(readdirSync(`${stateDirectory}/journal`)).toHaveLength(2)

    // On the chain that it is for, it is finished as ever.
    await first.rpc('evm_setAutomine', [true])
    await first.rpc('evm_mine')
    const finished = await wcnJsonInProcess(['tx', 'resume'], { env: env(first.url) })
    expect(finished, finished.stdout).toMatchObject({ code: 0, data: { transactions: [{ hash, state: 'included' }] } })
  })
})

describe('an account', () => {
  it('that holds too little is told so beforehand, and how much it would take', async () => {
    const env = { ...net.signedBy(poor), WCN_STATE_DIR: stateDirectory }
    const dry = await wcnJsonInProcess(['operator', 'rename', 'never', '--dry-run'], { env })
    expect(dry, dry.stdout).toMatchObject({ code: 0, data: { changed: false, dry_run: true } })
    expect(dry.stderr).toMatch(/warning: account 0x\w+ holds less than 0\.000001 ETH, and this may cost/)
    const funds = await wcnJsonInProcess(['operator', 'funds', '--min', '0.001'], { env })
    expect(funds, funds.stdout).toMatchObject({ code: 8, ok: false, data: { sufficient: false, balance_wei: '1000' } })
    expect(funds.data.writes_left).toBe(0)
  })

  it('with a nonce gap that other software made is written from at the next nonce, and the gap is closed', async () => {
    const before = await chain.sight(operator.address)
    await chain.automine(false)
    // Somebody sent the transaction after next; the next one is nobody's.
    const ahead = await chain.send(operator.address, 'setMaintenance', [true], { nonce: before.nonce + 1 })
    await chain.automine(true)
    const run = await rename('into the gap', '--timeout', '60')
    expect(run, run.stdout).toMatchObject(RENAMED)
    expect(run.data.transaction.nonce).toBe(before.nonce)
    await expect.poll(() => chain.rpc('eth_getTransactionReceipt', ahead)).toMatchObject({ status: '0x1' })
    expect(await wcnJsonInProcess(['maintenance', 'exit', '--yes'], { env: environment() })).toMatchObject(RENAMED)
    expect(await chain.settled(operator.address)).toMatchObject({ nonce: before.nonce + 3, waiting: 0 })
  })
})

describe('a lock', () => {
  const lockFolder = () => `${stateDirectory}/locks/31337-${operator.address}`
  const holder = (): { pid: number; command: string } | null => {
    const newest = Math.max(...readdirSync(lockFolder()).map(Number))
    return JSON.parse(readFileSync(`${lockFolder()}/${newest}`, 'utf8')).holder
  }
  const putLock = (changes: object) => {
    mkdirSync(lockFolder(), { recursive: true, mode: 0o700 })
    const own = {
      pid: process.pid,
      host: hostname(),
      boot_id: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      pid_namespace: execFileSync('readlink', ['/proc/self/ns/pid'], { encoding: 'utf8' }).trim(),
      start_time: readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[19],
      since: 1_790_000_000,
      command: 'operator rename',
    }
    const lock = { type: 'wcn-lock', version: 1, holder: { ...own, ...changes } }
    writeFileSync(`${lockFolder()}/1`, `${JSON.stringify(lock, null, 1)}\n`)
  }
  const lockedBy = (pid: number | undefined) => ({
    code: 7,
    error: {
      code: 'ACCOUNT_LOCKED',
      message: expect.stringContaining(`\`wcn operator rename\`, process ${pid} on ${hostname()}, since 2`),
      hint: expect.stringContaining('wait for it, or end it'),
      details: { pid, command: 'operator rename' },
    },
  })

  it('that a question in a terminal holds is named with its process, and free once that is answered', async () => {
    const asked = wcnInTerminal(['operator', 'rename', 'asked'], { env: environment() })
    await asked.until('Send this transaction?')
    const before = await net.state()
    const pid = holder()?.pid
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain('rename\0asked')
    const late = await rename('late', '--timeout', '3')
    expect(late, late.stdout).toMatchObject(lockedBy(pid))
    expect(late.stderr).toMatch(
      new RegExp(`^waiting for the account, .*: \`wcn operator rename\`, process ${pid} on .*, writes from it`, 'm'),
    )
    // Reads and dry runs wait for nobody, nor do other accounts.
    expect(await wcnJson(['operator', 'rename', 'dry', '--dry-run'], { env: environment() })).toMatchObject({ code: 0 })
    expect(await net.state()).toEqual(before)
    const third = { ...net.signedBy(net.operators[2] as Account), WCN_STATE_DIR: stateDirectory }
    expect(await wcnJson(renaming('third'), { env: third })).toMatchObject(RENAMED)

    const waiting = startWcn(renaming('patient', '--json'), { env: environment() })
    await waiting.until('waiting for')
    asked.type(`y${ENTER}`)
    expect(await asked.ended).toBe(0)
    const patient = await waiting.ended
    expect(JSON.parse(patient.stdout), patient.stdout).toMatchObject({ ok: true, data: { changed: true } })
    expect(JSON.parse(patient.stdout).data.changes).toMatchObject([{ before: 'asked', after: 'patient' }])
    expect(holder()).toBeNull()
  })

  it('of a process that is stopped is kept, and of one that was killed is free at once', async () => {
    const proxy = await startFaultProxy(() => net.rpcUrl)
    try {
      // It is stopped while it waits for the answer to what it sends, which was not delivered.
      proxy.decide = (exchange) => (exchange.asks(SEND) ? () => {} : undefined)
      const stopped = startWcn(renaming('stopped'), { env: environment({ RPC_PROVIDER_URL: proxy.url }) })
      await expect.poll(() => proxy.raw.length).toBe(1)
      stopped.interrupt('SIGSTOP')
      const before = await net.state()
      const pid = holder()?.pid
      const late = await rename('late', '--timeout', '3')
      expect(late, late.stdout).toMatchObject(lockedBy(pid))
      expect(await net.state()).toEqual(before)
      stopped.interrupt('SIGKILL')
      await stopped.ended
      expect(holder()?.pid).toBe(pid)
      // The lock is a dead process's, and what that had signed is finished first.
      const resumed = await tx('resume', '--timeout', '60')
      expect(resumed, resumed.stdout).toMatchObject({ code: 0, data: { transactions: [{ state: 'included' }] } })
      expect(await rename('at last', '--timeout', '60')).toMatchObject(RENAMED)
    } finally {
      await proxy.stop()
    }
  })

  it.each<readonly [string, object]>([
    ['of a process that ended', { pid: 2 ** 22 }],
    ['whose process ID is another one’s now', { start_time: '1' }],
    ['of the time before the machine was started anew', { boot_id: '00000000-0000-0000-0000-000000000000' }],
  ])('%s is no obstacle', async (_, changes) => {
    putLock(changes)
    expect(await rename('past a stale lock', '--timeout', '60')).toMatchObject({ code: 0 })
    expect(holder()).toBeNull()
    rmSync(stateDirectory, { recursive: true })
    putLock(changes)
    // A lock is not only for writes of this kind.
    expect(await tx('resume')).toMatchObject({ code: 0, data: { transactions: [] } })
  })

  it('of another machine, of which nothing can be seen, is kept, with the file to remove', async () => {
    putLock({ host: 'elsewhere', boot_id: '00000000-0000-0000-0000-000000000000' })
    const kept = readFileSync(`${lockFolder()}/1`)
    const before = await net.state()
    const late = await rename('late', '--timeout', '3')
    expect(late, late.stdout).toMatchObject({ code: 7, error: { code: 'ACCOUNT_LOCKED' } })
    expect(late.error.message).toContain(`process ${process.pid} on elsewhere, since 2026-`)
    expect(late.error.hint).toContain(`remove ${lockFolder()}/1`)
    expect(readFileSync(`${lockFolder()}/1`)).toEqual(kept)
    expect(await net.state()).toEqual(before)
    rmSync(`${lockFolder()}/1`)
    expect(await rename('unlocked')).toMatchObject(RENAMED)
  })

  it('that is damaged is named, and not overwritten', async () => {
    putLock({})
    writeFileSync(`${lockFolder()}/1`, '{"type":"wcn-lock","vers')
    const before = await net.state()
    const late = await rename('late', '--timeout', '60')
    expect(late, late.stdout).toMatchObject({ code: 2, error: { code: 'JOURNAL_INVALID' } })
    expect(late.error.message).toContain(`${lockFolder()}/1`)
    expect(late.error.hint).toContain('once no wcn writes from that account')
    expect(readFileSync(`${lockFolder()}/1`, 'utf8')).toBe('{"type":"wcn-lock","vers')
    expect(await net.state()).toEqual(before)
  })
})

describe('a clock', () => {
  const preload = fileURLToPath(new URL('../support/clock-shift.mjs', import.meta.url))
  const HOURS = 3600

  const off: Readonly<Record<string, Variables>> = {
    'slow by ten hours': { CLOCK_SHIFT_S: String(-10 * HOURS) },
    'fast by ten hours': { CLOCK_SHIFT_S: String(10 * HOURS) },
    'as without a battery': { CLOCK_SHIFT_S: String(-Math.floor(Date.now() / 1000) + 60) },
    'that is set forward meanwhile': { CLOCK_LEAP_S: String(HOURS) },
    'that is set back meanwhile': { CLOCK_LEAP_S: String(-HOURS) },
  }
  const offBy = (shift: Variables) => environment({ NODE_OPTIONS: `--import=${preload}`, ...shift })

  it.each(Object.entries(off))('%s stops no write, and no later one', async (what, shift) => {
    const before = await chain.sight(operator.address)
    const written = await wcnJson(renaming(what, '--timeout', '60'), { env: offBy(shift) })
    expect(written, written.stdout).toMatchObject(RENAMED)
    // Proof that it was off.
    const { data } = await tx('list')
    expect(Math.abs(data.transactions[0].signed_at - Date.now() / 1000)).toBeGreaterThan(HOURS / 2)
    expect(await rename(`${what}!`, '--timeout', '60')).toMatchObject(RENAMED)
    expect(await chain.settled(operator.address)).toMatchObject({ nonce: before.nonce + 2, waiting: 0 })
  })

  it.each([
    ['that no calendar holds', '1e13'],
    ['that shows a time before 1970', '-1e13'],
    ['that is no number any more', '1e300'],
  ])('%s is told so, and nothing is sent', async (_, seconds) => {
    const before = await net.state()
    const written = await wcnJson(renaming('never', '--timeout', '60'), { env: offBy({ CLOCK_SHIFT_S: seconds }) })
    expect(written, written.stdout).toMatchObject({ code: 2, error: { code: 'CLOCK_WRONG' } })
    expect(written.error.message).toContain("this machine's clock is wrong")
    expect(await net.state()).toEqual(before)
  })

  it.each(['slow by ten hours', 'fast by ten hours'])('%s leaves nothing that can’t be finished', async (what) => {
    await chain.automine(false)
    const stuck = await wcnJson(renaming(`${what}?`, '--timeout', '5'), { env: offBy(off[what] ?? {}) })
    expect(stuck, stuck.stdout).toMatchObject({ code: 6 })
    await chain.mine()
    await chain.automine(true)
    const resumed = await tx('resume', '--timeout', '60')
    expect(resumed, resumed.stdout).toMatchObject({ code: 0, data: { transactions: [{ state: 'included' }] } })
  })
})

it.each([30, 40, 60])('files that may not be opened are no bug: ulimit -n %i', async (limit) => {
  const before = await net.state()
  const script = `ulimit -n ${limit}
for command in 'operator rename never --yes' 'nodes check' 'doctor' 'frobnicate'; do
  wcn $command >out.txt 2>&1 && exit 90 || test $? -eq 2
  cat out.txt
done
`
  const limited = await runScript(box, 'limited', script, { env: environment() })
  expect(limited, limited.stderr).toMatchObject({ code: 0, stderr: '' })
  expect(limited.stdout).not.toContain('bug')
  expect(limited.stdout.match(/^error: this process may not open more files \(EMFILE\)$/gm)?.length).toBeGreaterThan(2)
  expect(await net.state()).toEqual(before)
})

it('nothing of all this was written into the home directory', () => {
  expect(existsSync(box.path('.local'))).toBe(false)
})
