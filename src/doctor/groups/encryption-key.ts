/** The encryption key: a wrong one decrypts as well, and a node with one starts without a word. */
import { type Check, check } from '../../base/check.js'
import { doubtfulKey, isAtItsAddress } from '../../health/model/node-health.js'
import { type DoctorContext, orNull } from '../doctor-context.js'

export async function encryptionKey({ encryptionKey, selected, nodes }: DoctorContext): Promise<readonly Check[]> {
  const id = 'encryption-key'
  const { proven } = await encryptionKey()
  if (proven) return [check(id, 'pass', "the encryption key is this cluster's")]
  const looked = selected.has('nodes') ? await orNull(nodes) : null
  const there = looked?.nodes.find(isAtItsAddress)
  if (there)
    return [
      check(
        id,
        'pass',
        `the encryption key is this cluster's: ${there.node.label} answers as itself at the address it decrypts`,
      ),
    ]
  if (looked && looked.examiner.unproven === null)
    return [
      doubtfulKey(
        "before you look for other faults: are the addresses that `wcn nodes list` shows your own? With a wrong key they are anybody's",
      ),
    ]
  return [
    check(
      id,
      'skip',
      'nothing that can be seen from here proves the encryption key right or wrong',
      'compare with your own list: `wcn nodes list`, or -f FILE',
    ),
  ]
}
