/** `devnet serve`: is wcn_node or wcn_db for rehearsal, with the environment that the real one would be given. */

import { keypairFromSecret } from '../base/keys/node-keypair.js'
import type { ActionResult, DataOf, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readEnvFile } from '../lint/readers/env-file.js'
import { kindByVariables } from '../lint/readers/service-kind.js'
import { loadAddon } from '../peer/quic/load-addon.js'
import { environment } from '../settings/environment.js'
import { between } from './model/between.js'
import { parseDevelopmentEnv } from './model/development-env-file.js'
import { parseServiceEnvironment, type ServiceEnvironment } from './model/service-environment.js'
import { startDatabase } from './stand-in/database.js'
import { logOf } from './stand-in/log.js'
import { startNode } from './stand-in/node.js'
import type { StandIn } from './stand-in/stand-in.js'

const PULL_SECONDS = 2
const LOOK_EVERY_MS = 200

export interface Input {
  readonly files: readonly string[]
  readonly pull?: string
  readonly devnet?: string
}

export type DevnetServeJson = DataOf<typeof run>

interface Planned {
  readonly source: string
  readonly service: ServiceEnvironment
}

/**
 * The result's `until` serves until Ctrl-C, or until `devnet down` removes the env file `devnet`. Several env files are
 * several services in one process. Throws what `parseServiceEnvironment` does, DOCUMENT_INVALID, DEPENDENCY_MISSING,
 * PORT_INVALID, NETWORK, WRONG_CHAIN, NOT_A_CONTRACT.
 */
export async function run(services: Services, { files, pull, devnet }: Input) {
  if (devnet !== undefined) parseDevelopmentEnv(await services.files.readText(devnet), devnet)
  const pullMs = 1000 * between(pull ?? String(PULL_SECONDS), '--pull', 0, 86_400)
  const planned =
    files.length === 0 ? [fromEnvironment()] : await Promise.all(files.map((file) => fromFile(services, file)))
  const addon = await loadAddon().catch(() => {
    throw new WcnError('DEPENDENCY_MISSING', 'stand-ins for nodes need the QUIC addon, which does not load here', {
      hint: '`wcn doctor` says why',
    })
  })
  const started: StandIn[] = []
  const stopAll = async () => void (await Promise.all(started.map((one) => one.stop())))
  const starting = planned.map(async ({ source, service }) => {
    const instance = planned.length === 1 ? null : source
    const standIn =
      service.kind === 'database'
        ? await startDatabase(addon, service, { log: logOf('wcn_db', instance), source })
        : await startNode(addon, service, { log: logOf('wcn_node', instance), source, pullMs })
    started.push(standIn)
    return standIn
  })
  const failed = (await Promise.allSettled(starting)).find((outcome) => outcome.status === 'rejected')
  if (failed) {
    await stopAll()
    throw failed.reason
  }
  const data = { pid: process.pid, services: await Promise.all(planned.map(described)) }
  const until = async () => {
    const over = new AbortController()
    try {
      await Promise.race([endOf(services, over.signal, devnet), lastOf(started)])
    } finally {
      over.abort()
      await stopAll()
    }
  }
  return { data, until } satisfies ActionResult<typeof data>
}

function fromEnvironment(): Planned {
  const variables = Object.entries(environment).map(([name, value = '']) => ({ name, value }))
  return planOf(variables, 'the environment')
}

async function fromFile({ files }: Services, file: string): Promise<Planned> {
  const { variables } = readEnvFile(await files.readText(file), file, null)
  return planOf(
    variables.map(({ name, value }) => ({ name, value: value ?? '' })),
    file,
  )
}

function planOf(variables: readonly { readonly name: string; readonly value: string }[], source: string): Planned {
  const kind = kindByVariables(variables, source)
  if (kind === 'node' || kind === 'database')
    return { source, service: parseServiceEnvironment(kind, variables, source) }
  throw new WcnError('SETTING_MISSING', `${source} holds neither a node's environment nor a database's`, {
    hint: 'give an env file that `wcn config emit` wrote',
  })
}

async function described({ source, service }: Planned) {
  const { kind, primaryPort, secondaryPort, metricsPort } = service
  const { peerId } = await keypairFromSecret(service.secretKey, { many: true })
  return {
    kind,
    peer_id: peerId,
    primary_port: primaryPort,
    secondary_port: secondaryPort,
    metrics_port: metricsPort,
    source,
  }
}

/** A database does not notice by itself that its rehearsal is over. */
async function endOf({ interruption, files, clock }: Services, over: AbortSignal, devnet?: string): Promise<void> {
  const signal = AbortSignal.any([interruption.signal, over])
  while (!signal.aborted && (devnet === undefined || (await files.exists(devnet))))
    await clock.sleep(LOOK_EVERY_MS, signal)
}

/** A node ends without its provider, and takes nobody with it. Rejects as the last one does. */
async function lastOf(started: readonly StandIn[]): Promise<void> {
  const ends = await Promise.allSettled(
    started.map((one) =>
      one.ended.catch(async (error: unknown) => {
        await one.stop()
        throw error
      }),
    ),
  )
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
