/** `tx send`: only what the bytes say, only where it still means what it meant, and only once. */
import { type Hex, parseEther, toHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { bytesToHex } from '../../src/base/hex.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import type { Chain } from '../../src/chain/chain.js'
import { rawTransactions } from '../../src/chain/raw-transactions.js'
import { plainPaint } from '../../src/cli/paint.js'
import { findOperator } from '../../src/cluster/cluster-view.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { run } from '../../src/tx/tx-send.js'
import { txSendText } from '../../src/tx/view.js'
import { fakeClock } from '../support/fake-clock.js'
import { memoryState } from '../support/memory-state.js'
import { SIGNED, useOfflineOwner, type Wanted } from '../support/offline-signing.js'
import { rejectedBy } from '../support/rejected.js'
import { APPLICANT, addOperator, calldata, OFFLINE_OWNER, operatorBlob } from '../support/unsigned.js'
import { blob, member, OPERATOR, OWN_NODES, SETTINGS } from '../support/use-real-cluster.js'

const { now, signed, sender, services, stored, rawData, view, transactionCount, setBalance, automine, mine } =
  useOfflineOwner()
const input = { file: SIGNED }
const OTHER = parseAddress('0e'.repeat(20), 'the test')
const UPDATE: Wanted = {
  data: calldata('updateNodeOperatorData', OPERATOR, blob('renamed', OWN_NODES)),
  kind: 'operator-data',
  operator: OPERATOR,
}
const isMember = async () => findOperator(await view(), APPLICANT) !== null
const write = (name: string, ...args: readonly unknown[]) => now.cluster.write(OFFLINE_OWNER, name, args)

describe('tx send', () => {
  it('sends what was signed elsewhere, and reads it back', async () => {
    const { document, text } = await signed()
    const state = memoryState()
    const made = sender(text, { state })
    const { data, exitCode } = await run(made.services, input)
    expect(data).toMatchObject({
      changed: true,
      dry_run: false,
      changes: [
        { op: 'add', path: 'name', after: 'acme' },
        { op: 'add', path: 'nodes[0]' },
        { op: 'add', path: 'nodes[1]' },
      ],
      transaction: { hash: document.hash, nonce: document.nonce },
      operator: { id: APPLICANT, name: 'acme', in_keyspace: false },
    })
    expect([exitCode, made.sent]).toEqual([undefined, [document.hash]])
    expect(bytesToHex(findOperator(await view(), APPLICANT)?.data ?? new Uint8Array())).toBe(operatorBlob('acme'))
    expect(made.previews).toMatchObject([{ title: expect.stringMatching(/^add operator 0x.* "acme"$/) }])
    expect(made.said).toContain('question: Send this transaction?')
    const [journal] = state.files.values()
    expect(journal?.entries).toMatchObject([
      {
        transaction: { hash: document.hash, raw: document.raw },
        what: { kind: 'operator-add' },
        state: { kind: 'included' },
      },
    ])
    expect(state.locks.taken).toEqual([`31337-${OFFLINE_OWNER}`])
    expect(txSendText(data, plainPaint)).toMatch(/included and read back/)
  })

  it.each(['the same', 'another'])('finds nothing to do the second time, on %s machine', async (machine) => {
    const { document, text } = await signed()
    const state = memoryState()
    await run(sender(text, { state }).services, input)
    const made = sender(text, machine === 'the same' ? { state } : {})
    const { data, exitCode } = await run(made.services, input)
    expect(data).toMatchObject({ changed: false, changes: [], transaction: { hash: document.hash } })
    expect([exitCode, made.sent, made.previews]).toEqual([undefined, [], []])
    expect(txSendText(data, plainPaint)).toMatch(/^nothing to do: transaction 0x\w+ is in block \d+ already\n$/)
  })

  it('writes an operator’s data', async () => {
    const { text } = await signed(UPDATE)
    const { data } = await run(sender(text).services, input)
    expect(data.changes).toMatchObject([{ op: 'update', path: 'name', before: 'member 0', after: 'renamed' }])
    expect((await stored()).name).toBe('renamed')
    expect(data.overwritten).toEqual([])
  })

  it('needs no configured contract: the file has it', async () => {
    const { text } = await signed()
    const { services: sending } = sender(text)
    const contractAddress = () => {
      throw new WcnError('SETTING_MISSING', 'not set')
    }
    const { data } = await run({ ...sending, settings: { ...sending.settings, contractAddress } }, input)
    expect(data.changed).toBe(true)
  })

  it('sends nothing in a dry run, and locks nothing', async () => {
    const { text } = await signed()
    const state = memoryState()
    const made = sender(text, { state })
    const { data } = await run(made.services, { ...input, dryRun: true })
    expect(data).toMatchObject({ changed: false, dry_run: true, transaction: null, changes: [{}, {}, {}] })
    expect([made.sent, state.locks.taken, state.files.size, await isMember()]).toEqual([[], [], 0, false])
    expect(txSendText(data, plainPaint)).toMatch(/dry run/)
  })

  it('sends nothing without consent', async () => {
    const { text } = await signed()
    const made = sender(text, { confirm: () => false })
    expect((await rejectedBy(run(made.services, input))).code).toBe('DECLINED')
    expect([made.sent, await isMember()]).toEqual([[], false])
  })
})

describe('a file that was tampered with', () => {
  it.each<readonly [string, (text: string) => string, RegExp]>([
    ['gas', (text) => text.replace(/"gas": "\d+"/, '"gas": "1000000"'), /: gas is not what was signed/],
    ['nonce', (text) => text.replace(/"nonce": \d+/, '"nonce": 99'), /: nonce is not/],
    ['fee', (text) => text.replace(/("max_fee_per_gas": ")\d+/, '$11'), /: max_fee_per_gas is not/],
    ['tip', (text) => text.replace(/("max_priority_fee_per_gas": ")\d+/, '$17'), /: max_priority_fee_per_gas is not/],
    ['chain', (text) => text.replace('"chain_id": 31337', '"chain_id": 10'), /: chain_id is not/],
    ['recipient', (text) => text.replace(/"to": "0x\w+"/, `"to": "${OTHER}"`), /: to is not/],
    ['calldata', (text) => text.replace(/"data": "0x\w{9,}"/, `"data": "${addOperator('evil')}"`), /: data is not/],
    ['signer', (text) => text.replace(/"from": "0x\w+"/, `"from": "${OTHER}"`), /signed by 0x\w+, and from is 0x0e/],
    [
      'hash',
      (text) => text.replace(/("hash": "0x)\w+("\s*\}\s*)$/, `$1${'ab'.repeat(32)}$2`),
      /: hash is not that of raw/,
    ],
    ['bytes', (text) => text.replace(/"raw": "0x\w+/, '"raw": "0x02'), /: raw is no signed transaction/],
    ['signature', (text) => text.replace(/(\w{4})(",\s*"hash": "0x\w+"\s*\}\s*)$/, '0101$2'), /signed by|no signed/],
    ['contract', (text) => text.replace(/"contract": "0x\w+"/, `"contract": "${OTHER}"`), /goes to 0x\w+, and it says/],
    ['kind', (text) => text.replace('"operator-add"', '"operator-data"'), /says operator-data/],
    ['operator', (text) => text.replace(/("operator": \{\s*"id": ")0x\w+/, `$1${OTHER}`), /planned for operator 0x0e/],
  ])('is refused: %s', async (_, change, sentence) => {
    const { text } = await signed()
    const tampered = change(text)
    expect(tampered).not.toBe(text)
    const made = sender(tampered)
    const error = await rejectedBy(run(made.services, input))
    expect([error.code, error.message]).toEqual(['TRANSACTION_INVALID', expect.stringMatching(sentence)])
    expect([made.sent, made.previews, await isMember()]).toEqual([[], [], false])
  })

  it('is refused where somebody else signed the same', async () => {
    const { document, text } = await signed()
    const { chainId, nonce, gas, fees, to, data } = document
    const transaction = { chainId, nonce, gas, fees, to, value: 0n, data }
    const thief = privateKeySigner(parseOperatorPrivateKey('66'.repeat(32), 'the test'))
    const raw = rawTransactions.serialize(transaction, await thief.signDigest(rawTransactions.digest(transaction)))
    const error = await rejectedBy(run(sender(text.replace(document.raw, raw)).services, input))
    expect([error.code, error.message]).toEqual(['TRANSACTION_INVALID', expect.stringContaining(thief.address)])
  })
})

describe('another chain', () => {
  it('is one of another ID, another first block, or another contract', async () => {
    const { document, text } = await signed()
    const otherId = sender(text, { chainId: 10 })
    expect((await rejectedBy(run(otherId.services, input))).code).toBe('WRONG_CHAIN')
    const anew = text.replace(document.genesisHash, `0x${'99'.repeat(32)}`)
    expect((await rejectedBy(run(sender(anew).services, input))).message).toMatch(/another chain of the same ID/)
    const elsewhere = sender(text, { contract: OTHER })
    expect((await rejectedBy(run(elsewhere.services, input))).message).toMatch(/0x0e\w+ is configured/)
    expect(await isMember()).toBe(false)
  })
})

describe('a file that is stale', () => {
  it.each<readonly [string, Wanted | undefined, () => Promise<unknown>, RegExp]>([
    ['its nonce was used', undefined, () => write('setMaintenance', true), /nonce \d+ of account 0x\w+ was used/],
    [
      'the operator is one already',
      undefined,
      () => now.cluster.write(OFFLINE_OWNER, 'addNodeOperator', [{ addr: APPLICANT, data: '0x01' }]),
      /was used by another/,
    ],
    [
      'the data changed',
      UPDATE,
      () => now.cluster.write(OPERATOR, 'updateNodeOperatorData', [OPERATOR, blob('mine', OWN_NODES)]),
      /the data of operator 0x\w+ changed/,
    ],
    [
      'somebody went into maintenance',
      undefined,
      () => now.cluster.write(member(2), 'setMaintenance', [true]),
      /took the maintenance slot/,
    ],
  ])('is not sent: %s', async (_, wanted, meanwhile, sentence) => {
    const { text } = await signed(wanted)
    await meanwhile()
    const made = sender(text)
    const error = await rejectedBy(run(made.services, input))
    expect([error.code, error.message]).toEqual(['STATE_CHANGED', expect.stringMatching(sentence)])
    expect(made.sent).toEqual([])
  })

  it('is not sent while something before it is missing', async () => {
    const { document, text } = await signed()
    await now.chain.rpc('anvil_setNonce', [OFFLINE_OWNER, '0x0'])
    const error = await rejectedBy(run(sender(text).services, input))
    expect([error.code, error.message]).toEqual([
      'STATE_CHANGED',
      expect.stringContaining(`has nonce ${document.nonce}, and the next one of account ${OFFLINE_OWNER} is 0`),
    ])
  })

  it('is not sent where it went stale while somebody was asked', async () => {
    const { text } = await signed(UPDATE)
    const confirm = async () => {
      await now.cluster.write(OPERATOR, 'updateNodeOperatorData', [OPERATOR, blob('mine', OWN_NODES)])
      return true
    }
    const made = sender(text, { confirm, interactive: true })
    expect((await rejectedBy(run(made.services, input))).code).toBe('STATE_CHANGED')
    expect((await stored()).name).toBe('mine')
  })
})

it('does not go into maintenance while data moves', async () => {
  await write('addNodeOperator', { addr: APPLICANT, data: operatorBlob('acme') })
  await write('startMigration', { operatorBitmask: 0b111110n, replicationStrategy: 0 })
  const enter: Wanted = { data: calldata('setMaintenance', true), kind: 'maintenance-enter', operator: null }
  const made = sender((await signed(enter)).text)
  expect((await rejectedBy(run(made.services, input))).code).toBe('MIGRATION_IN_PROGRESS')
  expect([made.sent, (await view()).maintenance]).toEqual([[], null])
})

describe('what it costs', () => {
  it('must be there, and be allowed', async () => {
    const { document, text } = await signed()
    const refusal = async (options: object) => (await rejectedBy(run(sender(text, options).services, input))).code
    expect(await refusal({ maxFeePerGas: document.fees.maxFeePerGas - 1n })).toBe('FEE_TOO_HIGH')
    expect(await refusal({ maxCostWei: 1n })).toBe('FEE_TOO_HIGH')
    await setBalance(document.gas * document.fees.maxFeePerGas - 1n, OFFLINE_OWNER)
    expect(await refusal({})).toBe('INSUFFICIENT_FUNDS')
    await setBalance(parseEther('1'), OFFLINE_OWNER)
    const made = sender(text, { maxFeePerGas: document.fees.maxFeePerGas })
    expect((await run(made.services, input)).data.changed).toBe(true)
    expect(made.previews[0]?.cost).toEqual({
      gas: document.gas,
      executionFeeWei: document.gas * document.fees.maxFeePerGas,
      l1FeeWei: 0n,
      operatorFeeWei: 0n,
    })
  })

  it('may be too little gas by now', async () => {
    const { text } = await signed()
    const made = sender(text, {
      wrap: (chain) => ({
        ...chain,
        estimate: async (snapshot, transaction) => {
          const cost = await chain.estimate(snapshot, transaction)
          return { ...cost, gas: cost.gas * 2n }
        },
      }),
    })
    await run(made.services, input)
    expect(made.said).toContainEqual(expect.stringMatching(/^warning: .* it may run out of gas/))
  })
})

describe('what the contract refuses', () => {
  it('is not sent', async () => {
    const { document, text } = await signed()
    // Nothing that the file depends on: only the contract can tell.
    const settings = { maxOperatorDataBytes: 10, minOperators: 5, extra: SETTINGS.extra }
    await write('updateSettings', settings)
    await now.chain.rpc('anvil_setNonce', [OFFLINE_OWNER, toHex(document.nonce)])
    const made = sender(text)
    const error = await rejectedBy(run(made.services, input))
    expect([error.code, error.message]).toEqual(['DATA_TOO_LARGE', expect.stringMatching(/the cluster allows 10$/)])
    expect(made.sent).toEqual([])
  })

  it('is not sent where only a simulation can tell', async () => {
    const { text } = await signed()
    await now.chain.rpc('anvil_setStorageAt', [now.contract, OWNER_SLOT, `0x${OTHER.slice(2).padStart(64, '0')}`])
    const made = sender(text)
    expect((await rejectedBy(run(made.services, input))).code).toBe('CALL_REVERTS')
    expect(made.sent).toEqual([])
  })

  it('only after it was sent is reported with its reason', async () => {
    const { document, text } = await signed()
    const state = memoryState()
    const wrap = beforeBroadcast(async () => {
      // Not by the owner: his nonce must stay free.
      await now.chain.rpc('anvil_setStorageAt', [now.contract, OWNER_SLOT, `0x${OTHER.slice(2).padStart(64, '0')}`])
    })
    const error = await rejectedBy(run(sender(text, { state, wrap }).services, input))
    expect([error.code, error.details?.hash]).toEqual(['REVERTED', document.hash])
    expect([...state.files.values()][0]?.entries).toMatchObject([{ state: { kind: 'reverted' } }])
    const again = await rejectedBy(run(sender(text, { state }).services, input))
    expect(again.code).toBe('REVERTED')
  })
})

describe('other transactions of the account', () => {
  const waiting = () =>
    now.chain.rpc('eth_sendTransaction', [{ from: OFFLINE_OWNER, to: OFFLINE_OWNER, value: '0x0', gas: '0x5208' }])

  it('that wait are not replaced', async () => {
    const { text } = await signed()
    await automine(false)
    const theirs = await waiting()
    const made = sender(text)
    expect((await rejectedBy(run(made.services, input))).code).toBe('ACCOUNT_BUSY')
    expect(made.sent).toEqual([])
    await mine()
    expect(await now.chain.rpc('eth_getTransactionReceipt', [theirs])).toMatchObject({ status: '0x1' })
    expect(await isMember()).toBe(false)
  })

  it('that this tool left open come first', async () => {
    const first = await signed()
    const second = await signed(UPDATE)
    const state = memoryState()
    await automine(false)
    const stuck = sender(first.text, { state, timeoutMs: 500, clock: fakeClock() })
    expect((await rejectedBy(run(stuck.services, input))).code).toBe('OUTCOME_UNKNOWN')
    const error = await rejectedBy(run(sender(second.text, { state }).services, input))
    expect([error.code, error.details?.hash]).toEqual(['ACCOUNT_BUSY', first.document.hash])
  })

  it.each(['the same', 'another'])('are its own where it waits already, sent from %s machine', async (machine) => {
    const { document, text } = await signed()
    await automine(false)
    const state = memoryState()
    const stuck = sender(text, { state, timeoutMs: 500, clock: fakeClock() })
    expect((await rejectedBy(run(stuck.services, input))).code).toBe('OUTCOME_UNKNOWN')
    const clock = fakeClock(mine)
    const made = sender(text, machine === 'the same' ? { state, clock } : { clock })
    const { data } = await run(made.services, input)
    expect(data).toMatchObject({ changed: false, transaction: { hash: document.hash } })
    expect(await isMember()).toBe(true)
    expect(await transactionCount(OFFLINE_OWNER)).toBe(document.nonce + 1)
  })

  it('that win the race are named', async () => {
    const { document, text } = await signed()
    const wrap = beforeBroadcast(async () => void (await write('setMaintenance', true)))
    const error = await rejectedBy(run(sender(text, { wrap }).services, input))
    expect([error.code, error.details?.hash]).toEqual(['REPLACED', document.hash])
    expect(await isMember()).toBe(false)
  })

  it('never arrived: the same bytes are sent again', async () => {
    const { document, text } = await signed()
    const state = memoryState()
    const lost = { accepted: false, refusals: [], failures: ['a cable'] }
    const wrap = (chain: Chain): Chain => ({ ...chain, broadcast: async () => lost })
    expect((await rejectedBy(run(sender(text, { state, wrap }).services, input))).code).toBe('OUTCOME_UNKNOWN')
    const { data } = await run(sender(text, { state }).services, input)
    expect(data).toMatchObject({ changed: true, transaction: { hash: document.hash } })
  })
})

describe('writes of others', () => {
  it('that it replaces are reported', async () => {
    const { text } = await signed(UPDATE)
    const theirs = blob('theirs', OWN_NODES)
    const wrap = beforeBroadcast(async () => {
      await now.cluster.write(OPERATOR, 'updateNodeOperatorData', [OPERATOR, theirs])
    })
    const made = sender(text, { wrap })
    const { data } = await run(made.services, input)
    expect(data.overwritten).toMatchObject([{ changes: [{ path: 'name', before: 'member 0', after: 'theirs' }] }])
    expect((await stored()).name).toBe('renamed')
  })

  it('that replace it are reported', async () => {
    const { document, text } = await signed(UPDATE)
    await automine(false)
    const wrap = (chain: Chain): Chain => ({
      ...chain,
      broadcast: async (transaction) => {
        const sent = await chain.broadcast(transaction)
        const data = calldata('updateNodeOperatorData', OPERATOR, blob('theirs', OWN_NODES))
        await now.chain.rpc('eth_sendTransaction', [
          {
            from: OPERATOR,
            to: now.contract,
            data,
            gas: '0x7a120',
            maxFeePerGas: toHex(document.fees.maxFeePerGas - 1n),
            maxPriorityFeePerGas: '0x0',
          },
        ])
        await mine()
        return sent
      },
    })
    expect((await rejectedBy(run(sender(text, { wrap }).services, input))).code).toBe('SETTLED_OTHERWISE')
    expect(await rawData()).toBe(blob('theirs', OWN_NODES))
  })
})

it('refuses what is not signed yet', async () => {
  const made = services({ privateKey: null, files: { [SIGNED]: '{"type":"wcn-unsigned-transaction"}' } })
  const error = await rejectedBy(run(made.services, input))
  expect([error.code, error.message]).toEqual(['DOCUMENT_INVALID', expect.stringMatching(/not signed yet/)])
})

/** ERC-7201 slot of OwnableUpgradeable's owner. */
const OWNER_SLOT: Hex = '0x9016d09d72d40fdae2fd8ceac6b6234c7706214fd39c1cd1e609a0528c199300'

function beforeBroadcast(work: () => Promise<void>): (chain: Chain) => Chain {
  return (chain) => ({
    ...chain,
    broadcast: async (transaction) => {
      await work()
      return chain.broadcast(transaction)
    },
  })
}
