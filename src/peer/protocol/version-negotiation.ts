/**
 * A question that every QUIC server answers to anybody, without keeping a connection for it: a packet of a version that
 * no server knows is answered with the versions it does (RFC 8999; RFC 9000, 6.1). Connection limits don't apply to it.
 */

export const CONNECTION_ID_BYTES = 8

/** Reserved to provoke version negotiation (RFC 9000, 15). */
const UNKNOWN_VERSION = 0x1a2a3a4a
/** Servers ignore what is too short to be a first packet (RFC 9000, 14.1). */
const DATAGRAM_BYTES = 1200
const LONG_HEADER = 0x80
const FIXED_BIT = 0x40

/** Connection IDs of 8 random bytes each: by them the answer is known to be one. */
export interface LookIds {
  readonly destination: Uint8Array
  readonly source: Uint8Array
}

export function encodeLook({ destination, source }: LookIds): Uint8Array {
  const datagram = new Uint8Array(DATAGRAM_BYTES)
  const view = new DataView(datagram.buffer)
  datagram[0] = LONG_HEADER | FIXED_BIT
  view.setUint32(1, UNKNOWN_VERSION)
  let at = 5
  for (const id of [destination, source]) {
    datagram[at] = id.length
    datagram.set(id, at + 1)
    at += 1 + id.length
  }
  return datagram
}

/** Whether a datagram, which may be anything, is the answer: version 0, our IDs the other way round, and versions. */
export function isVersionNegotiation(datagram: Uint8Array, { destination, source }: LookIds): boolean {
  const head = [0, 0, 0, 0, source.length, ...source, destination.length, ...destination]
  const versions = datagram.length - 1 - head.length
  return (
    ((datagram[0] ?? 0) & LONG_HEADER) !== 0 &&
    versions > 0 &&
    versions % 4 === 0 &&
    head.every((byte, index) => byte === datagram[index + 1])
  )
}
