/**
 * A UDP port that speaks just enough QUIC to go wrong before any certificate is seen: it reads the first packet's IDs,
 * and answers with versions, or with an Initial packet of any frames (RFC 9000, 17.2; RFC 9001, 5.2).
 */
import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'

export type StubAnswer =
  /** Versions that nobody has, whatever comes. */
  | 'other-versions'
  /** The versions of every server, to who asks for them; nothing to who dials. */
  | 'deaf'
  /** As a server without libp2p does: no application protocol in common. */
  | 'no-common-protocol'
  /** As a node that is about to stop: CONNECTION_REFUSED to who dials. */
  | 'refuses'
  /** A TLS message that is announced to have 10 MB, as fast as it can. */
  | 'endless-certificate'
  /** TLS bytes with a gap before them, so that they can only be kept. */
  | 'gaps'
  /** Bytes that are no QUIC. */
  | 'noise'
  /** Nothing at all. */
  | 'nothing'

/** How many packets make up what never ends, for one that dials. */
const FLOOD_PACKETS = 10_000
const CRYPTO_BYTES = 1_000
const QUIC_1 = 1

export async function startQuicStub(answer: StubAnswer): Promise<{ readonly port: number; stop(): void }> {
  const socket = createSocket('udp4')
  let stopped = false
  socket.on('message', (datagram, { port, address }) => {
    const ids = connectionIds(datagram)
    const send = (bytes: Uint8Array) => socket.send(bytes, port, address)
    if (answer === 'nothing') return
    if (answer === 'noise' || ids === null) return send(Buffer.from('hello\n'))
    const asksForVersions = datagram.readUInt32BE(1) !== QUIC_1
    if (answer === 'other-versions') return send(versions(ids, 0xff00001d))
    if (asksForVersions) return send(versions(ids, QUIC_1))
    if (answer === 'deaf') return
    if (answer === 'no-common-protocol') return send(initialPacket(ids, 0, NO_APPLICATION_PROTOCOL))
    if (answer === 'refuses') return send(initialPacket(ids, 0, CONNECTION_REFUSED))
    flood(answer === 'gaps' ? 1 : 0, (number, offset) => {
      if (!stopped) send(initialPacket(ids, number, cryptoFrame(offset)))
      return !stopped
    })
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    port: socket.address().port,
    stop() {
      stopped = true
      socket.close()
    },
  }
}

/** A few packets at a time, as the network would bring them. */
function flood(firstOffset: number, send: (number: number, offset: number) => boolean, from = 0): void {
  for (let number = from; number < from + 20; number++) {
    if (number >= FLOOD_PACKETS || !send(number, firstOffset + number * CRYPTO_BYTES)) return
  }
  setImmediate(() => flood(firstOffset, send, from + 20))
}

interface Ids {
  readonly destination: Buffer
  readonly source: Buffer
}

/** Null where it is no packet with a long header. */
function connectionIds(datagram: Buffer): Ids | null {
  if (datagram.length < 1200 || ((datagram[0] ?? 0) & 0x80) === 0) return null
  const destinationEnd = 6 + (datagram[5] ?? 0)
  const sourceLength = datagram[destinationEnd] ?? 0
  return {
    destination: datagram.subarray(6, destinationEnd),
    source: datagram.subarray(destinationEnd + 1, destinationEnd + 1 + sourceLength),
  }
}

function versions({ destination, source }: Ids, version: number): Buffer {
  return Buffer.concat([Uint8Array.of(0xc0), uint32(0), withLength(source), withLength(destination), uint32(version)])
}

/** CONNECTION_CLOSE with TLS alert 120. */
const NO_APPLICATION_PROTOCOL = Buffer.concat([Uint8Array.of(0x1c), varint(0x178), varint(0x06), varint(0)])

/** CONNECTION_CLOSE with error 2 (RFC 9000, 20.1). */
const CONNECTION_REFUSED = Buffer.concat([Uint8Array.of(0x1c), varint(0x02), varint(0), varint(0)])

/** Those at offset 0 begin a server hello of 10 MB. */
function cryptoFrame(offset: number): Buffer {
  const data = Buffer.alloc(CRYPTO_BYTES, 0x41)
  if (offset === 0) data.set([0x02, 0x98, 0x96, 0x80])
  return Buffer.concat([Uint8Array.of(0x06), varint(offset), varint(data.length), data])
}

function initialPacket({ destination, source }: Ids, number: number, frames: Buffer): Buffer {
  const secret = expandLabel(createHmac('sha256', INITIAL_SALT).update(destination).digest(), 'server in', 32)
  const [key, iv, mask] = [
    expandLabel(secret, 'quic key', 16),
    expandLabel(secret, 'quic iv', 12),
    expandLabel(secret, 'quic hp', 16),
  ]
  const number32 = uint32(number)
  const header = Buffer.concat([
    Uint8Array.of(0xc3),
    uint32(QUIC_1),
    withLength(source),
    withLength(OWN_ID),
    varint(0),
    varint(number32.length + frames.length + 16),
    number32,
  ])
  const nonce = Buffer.from(iv)
  for (let at = 0; at < 4; at++) nonce[8 + at] = (nonce[8 + at] ?? 0) ^ (number32[at] ?? 0)
  const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(header)
  const payload = Buffer.concat([cipher.update(frames), cipher.final(), cipher.getAuthTag()])
  const protection = createCipheriv('aes-128-ecb', mask, null).update(payload.subarray(0, 16))
  header[0] = (header[0] ?? 0) ^ ((protection[0] ?? 0) & 0x0f)
  for (let at = 0; at < 4; at++) {
    const place = header.length - 4 + at
    header[place] = (header[place] ?? 0) ^ (protection[1 + at] ?? 0)
  }
  return Buffer.concat([header, payload])
}

const INITIAL_SALT = Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex')
const OWN_ID = randomBytes(8)

/** HKDF-Expand-Label of TLS 1.3, which node's hkdf (extract and expand) doesn't give. */
function expandLabel(secret: Uint8Array, label: string, length: number): Buffer {
  const info = Buffer.concat([
    Uint8Array.of(0, length),
    withLength(Buffer.from(`tls13 ${label}`)),
    Uint8Array.of(0),
    // One block is enough: no label asks for more than 32 bytes.
    Uint8Array.of(1),
  ])
  return createHmac('sha256', secret).update(info).digest().subarray(0, length)
}

function withLength(bytes: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** In 4 bytes, whatever its size (RFC 9000, 16). */
function varint(value: number): Buffer {
  return uint32(value + 0x80000000)
}
