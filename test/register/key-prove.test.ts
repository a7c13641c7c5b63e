/** `key prove`: signs what it showed, for a key that the draft names, and nothing else. */
import { describe, expect, it } from 'vitest'
import { plainPaint } from '../../src/cli/paint.js'
import type { JoinRequestDraft } from '../../src/register/join-request-document.js'
import { run } from '../../src/register/key-prove.js'
import { isNodeSignature } from '../../src/register/model/signatures.js'
import { keyProveView } from '../../src/register/view.js'
import {
  digestOf,
  draftOf,
  goodRequest,
  keypair,
  NOW,
  node,
  operatorData,
  secretText,
  world,
} from '../support/onboarding.js'
import { rejectionOf } from '../support/rejection.js'

async function prepared(changes: Partial<JoinRequestDraft> = {}) {
  const [a, b] = [await keypair(1), await keypair(2)]
  const draft = await draftOf(operatorData([node(a, '5.6.7.8'), node(b, '5.6.7.9')], 'ac "me"'), changes)
  const made = await world({ draft: JSON.stringify(draft), key: secretText(a), other: secretText(await keypair(9)) })
  return { ...made, draft, a }
}

const input = { draft: 'draft', secretKeyFile: 'key' }

describe('key prove', () => {
  it('shows the content, asks, and signs it', async () => {
    const { services, said, asked, draft, a } = await prepared()
    const { data } = await run(services, input)
    const digest = digestOf(draft)
    expect(data).toEqual({
      type: 'wcn-join-proof',
      version: 1,
      digest,
      peer_id: a.peerId,
      signature: expect.any(String),
    })
    if (!('signature' in data)) throw new Error('no proof')
    expect(await isNodeSignature(a.peerId, digest, data.signature)).toBe(true)
    expect(JSON.parse(keyProveView(data, plainPaint))).toEqual(data)
    const shown = said.join('\n')
    for (const part of [draft.operator, draft.contract, 'chain 10', '"ac \\"me\\""', ...draft.peer_ids, digest])
      expect(shown).toContain(part)
    expect(asked).toEqual([`Sign this as ${a.peerId}?`])
  })

  it('writes the proof to a file', async () => {
    const { services, files, draft, a } = await prepared()
    const { data } = await run(services, { ...input, out: 'proof' })
    expect(data).toEqual({ file: 'proof', peer_id: a.peerId, digest: digestOf(draft) })
    expect(JSON.parse(files.contents.get('proof') ?? '')).toMatchObject({ type: 'wcn-join-proof', peer_id: a.peerId })
    expect(keyProveView(data, plainPaint)).toContain('proof')
    expect((await rejectionOf(run(services, { ...input, out: 'proof' }))).code).toBe('FILE_EXISTS')
  })

  it('signs nothing without consent', async () => {
    const { services, facts, files } = await prepared()
    facts.consents = false
    expect((await rejectionOf(run(services, { ...input, out: 'proof' }))).code).toBe('DECLINED')
    expect(files.contents.has('proof')).toBe(false)
  })

  it.each<[string, Partial<JoinRequestDraft>, RegExp]>([
    ['a name that the data does not have', { name: 'other' }, /^draft: "name"/],
    ['peer IDs that the data does not have', { peer_ids: [] }, /^draft: "peer_ids"/],
    ['broken data', { data: '0x01' }, /^draft: "data"/],
    ['a contract that is none', { contract: '0x1' }, /^draft: "contract"/],
    ['a draft that expired', { expires_at: NOW }, /^draft: it expired/],
  ])('refuses %s', async (_, changes, why) => {
    const { services, asked } = await prepared(changes)
    const error = await rejectionOf(run(services, input))
    expect([error.code, error.message]).toEqual(['REQUEST_INVALID', expect.stringMatching(why)])
    expect(asked).toEqual([])
  })

  it('refuses a key of another node', async () => {
    const { services, asked } = await prepared()
    const error = await rejectionOf(run(services, { ...input, secretKeyFile: 'other' }))
    expect([error.code, asked.length]).toEqual(['REQUEST_INVALID', 0])
    expect(error.message).toMatch(/does not name 12D3KooW/)
  })

  it('refuses files that are something else', async () => {
    const { services, files } = await prepared()
    files.contents.set('request', JSON.stringify(await goodRequest()))
    files.contents.set('garbage', '{"type": ')
    files.contents.set('list', '[]')
    files.contents.set('digest', `0x${'ab'.repeat(32)}`)
    const more = JSON.stringify({ ...(await draftOf(operatorData([]))), note: 'hi' })
    files.contents.set('more', more)
    const messages = []
    for (const draft of ['request', 'garbage', 'list', 'digest', 'more', 'missing']) {
      const error = await rejectionOf(run(services, { ...input, draft }))
      messages.push(`${error.code}: ${error.message}`)
    }
    expect(messages).toEqual([
      'DOCUMENT_INVALID: request is a join request, and a draft that is not signed yet is expected',
      expect.stringMatching(/^DOCUMENT_INVALID: garbage:1: /),
      expect.stringMatching(/^DOCUMENT_INVALID: list:1: /),
      expect.stringMatching(/^DOCUMENT_INVALID: digest:1: /),
      'DOCUMENT_INVALID: more:1: note: unknown key "note"',
      expect.stringMatching(/^FILE_UNREADABLE: /),
    ])
    expect((await rejectionOf(run(services, { ...input, secretKeyFile: 'draft' }))).code).toBe('KEY_INVALID')
  })
})
