import { describe, expect, it } from 'vitest'
import type { Chain } from '../../src/chain/chain.js'
import { plainPaint } from '../../src/cli/paint.js'
import { run as resume } from '../../src/tx/tx-resume.js'
import { txResumeText } from '../../src/tx/view.js'
import { fakeClock } from '../support/fake-clock.js'
import { memoryState } from '../support/memory-state.js'
import { rejectedBy } from '../support/rejected.js'
import { enterCall, higher, renameCall, signedWrite } from '../support/signed-write.js'
import { blob, member, OPERATOR, OWN_NODES, OWNER, useRealCluster } from '../support/use-real-cluster.js'

const { services, now, view, stored, ownerWrites, transactionCount, automine, mine, ...cluster } = useRealCluster()
const { foreignIntoBlock, intoBlock, intoPool } = cluster
const holder = async () => (await view()).maintenance
const dropAll = () => now.chain.rpc('anvil_dropAllTransactions')

function fresh(options: Parameters<typeof services>[0] = {}) {
  const state = memoryState()
  return { state, made: services({ state, ...options }) }
}
const statesIn = (state: ReturnType<typeof memoryState>) =>
  [...state.files.values()].flatMap(({ entries }) => entries.map((entry) => entry.state.kind))

describe('tx resume', () => {
  it('has nothing to do where nothing is open, without asking the chain', async () => {
    const { made } = fresh({ wrap: () => Promise.reject(new Error('asked')) as never })
    expect(await resume(made.services, {})).toEqual({
      data: { transactions: [], skipped: [], faults: [] },
      exitCode: 0,
    })
  })

  it('sends what never left, without asking', async () => {
    const { made, state } = fresh({ confirm: () => Promise.reject(new Error('asked')) })
    const { hash } = await signedWrite(made, renameCall('resumed'))
    const { data, exitCode } = await resume(made.services, {})
    expect(exitCode).toBe(0)
    expect(data.transactions).toMatchObject([
      { hash, nonce: 0, state: 'included', block: { number: expect.any(Number) } },
    ])
    expect(data.transactions[0]?.fee_wei).toMatch(/^\d+$/)
    expect((await stored()).name).toBe('resumed')
    expect(statesIn(state)).toEqual(['included'])
    expect(made.sent).toEqual([hash])
    expect(JSON.stringify(data)).not.toContain(state.files.values().next().value?.entries[0]?.transaction.raw)
    expect(state.locks.held()).toBe(0)
  })

  it('needs no key', async () => {
    const { made, state } = fresh()
    await signedWrite(made, renameCall('resumed'))
    const { services: keyless } = services({ state, privateKey: null, encryptionKey: null })
    expect(await resume(keyless, {})).toMatchObject({ exitCode: 0, data: { transactions: [{ state: 'included' }] } })
  })

  it('waits for what waits in the pool, and sends nothing', async () => {
    await automine(false)
    const { made } = fresh({ clock: fakeClock(mine) })
    const { entry } = await signedWrite(made, renameCall('resumed'))
    await intoPool(entry.transaction.raw)
    const { data } = await resume(made.services, {})
    expect(data.transactions).toMatchObject([{ state: 'included' }])
    expect(made.sent).toEqual([])
  })

  it('goes through several in the order of their nonces', async () => {
    const { made } = fresh()
    const second = await signedWrite(made, renameCall('second'), { nonce: 1 })
    const first = await signedWrite(made, renameCall('first'))
    // Both were made for the state before the first one, as two runs with two journals would not do.
    const error = await rejectedBy(resume(made.services, {}))
    expect(error).toMatchObject({ code: 'STATE_CHANGED' })
    expect(error.details).toMatchObject({ hash: second.hash, transactions: [{ hash: first.hash, state: 'included' }] })
    expect((await stored()).name).toBe('first')
  })

  it('ends in 6 where it still waits when the time is up', async () => {
    await automine(false)
    const { made } = fresh({ timeoutMs: 3000 })
    const { entry, hash } = await signedWrite(made, renameCall('resumed'))
    await intoPool(entry.transaction.raw)
    const { data, exitCode } = await resume(made.services, {})
    expect(exitCode).toBe(6)
    expect(data.transactions).toMatchObject([{ hash, state: 'open', block: null, fee_wei: null }])
    expect(made.said).toContainEqual(expect.stringMatching(/^warning: transaction .* outcome is not known: it waits/))
  })

  it('waits as long as --timeout says', async () => {
    await automine(false)
    const clock = fakeClock(() => clock.pauses.length * 250 > 200_000 && mine())
    const { made } = fresh({ clock, timeoutMs: 300_000 })
    const { entry } = await signedWrite(made, renameCall('resumed'))
    await intoPool(entry.transaction.raw)
    expect(await resume(made.services, {})).toMatchObject({ exitCode: 0 })
  })

  it('does not wait for what comes after one that still waits', async () => {
    await automine(false)
    const clock = fakeClock()
    const { made } = fresh({ clock, timeoutMs: 3000 })
    for (const nonce of [0, 1])
      await intoPool((await signedWrite(made, renameCall('resumed'), { nonce })).entry.transaction.raw)
    expect(await resume(made.services, {})).toMatchObject({
      exitCode: 6,
      data: {
        transactions: [
          { nonce: 0, state: 'open' },
          { nonce: 1, state: 'open' },
        ],
      },
    })
    expect(clock.pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(3000)
    expect(made.said).toContainEqual(expect.stringContaining('a transaction before it is still open'))
  })

  it('ends in 9 where another software took the nonce, and says what took it', async () => {
    const { made, state } = fresh()
    const { hash } = await signedWrite(made, renameCall('resumed'))
    const other = await foreignIntoBlock()
    const { data, exitCode } = await resume(made.services, {})
    expect(exitCode).toBe(9)
    expect(data.transactions).toMatchObject([{ hash, state: 'replaced', replaced_by: other }])
    expect(made.said).toContainEqual(
      expect.stringContaining(`warning: transaction ${other} of ${OPERATOR} took nonce 0`),
    )
    expect(statesIn(state)).toEqual(['replaced'])
    expect((await stored()).name).toBe('member 0')
  })

  it('ends in 9 where the contract refused it, with the reason', async () => {
    await automine(false)
    const { made } = fresh()
    const { entry } = await signedWrite(made, enterCall, { kind: 'maintenance-enter' })
    await now.chain.rpc('anvil_impersonateAccount', [member(2)])
    const data = entry.request.data
    const fees = { maxFeePerGas: '0x2540be4000', maxPriorityFeePerGas: '0x2540be400' }
    await now.chain.rpc('eth_sendTransaction', [{ from: member(2), to: now.contract, data, gas: '0x100000', ...fees }])
    await intoPool(entry.transaction.raw)
    await mine()
    const ended = await resume(made.services, {})
    expect(ended).toMatchObject({ exitCode: 9, data: { transactions: [{ state: 'reverted' }] } })
    expect(made.said).toContainEqual(expect.stringContaining('the maintenance slot is taken'))
    expect(await holder()).toBe(member(2))
  })
})

describe('tx resume refuses to send again', () => {
  it("what would erase the owner's write since, and shows both versions", async () => {
    const { made, state } = fresh()
    const { hash } = await signedWrite(made, renameCall('yesterday'))
    await ownerWrites(blob('fixed today', OWN_NODES))
    const error = await rejectedBy(resume(made.services, {}))
    expect(error.code).toBe('STATE_CHANGED')
    expect(error.message).toContain(`the data of operator ${OPERATOR} changed`)
    expect(error.hint).toContain(`wcn tx cancel ${hash}`)
    expect(error.details).toMatchObject({
      hash,
      operator_data: { before: blob('member 0', OWN_NODES), now: blob('fixed today', OWN_NODES) },
      changed_since: [{ op: 'update', path: 'name', before: 'member 0', after: 'fixed today' }],
    })
    expect(made.sent).toEqual([])
    expect((await stored()).name).toBe('fixed today')
    expect(statesIn(state)).toEqual(['open'])
  })

  it('what was made before a migration started', async () => {
    const { made } = fresh()
    await now.cluster.write(OWNER, 'addNodeOperator', [{ addr: member(5), data: blob('new', OWN_NODES) }])
    await signedWrite(made, renameCall('resumed'))
    await now.cluster.write(OWNER, 'startMigration', [{ operatorBitmask: 63n, replicationStrategy: 0 }])
    const error = await rejectedBy(resume(made.services, {}))
    expect(error).toMatchObject({ code: 'STATE_CHANGED' })
    expect(error.message).toContain('a data migration started')
  })

  it('entering maintenance, though nothing changed', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, enterCall, { kind: 'maintenance-enter' })
    const error = await rejectedBy(resume(made.services, {}))
    expect(error.code).toBe('TRANSACTION_OPEN')
    expect(error.hint).toContain('wcn maintenance enter')
    expect(error.hint).toContain(`wcn tx cancel ${hash}`)
    expect(made.sent).toEqual([])
    expect(await holder()).toBeNull()
  })

  it('what comes after a nonce that nobody knows', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, renameCall('resumed'), { nonce: 2 })
    const error = await rejectedBy(resume(made.services, {}))
    expect(error.code).toBe('TRANSACTION_OPEN')
    expect(error.message).toContain(`nobody knows a transaction with nonce 0 of ${OPERATOR}`)
    expect(error.details).toMatchObject({ hash, nonce: 2, next_nonce: 0, missing_nonce: 0 })
    expect(made.sent).toEqual([])
  })

  it('but not what comes after a foreign one that waits', async () => {
    await automine(false)
    await now.chain.rpc('eth_sendTransaction', [{ from: OPERATOR, to: OPERATOR }])
    const { made } = fresh({ clock: fakeClock(() => made.sent.length > 0 && mine()) })
    await signedWrite(made, renameCall('after it'), { nonce: 1 })
    expect(await resume(made.services, {})).toMatchObject({ exitCode: 0 })
    expect((await stored()).name).toBe('after it')
    expect(await transactionCount()).toBe(2)
  })
})

describe('tx resume leaves alone', () => {
  it('what belongs to a development chain that was started anew', async () => {
    const { made, state } = fresh()
    const { key, entry, hash } = await signedWrite(made, renameCall('resumed'))
    const [path = ''] = state.files.keys()
    const genesisHash = `0x${'12'.repeat(32)}` as const
    state.files.set(path, { path, key: { ...key, genesisHash }, entries: [entry] })
    const { data, exitCode } = await resume(made.services, {})
    expect(exitCode).toBe(0)
    expect(data.transactions).toEqual([])
    expect(data.skipped).toEqual([{ hash, reason: expect.stringContaining('started anew') }])
    expect(made.said).toContainEqual(expect.stringContaining(`transaction ${hash} is left as it is`))
    expect(await transactionCount()).toBe(0)
    expect(await rejectedBy(resume(made.services, { hash }))).toMatchObject({ code: 'WRONG_CHAIN' })
  })

  it.each([
    ['of another chain', { chainId: 10 }, /belongs to chain 31337, and the configured one is 10/, 'WRONG_CHAIN'],
    ['to another contract', { contract: member(8) }, /another contract/, 'SELECTOR_NO_MATCH'],
  ])('what is %s', async (_, options, reason, code) => {
    const { made, state } = fresh()
    const { hash } = await signedWrite(made, renameCall('resumed'))
    const elsewhere = services({ state, ...options }).services
    const { data } = await resume(elsewhere, {})
    expect(data).toEqual({ transactions: [], skipped: [{ hash, reason: expect.stringMatching(reason) }], faults: [] })
    const error = await rejectedBy(resume(elsewhere, { hash }))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(reason)
    expect(await transactionCount()).toBe(0)
  })

  it('what is of another account than the one that is meant', async () => {
    const { made, state } = fresh()
    const { hash } = await signedWrite(made, renameCall('resumed'))
    const { data } = await resume(services({ state, privateKey: null, operator: member(1) }).services, {})
    expect(data.skipped).toEqual([{ hash, reason: expect.stringContaining(OPERATOR) }])
  })

  it('a journal that is damaged, which it names', async () => {
    const { made, state } = fresh()
    state.faults.push({ path: '/state/journal/broken.json', reason: 'it is no JSON' })
    await signedWrite(made, renameCall('resumed'))
    const fault = { path: '/state/journal/broken.json', reason: 'it is no JSON' }
    expect(await resume(made.services, {})).toMatchObject({
      exitCode: 2,
      data: { transactions: [{ state: 'included' }], faults: [fault] },
    })
    expect(made.said[0]).toMatch(/^warning: \/state\/journal\/broken.json .*: it is no JSON\. .*move it away once/)
    for (const speedUp of [false, true]) {
      const again = await resume(made.services, { speedUp })
      expect(again).toEqual({ exitCode: 2, data: { transactions: [], skipped: [], faults: [fault] } })
      expect(txResumeText(again.data, plainPaint)).toContain('not known')
    }
  })
})

describe('tx resume HASH', () => {
  it('finishes that one, by the first digits of its hash', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, renameCall('resumed'))
    expect(await resume(made.services, { hash: hash.slice(0, 12) })).toMatchObject({
      exitCode: 0,
      data: { transactions: [{ hash, state: 'included' }] },
    })
    const again = await resume(made.services, { hash })
    expect(again).toMatchObject({ exitCode: 0, data: { transactions: [{ hash, state: 'included' }] } })
    expect(made.said.at(-1)).toContain('nothing to resume')
  })

  it('tells how one ended that came to nothing', async () => {
    const { made, state } = fresh()
    const { key, entry, hash } = await signedWrite(made, renameCall('resumed'))
    await state.journal.put(key, { ...entry, state: { kind: 'rejected', reason: 'no' } })
    expect(await resume(made.services, { hash })).toMatchObject({
      exitCode: 9,
      data: { transactions: [{ state: 'rejected' }] },
    })
  })

  it.each([
    ['no hash', 'latest', 'USAGE'],
    ['too few digits', '0x1234567', 'USAGE'],
    ['too many digits', `0x${'1'.repeat(65)}`, 'USAGE'],
    ['one that is not in the journal', '0x12345678', 'SELECTOR_NO_MATCH'],
  ])('refuses %s', async (_, hash, code) => {
    expect((await rejectedBy(resume(fresh().made.services, { hash }))).code).toBe(code)
  })
})

async function pair(made: ReturnType<typeof services>) {
  const original = await signedWrite(made, renameCall('resumed'))
  const faster = await signedWrite(made, renameCall('resumed'), {
    fees: higher(original.entry.fees),
    supersedes: original.entry,
  })
  return { original, faster }
}

describe('transactions of one nonce', () => {
  it('end together: of two that nobody knows the newest is sent', async () => {
    const { made, state } = fresh()
    const { original, faster } = await pair(made)
    const { data, exitCode } = await resume(made.services, {})
    expect(exitCode).toBe(0)
    expect(data.transactions).toMatchObject([
      { hash: original.hash, state: 'replaced', replaced_by: faster.hash },
      { hash: faster.hash, state: 'included', supersedes: original.hash },
    ])
    expect(made.sent).toEqual([faster.hash])
    expect(statesIn(state)).toEqual(['replaced', 'included'])
  })

  it('end together where the older one was included: the same call, so all is well', async () => {
    const { made, state } = fresh()
    const { original, faster } = await pair(made)
    await intoBlock(original.entry.transaction.raw)
    const { data, exitCode } = await resume(made.services, {})
    expect(exitCode).toBe(0)
    expect(data.transactions).toMatchObject([
      { hash: original.hash, state: 'included' },
      { hash: faster.hash, state: 'replaced', replaced_by: original.hash },
    ])
    expect(statesIn(state)).toEqual(['included', 'replaced'])
  })

  it('where the older one waits, the newest is sent in its place', async () => {
    await automine(false)
    const { made } = fresh({ clock: fakeClock(() => made.sent.length > 0 && mine()) })
    const { original, faster } = await pair(made)
    await intoPool(original.entry.transaction.raw)
    await resume(made.services, {})
    expect(made.sent).toEqual([faster.hash])
    expect((await stored()).name).toBe('resumed')
    expect(await transactionCount()).toBe(1)
  })

  it('where the older one waits and the newest must not be sent, the older one is waited for', async () => {
    await automine(false)
    const { made, state } = fresh()
    const { original, faster } = await pair(made)
    await intoPool(original.entry.transaction.raw)
    const changed = (chain: Chain): Chain => ({
      ...chain,
      readCluster: async (at) => {
        const { view: seen, ...rest } = await chain.readCluster(at)
        return { ...rest, view: { ...seen, maintenance: member(3) } }
      },
    })
    // Not before it is clear that nobody knows the newest.
    let pauses = 0
    const watcher = services({ state, clock: fakeClock(() => ++pauses > 10 && mine()), wrap: changed })
    const { data, exitCode } = await resume(watcher.services, {})
    expect(exitCode).toBe(0)
    expect(watcher.sent).toEqual([])
    expect(data.transactions).toMatchObject([
      { hash: original.hash, state: 'included' },
      { hash: faster.hash, state: 'replaced' },
    ])
  })
})

describe('transactions of one nonce that providers make hard', () => {
  it('where the newest is refused and the older one waits, the older one is waited for', async () => {
    await automine(false)
    const { made, state } = fresh()
    const { original } = await pair(made)
    await intoPool(original.entry.transaction.raw)
    const refusing = (chain: Chain): Chain => ({
      ...chain,
      broadcast: async () => ({ accepted: false, refusals: ['underpriced'], failures: [] }),
    })
    let pauses = 0
    const { services: all } = services({ state, clock: fakeClock(() => ++pauses > 20 && mine()), wrap: refusing })
    const { data, exitCode } = await resume(all, {})
    expect(exitCode).toBe(0)
    expect(data.transactions[0]).toMatchObject({ hash: original.hash, state: 'included' })
    expect(statesIn(state)).toEqual(['included', 'replaced'])
  })

  it('where what took the nonce can not be found, none of them stays open', async () => {
    const { made, state } = fresh()
    await pair(made)
    const forgetful = (chain: Chain): Chain => ({
      ...chain,
      follow: async (_, { timeoutMs }) =>
        timeoutMs === 0 ? { kind: 'unknown', reason: 'not found yet', shown: false } : { kind: 'replaced', by: null },
    })
    const { data, exitCode } = await resume(services({ state, wrap: forgetful }).services, {})
    expect(exitCode).toBe(9)
    expect(data.transactions).toMatchObject([{ state: 'replaced', replaced_by: null }, { state: 'replaced' }])
    expect(statesIn(state)).toEqual(['replaced', 'replaced'])
  })
})

describe('a block that is taken back', () => {
  it('opens what was written down as included, and it is finished', async () => {
    const { made, state } = fresh()
    const { hash } = await signedWrite(made, renameCall('resumed'))
    await resume(made.services, {})
    await now.chain.rpc('anvil_reorg', [1, []])
    await dropAll()
    expect(await transactionCount()).toBe(0)
    const { data, exitCode } = await resume(made.services, {})
    expect(exitCode).toBe(0)
    expect(data.transactions).toMatchObject([{ hash, state: 'included' }])
    expect(made.said).toContainEqual(expect.stringContaining('its block is no longer part of the chain'))
    expect((await stored()).name).toBe('resumed')
    expect(statesIn(state)).toEqual(['included'])
  })

  it('opens what had lost its nonce to it as well', async () => {
    const { made, state } = fresh()
    const { original, faster } = await pair(made)
    await intoBlock(original.entry.transaction.raw)
    await resume(made.services, {})
    expect(statesIn(state)).toEqual(['included', 'replaced'])
    await now.chain.rpc('anvil_reorg', [1, []])
    await dropAll()
    const { data, exitCode } = await resume(made.services, {})
    expect(exitCode).toBe(0)
    expect(data.transactions).toMatchObject([
      { hash: original.hash, state: 'replaced', replaced_by: faster.hash },
      { hash: faster.hash, state: 'included' },
    ])
  })

  it('is told where another transaction has come in its place', async () => {
    const { made, state } = fresh()
    const { hash } = await signedWrite(made, renameCall('resumed'))
    await resume(made.services, {})
    await now.chain.rpc('anvil_reorg', [1, []])
    await dropAll()
    const other = await foreignIntoBlock()
    expect(await resume(made.services, {})).toMatchObject({
      exitCode: 9,
      data: { transactions: [{ hash, state: 'replaced', replaced_by: other, block: null, fee_wei: null }] },
    })
    expect(statesIn(state)).toEqual(['replaced'])
    expect(made.said).toContainEqual(expect.stringMatching(new RegExp(`^warning: .*${other}.*took nonce 0.*${hash}`)))
  })

  it('is no concern where it was long ago', async () => {
    const { made } = fresh()
    await signedWrite(made, renameCall('resumed'), { signedAt: 1_780_000_000 })
    await resume(made.services, {})
    await now.chain.rpc('anvil_reorg', [1, []])
    await dropAll()
    expect(await resume(made.services, {})).toMatchObject({ data: { transactions: [] } })
  })

  it('leaves a journal that tells where it is now', async () => {
    const { made, state } = fresh()
    const { hash, entry } = await signedWrite(made, renameCall('resumed'))
    await resume(made.services, {})
    const blockOf = () => {
      const found = [...state.files.values()][0]?.entries[0]?.state
      return found?.kind === 'included' ? found.block.hash : null
    }
    const before = blockOf()
    await now.chain.rpc('anvil_reorg', [1, [[entry.transaction.raw, 0]]])
    expect(await resume(made.services, {})).toMatchObject({ exitCode: 0, data: { transactions: [] } })
    const receipt = await now.chain.rpc<{ blockHash: string }>('eth_getTransactionReceipt', [hash])
    expect(blockOf()).toBe(receipt.blockHash)
    expect(blockOf()).not.toBe(before)
  })
})
