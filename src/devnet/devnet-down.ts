/** `devnet down`: ends the chain that an env file of `devnet up` describes, and removes the file. */
import { mendChain } from '../anvil/chain-faults.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { discardNetwork } from './discard-network.js'
import { DEFAULT_ENV_FILE, parseDevelopmentEnv } from './model/development-env-file.js'
import { standInFolderFor } from './model/stand-in-files.js'
import { readChainFault } from './stand-in/network-folder.js'

export interface Input {
  readonly file?: string
  readonly out?: string
}

export type DevnetDownJson = Awaited<ReturnType<typeof run>>['data']

/** Throws DOCUMENT_INVALID for a file that `devnet up` did not write, STATE_CHANGED, NETWORK; then nothing is touched. */
export async function run(services: Services, { file, out }: Input) {
  if (file !== undefined && out !== undefined && file !== out)
    throw new WcnError('USAGE', 'the env file is named twice, as FILE and with --out', { hint: 'give one of them' })
  const envFile = file ?? out ?? DEFAULT_ENV_FILE
  if (!(await services.files.exists(envFile))) return { data: { stopped: false, pid: null, env_file: envFile } }

  const known = parseDevelopmentEnv(await services.files.readText(envFile), envFile)
  const launcher = await services.developmentChain()
  const broken = readChainFault(services.files.resolveFrom('-', standInFolderFor(envFile)))
  // One that hangs could not be asked who it is.
  if (broken) await mendChain(known, broken).catch(() => undefined)
  const running = await launcher.find(known)
  await running?.stop()
  await discardNetwork(services, envFile, known.standInsPid)
  return { data: { stopped: running !== null, pid: known.pid, env_file: envFile } }
}
