/**
 * `wcn tx` by the built tool: what becomes of a transaction that waits, is dropped, is sped up, cancelled or signed
 * elsewhere, and of a journal that is not what it should be.
 */
import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeNodeSecretKey, keypairFromSecret } from '../../src/base/keys/node-keypair.js'
import { Secret } from '../../src/base/secret.js'
import { startWcn } from '../support/background.js'
import { primaryPortOf, watch } from '../support/chain-watch.js'
import { sandbox, wcnJson } from '../support/cli.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'
import { type Reply, startFaultProxy } from '../support/fault-proxy.js'
import { wcnInProcess, wcnJsonInProcess } from '../support/in-process.js'

const net = useDevnet()
const elsewhere = useDevnet()
const box = sandbox()
afterAll(box.remove)

const chain = watch(
  () => net.rpcUrl,
  () => net.contract,
)
const HASH = expect.stringMatching(/^0x[0-9a-f]{64}$/)
let runs = 0
let stateDirectory: string
let operator: Account
let port = 7000

beforeEach(() => {
  stateDirectory = box.path(`state-${++runs}`)
  operator = net.operators[0] as Account
  port++
})
afterEach(async () => {
  await chain.rpc('anvil_dropAllTransactions')
  await chain.automine(true)
})

const environment = (more: Variables = {}) => ({
  ...net.signedBy(operator),
  WCN_STATE_DIR: stateDirectory,
  ...more,
})
const tx = (...args: readonly string[]) => wcnJsonInProcess(['tx', ...args], { env: environment() })
const update = (...flags: readonly string[]) =>
  wcnJsonInProcess(['nodes', 'update', '0', '--primary-port', String(port), '--yes', ...flags], { env: environment() })
const journalFile = () => {
  const folder = join(stateDirectory, 'journal')
  const [name] = readdirSync(folder).filter((file) => file.endsWith('.json'))
  return join(folder, String(name))
}
const states = async () => {
  const { data } = await tx('list')
  return data.transactions.map(({ what, state }: { what: { kind: string }; state: string }) => `${what.kind} ${state}`)
}

/** A write that no block includes; gives its hash. */
async function stuck(): Promise<Hex> {
  await chain.automine(false)
  const run = await update('--timeout', '5')
  expect(run, JSON.stringify(run)).toMatchObject({
    code: 6,
    error: { code: 'OUTCOME_UNKNOWN', details: { hash: HASH } },
  })
  const { hash } = run.error.details as { hash: Hex }
  expect(run.stderr).toContain(hash)
  return hash
}

describe('a transaction that waits in the pool', () => {
  it('is listed, shown, waited for, and in a block in the end', async () => {
    const before = await chain.sight(operator.address)
    const hash = await stuck()
    const listed = await tx('list', '--open')
    expect(listed.data).toEqual({
      transactions: [
        {
          hash,
          nonce: before.nonce,
          chain_id: 31337,
          contract: net.contract,
          signer: operator.address,
          what: { kind: 'operator-data', title: 'update node 0' },
          signed_at: expect.any(Number),
          state: 'open',
          block: null,
          fee_wei: null,
          replaced_by: null,
          supersedes: null,
        },
      ],
      faults: [],
    })
    const shown = await tx('show', hash.slice(0, 12))
    expect(shown).toMatchObject({ code: 0, data: { hash, state: 'open', now: { state: 'open' } } })
    expect(shown.stdout).not.toContain('"raw"')

    expect(await tx('resume', '--timeout', '4')).toMatchObject({ code: 6 })
    // As people see it, while a block comes or after it came.
    const resuming = startWcn(['tx', 'resume'], { env: environment() })
    await chain.mine()
    const resumed = await resuming.ended
    expect(resumed, JSON.stringify(resumed)).toMatchObject({ code: 0 })
    expect(resumed.stdout).toMatch(/included in \d+/)
    expect(await chain.settled(operator.address)).toMatchObject({ nonce: before.nonce + 1, waiting: 0 })
    expect(await states()).toEqual(['operator-data included'])
    expect(await tx('resume')).toMatchObject({ code: 0, data: { transactions: [], skipped: [] } })
    const list = await wcnInProcess(['tx', 'list'], { env: environment() })
    expect(list.stdout).toContain('update node 0')
  })

  it('keeps other writes waiting for it, and they come after it', async () => {
    const before = await chain.sight(operator.address)
    const hash = await stuck()
    const late = await wcnJsonInProcess(['operator', 'rename', 'late', '--yes', '--timeout', '4'], {
      env: environment(),
    })
    expect(late, JSON.stringify(late)).toMatchObject({ ok: false })
    expect([4, 6, 7]).toContain(late.code)
    expect(`${late.error.message} ${late.error.hint}`).toContain(hash)
    expect((await chain.sight(operator.address)).waiting).toBe(1)
    await chain.mine()
    await chain.automine(true)
    expect(await wcnJsonInProcess(['operator', 'rename', 'late', '--yes'], { env: environment() })).toMatchObject({
      code: 0,
    })
    const now = await chain.sight(operator.address)
    expect(now).toMatchObject({ nonce: before.nonce + 2 })
    expect(primaryPortOf(now.data)).toBe(port)
  })

  it('is sped up: one of the two is included', async () => {
    const before = await chain.sight(operator.address)
    const hash = await stuck()
    const unasked = await tx('resume', '--speed-up')
    expect(unasked).toMatchObject({ code: 3, error: { code: 'CONFIRMATION_REQUIRED' } })
    const { code } = await tx('resume', '--speed-up', '--yes', '--timeout', '5')
    expect(code).toBe(6)
    const { data } = await tx('list', '--open')
    const faster = data.transactions.find(({ supersedes }: { supersedes: string | null }) => supersedes === hash)
    expect(faster).toMatchObject({ nonce: before.nonce, state: 'open' })
    expect(await chain.sight(operator.address)).toMatchObject({ waiting: 1, nonce: before.nonce })
    expect(await chain.rpc('eth_getTransactionByHash', faster.hash)).not.toBeNull()
    expect(await chain.rpc('eth_getTransactionByHash', hash)).toBeNull()
    await chain.mine()
    const resumed = await tx('resume')
    expect(resumed, JSON.stringify(resumed)).toMatchObject({ code: 0 })
    const now = await chain.settled(operator.address)
    expect(now).toMatchObject({ nonce: before.nonce + 1, waiting: 0 })
    expect(primaryPortOf(now.data)).toBe(port)
    expect([...(await states())].sort()).toEqual(['operator-data included', 'operator-data replaced'])
  })

  it('is cancelled: nothing changes but the nonce', async () => {
    const before = await chain.sight(operator.address)
    const hash = await stuck()
    expect(await tx('cancel', hash)).toMatchObject({ code: 3, error: { code: 'CONFIRMATION_REQUIRED' } })
    const cancelling = startWcn(['tx', 'cancel', hash, '--yes', '--json'], { env: environment() })
    await cancelling.until('sending transaction')
    await expect.poll(() => chain.rpc('eth_getTransactionByHash', hash)).toBeNull()
    await chain.mine()
    const cancelled = await cancelling.ended
    expect(cancelled, JSON.stringify(cancelled)).toMatchObject({ code: 0 })
    expect(JSON.parse(cancelled.stdout).data).toMatchObject({ cancelled: true })
    expect(await chain.settled(operator.address)).toEqual({ ...before, nonce: before.nonce + 1 })
    expect([...(await states())].sort()).toEqual(['cancel included', 'operator-data replaced'])
    expect(await tx('cancel', hash, '--yes')).toMatchObject({ code: 0, data: { cancelled: false } })
  })

  it('is not cancelled once it is included', async () => {
    const run = await update()
    const { hash } = run.data.transaction
    expect(await tx('cancel', hash, '--yes')).toMatchObject({ code: 4, error: { code: 'TRANSACTION_INVALID' } })
    expect(primaryPortOf((await chain.sight(operator.address)).data)).toBe(port)
  })
})

describe('a transaction that providers dropped', () => {
  it('is sent again by tx resume, the very same', async () => {
    const hash = await stuck()
    await chain.rpc('anvil_dropTransaction', hash)
    await chain.automine(true)
    const resumed = await tx('resume')
    expect(resumed, JSON.stringify(resumed)).toMatchObject({
      code: 0,
      data: { transactions: [{ hash, state: 'included' }] },
    })
    expect(primaryPortOf((await chain.sight(operator.address)).data)).toBe(port)
  })

  it("is not sent again where a hash is wanted that is another's", async () => {
    expect(await tx('resume', `0x${'12'.repeat(32)}`)).toMatchObject({ code: 4, error: { code: 'SELECTOR_NO_MATCH' } })
    expect(await tx('cancel', `0x${'12'.repeat(32)}`, '--yes')).toMatchObject({ code: 4 })
    expect(await tx('show', 'latest')).toMatchObject({ code: 2, error: { code: 'USAGE' } })
  })
})

describe('a transaction beyond a gap', () => {
  it('signed because a provider counts too high, is cleared away by the command that tx resume names', async () => {
    const before = await chain.sight(operator.address)
    const liar = await startFaultProxy(() => net.rpcUrl)
    liar.decide = () => async (exchange) => {
      const counts = new Set(exchange.calls.flatMap(({ id, method }) => (method.endsWith('Count') ? [id] : [])))
      const replies = [JSON.parse(await exchange.deliver())].flat() as Reply[]
      exchange.reply(
        replies.map((one) =>
          counts.has(one.id) ? { ...one, result: `0x${(Number(one.result) + 1).toString(16)}` } : one,
        ),
      )
    }
    const args = ['nodes', 'update', '0', '--primary-port', '9999', '--yes', '--timeout', '5']
    const lied = await wcnJsonInProcess(args, { env: environment({ RPC_PROVIDER_URL: liar.url }) })
    await liar.stop()
    expect(lied, JSON.stringify(lied)).toMatchObject({ code: 6, error: { details: { nonce: before.nonce + 1 } } })
    const { hash } = lied.error.details as { hash: string }
    const refused = await tx('resume', '--timeout', '3')
    expect(refused, JSON.stringify(refused)).toMatchObject({ code: 4, error: { details: { hash } } })
    expect(refused.error.hint).toContain(`\`wcn tx cancel ${hash}\``)
    const cancelled = await tx('cancel', hash, '--yes')
    expect(cancelled, JSON.stringify(cancelled)).toMatchObject({ code: 0, data: { cancelled: true } })
    expect(await chain.settled(operator.address)).toEqual({ ...before, nonce: before.nonce + 2 })
    expect(await update()).toMatchObject({ code: 0, data: { transaction: { nonce: before.nonce + 2 } } })
    expect(primaryPortOf((await chain.settled(operator.address)).data)).toBe(port)
  })
})

describe('a nonce gap that other software made', () => {
  it('is no ground to send or to wait for ever', async () => {
    const before = await chain.sight(operator.address)
    await chain.automine(false)
    // Somebody sent the transaction after next; the next one is nobody's.
    const data = { tip: 10n ** 9n, nonce: before.nonce + 1 }
    await chain.send(operator.address, 'setMaintenance', [false], data)
    await chain.automine(true)
    const run = await update('--timeout', '30')
    const shown = JSON.stringify(run, null, 2)
    const now = await chain.sight(operator.address)
    if (run.code === 0) expect(primaryPortOf(now.data), shown).toBe(port)
    else {
      expect(run, shown).toMatchObject({ code: 7 })
      expect(now.data, shown).toBe(before.data)
    }
  })
})

describe('a journal', () => {
  /** A journal with a transaction that is open on a chain that this one is not. */
  it('of a chain that was started anew is left as it is, and stands in nobody’s way', async () => {
    const hash = await stuck()
    const there = elsewhere.operators[0] as Account
    const env = { ...elsewhere.signedBy(there), WCN_STATE_DIR: stateDirectory }
    const path = journalFile()
    const kept = readFileSync(path, 'utf8')
    const resumed = await wcnJsonInProcess(['tx', 'resume'], { env })
    expect(resumed, JSON.stringify(resumed)).toMatchObject({ code: 0, data: { transactions: [] } })
    const written = await wcnJsonInProcess(['nodes', 'update', '0', '--primary-port', '7777', '--yes'], { env })
    expect(written, JSON.stringify(written)).toMatchObject({ code: 0, data: { changed: true } })
    const shown = await wcnJsonInProcess(['tx', 'show', hash], { env })
    expect(shown).toMatchObject({ code: 0, data: { state: 'open' } })
    // Development chains of the same second share their first block.
    expect([undefined, 'unheard']).toContain(shown.data.now?.state)
    expect(readFileSync(path, 'utf8')).toBe(kept)
  })

  const damages: readonly (readonly [string, (path: string) => void])[] = [
    ['cut short', (path) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, 700))],
    ['empty', (path) => writeFileSync(path, '')],
    ['something else', (path) => writeFileSync(path, '{"type":"shopping-list","version":1}')],
    ['of a newer version', (path) => replace(path, '"version": 1', '"version": 99')],
    ['tampered with', (path) => replace(path, /"nonce": \d+/, '"nonce": "seven"')],
    ["another contract's", (path) => replace(path, /"contract": "0x.{40}"/, `"contract": "0x${'11'.repeat(20)}"`)],
    ['a folder', (path) => swapForFolder(path)],
  ]
  it.each(damages)('that is %s blocks no read, is named, and is not overwritten', async (_, damage) => {
    expect(await update()).toMatchObject({ code: 0 })
    const path = journalFile()
    damage(path)
    const listing = () => JSON.stringify(readdirSync(join(stateDirectory, 'journal'))) + sizeOf(path)
    const damaged = listing()
    const before = await chain.sight(operator.address)
    expect(await wcnJsonInProcess(['operator', 'view'], { env: environment() })).toMatchObject({ code: 0 })
    const list = await tx('list')
    expect(list, JSON.stringify(list)).toMatchObject({ code: 0, data: { transactions: [], faults: [{ path }] } })
    const resumed = await tx('resume')
    expect(resumed, JSON.stringify(resumed)).toMatchObject({ code: 2, data: { transactions: [], faults: [{ path }] } })
    expect(resumed.stderr).toContain(path)
    port++
    const run = await update()
    expect(run, JSON.stringify(run)).toMatchObject({ code: 2, ok: false })
    expect(`${run.error.message} ${run.error.hint}`).toContain(path)
    expect(await chain.sight(operator.address)).toEqual(before)
    expect(listing()).toBe(damaged)
  })

  it('that cannot be written stops a write before anything is sent', async () => {
    mkdirSync(stateDirectory, { recursive: true, mode: 0o700 })
    writeFileSync(join(stateDirectory, 'journal'), 'no folder')
    const before = await chain.sight(operator.address)
    const run = await update()
    expect(run, JSON.stringify(run)).toMatchObject({ code: 2, ok: false })
    expect(`${run.error.message} ${run.error.hint}`).toContain(join(stateDirectory, 'journal'))
    expect(await chain.sight(operator.address)).toEqual(before)
  })

  it('is private, and so is what holds it', async () => {
    expect(await update()).toMatchObject({ code: 0 })
    expect(statSync(journalFile()).mode & 0o777).toBe(0o600)
    for (const folder of [stateDirectory, join(stateDirectory, 'journal'), join(stateDirectory, 'locks')])
      expect(statSync(folder).mode & 0o777, folder).toBe(0o700)
  })

  it('copied to another machine while a transaction is open finishes it once', async () => {
    const before = await chain.sight(operator.address)
    const hash = await stuck()
    const copy = box.path(`copy-${runs}`)
    cpSync(stateDirectory, copy, { recursive: true })
    await chain.automine(true)
    await chain.mine()
    const both = await Promise.all([
      tx('resume'),
      wcnJson(['tx', 'resume'], { env: environment({ WCN_STATE_DIR: copy }) }),
    ])
    for (const one of both)
      expect(one, JSON.stringify(one)).toMatchObject({ code: 0, data: { transactions: [{ hash, state: 'included' }] } })
    expect(await chain.sight(operator.address)).toMatchObject({ nonce: before.nonce + 1 })
  })
})

function replace(path: string, what: string | RegExp, by: string): void {
  const text = readFileSync(path, 'utf8')
  const changed = text.replace(what, by)
  if (changed === text) throw new Error(`there is no ${what} in the journal`)
  writeFileSync(path, changed)
}

/** A name that is taken by what is no file at all. */
function swapForFolder(path: string): void {
  rmSync(path)
  mkdirSync(path)
}

function sizeOf(path: string): string {
  const { size, mtimeMs, mode } = statSync(path)
  return `${size} ${mtimeMs} ${mode}`
}

describe('a transaction that is signed elsewhere', () => {
  const owner = (): Variables => ({ ...net.cluster, WCN_STATE_DIR: stateDirectory })

  /** A join request of an applicant of its own, whom the owner is to add. */
  async function request(name: string): Promise<{ readonly file: string; readonly operator: string }> {
    const folder = box.path(`applicant-${name}`)
    mkdirSync(folder)
    const put = (file: string, text: string) => writeFileSync(join(folder, file), `${text}\n`, { mode: 0o600 })
    const made = await Promise.all([1, 2].map(() => keypairFromSecret(new Secret(Uint8Array.from(randomBytes(32))))))
    put('operator.key', `0x${randomBytes(32).toString('hex')}`)
    for (const [n, pair] of made.entries()) put(`${n}.key`, encodeNodeSecretKey(pair.secretKey))
    const nodes = made.flatMap(({ peerId }, n) => ['--node', `${peerId},20.9.${runs}.${n + 1},3010,3011`])
    const keys = made.flatMap((_, n) => ['--secret-key-file', join(folder, `${n}.key`)])
    const env = { ...net.cluster, WCN_PRIVATE_KEY_FILE: join(folder, 'operator.key') }
    const { data: address } = await wcnJsonInProcess(['operator', 'address'], { env })
    await net.rpc('anvil_setBalance', address.address, '0x2386f26fc10000')
    const file = join(folder, 'request.json')
    const written = await wcnJsonInProcess(['operator', 'register', '--name', name, ...nodes, ...keys, '--out', file], {
      env,
    })
    expect(written, written.stdout).toMatchObject({ code: 0 })
    return { file, operator: address.address }
  }

  const isMember = async (address: string) =>
    (await chain.view()).operatorSlots.some(({ addr }) => addr.toLowerCase() === address.toLowerCase())

  it('goes from --unsigned by tx decode and tx sign to tx send', async () => {
    const who = await request('offline')
    const unsigned = box.path(`unsigned-${runs}.json`)
    const signed = box.path(`signed-${runs}.json`)
    const key = box.path('owner.key')
    writeFileSync(key, `${net.owner.privateKey}\n`, { mode: 0o600 })
    const before = await net.state()
    const made = await wcnJsonInProcess(['admin', 'operator', 'approve', who.file, '--unsigned', unsigned], {
      env: owner(),
    })
    expect(made, JSON.stringify(made)).toMatchObject({ code: 0 })
    expect(await net.state()).toEqual(before)

    const decoded = await wcnJsonInProcess(['tx', 'decode', unsigned], { env: owner() })
    expect(decoded, JSON.stringify(decoded)).toMatchObject({ code: 0 })
    expect(decoded.stdout.toLowerCase()).toContain(who.operator.toLowerCase())

    // No network: not even a provider is configured.
    const offline = { WCN_CHAIN_ID: '31337', SMART_CONTRACT_ENCRYPTION_KEY: net.encryptionKey }
    const args = ['tx', 'sign', unsigned, '--out', signed, '--private-key-file', key, '--yes']
    const sign = await wcnJsonInProcess(args, { env: offline })
    expect(sign, JSON.stringify(sign)).toMatchObject({ code: 0 })
    expect(statSync(signed).mode & 0o777).toBe(0o600)

    const tampered = box.path(`tampered-${runs}.json`)
    writeFileSync(tampered, readFileSync(signed, 'utf8').replace(who.operator.slice(2, 12), 'ffffffffff'))
    const refused = await wcnJsonInProcess(['tx', 'send', tampered, '--yes'], { env: owner() })
    expect(refused, JSON.stringify(refused)).toMatchObject({ code: 4, error: { code: 'TRANSACTION_INVALID' } })
    expect(await net.state()).toEqual(before)

    const sent = await wcnJsonInProcess(['tx', 'send', signed, '--yes'], { env: owner() })
    expect(sent, JSON.stringify(sent)).toMatchObject({ code: 0, data: { changed: true } })
    expect(await isMember(who.operator)).toBe(true)
    const again = await wcnJsonInProcess(['tx', 'send', signed, '--yes'], { env: owner() })
    expect(again, JSON.stringify(again)).toMatchObject({ code: 0, data: { changed: false } })
  })

  it('is not sent once its nonce is used, or the cluster is another', async () => {
    const who = await request('stale')
    const unsigned = box.path(`unsigned-${runs}.json`)
    const signed = box.path(`signed-${runs}.json`)
    const ownerKey = { WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.owner.privateKey }
    const made = await wcnJsonInProcess(['admin', 'operator', 'approve', who.file, '--unsigned', unsigned], {
      env: owner(),
    })
    expect(made).toMatchObject({ code: 0 })
    const sign = ['tx', 'sign', unsigned, '--out', signed, '--yes']
    expect(await wcnJsonInProcess(sign, { env: { WCN_CHAIN_ID: '31337', ...ownerKey } })).toMatchObject({ code: 0 })
    await chain.include(net.owner.address, 'setMaintenance', [true])
    await chain.include(net.owner.address, 'setMaintenance', [false])
    const before = await net.state()
    const late = await wcnJsonInProcess(['tx', 'send', signed, '--yes'], { env: owner() })
    expect(late, JSON.stringify(late)).toMatchObject({ ok: false })
    expect([4, 9]).toContain(late.code)
    const other = { ...elsewhere.cluster, WCN_STATE_DIR: stateDirectory }
    expect(await wcnJsonInProcess(['tx', 'send', signed, '--yes'], { env: other })).toMatchObject({ code: 4 })
    expect(await net.state()).toEqual(before)
    expect(await isMember(who.operator)).toBe(false)
  })

  it('is told in words, from its bytes alone', async () => {
    const run = await update()
    const { input } = await chain.rpc<{ input: Hex }>('eth_getTransactionByHash', run.data.transaction.hash)
    const raw = await chain.rpc<Hex>('eth_getRawTransactionByHash', run.data.transaction.hash)
    const { RPC_PROVIDER_URL: _, ...offline } = owner() as Record<string, string>
    for (const call of [input, raw]) {
      const decoded = await wcnInProcess(['tx', 'decode', call], { env: offline })
      expect(decoded, JSON.stringify(decoded)).toMatchObject({ code: 0 })
      expect(decoded.stdout.toLowerCase()).toContain(operator.address.toLowerCase())
    }
    expect(await wcnJsonInProcess(['tx', 'decode', '0xdeadbeef'], { env: offline })).toMatchObject({ code: 8 })
  })
})
