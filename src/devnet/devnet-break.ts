/** `devnet break`: makes a stand-in, or the chain, fail in one way, until it is mended. */
import { breakChain } from '../anvil/chain-faults.js'
import type { DataOf, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { findNetwork, type Network } from './find-network.js'
import { type FaultName, requireFault, whatItDoes } from './model/fault-names.js'
import { CHAIN, findTarget } from './model/find-target.js'
import { type StandInState, targetOf } from './model/stand-in-states.js'
import { makeNetworkFolder, readChainFault, writeChainFault } from './stand-in/network-folder.js'
import { tellStandIn } from './tell-stand-in.js'

export interface Input {
  readonly target: string
  readonly how: string
  readonly out?: string
}

export type DevnetBreakJson = DataOf<typeof run>

/** Throws USAGE with what can be broken, and how; STATE_CHANGED where it does not run; FILE_UNREADABLE, FILE_UNWRITABLE, DOCUMENT_INVALID. */
export async function run(services: Services, { target, how, out }: Input) {
  const network = await findNetwork(services, out)
  if (target === CHAIN) {
    const fault = requireFault(how, null, CHAIN)
    await breakTheChain(network, fault)
    return { data: { target, name: null, fault, does: whatItDoes(fault), env_file: network.envFile } }
  }
  const meant = findTarget(target, network.standIns)
  const fault = requireFault(how, meant.record ?? { kind: meant.kind, signs: false }, targetOf(meant))
  const state = fault === 'database-down' ? databaseOf(meant, network) : meant
  await tellStandIn(services, network.folder, state, fault)
  const data = { target: targetOf(state), name: state.name, fault, does: whatItDoes(fault), env_file: network.envFile }
  return { data }
}

async function breakTheChain({ folder, known }: Network, fault: FaultName): Promise<void> {
  if (readChainFault(folder) !== null)
    throw new WcnError('STATE_CHANGED', 'the chain is broken already', { hint: '`wcn devnet mend chain` mends it' })
  makeNetworkFolder(folder)
  writeChainFault(folder, await breakChain(known, fault === 'silent' ? 'silent' : 'lagging'))
}

/** Its operator's, whichever of them is named. */
function databaseOf(state: StandInState, { standIns }: Network): StandInState {
  const wanted = state.record?.database_peer_id
  const found = state.kind === 'database' ? state : standIns.find(({ peerId }) => peerId === wanted)
  if (found) return found
  throw new WcnError('USAGE', `the database of ${targetOf(state)} is no stand-in of this network`, {
    hint: '`wcn devnet status` shows what is there',
  })
}
