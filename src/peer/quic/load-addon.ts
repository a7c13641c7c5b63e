/**
 * Loads the QUIC addon, which is optional: a native program for some platforms, each in a package of its own. The one
 * they belong to is libp2p's transport, with 60 packages of which nothing is needed here.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { NodeKeypair } from '../../base/keys/node-keypair.js'
import { ADDON_VERSION, KNOWN_ADDONS } from './known-addons.js'

/** One UDP socket, from which any number of connections are made. */
export interface QuicClient {
  /** Can't be cancelled. Rejects where the handshake fails, or nothing is heard for half as long again as may be idle. */
  outboundConnection(ip: string, port: number): Promise<QuicConnection>
  abort(): void
}

export interface QuicConnection {
  /** `/ip4/…/udp/…/quic-v1/p2p/PEERID`: who the certificate proves the peer to be. */
  remoteMultiaddr(): string
  /** Whole milliseconds. */
  rtt(): number
  outboundStream(): Promise<QuicStream>
  abort(): void
}

/** Nothing but `abort` of its connection may be called while a call is under way on the same half of it. */
export interface QuicStream {
  /** At most `max` bytes; null at the end. */
  read(max: number): Promise<Uint8Array | null>
  write(bytes: Uint8Array): Promise<void>
  finishWrite(): Promise<void>
  stopRead(): Promise<void>
}

declare const config: unique symbol
export type QuicConfig = { readonly [config]: true }

/** What is used of it; it has a server as well. */
export interface QuicAddon {
  readonly QuinnConfig: new (fields: ReturnType<typeof quicConfig>) => QuicConfig
  readonly Client: new (config: QuicConfig, family: 0) => QuicClient
}

const PACKAGE = '@chainsafe/libp2p-quic'
/** The message ends a sentence that begins with the addon's name. */
export const ADDON_REFUSED = 'ADDON_REFUSED'

/** Rejects where it is not installed, does not load on this machine, or is not what it is known to be. */
export async function loadAddon(): Promise<QuicAddon> {
  return loadFor(`${process.platform}-${process.arch}`, createRequire(import.meta.url))
}

/** Of several that are installed the first that loads: those for glibc and for musl differ in nothing else. */
export function loadFor(platform: string, from: NodeJS.Require, known = KNOWN_ADDONS): QuicAddon {
  const targets = Object.keys(known).filter((target) => target.startsWith(platform))
  if (targets.length === 0) throw refused(`this version of wcn does not know its bytes for ${platform}`)
  const failures: unknown[] = []
  for (const target of targets) {
    try {
      const path = from.resolve(`${PACKAGE}-${target}`)
      if (createHash('sha256').update(readFileSync(path)).digest('hex') !== known[target])
        throw refused(`the bytes installed for ${target} are not those of its version ${ADDON_VERSION}`)
      return from(path)
    } catch (error) {
      failures.push(error)
    }
  }
  throw failures.find((error) => !isAbsent(error)) ?? failures[0]
}

export function isAbsent(error: unknown): boolean {
  return /^(?:ERR_)?MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException | undefined)?.code ?? '')
}

function refused(why: string): Error {
  return Object.assign(new Error(`is not loaded: ${why}`), { code: ADDON_REFUSED })
}

/** An ed25519 key in libp2p's protobuf form: its type, and 64 bytes of seed and public key. */
const ED25519_PRIVATE_KEY = [0x08, 0x01, 0x12, 0x40]

/** How this tool speaks QUIC, as whom. Times in milliseconds; the addon requires every field. */
export function quicConfig({ secretKey, publicKey }: NodeKeypair, maxIdleTimeoutMs: number) {
  return {
    /** libp2p's protobuf form. */
    privateKeyProto: Uint8Array.from([...ED25519_PRIVATE_KEY, ...secretKey.reveal(), ...publicKey]),
    handshakeTimeout: maxIdleTimeoutMs,
    maxIdleTimeout: maxIdleTimeoutMs,
    // Nodes drop who has been silent for 500 ms.
    keepAliveInterval: 100,
    maxConcurrentStreamLimit: 16,
    // What a hostile peer can make this process hold, per connection.
    maxStreamData: 256 * 1024,
    maxConnectionData: 512 * 1024,
    receiveBufferSize: 500_000,
    sendBufferSize: 500_000,
  }
}
