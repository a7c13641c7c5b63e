import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectFrame, encodeFrame, type FrameProgress, MAX_FRAME_BYTES } from '../../../src/peer/protocol/frames.js'

const LARGEST = 300_000

/** Reads as the adapter does: never more than is missing, in pieces of the given sizes, over and over. */
function collect(bytes: Uint8Array, sizes: readonly number[], maxBytes = MAX_FRAME_BYTES) {
  const frame = collectFrame(maxBytes)
  let progress: FrameProgress = { kind: 'more' }
  let at = 0
  for (let turn = 0; progress.kind === 'more' && at < bytes.length; turn++) {
    const size = Math.min(sizes[turn % sizes.length] ?? 1, frame.missing())
    const piece = bytes.subarray(at, at + size)
    at += piece.length
    progress = frame.push(piece)
  }
  return { progress, read: at }
}

const anySizes = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 })

describe('a frame', () => {
  it('comes out as it went in, in whatever pieces, and nothing behind it is read', () => {
    const anyMessage = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.nat(LARGEST).map((length) => new Uint8Array(length).map((_, index) => index)),
    )
    fc.assert(
      fc.property(anyMessage, fc.uint8Array({ maxLength: 20 }), anySizes, (message, rest, sizes) => {
        const frame = encodeFrame(message)
        const { progress, read } = collect(Buffer.concat([frame, rest]), sizes)
        expect(progress.kind).toBe('whole')
        if (progress.kind === 'whole') expect(Buffer.compare(progress.message, message)).toBe(0)
        expect(read).toBe(frame.length)
      }),
      { numRuns: 60 },
    )
  })

  it('may have 8 MiB and no more; what is too large is not read', () => {
    const header = (length: number) => encodeFrame(new Uint8Array()).map((_, at) => (length >>> (24 - 8 * at)) & 0xff)
    expect(collect(header(MAX_FRAME_BYTES), [4])).toEqual({ progress: { kind: 'more' }, read: 4 })
    for (const bytes of [MAX_FRAME_BYTES + 1, 2 ** 31, 2 ** 32 - 1]) {
      expect(collect(header(bytes), [1])).toEqual({ progress: { kind: 'too-large', bytes }, read: 4 })
    }
  })

  it('costs what has arrived, not what is announced', () => {
    const before = process.memoryUsage().arrayBuffers
    const frames = Array.from({ length: 100 }, () => {
      const frame = collectFrame()
      frame.push(Uint8Array.of(0x00, 0x80, 0x00, 0x00))
      frame.push(new Uint8Array(1))
      return frame
    })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(frames.length * 128 * 1024)
    expect(frames[0]?.missing()).toBe(MAX_FRAME_BYTES - 1)
  })

  it('of any bytes is unfinished, whole or too large', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), anySizes, (bytes, sizes) => {
        const { progress } = collect(bytes, sizes, 100)
        if (progress.kind === 'whole') expect(progress.message.length).toBeLessThanOrEqual(100)
        if (progress.kind === 'too-large') expect(progress.bytes).toBeGreaterThan(100)
      }),
    )
  })
})
