/**
 * A wrong encryption key decrypts addresses too, and sends whoever looks for a fault to other people's. A node that proves
 * itself at the address that a key decrypts proves the key.
 */
import { type Check, check } from '../../base/check.js'
import type { NodeHealth } from './node-health.js'

/** Whether the node itself answers at its address, at either port. */
export function isAtItsAddress({ node, primary, secondary }: NodeHealth): boolean {
  return [primary, secondary].some(({ peerId }) => peerId === node.peerId)
}

/** `hint`: where to look at the addresses. */
export function doubtfulKey(hint: string): Check {
  return check(
    'encryption-key',
    'warn',
    'no node answers as itself at the address that the encryption key decrypts, and nothing else proves the key right',
    hint,
  )
}
