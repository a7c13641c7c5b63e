/** A rehearsal network as it is now: what its env file says, what its chain shows, and what its stand-ins say of themselves. */

import { isProcess } from '../anvil/anvil-process.js'
import type { ChainFault } from '../anvil/chain-faults.js'
import type { KnownChain } from '../anvil/development-chain.js'
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import { quote } from '../base/quote.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { DEFAULT_ENV_FILE, parseDevelopmentEnv } from './model/development-env-file.js'
import { standInFolderFor } from './model/stand-in-files.js'
import { type StandInState, standInsOf } from './model/stand-in-states.js'
import { readChainFault, readRecords } from './stand-in/network-folder.js'

/** A chain that answers at all does so at once. */
const CHAIN_TIMEOUT = '5s'

export interface Network {
  readonly envFile: string
  readonly folder: string
  readonly known: KnownChain & { readonly standInsPid: number | null }
  /** Null where the chain does not answer, or another one does: `why`. */
  readonly snapshot: ClusterSnapshot | null
  readonly why: string | null
  /** What is wrong with the chain on purpose. */
  readonly chainFault: ChainFault['fault'] | null
  readonly standIns: readonly StandInState[]
}

/** Throws FILE_UNREADABLE, DOCUMENT_INVALID: there is no such network. */
export async function findNetwork(services: Services, out: string | undefined): Promise<Network> {
  const { envFile, known } = await readNetworkFile(services, out)
  const folder = services.files.resolveFrom('-', standInFolderFor(envFile))
  const chain = await look(services, known)
  const records = readRecords(folder)
  const lives = new Set(
    records.map(({ pid }) => pid).filter((pid) => isProcess(pid, (words) => words.includes('serve'))),
  )
  const view = chain.snapshot?.view ?? null
  const standIns = standInsOf(view, records, { lives, expected: known.standInsPid !== null })
  return { envFile, folder, known, ...chain, chainFault: readChainFault(folder)?.fault ?? null, standIns }
}

/** Throws FILE_UNREADABLE, DOCUMENT_INVALID. */
export async function readNetworkFile({ files }: Services, out: string | undefined) {
  const envFile = out ?? DEFAULT_ENV_FILE
  if (await files.exists(envFile))
    return { envFile, known: parseDevelopmentEnv(await files.readText(envFile), envFile) }
  throw new WcnError('FILE_UNREADABLE', `there is no ${quote(envFile)}, hence no development chain of that name`, {
    hint: '`wcn devnet up` starts one; --out names the env file of another one',
    details: { path: envFile },
  })
}

async function look(services: Services, { rpcUrl, contract }: KnownChain) {
  try {
    const flags = { rpcUrl: [rpcUrl], contractAddress: contract, chainId: String(DEVELOPMENT_CHAIN_ID) }
    const configured = await services.configured({ ...flags, timeout: CHAIN_TIMEOUT })
    return { snapshot: await (await configured.chain()).readCluster(), why: null }
  } catch (error) {
    if (error instanceof WcnError) return { snapshot: null, why: error.message }
    throw error
  }
}
