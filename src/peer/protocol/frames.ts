/** Messages of an RPC on its stream: a 4-byte big-endian length, and that many bytes (docs/dev/network/node-protocol.md, "RPCs"). */

/** The longest frame that the network's own software takes. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024

const HEADER_BYTES = 4

export function encodeFrame(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + message.length)
  new DataView(frame.buffer).setUint32(0, message.length)
  frame.set(message, HEADER_BYTES)
  return frame
}

export type FrameProgress =
  | { readonly kind: 'more' }
  | { readonly kind: 'whole'; readonly message: Uint8Array }
  /** It announces `bytes`, more than a frame may have. Nothing of it is kept. */
  | { readonly kind: 'too-large'; readonly bytes: number }

/** Never holds more than that beyond what has arrived, whatever is announced. */
const GROWTH_BYTES = 64 * 1024

/** Collects one frame from pieces of any size. */
export function collectFrame(maxBytes = MAX_FRAME_BYTES) {
  let buffer = new Uint8Array(HEADER_BYTES)
  let collected = 0
  let wanted = HEADER_BYTES
  let header = true

  const keep = (piece: Uint8Array) => {
    const needed = collected + piece.length
    if (needed > buffer.length) {
      const grown = new Uint8Array(Math.min(wanted, Math.max(needed, 2 * collected, GROWTH_BYTES)))
      grown.set(buffer.subarray(0, collected))
      buffer = grown
    }
    buffer.set(piece, collected)
    collected = needed
  }

  return {
    /** How many bytes are missing, as far as that is known. */
    missing: () => wanted - collected,
    /** Takes the next bytes, no more than are missing. */
    push(piece: Uint8Array): FrameProgress {
      keep(piece)
      if (collected < wanted) return { kind: 'more' }
      if (!header) return { kind: 'whole', message: buffer }
      const bytes = new DataView(buffer.buffer).getUint32(0)
      if (bytes > maxBytes) return { kind: 'too-large', bytes }
      header = false
      buffer = new Uint8Array()
      collected = 0
      wanted = bytes
      return bytes === 0 ? { kind: 'whole', message: buffer } : { kind: 'more' }
    },
  }
}
