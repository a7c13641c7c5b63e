/** What a stand-in's port can be made to do beside its own faults: everything wrong that the probe has to tell apart. */
import { setTimeout as sleep } from 'node:timers/promises'
import { hold, type Interference } from '../../src/devnet/stand-in/faults.js'
import type { Served } from '../../src/devnet/stand-in/quic-server.js'
import { encodeFrame, MAX_FRAME_BYTES } from '../../src/peer/protocol/frames.js'
import type { QuicStream } from '../../src/peer/quic/load-addon.js'

type Deed = (stream: QuicStream, connection: Served) => Promise<unknown>

const opening = (deed: Deed): Interference => ({ opening: (connection, stream) => done(deed(stream, connection)) })
const request = (deed: Deed): Interference => ({ request: (connection, stream) => done(deed(stream, connection)) })

async function done(deed: Promise<unknown>): Promise<true> {
  await deed
  return true
}

/** And nothing more. */
const sent = (bytes: Uint8Array): Deed => {
  return async (stream, connection) => {
    await stream.write(bytes)
    await hold(connection, stream)
  }
}

/** And the end of the stream. */
const last = (bytes: Uint8Array): Deed => {
  return async (stream) => {
    if (bytes.length > 0) await stream.write(bytes)
    await stream.finishWrite()
  }
}

const NOTHING = new Uint8Array()

export const NO_STATUS = opening(last(NOTHING))
export const CUT_STATUS = opening(last(Uint8Array.of(0, 0)))
export const GARBAGE = opening(last(Buffer.from('GET ')))

/** One that does arrive, whatever was asked for. */
export function status(value: number): Interference {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return opening(sent(bytes))
}

/** A frame of this text, or of these bytes, whatever was asked. */
export const frame = (content: string | Uint8Array) => request(sent(encodeFrame(Buffer.from(content))))
export const GARBAGE_FRAME = frame(Uint8Array.of(0xff, 0x00, 0xfe))
export const STALLED = request((stream, connection) => hold(connection, stream))
export const NO_ANSWER = request(last(NOTHING))

/** Half a frame, and the end of the connection. */
export const CUT_ANSWER = request(async (stream, connection) => {
  await stream.write(encodeFrame(Buffer.from('{"Ok":null}')).subarray(0, 8))
  connection.abort()
})

/** Frames of a MiB each, one after another, for ever. */
export const ENDLESS = request(async (stream) => {
  for (const mebibyte = encodeFrame(Buffer.alloc(1024 * 1024, 'x')); ; ) await stream.write(mebibyte)
})

/** A frame that comes a byte at a time, and never ends. */
export const DRIP = request(async (stream) => {
  await stream.write(encodeFrame(new Uint8Array(MAX_FRAME_BYTES)).subarray(0, 4))
  for (;;) {
    await stream.write(Uint8Array.of(0x20))
    await sleep(1)
  }
})

/** A frame that is announced to have 4 GiB. */
export const HUGE = request(async (stream) => {
  await stream.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff))
  for (;;) await stream.write(new Uint8Array(1024 * 1024))
})
