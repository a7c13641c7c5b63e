/** `key inspect`: public parts of a secret that is never shown, and what a peer ID holds. */
import { describe, expect, it } from 'vitest'
import { keypairJson } from '../../src/base/keys/node-keypair.js'
import { ed25519PeerId } from '../../src/base/keys/peer-id.js'
import { plainPaint } from '../../src/cli/paint.js'
import { run } from '../../src/key/key-inspect.js'
import { keyInspectView } from '../../src/key/view.js'
import { keypair, SAMPLE_PEER_ID, secretText, world } from '../support/onboarding.js'
import { rejectionOf } from '../support/rejection.js'

const paint = plainPaint

describe('key inspect', () => {
  it.each([
    ['a file', { secretKeyFile: 'k' }],
    ['standard input', { secretKeyFile: '-' }],
    ['standard input as the argument', { value: '-' }],
    ['a prompt', {}],
    ['the Rust tool’s flag', { secretKey: 'SECRET' }],
  ])('derives what is public from %s', async (_, given) => {
    const pair = await keypair(1)
    const secret = secretText(pair).trim()
    const { services, said } = await world({ k: `${secret}\n`, '-': `${secret}\n`, typed: secret })
    const input = 'secretKey' in given ? { secretKey: secret } : given
    const { data } = await run(services, input)
    const { public_key, peer_id } = keypairJson(pair)
    expect(data).toEqual({ peer_id, kind: 'ed25519', usable: true, reason: null, public_key })
    expect(keyInspectView(data, paint)).toContain(peer_id)
    expect(JSON.stringify(data) + keyInspectView(data, paint) + said.join()).not.toContain(secret)
    expect(said).toHaveLength('secretKey' in given ? 1 : 0)
  })

  it('reads peer IDs in either spelling', async () => {
    const { services } = await world()
    const { peerId, publicKey } = await keypair(1)
    const { data } = await run(services, { value: peerId })
    expect(data).toEqual({
      peer_id: peerId,
      kind: 'ed25519',
      usable: true,
      reason: null,
      public_key: Buffer.from(publicKey).toString('base64'),
    })
    const { peerIdFromString } = await import('@libp2p/peer-id')
    const cid = peerIdFromString(peerId).toCID().toString()
    expect((await run(services, { value: cid })).data.peer_id).toBe(peerId)
  })

  it('says which peer IDs no node can have', async () => {
    const { services } = await world()
    const sample = (await run(services, { value: SAMPLE_PEER_ID })).data
    expect(sample).toMatchObject({ peer_id: SAMPLE_PEER_ID, kind: 'no-key', usable: false, public_key: null })
    expect(keyInspectView(sample, paint)).toMatch(/usable by a node +no: .*no ed25519 public key/)
    const weak = ed25519PeerId(Uint8Array.of(1, ...new Uint8Array(31)))
    expect((await run(services, { value: weak })).data.reason).toMatch(/small order/)
  })

  it('knows the key that everybody knows', async () => {
    const { services } = await world()
    const { data } = await run(services, { secretKey: '0vr7GpjjVRl3YeUAT4OR6H0K4IcN/diinacBgbZOwJA=' })
    expect(data).toMatchObject({
      usable: false,
      reason: expect.stringMatching(/example key in the onboarding document/),
    })
    expect((await run(services, { value: data.peer_id })).data).toEqual(data)
  })

  it.each([
    Buffer.alloc(32, 5).toString('base64'),
    Buffer.alloc(32, 5).toString('base64url'),
    Buffer.alloc(64, 5).toString('base64'),
    '5a'.repeat(32),
    `0x${'5A'.repeat(32)}`,
  ])('refuses a secret as an argument without repeating it', async (value) => {
    const { services } = await world()
    const error = await rejectionOf(run(services, { value }))
    expect(error.code).toBe('USAGE')
    expect(error.message).toMatch(/looks like a secret key/)
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain(value)
  })

  it.each([
    ['', 'PEER_ID_INVALID'],
    ['12D3KooWnonsense', 'PEER_ID_INVALID'],
    ['0x4a7269c02Dd694907e5A1D33ae26332C45941c44', 'PEER_ID_INVALID'],
    ['x'.repeat(10_000), 'PEER_ID_INVALID'],
  ])('refuses %j', async (value, code) => {
    const { services } = await world()
    expect((await rejectionOf(run(services, { value }))).code).toBe(code)
  })

  it('needs exactly one key', async () => {
    const { services, facts } = await world()
    expect((await rejectionOf(run(services, { value: '-', secretKeyFile: 'k' }))).code).toBe('USAGE')
    facts.interactive = false
    expect((await rejectionOf(run(services, {}))).code).toBe('INPUT_REQUIRED')
    const bad = await rejectionOf(run(services, { secretKey: `0x${'12'.repeat(32)}` }))
    expect([bad.code, bad.message]).toEqual(['KEY_INVALID', expect.stringMatching(/^--secret-key looks like an EVM/)])
  })
})
