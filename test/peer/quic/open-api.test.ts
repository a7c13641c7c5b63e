/** Openings that end in ways which are hard to time with a real peer. */
import { describe, expect, it, vi } from 'vitest'
import type { QuicConnection, QuicStream } from '../../../src/peer/quic/load-addon.js'
import { openApi } from '../../../src/peer/quic/open-api.js'

const LONG_MS = 30_000
const never = () => new Promise<never>(() => undefined)
const fails = (message: string) => () => Promise.reject(new Error(message))

/** Its first stream is the opening's; asking for another tells what the connection ended with. */
function connection(opening: Partial<QuicStream>, another: () => Promise<QuicStream>) {
  const abort = vi.fn()
  const stream = { write: async () => undefined, finishWrite: fails('closed'), stopRead: fails('closed'), ...opening }
  const outboundStream = vi.fn(another).mockResolvedValueOnce(stream as QuicStream)
  return { abort, outboundStream } as unknown as QuicConnection & { readonly abort: typeof abort }
}

describe('an opening', () => {
  it.each([
    ['closed by peer: 0', { kind: 'refused', status: null }],
    ['reset by peer', { kind: 'refused', status: null }],
    ['timed out', { kind: 'silent' }],
  ])('whose connection is lost: %s', async (cause, report) => {
    const lost = connection({ read: fails('connection lost') }, fails(cause))
    expect(await openApi(lost, 'Cluster2', LONG_MS)).toEqual(report)
    expect(lost.abort).toHaveBeenCalled()
  })

  it('whose stream is reset by a peer that allows no other ends in time', async () => {
    const stuck = connection({ read: fails('stream reset by peer: error 0') }, never)
    expect(await openApi(stuck, 'Cluster2', 100)).toEqual({ kind: 'silent' })
    expect(stuck.abort).toHaveBeenCalled()
  })

  it('that is not heard out is still answered', async () => {
    const status = Uint8Array.of(0xff, 0xff, 0xff, 0xfe)
    const rude = connection({ write: fails('sending stopped by peer: error 0'), read: async () => status }, never)
    expect(await openApi(rude, 'Cluster2', LONG_MS)).toEqual({ kind: 'refused', status: -2 })
  })

  it('takes a status that comes a byte at a time', async () => {
    const read = vi.fn(async (max: number) => new Uint8Array(Math.min(max, 1)))
    const slow = connection({ read }, never)
    const report = await openApi(slow, 'Metrics', LONG_MS)
    expect(report.kind).toBe('accepted')
    expect(read.mock.calls).toEqual([[4], [3], [2], [1]])
    expect(slow.abort).not.toHaveBeenCalled()
  })
})

describe('an RPC', () => {
  async function session(read: QuicStream['read']) {
    const opened = connection({ read: async () => new Uint8Array(4) }, async () => {
      const stream = { write: async () => undefined, finishWrite: fails('closed'), stopRead: fails('closed'), read }
      return stream as unknown as QuicStream
    })
    const report = await openApi(opened, 'Metrics', LONG_MS)
    return report.kind === 'accepted' ? report.session : expect.unreachable()
  }

  it('is not read any further once it is late', async () => {
    let reads = 0
    const endless = await session(async () => {
      reads += 1
      await new Promise((resolve) => setTimeout(resolve, 1))
      // The first four announce a MiB.
      return reads === 1 ? Uint8Array.of(0, 0x10, 0, 0) : new Uint8Array(1)
    })
    expect(await endless.call(0, 'node', 50)).toEqual({ kind: 'none', why: 'timeout' })
    const soFar = reads
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(reads).toBeLessThanOrEqual(soFar + 1)
  })

  it('reads no more at a time than is missing', async () => {
    const sizes: number[] = []
    const answer = Buffer.from('{"Ok":"x"}')
    const parts = [Uint8Array.of(0, 0, 0, answer.length), answer]
    const whole = await session(async (max) => {
      sizes.push(max)
      return parts.shift() ?? null
    })
    expect(await whole.call(0, 'node', LONG_MS)).toEqual({ kind: 'ok', value: 'x' })
    expect(sizes).toEqual([4, answer.length])
  })
})
