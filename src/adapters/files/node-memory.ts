/**
 * The nodes that were last looked at, for completion: their peer IDs in their order. It is read at every view and never
 * worth waiting for, so it is checked by hand, without a library.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { State } from '../../core/ports/state.js'
import { makeDirectory, replaceFile } from './safe-write.js'

/** Of thousands of nodes. */
const MAX_BYTES = 256 * 1024
/** What a peer ID is written with; nothing that a shell could read anything into. */
const BASE58 = /^[1-9A-HJ-NP-Za-km-z]{1,128}$/

export function createNodeMemory(path: string): Pick<State, 'recallNodes' | 'rememberNodes'> {
  return {
    async recallNodes() {
      return parse(read(path))?.map((peerId, index) => ({ index, peerId })) ?? null
    },
    async rememberNodes(nodes) {
      const text = `${JSON.stringify(nodes.map(({ peerId }) => peerId))}\n`
      if (read(path) === text) return
      try {
        makeDirectory(dirname(path), 0o700)
        replaceFile(path, text, 0o600)
      } catch {
        // Nothing depends on it.
      }
    },
  }
}

/** Null for what can't be read, or is no small regular file. */
function read(path: string): string | null {
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would never come back.
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0))
    try {
      const stats = fstatSync(fd)
      return stats.isFile() && stats.size <= MAX_BYTES ? readFileSync(fd, 'utf8') : null
    } finally {
      closeSync(fd)
    }
  } catch {
    return null
  }
}

/** Null for what is no list of peer IDs. */
function parse(text: string | null): readonly string[] | null {
  try {
    const found: unknown = JSON.parse(text ?? '')
    const isPeerId = (one: unknown): one is string => typeof one === 'string' && BASE58.test(one)
    return Array.isArray(found) && found.every(isPeerId) ? found : null
  } catch {
    return null
  }
}
