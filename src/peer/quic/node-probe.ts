/**
 * The `NodeProbe` port: meets UDP ports as a peer of the network does. Without the QUIC addon it tells whether QUIC is
 * spoken there, and can't prove by whom.
 */
import { readFileSync } from 'node:fs'
import { keypairFromSecret, type NodeKeypair } from '../../base/keys/node-keypair.js'
import { Secret } from '../../base/secret.js'
import type { NodeProbe } from '../node-probe.js'
import { ADDON_REFUSED, isAbsent, loadAddon, type QuicAddon, quicConfig } from './load-addon.js'
import { lookAtPort } from './look-at-port.js'
import { reachPort } from './reach-port.js'

/** How long nothing may be heard from a peer. Each question has a limit of its own, which is shorter as a rule. */
const IDLE_TIMEOUT_MS = 10_000

/** `identity`: as which node to come; null: as nobody in particular. Never throws for a missing or broken addon. */
export async function createNodeProbe(
  identity: NodeKeypair | null,
  load: () => Promise<QuicAddon> = loadAddon,
): Promise<NodeProbe> {
  try {
    const addon = await load()
    const config = new addon.QuinnConfig(quicConfig(identity ?? (await throwawayKeypair()), IDLE_TIMEOUT_MS))
    const client = new addon.Client(config, 0)
    return {
      unproven: null,
      openFiles: mostOpenFiles(),
      reach: (target, timeoutMs) => reachPort(client, target, timeoutMs),
      close: () => client.abort(),
    }
  } catch (error) {
    return {
      unproven: `the QUIC addon @chainsafe/libp2p-quic ${whyMissing(error)}`,
      openFiles: mostOpenFiles(),
      reach: (target, timeoutMs) => lookAtPort(target, timeoutMs),
      close: () => undefined,
    }
  }
}

/** As Linux says; elsewhere what the most sparing of usual systems allow. */
function mostOpenFiles(): number {
  try {
    const [, limit] = /^Max open files +([0-9]+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined ? Number.MAX_SAFE_INTEGER : Number(limit)
  } catch {
    return 256
  }
}

function throwawayKeypair(): Promise<NodeKeypair> {
  return keypairFromSecret(new Secret(crypto.getRandomValues(new Uint8Array(32))))
}

function whyMissing(error: unknown): string {
  if (isAbsent(error) || !(error instanceof Error)) return `is not installed for ${process.platform}-${process.arch}`
  const [message = ''] = error.message.split('\n', 1)
  return (error as NodeJS.ErrnoException).code === ADDON_REFUSED ? message : `does not load here: ${message}`
}
