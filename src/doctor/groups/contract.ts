/** The contract, whether it is a cluster and the one that it was; and the key of the cluster's addresses. */
import { doubtfulKey, isAtItsAddress } from '../../health/model/node-health.js'
import { type Group, orNull } from '../context.js'

export const contract: Group = {
  async cluster({ snapshot }) {
    const { view, block, chainId } = await snapshot()
    const size = `a cluster of ${view.operators.length} operators`
    return ['pass', `${size} on chain ${chainId}, at block ${block.number}, version ${view.version}`]
  },
  async view({ snapshot }) {
    const { problems } = (await snapshot()).view
    if (problems.length === 0) return ['pass', "the network's nodes accept it"]
    return [
      'fail',
      `the network's nodes reject this cluster: ${problems.join('; ')}`,
      "tell the cluster's owner, and write nothing meanwhile; `wcn cluster view` shows it",
    ]
  },
  async implementation({ services, snapshot }) {
    const read = await snapshot()
    const memory = await (await services.state()).recall(read)
    if (memory === null)
      return ['skip', 'this machine never wrote to this contract, so whether its code changed is not known']
    const [before, now] = [memory.implementation, read.implementation]
    if (before === now) return ['pass', 'its code is the one that this machine wrote to last']
    return [
      'warn',
      `its code changed since this machine last wrote to it: implementation ${before ?? 'unknown'} → ${now ?? 'unknown'}`,
      "ask the cluster's owner where that is news to you, before you write",
    ]
  },
}

/** A wrong one decrypts as well, and a node with one starts without a word. */
export const encryptionKey: Group = {
  async 'encryption-key'({ encryptionKey, selected, nodes }) {
    const { proven } = await encryptionKey()
    if (proven) return ['pass', "the encryption key is this cluster's"]
    const looked = selected.has('nodes') ? await orNull(nodes) : null
    const there = looked?.nodes.find(isAtItsAddress)
    if (there) {
      const how = `${there.node.label} answers as itself at the address it decrypts`
      return ['pass', `the encryption key is this cluster's: ${how}`]
    }
    const where =
      "before you look for other faults: are the addresses that `wcn nodes list` shows your own? With a wrong key they are anybody's"
    if (looked?.examiner.unproven === null) return [doubtfulKey(where)]
    return [
      'skip',
      'nothing that can be seen from here proves the encryption key right or wrong',
      'compare with your own list: `wcn nodes list`, or -f FILE',
    ]
  },
}
