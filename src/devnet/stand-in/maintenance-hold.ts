/** A primary node's operator in maintenance for ever: enters from its account, and leaves only when it is mended. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterView } from '../../cluster/cluster-view.js'
import { WcnError } from '../../errors/wcn-error.js'
import { privateKeySigner } from '../../signers/create-signer.js'
import type { NodeEnvironment } from '../model/service-environment.js'
import { sendAsOperator } from './send-as-operator.js'

const POLL_MS = 50
const INCLUDED_WITHIN_MS = 10_000

/** Resolves when the node sees it on chain. Throws MAINTENANCE_TAKEN where another operator has the slot, and what sending throws. */
export async function setMaintenance(
  environment: NodeEnvironment,
  view: () => ClusterView,
  active: boolean,
): Promise<void> {
  const { signingKey } = environment
  if (signingKey === null) return
  const { address } = privateKeySigner(signingKey)
  const holder = view().maintenance
  if (active && holder !== null && holder !== address)
    throw new WcnError('MAINTENANCE_TAKEN', `operator ${holder} has the maintenance slot already`)
  if (active === (holder === address)) return
  await sendAsOperator(environment, signingKey, { fn: 'setMaintenance', active })
  const isDone = () => active === (view().maintenance === address)
  for (let waitedMs = 0; !isDone(); waitedMs += POLL_MS) {
    if (waitedMs >= INCLUDED_WITHIN_MS)
      throw new WcnError('NETWORK', 'the transaction was sent, but is in no block yet', {
        hint: '`wcn maintenance status` shows when it is',
      })
    await sleep(POLL_MS)
  }
}
