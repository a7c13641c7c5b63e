/**
 * `devnet up`: a chain of one's own with a deployed cluster, for trying everything out. All keys are fresh; none is taken
 * from outside, so that nothing signed here is valid anywhere else.
 */

import type { RunningChain } from '../anvil/development-chain.js'
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import { parsePort } from '../base/port.js'
import { quote } from '../base/quote.js'
import type { ActionResult, Services } from '../cli/services.js'
import { MIN_OPERATORS } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import { loadAddon } from '../peer/quic/load-addon.js'
import { discardNetwork } from './discard-network.js'
import { foundDevelopmentCluster } from './found-development-cluster.js'
import { between } from './model/between.js'
import {
  DEFAULT_ENV_FILE,
  type DevelopmentEnvironment,
  formatDevelopmentEnv,
  parseDevelopmentEnv,
  stateDirectoryFor,
} from './model/development-env-file.js'
import { MAX_SAMPLE_NODES } from './model/sample-cluster.js'
import {
  type OperatorPlaces,
  PORTS_OF_ONE,
  STAND_IN_HOST,
  type StandInPlace,
  standInFiles,
  standInFolderFor,
  standInName,
} from './model/stand-in-files.js'
import { endWithUs, type FleetProcess, startFleet } from './stand-in/fleet-process.js'
import { freePorts } from './stand-in/free-ports.js'

const MOST_OPERATORS = 100
const NODES = 2
const MAX_NODES = 8

export interface Input {
  readonly port?: string
  readonly blockTime?: string
  readonly operators?: string
  readonly nodes?: string
  readonly chainOnly?: boolean
  readonly out?: string
  readonly detach?: boolean
  readonly force?: boolean
}

export type DevnetJson = Awaited<ReturnType<typeof start>>['data']

/**
 * Unless detached, the result's `until` holds the chain until Ctrl-C, and throws NETWORK where it ends by itself.
 * Throws FILE_EXISTS, OUTPUT_UNSAFE (the file is somebody else's), PORT_INVALID, SETTING_INVALID, DEPENDENCY_MISSING.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<DevnetJson>> {
  const port = input.port === undefined || input.port === '0' ? null : parsePort(input.port, '--port')
  const blockTime = input.blockTime === undefined ? null : between(input.blockTime, '--block-time', 1, 3600)
  const operators = between(input.operators ?? String(MIN_OPERATORS), '--operators', MIN_OPERATORS, MOST_OPERATORS)
  const nodes = between(input.nodes ?? String(NODES), '--nodes', NODES, MAX_NODES)
  if (operators * nodes > MAX_SAMPLE_NODES)
    throw new WcnError(
      'SETTING_INVALID',
      `${operators} operators with ${nodes} nodes each are more than ${MAX_SAMPLE_NODES} nodes`,
      {
        hint: 'give a smaller --operators or --nodes',
      },
    )
  const envFile = input.out ?? DEFAULT_ENV_FILE
  await requireReplaceable(services, envFile, input.force === true)
  const withStandIns = input.chainOnly !== true && (await addonLoads(services))
  const ports = withStandIns ? await freePorts(PORTS_OF_ONE * operators * (nodes + 1)) : null

  const launcher = await services.developmentChain()
  const chain = await launcher.start({ port, interrupted: services.interruption.signal })
  const unguards = [endWithUs(chain.pid)]
  const unguard = () => {
    for (const end of unguards) end()
  }
  let fleet: FleetProcess | null = null
  try {
    const started = await start(services, chain, input, { operators, nodes, ports, blockTime, envFile })
    fleet = started.fleet
    if (fleet) unguards.push(endWithUs(fleet.pid))
    if (!input.detach)
      return {
        data: started.data,
        until: () => holdUntilInterrupted(services, chain, fleet, envFile).finally(unguard),
      }
    unguard()
    chain.release()
    fleet?.release()
    return { data: started.data }
  } catch (error) {
    await chain.stop()
    unguard()
    throw error
  }
}

interface Plan {
  readonly operators: number
  readonly nodes: number
  readonly ports: readonly number[] | null
  readonly blockTime: number | null
  readonly envFile: string
}

async function start(services: Services, chain: RunningChain, input: Input, plan: Plan) {
  const { files, interruption } = services
  const { envFile, blockTime } = plan
  const { places, ...founded } = await foundDevelopmentCluster(services, chain, plan)
  const folder = files.resolveFrom('-', standInFolderFor(envFile))
  const where = { folder, envFile: files.resolveFrom('-', envFile) }
  const fleet = places.length === 0 ? null : await startFleet(where, standInFiles(founded, places), interruption.signal)
  try {
    const stateDirectory = files.resolveFrom('-', stateDirectoryFor(envFile))
    const environment = { ...founded, stateDirectory, standInsPid: fleet?.pid ?? null }
    if (blockTime !== null) await chain.mineEvery(blockTime)
    const text = formatDevelopmentEnv(environment)
    if (input.force) await files.write(envFile, text, { mode: 0o600, overwrite: true })
    else await files.createPrivate(envFile, text)
    return { fleet, data: devnetJson(environment, envFile, input.detach === true, places) }
  } catch (error) {
    await fleet?.stop()
    if (fleet) await (await services.developmentChain()).discard(folder)
    throw error
  }
}

/** Without it there is nobody to stand in for nodes. */
async function addonLoads({ talk }: Services): Promise<boolean> {
  try {
    await loadAddon()
    return true
  } catch {
    talk.note('the QUIC addon does not load here: only the chain is started, without stand-ins for its nodes')
    return false
  }
}

/** The file may hold the only copy of keys, and a chain that still runs is ended by it. */
async function requireReplaceable(services: Services, envFile: string, force: boolean): Promise<void> {
  const { files } = services
  if (!(await files.exists(envFile))) return
  if (!force)
    throw new WcnError('FILE_EXISTS', `${quote(envFile)} exists already and is not overwritten`, {
      hint: '`wcn devnet down FILE` ends its chain and removes it; --force replaces it, --out writes another one',
      details: { path: envFile },
    })
  const known = await readKnown(services, envFile)
  if (known === null)
    throw new WcnError(
      'OUTPUT_UNSAFE',
      `${quote(envFile)} was not written by \`wcn devnet up\` and is not replaced, not even with --force`,
      { hint: 'choose another file with --out', details: { path: envFile } },
    )
  if (await (await services.developmentChain()).find(known))
    throw new WcnError('FILE_EXISTS', `${quote(envFile)} belongs to a development chain that is still running`, {
      hint: '`wcn devnet down FILE` ends it',
      details: { path: envFile, pid: known.pid },
    })
  await discardNetwork(services, envFile, known.standInsPid)
}

async function readKnown({ files }: Services, envFile: string) {
  try {
    return parseDevelopmentEnv(await files.readText(envFile), envFile)
  } catch (error) {
    if (error instanceof WcnError && error.code === 'DOCUMENT_INVALID') return null
    throw error
  }
}

async function holdUntilInterrupted(
  services: Services,
  chain: RunningChain,
  fleet: FleetProcess | null,
  envFile: string,
): Promise<void> {
  const { interruption, talk } = services
  const interrupted = new Promise<null>((resolve) => {
    if (interruption.signal.aborted) resolve(null)
    interruption.signal.addEventListener('abort', () => resolve(null), { once: true })
  })
  const end = await Promise.race([
    chain.ended,
    interrupted,
    ...(fleet ? [fleet.ended.then(() => ({ orderly: false, how: 'its stand-ins were gone' }))] : []),
  ])
  await Promise.all([fleet?.stop(), chain.stop()])
  // By now the name may be another chain's, or nobody's.
  const known = await readKnown(services, envFile).catch(() => null)
  const ours = known?.pid === chain.pid
  if (ours) await discardNetwork(services, envFile, known.standInsPid)
  const removed = ours ? `; ${envFile} is of no use any more and was removed` : ''
  if (end === null || end.orderly) return talk.note(`the development chain is stopped${removed}`)
  throw new WcnError('NETWORK', `the development chain ended by itself (${end.how})${removed}`, {
    hint: 'start another one with `wcn devnet up`',
  })
}

function devnetJson(
  environment: DevelopmentEnvironment,
  envFile: string,
  detached: boolean,
  places: readonly OperatorPlaces[],
) {
  const { rpcUrl, pid, contract, owner, operators, standInsPid } = environment
  const folder = standInFolderFor(envFile)
  const service = (slot: number, index: number | null, place: StandInPlace) => ({
    name: standInName(slot, index),
    peer_id: place.keypair.peerId,
    primary_port: place.primaryPort,
    secondary_port: place.secondaryPort,
    metrics_port: place.metricsPort,
    env_file: `${folder}/${standInName(slot, index)}.env`,
  })
  const services = places.flatMap(({ nodes, database }, slot) => [
    ...nodes.map((node, index) => service(slot, index, node)),
    service(slot, null, database),
  ])
  return {
    chain_id: DEVELOPMENT_CHAIN_ID,
    rpc_url: rpcUrl,
    contract,
    owner: owner.id,
    operators: operators.map(({ id, name }) => ({ id, name })),
    env_file: envFile,
    pid,
    detached,
    stand_ins: standInsPid === null ? null : { pid: standInsPid, host: STAND_IN_HOST, folder, services },
  }
}
