/** What drills set their scenes with: the network, its faults, its env files, and this tool itself. */
import type { Services } from '../../cli/services.js'
import { WcnError } from '../../errors/wcn-error.js'
import { findNetwork, type Network } from '../find-network.js'
import type { FaultName } from '../model/fault-names.js'
import { findTarget } from '../model/find-target.js'
import { removeFile } from '../stand-in/network-folder.js'
import { runTool, type ToolResult } from '../stand-in/run-tool.js'
import { tellStandIn } from '../tell-stand-in.js'

const POLL_MS = 100
const PATIENCE_MS = 60_000

export type Scene = ReturnType<typeof sceneOf>

export function sceneOf(services: Services, network: Network, out: string | undefined) {
  const { files, clock } = services
  const { envFile, folder } = network
  const envFlags = ['--env-file', envFile]
  return {
    services,
    network,
    /** Runs a command on this network. Throws STATE_CHANGED with what it said unless it ends with 0. */
    async tool(...args: readonly string[]): Promise<ToolResult> {
      const result = await runTool([...args, ...envFlags])
      if (result.code === 0) return result
      const why = /^error: (.*)$/m.exec(result.stderr)?.[1] ?? `it ended with ${result.code}`
      throw new WcnError('STATE_CHANGED', `the scene can't be set: \`wcn ${args.join(' ')}\`: ${why}`)
    },
    /** The same, whatever comes of it. */
    attempt: (...args: readonly string[]): Promise<ToolResult> => runTool([...args, ...envFlags]),
    /** Null: restarts it, as its env file says now. */
    async tell(target: string, fault: FaultName | null): Promise<void> {
      await tellStandIn(services, folder, findTarget(target, network.standIns), fault)
    },
    /** Changes the env file of a stand-in of `devnet up`. */
    async editEnvironment(name: string, edit: (text: string) => string): Promise<void> {
      const path = `${folder}/${name}.env`
      await files.write(path, edit(await files.readText(path)), { mode: 0o600, overwrite: true })
    },
    readEnvironment: (name: string): Promise<string> => files.readText(`${folder}/${name}.env`),
    /** Beside the env files of its stand-ins; its name as somebody at the prompt writes it. */
    async write(name: string, text: string): Promise<string> {
      await files.write(`${folder}/${name}`, text, { mode: 0o600, overwrite: true })
      return `${envFile}.services/${name}`
    },
    /** What an earlier drill left there. */
    remove: (name: string): void => removeFile(folder, name),
    /** Throws STATE_CHANGED where it never is. */
    async until(what: string, isSo: (network: Network) => boolean): Promise<void> {
      for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
        if (isSo(await findNetwork(services, out))) return
        await clock.sleep(POLL_MS)
      }
      throw new WcnError('STATE_CHANGED', `the scene can't be set: ${what} does not happen`)
    },
    now: () => findNetwork(services, out),
  }
}
