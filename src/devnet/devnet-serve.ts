/** `devnet serve`: is wcn_node or wcn_db for rehearsal, with the environment that the real one would be given. */
import type { KnownChain } from '../anvil/development-chain.js'
import type { ActionResult, DataOf, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readEnvFile } from '../lint/readers/env-file.js'
import { kindByVariables } from '../lint/readers/service-kind.js'
import { loadAddon } from '../peer/quic/load-addon.js'
import { createNodeProbe } from '../peer/quic/node-probe.js'
import { environment } from '../settings/environment.js'
import { between } from './model/between.js'
import { DEFAULT_ENV_FILE, parseDevelopmentEnv } from './model/development-env-file.js'
import { type NodeEnvironment, parseServiceEnvironment } from './model/service-environment.js'
import { standInFolderFor } from './model/stand-in-files.js'
import { type Planned, recordOf, rehearse } from './rehearsed.js'
import { createLookout } from './stand-in/lookout.js'
import { listen, makeNetworkFolder } from './stand-in/network-folder.js'
import { sharedFollow } from './stand-in/shared-follow.js'

const PULL_SECONDS = 2
const LOOK_EVERY_MS = 200

export interface Input {
  readonly files: readonly string[]
  readonly pull?: string
  readonly devnet?: string
}

export type DevnetServeJson = DataOf<typeof run>

type Rehearsed = Awaited<ReturnType<typeof rehearse>>

/**
 * The result's `until` serves until Ctrl-C, or until `devnet down` ends the network that it is part of. Several env
 * files are several services in one process. Throws what `parseServiceEnvironment` does, DOCUMENT_INVALID,
 * DEPENDENCY_MISSING, PORT_INVALID, NETWORK, WRONG_CHAIN, NOT_A_CONTRACT, SETTINGS_CONFLICT for a node of another network.
 */
export async function run(services: Services, { files, pull, devnet }: Input) {
  const pullMs = 1000 * between(pull ?? String(PULL_SECONDS), '--pull', 0, 86_400)
  const planned =
    files.length === 0 ? [fromEnvironment()] : await Promise.all(files.map((file) => fromFile(services, file)))
  const network = await networkOf(services, planned, devnet)
  const addon = await loadAddon().catch(() => {
    throw new WcnError('DEPENDENCY_MISSING', 'stand-ins for nodes need the QUIC addon, which does not load here', {
      hint: '`wcn doctor` says why',
    })
  })
  const lookout = createLookout(await createNodeProbe(null))
  const started: Rehearsed[] = []
  const stopAll = async () => {
    silence()
    await lookout.close()
    await Promise.all(started.map((one) => one.stop()))
  }
  const shared = { lookout, following: sharedFollow() }
  const options = { folder: network?.folder ?? null, pullMs, ...shared, alone: planned.length === 1 }
  const starting = planned.map(async (one) => void started.push(await rehearse(addon, one, options)))
  const silence =
    network === null
      ? () => undefined
      : listen(network.folder, (port, word) => started.find((one) => one.port() === port)?.obey(word))
  const failed = (await Promise.allSettled(starting)).find((outcome) => outcome.status === 'rejected')
  if (failed) {
    await stopAll()
    throw failed.reason
  }
  const data = { pid: process.pid, services: await Promise.all(planned.map(described)) }
  const until = async () => {
    const over = new AbortController()
    try {
      await Promise.race([endOf(services, over.signal, network?.until), lastOf(started)])
    } finally {
      over.abort()
      await stopAll()
    }
  }
  return { data, until } satisfies ActionResult<typeof data>
}

function fromEnvironment(): Planned {
  const variables = Object.entries(environment).map(([name, value = '']) => ({ name, value }))
  return planOf(variables, 'the environment', async () => fromEnvironment())
}

async function fromFile(services: Services, file: string): Promise<Planned> {
  const { variables } = readEnvFile(await services.files.readText(file), file, null)
  return planOf(
    variables.map(({ name, value }) => ({ name, value: value ?? '' })),
    file,
    () => fromFile(services, file),
  )
}

function planOf(
  variables: readonly { readonly name: string; readonly value: string }[],
  source: string,
  again: () => Promise<Planned>,
): Planned {
  const kind = kindByVariables(variables, source)
  if (kind === 'node' || kind === 'database')
    return { source, service: parseServiceEnvironment(kind, variables, source), again }
  throw new WcnError('SETTING_MISSING', `${source} holds neither a node's environment nor a database's`, {
    hint: 'give an env file that `wcn config emit` wrote',
  })
}

async function described(planned: Planned) {
  const { kind, peer_id, primary_port, secondary_port, metrics_port, source } = await recordOf(planned)
  return { kind, peer_id, primary_port, secondary_port, metrics_port, source }
}

/** The folder of the one they belong to, and what is there until it ends; null where none is named and none is at hand. */
async function networkOf({ files, talk }: Services, planned: readonly Planned[], devnet: string | undefined) {
  const envFile = files.resolveFrom('-', devnet ?? DEFAULT_ENV_FILE)
  const folder = standInFolderFor(envFile)
  if (!(await files.exists(envFile))) {
    // `devnet up` writes the file when its stand-ins run.
    if (await files.exists(folder)) return { folder, until: folder }
    if (devnet === undefined) return null
  }
  const known = parseDevelopmentEnv(await files.readText(envFile), envFile)
  const foreign = planned.find(({ service }) => service.kind === 'node' && !isOn(service, known))
  if (!foreign) {
    makeNetworkFolder(folder)
    return { folder, until: envFile }
  }
  const what = `${foreign.source} is for another network than ${envFile}: its provider or its contract is another one`
  if (devnet !== undefined)
    throw new WcnError('SETTINGS_CONFLICT', what, { hint: 'name its own network with --devnet' })
  talk.note(`${what}; so \`wcn devnet\` does not know of it`)
  return null
}

function isOn({ contract, rpcUrl }: NodeEnvironment, known: KnownChain): boolean {
  return contract === known.contract && new URL(rpcUrl.reveal()).port === new URL(known.rpcUrl).port
}

/** A database does not notice by itself that its rehearsal is over. */
async function endOf({ interruption, files, clock }: Services, over: AbortSignal, sign?: string): Promise<void> {
  const signal = AbortSignal.any([interruption.signal, over])
  while (!signal.aborted && (sign === undefined || (await files.exists(sign)))) await clock.sleep(LOOK_EVERY_MS, signal)
}

/** A node ends without its provider, and takes nobody with it. Rejects as the last one does. */
async function lastOf(started: readonly Rehearsed[]): Promise<void> {
  const ends = await Promise.allSettled(started.map((one) => one.ended))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
