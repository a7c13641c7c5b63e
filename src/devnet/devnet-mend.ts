/** `devnet mend`: takes back what `devnet break` did, as a restart with the right environment would. */
import { mendChain } from '../anvil/chain-faults.js'
import type { ActionResult, DataOf, Services } from '../cli/services.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { findNetwork, type Network, readNetworkFile } from './find-network.js'
import type { FaultName } from './model/fault-names.js'
import { CHAIN, findTarget } from './model/find-target.js'
import { standInFolderFor } from './model/stand-in-files.js'
import { type StandInState, targetOf } from './model/stand-in-states.js'
import { readChainFault, removeChainFault } from './stand-in/network-folder.js'
import { tellStandIn } from './tell-stand-in.js'

export interface Input {
  readonly target?: string
  readonly all?: boolean
  readonly out?: string
}

export type DevnetMendJson = DataOf<typeof run>

interface Mended {
  readonly target: string
  /** What was wrong with it; null: nothing on purpose. */
  readonly fault: FaultName | null
}

/** With --all exit code 8 where something is gone for good. Throws USAGE, STATE_CHANGED, FILE_UNREADABLE, FILE_UNWRITABLE, DOCUMENT_INVALID. */
export async function run(services: Services, { target, all = false, out }: Input) {
  if ((target === undefined) !== all)
    throw new WcnError('USAGE', all ? 'TARGET and --all contradict one another' : 'what is to be mended?', {
      hint: 'name a TARGET of `wcn devnet status`, or --all',
    })
  const { envFile, known } = await readNetworkFile(services, out)
  const folder = services.files.resolveFrom('-', standInFolderFor(envFile))
  // First: without it nobody knows whose a stand-in is.
  const chain = target === undefined || target === CHAIN ? await mendTheChain(folder, known) : []
  if (target === CHAIN) return result(envFile, chain, [])
  const network = await findNetwork(services, out)
  const states = target === undefined ? network.standIns.filter(isWrong) : [findTarget(target, network.standIns)]
  const lost = target === undefined ? states.filter(isLost) : []
  const mended: Mended[] = [...chain]
  for (const state of states.filter((one) => !lost.includes(one))) {
    const before = state.record?.fault ?? null
    mended.push({ target: targetOf(await restarted(services, network, state)), fault: before })
  }
  return result(envFile, mended, lost)
}

async function restarted(services: Services, { folder }: Network, state: StandInState): Promise<StandInState> {
  return { ...state, record: await tellStandIn(services, folder, state, null) }
}

async function mendTheChain(folder: string, known: Network['known']): Promise<readonly Mended[]> {
  const broken = readChainFault(folder)
  if (broken === null) return []
  await mendChain(known, broken)
  removeChainFault(folder)
  return [{ target: CHAIN, fault: broken.fault }]
}

function isWrong({ condition }: StandInState): boolean {
  return condition !== 'up'
}

/** Nobody is there to hear. */
function isLost({ condition, record }: StandInState): boolean {
  return record === null || (condition === 'gone' && record.problem === null)
}

function result(envFile: string, mended: readonly Mended[], lost: readonly StandInState[]) {
  const data = { env_file: envFile, mended, gone: lost.map(targetOf) }
  return { data, ...(lost.length === 0 ? {} : { exitCode: EXIT_CHECK_FAILED }) } satisfies ActionResult<typeof data>
}
