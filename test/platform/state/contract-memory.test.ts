/** What is remembered of a contract: per contract and chain, and a file that is not understood is left as it is. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Address, addressFromBytes } from '../../../src/base/address.js'
import { bytesToHex } from '../../../src/base/hex.js'
import { parseStateDocument } from '../../../src/documents/state-document.js'
import { createState, type State } from '../../../src/platform/state/local-state.js'
import {
  CONTRACT_MEMORY,
  type ContractKey,
  type ContractMemory,
  formatMemory,
} from '../../../src/platform/state/memories.js'
import { bytes } from '../../support/arbitraries.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { rejectionOf } from '../../support/rejection.js'
import { thrownBy } from '../../support/thrown.js'

let box: Sandbox
let state: State
beforeEach(() => {
  box = sandbox()
  state = createState({ directory: box.path('state'), host: 'h', command: 'c', now: () => 0 })
})
afterEach(() => box.remove())

const KEY: ContractKey = {
  chainId: 10,
  genesisHash: `0x${'6e'.repeat(32)}`,
  contract: `0x${'c0'.repeat(20)}` as Address,
}
const MEMORY: ContractMemory = {
  implementation: `0x${'1a'.repeat(20)}` as Address,
  keyFingerprint: `0x${'fe'.repeat(32)}`,
}
const path = () => box.path(`state/contracts/10-6e6e6e6e-${KEY.contract}.json`)

describe('the memory of a contract', () => {
  it('is nothing at first, and then what was last remembered', async () => {
    expect(await state.recall(KEY)).toBeNull()
    expect(readdirSync(box.path('.'))).toEqual([])
    await state.remember(KEY, MEMORY)
    expect(await state.recall(KEY)).toEqual(MEMORY)
    await state.remember(KEY, { implementation: null, keyFingerprint: null })
    expect(await state.recall(KEY)).toEqual({ implementation: null, keyFingerprint: null })
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    expect(statSync(box.path('state/contracts')).mode & 0o777).toBe(0o700)
  })

  it('is of one contract on one chain', async () => {
    await state.remember(KEY, MEMORY)
    for (const other of [
      { ...KEY, chainId: 31337 },
      { ...KEY, genesisHash: `0x${'6f'.repeat(32)}` as const },
      { ...KEY, contract: `0x${'c1'.repeat(20)}` as Address },
    ])
      expect(await state.recall(other)).toBeNull()
  })

  it('is not written again where it stays the same', async () => {
    await state.remember(KEY, MEMORY)
    const before = statSync(path()).ino
    await state.remember(KEY, { ...MEMORY })
    expect(statSync(path()).ino).toBe(before)
  })

  it.each([
    ['cut off', (text: string) => text.slice(0, 40), 'cut off or damaged'],
    ['newer', (text: string) => text.replace('"version": 1', '"version": 7'), 'written by a newer wcn'],
    ['of another contract', (text: string) => text.replace('c0c0"', 'c1c1"'), 'of another contract or chain'],
    ['of another genesis', (text: string) => text.replace('6e6e"', '6f6f"'), 'of another contract or chain'],
  ])('refuses a file that is %s, and leaves it as it is', async (_, damage, why) => {
    mkdirSync(box.path('state/contracts'), { recursive: true })
    const text = damage(formatMemory({ key: KEY, memory: MEMORY }, CONTRACT_MEMORY))
    writeFileSync(path(), text)
    for (const call of [state.recall(KEY), state.remember(KEY, MEMORY)]) {
      const error = await rejectionOf(call)
      expect(error.code).toBe('JOURNAL_INVALID')
      expect(error.message).toContain(path())
      expect(error.message).toContain(why)
      expect(error.hint).toContain('move it away')
    }
    expect(readFileSync(path(), 'utf8')).toBe(text)
  })
})

describe('its file', () => {
  const parse = (text: string) => parseStateDocument(text, 'x', CONTRACT_MEMORY)
  const anyAddress = bytes(20).map(addressFromBytes)
  const anyHash = bytes(32).map(bytesToHex)
  const anyContent = fc.record({
    key: fc.record({ chainId: fc.integer({ min: 1 }), genesisHash: anyHash, contract: anyAddress }),
    memory: fc.record({ implementation: fc.option(anyAddress), keyFingerprint: fc.option(anyHash) }),
  })

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        expect(parse(formatMemory(content, CONTRACT_MEMORY))).toEqual(content)
      }),
    )
  })

  it('is refused, whatever else it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(thrownBy(() => parse(text)).code).toBe('JOURNAL_INVALID')
      }),
    )
  })
})
