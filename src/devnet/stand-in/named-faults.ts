/** What each fault of `devnet break` comes to for a stand-in. */
import { randomBytes } from 'node:crypto'
import { keypairFromSecret } from '../../base/keys/node-keypair.js'
import { Secret } from '../../base/secret.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import type { FaultName } from '../model/fault-names.js'
import type { Faults, PortFault } from './faults.js'

/** `view`: what a node's contract showed last. */
export async function faultsOf(name: FaultName, view: () => ClusterView | null): Promise<Faults> {
  switch (name) {
    case 'silent':
      return both('mute')
    case 'closed':
    case 'database-down':
      return both('off')
    case 'other-program':
      return both('not-quic')
    case 'slow':
      return both('slow')
    case 'wrong-key':
      return { keypair: await keypairFromSecret(new Secret(randomBytes(32)), { many: true }) }
    case 'swapped-ports':
      return { swapped: true }
    case 'lagging': {
      const stood = view()
      return stood === null ? {} : { shown: () => stood, followed: () => stood }
    }
    case 'provider-down':
      return { shown: () => null }
    case 'never-completes':
      return { neverPulls: true }
    case 'holds-maintenance':
      return {}
  }
}

function both(fault: PortFault): Faults {
  return { primary: fault, secondary: fault }
}
