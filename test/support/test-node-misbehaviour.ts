/** A stand-in's server misbehaves here in every way that the probe has to tell apart. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Interference } from '../../src/devnet/stand-in/faults.js'
import type { Served } from '../../src/devnet/stand-in/quic-server.js'
import { int32 } from '../../src/devnet/stand-in/rpc-server.js'
import { encodeFrame, MAX_FRAME_BYTES } from '../../src/peer/protocol/frames.js'
import type { QuicStream } from '../../src/peer/quic/load-addon.js'

const SLOW_MS = 500

export type ServerBehaviour =
  | 'normal'
  /** Answers everything half a second late. */
  | 'slow'
  /** Takes the connection, and never answers the opening. */
  | 'silent'
  /** Closes the connection before the status, as real nodes refuse. */
  | 'close'
  /** Ends only the stream, before the status. */
  | 'no-status'
  /** Two bytes of a status, and the end. */
  | 'cut-status'
  /** A status that is none. */
  | 'garbage'
  /** A status that does arrive, whatever was asked for. */
  | { readonly status: number }
  /** Opens every API, and answers every RPC with a frame that is no JSON. */
  | 'garbage-frames'
  /** … with a frame of the given text. */
  | { readonly frame: string }
  /** … with frames of a MiB each, one after another, for ever. */
  | 'endless'
  /** … with a frame that comes a byte at a time, and never ends. */
  | 'drip'
  /** … with a frame that is announced to have 4 GiB. */
  | 'huge'
  /** … with nothing. */
  | 'stalled'
  /** … with the end of the stream. */
  | 'no-answer'
  /** … with half a frame, and closes the connection. */
  | 'cut-answer'

/** What misbehaves when it answers opens every API to everybody. */
export function opensAll(behaviour: ServerBehaviour): boolean {
  return behaviour !== 'normal' && behaviour !== 'slow'
}

/** `behaviour` is asked for anew each time. */
export function misbehaving(behaviour: () => ServerBehaviour): Interference {
  return {
    async opening(connection, stream) {
      const misbehaviour = behaviour()
      if (misbehaviour === 'slow') await sleep(SLOW_MS)
      if (misbehaviour === 'silent') await hold(connection, stream)
      else if (misbehaviour === 'close') connection.abort()
      else if (misbehaviour === 'no-status') await stream.finishWrite()
      else if (misbehaviour === 'cut-status' || misbehaviour === 'garbage') {
        await stream.write(misbehaviour === 'garbage' ? Buffer.from('GET ') : Uint8Array.of(0, 0))
        await stream.finishWrite()
      } else if (typeof misbehaviour === 'object' && 'status' in misbehaviour) {
        await stream.write(int32(misbehaviour.status))
        await hold(connection, stream)
      } else return false
      return true
    },
    async request(connection, stream) {
      const misbehaviour = behaviour()
      if (misbehaviour === 'slow') await sleep(SLOW_MS)
      if (!opensAll(misbehaviour)) return false
      await misanswer(connection, stream, misbehaviour)
      return true
    },
  }
}

async function misanswer(connection: Served, stream: QuicStream, behaviour: ServerBehaviour): Promise<void> {
  if (typeof behaviour === 'object') {
    if ('frame' in behaviour) await stream.write(encodeFrame(Buffer.from(behaviour.frame)))
    await hold(connection, stream)
  } else if (behaviour === 'garbage-frames') {
    await stream.write(encodeFrame(Uint8Array.of(0xff, 0x00, 0xfe)))
    await hold(connection, stream)
  } else if (behaviour === 'endless') {
    const frame = encodeFrame(Buffer.alloc(1024 * 1024, 'x'))
    for (;;) await stream.write(frame)
  } else if (behaviour === 'drip') {
    await stream.write(encodeFrame(new Uint8Array(MAX_FRAME_BYTES)).subarray(0, 4))
    for (;;) {
      await stream.write(Uint8Array.of(0x20))
      await sleep(1)
    }
  } else if (behaviour === 'huge') {
    await stream.write(Uint8Array.of(0xff, 0xff, 0xff, 0xff))
    for (;;) await stream.write(new Uint8Array(1024 * 1024))
  } else if (behaviour === 'no-answer') {
    await stream.finishWrite()
  } else if (behaviour === 'cut-answer') {
    const frame = encodeFrame(Buffer.from('{"Ok":null}'))
    await stream.write(frame.subarray(0, 8))
    connection.abort()
  } else await hold(connection, stream)
}

/** The addon ends a stream that nobody refers to any more. */
async function hold(connection: Served, stream: QuicStream): Promise<void> {
  await connection.closed()
  await stream.finishWrite()
}
