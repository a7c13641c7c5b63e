/** Clears away whatever belongs to a development chain that is gone: its stand-ins, their folder, the journal, the env file. */
import type { Services } from '../cli/services.js'
import { stateDirectoryFor } from './model/development-env-file.js'
import { standInFolderFor } from './model/stand-in-files.js'
import { endFleet } from './stand-in/fleet-process.js'
import { removeRecords } from './stand-in/network-folder.js'

/** Where the chain came without stand-ins, only what services wrote that were started by hand is in the folder. */
export async function discardNetwork(services: Services, envFile: string, standInsPid: number | null): Promise<void> {
  const { files } = services
  const folder = files.resolveFrom('-', standInFolderFor(envFile))
  const paths = [envFile, stateDirectoryFor(envFile)]
  if (standInsPid === null) removeRecords(folder)
  else {
    await endFleet(standInsPid, folder)
    paths.push(folder)
  }
  await (await services.developmentChain()).discard(...paths)
}
