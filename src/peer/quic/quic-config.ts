/** How this tool speaks QUIC, as whom. */
import type { NodeKeypair } from '../../base/keys/node-keypair.js'
import type { QuicConfigFields } from './load-addon.js'

/** An ed25519 key in libp2p's protobuf form: its type, and 64 bytes of seed and public key. */
const ED25519_PRIVATE_KEY = [0x08, 0x01, 0x12, 0x40]

export function quicConfig({ secretKey, publicKey }: NodeKeypair, maxIdleTimeoutMs: number): QuicConfigFields {
  return {
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
