/** `key inspect`: what belongs to a secret key, or what is inside a peer ID. The secret itself is never shown. */
import { base64 } from '@scure/base'
import { keypairFromSecret, type NodeKeypair, parseNodeSecretKey } from '../base/keys/node-keypair.js'
import { describePeerId, ed25519PublicKeyOf, type PeerId, type PeerIdKind } from '../base/keys/peer-id.js'
import { requireUnpublishedKey } from '../base/keys/published-key.js'
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readNodeKeypair } from './node-secret.js'

export interface Input {
  /** A peer ID; `-` reads a secret key from standard input. */
  readonly value?: string
  readonly secretKeyFile?: string
  /** The Rust tool's way. */
  readonly secretKey?: string
}

export interface KeyInspectData {
  readonly peer_id: PeerId
  readonly kind: PeerIdKind
  /** Whether a node can prove to be this peer; `reason` says why not. */
  readonly usable: boolean
  readonly reason: string | null
  /** Standard base64 of an ed25519 public key. */
  readonly public_key: string | null
}

/** Throws USAGE, KEY_INVALID, PEER_ID_INVALID, INPUT_REQUIRED, FILE_*. */
export async function run(services: Services, input: Input): Promise<ActionResult<KeyInspectData>> {
  const { value, secretKeyFile, secretKey } = input
  if ([value, secretKeyFile, secretKey].filter((given) => given !== undefined).length > 1)
    throw new WcnError('USAGE', 'more than one key is given', { hint: 'inspect one at a time' })
  if (value !== undefined && value !== '-') return { data: await inspectPeerId(value) }
  return { data: inspected(await readKeypair(services, value ?? secretKeyFile, secretKey)) }
}

async function readKeypair(
  services: Services,
  path: string | undefined,
  inline: string | undefined,
): Promise<NodeKeypair> {
  const { talk } = services
  if (path !== undefined) return readNodeKeypair(services, path)
  if (inline !== undefined) {
    talk.warn('--secret-key shows the key in the process list; prefer --secret-key-file')
    return keypairFromSecret(parseNodeSecretKey(inline, '--secret-key'))
  }
  const typed = await talk.askHidden('Secret key', 'give --secret-key-file FILE (- is standard input), or a peer ID')
  return keypairFromSecret(parseNodeSecretKey(typed, 'what was typed'))
}

function inspected({ peerId, publicKey }: NodeKeypair): KeyInspectData {
  const reason = refusal(() => requireUnpublishedKey(peerId, 'this'))
  return { peer_id: peerId, kind: 'ed25519', usable: reason === null, reason, public_key: base64.encode(publicKey) }
}

async function inspectPeerId(text: string): Promise<KeyInspectData> {
  const { parsePeerId, requireNodePeerId } = await import('../base/keys/parse-peer-id.js')
  const peerId = readPeerId(text, parsePeerId)
  const publicKey = ed25519PublicKeyOf(peerId)
  const reason = refusal(() => requireNodePeerId(peerId, 'this'))
  return {
    peer_id: peerId,
    kind: describePeerId(peerId),
    usable: reason === null,
    reason,
    public_key: publicKey && base64.encode(publicKey),
  }
}

/** Why the rule refuses, in words; null where it doesn't. */
function refusal(rule: () => unknown): string | null {
  try {
    rule()
    return null
  } catch (error) {
    if (error instanceof WcnError) return error.message
    throw error
  }
}

function readPeerId(text: string, parse: (text: string, source: string) => PeerId): PeerId {
  try {
    return parse(text, 'the value')
  } catch (error) {
    throw looksSecret(text) ? secretTyped() : error
  }
}

/** Base64 of 32 or 64 bytes, or hex of 32. */
function looksSecret(text: string): boolean {
  return /^\s*(?:[0-9a-z+/_-]{43}=?|[0-9a-z+/_-]{86}={0,2}|(?:0x)?[0-9a-f]{64})\s*$/i.test(text)
}

function secretTyped(): WcnError {
  return new WcnError('USAGE', 'the value looks like a secret key, which must not be typed as an argument', {
    hint: 'others can read it in the process list and the shell history: make a new key and pass it with --secret-key-file',
  })
}
