import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeAnswer, encodeCall } from '../../../src/peer/protocol/rpc.js'

const answerTo = (text: string) => decodeAnswer(new TextEncoder().encode(text))
const GARBAGE = { kind: 'none', why: 'garbage' }

describe('an RPC', () => {
  it('is its number and a frame of JSON', () => {
    expect(Buffer.from(encodeCall(0, 'node')).toString('latin1')).toBe('\0\0\0\0\u0006"node"')
    expect(Buffer.from(encodeCall(1, null)).toString('latin1')).toBe('\u0001\0\0\0\u0004null')
  })

  it('reads what a real node answered', () => {
    const text = readFileSync(new URL('../../vectors/cluster-api-view.json', import.meta.url), 'utf8')
    expect(answerTo(text)).toMatchObject({ kind: 'ok', value: { cluster_version: 9 } })
  })

  it('is answered with any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON has no -0.
        const kept = JSON.parse(JSON.stringify(value))
        expect(answerTo(JSON.stringify({ Ok: value }))).toEqual({ kind: 'ok', value: kept })
      }),
    )
  })

  it.each([
    ['{"Err":{"code":0,"message":"Not connected"}}', { code: 0, message: 'Not connected' }],
    ['{"Err":{"code":1,"message":"","more":[]}}', { code: 1, message: '' }],
    ['{"Err":{"message":"no code"}}', { code: null, message: 'no code' }],
    ['{"Err":{"code":"x","message":"m"}}', { code: null, message: 'm' }],
    ['{"Err":{"code":1e300,"message":"m"}}', { code: null, message: 'm' }],
  ])('fails with the error of the peer: %s', (text, error) => {
    expect(answerTo(text)).toEqual({ kind: 'error', ...error })
  })

  it('keeps no error message of any length', () => {
    const answer = answerTo(JSON.stringify({ Err: { code: 0, message: 'x'.repeat(100_000) } }))
    expect(answer).toEqual({ kind: 'error', code: 0, message: 'x'.repeat(1_000) })
  })

  it.each([
    '',
    'null',
    '7',
    '"Ok"',
    '[]',
    '["Ok"]',
    '{}',
    '{"ok":1}',
    '{"Ok":1,"Err":{"code":0,"message":""}}',
    '{"Ok":1}{"Ok":1}',
    '{"Err":null}',
    '{"Err":{"code":0}}',
    '{"Err":{"code":0,"message":7}}',
    '{"__proto__":{"Ok":1}}',
    '{"Ok":',
  ])('garbage: %s', (text) => {
    expect(answerTo(text)).toEqual(GARBAGE)
  })

  it('survives any bytes', () => {
    expect(decodeAnswer(Uint8Array.of(0x7b, 0xff, 0x7d))).toEqual(GARBAGE)
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void expect(decodeAnswer(bytes)).toEqual(GARBAGE)))
  })
})
