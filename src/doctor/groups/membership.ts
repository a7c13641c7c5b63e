/** The operator as the chain lists it, and the node key on its list. */
import { type Check, check } from '../../base/check.js'
import { type DoctorContext, orNull } from '../doctor-context.js'
import { judgeMembership, judgeNodeKey } from '../model/membership.js'

export async function membership({ snapshot, slot, nodeKey }: DoctorContext): Promise<readonly Check[]> {
  const { view } = await snapshot()
  const own = await slot()
  const pair = await orNull(nodeKey)
  return [
    ...judgeMembership(view, own),
    pair
      ? judgeNodeKey(view, own, pair.peerId)
      : check('node-key-listed', 'skip', 'no node key is at hand', 'give one with --node-key-file'),
  ]
}
