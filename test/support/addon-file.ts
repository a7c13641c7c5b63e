/** The native program of the QUIC addon that is installed here; null: none. */
import { createRequire } from 'node:module'
import { KNOWN_ADDONS } from '../../src/peer/quic/known-addons.js'

function find() {
  for (const target of Object.keys(KNOWN_ADDONS))
    try {
      const from = createRequire(import.meta.url)
      return { target, path: from.resolve(`@chainsafe/libp2p-quic-${target}`) }
    } catch {
      // Another platform's.
    }
  return null
}

export const addonFile = find()
