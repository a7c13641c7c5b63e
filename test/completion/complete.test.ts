import { describe, expect, it } from 'vitest'
import type { CommandGrammar, ValueKind } from '../../src/base/grammar.js'
import { complete } from '../../src/completion/complete.js'
import { memoryContexts } from '../support/memory-contexts.js'
import { type Overrides, testServices } from '../support/services.js'

function taking(kind: ValueKind): CommandGrammar {
  const value = { kind, choices: [], variadic: false }
  return { name: 'wcn', aliases: [], summary: '', hidden: false, commands: [], options: [], arguments: [value] }
}

async function offered(kind: ValueKind, services: Overrides): Promise<readonly string[]> {
  const { data } = await complete(testServices(services), taking(kind), [''])
  return data.candidates.map(({ value, summary }) => `${value} ${summary}`.trim())
}

describe('values of this machine', () => {
  it('contexts, and which is in use', async () => {
    const of = { contract_address: '0x00' }
    const contexts = memoryContexts({ current: 'na', contexts: { eu: of, na: of } })
    expect(await offered('context', { contexts })).toEqual(['eu', 'na in use'])
  })

  it('nothing is known of anything else', async () => expect(await offered('other', {})).toEqual([]))
})

it('what cannot be read is not offered', async () => {
  const failing = () => Promise.reject(new Error('no'))
  expect(await offered('context', { contexts: { ...memoryContexts(), read: failing } })).toEqual([])
})
