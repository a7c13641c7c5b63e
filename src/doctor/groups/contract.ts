/** The contract: whether it is a cluster, one that nodes accept, and the code that it was. */
import { type Check, check } from '../../base/check.js'
import type { DoctorContext } from '../doctor-context.js'

export async function contract({ services, snapshot }: DoctorContext): Promise<readonly Check[]> {
  const read = await snapshot()
  const { view, block, chainId, implementation } = read
  const memory = await (await services.state()).recall(read)
  const id = 'implementation'
  return [
    check(
      'cluster',
      'pass',
      `a cluster of ${view.operators.length} operators on chain ${chainId}, at block ${block.number}, version ${view.version}`,
    ),
    view.problems.length === 0
      ? check('view', 'pass', "the network's nodes accept it")
      : check(
          'view',
          'fail',
          `the network's nodes reject this cluster: ${view.problems.join('; ')}`,
          "tell the cluster's owner, and write nothing meanwhile; `wcn cluster view` shows it",
        ),
    memory === null
      ? check(id, 'skip', 'this machine never wrote to this contract, so whether its code changed is not known', null)
      : memory.implementation === implementation
        ? check(id, 'pass', 'its code is the one that this machine wrote to last')
        : check(
            id,
            'warn',
            `its code changed since this machine last wrote to it: implementation ${memory.implementation ?? 'unknown'} → ${implementation ?? 'unknown'}`,
            "ask the cluster's owner where that is news to you, before you write",
          ),
  ]
}
