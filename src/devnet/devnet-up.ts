/**
 * `devnet up`: a chain of one's own with a deployed cluster, for trying everything out. All keys are fresh; none is taken
 * from outside, so that nothing signed here is valid anywhere else.
 */

import type { RunningChain } from '../anvil/development-chain.js'
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import { parsePort } from '../base/port.js'
import { quote } from '../base/quote.js'
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { foundDevelopmentCluster } from './found-development-cluster.js'
import { between } from './model/between.js'
import {
  DEFAULT_ENV_FILE,
  type DevelopmentEnvironment,
  formatDevelopmentEnv,
  parseDevelopmentEnv,
  stateDirectoryFor,
} from './model/development-env-file.js'
import { MAX_SAMPLE_OPERATORS } from './model/sample-cluster.js'

const MIN_OPERATORS = 5

export interface Input {
  readonly port?: string
  readonly blockTime?: string
  readonly operators?: string
  readonly out?: string
  readonly detach?: boolean
  readonly force?: boolean
}

export type DevnetJson = ReturnType<typeof devnetJson>

/**
 * Unless detached, the result's `until` holds the chain until Ctrl-C, and throws NETWORK where it ends by itself.
 * Throws FILE_EXISTS, OUTPUT_UNSAFE (the file is somebody else's), PORT_INVALID, SETTING_INVALID, DEPENDENCY_MISSING.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<DevnetJson>> {
  const port = input.port === undefined || input.port === '0' ? null : parsePort(input.port, '--port')
  const blockTime = input.blockTime === undefined ? null : between(input.blockTime, '--block-time', 1, 3600)
  const count = between(input.operators ?? String(MIN_OPERATORS), '--operators', MIN_OPERATORS, MAX_SAMPLE_OPERATORS)
  const envFile = input.out ?? DEFAULT_ENV_FILE
  await requireReplaceable(services, envFile, input.force === true)

  const launcher = await services.developmentChain()
  const chain = await launcher.start({ port, interrupted: services.interruption.signal })
  try {
    const founded = await foundDevelopmentCluster(services, chain, count)
    const environment = { ...founded, stateDirectory: services.files.resolveFrom('-', stateDirectoryFor(envFile)) }
    if (blockTime !== null) await chain.mineEvery(blockTime)
    const text = formatDevelopmentEnv(environment)
    if (input.force) await services.files.write(envFile, text, { mode: 0o600, overwrite: true })
    else await services.files.createPrivate(envFile, text)
    const data = devnetJson(environment, envFile, input.detach === true)
    if (!input.detach) return { data, until: () => holdUntilInterrupted(services, chain, envFile) }
    chain.release()
    return { data }
  } catch (error) {
    await chain.stop()
    throw error
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
}

async function readKnown({ files }: Services, envFile: string) {
  try {
    return parseDevelopmentEnv(await files.readText(envFile), envFile)
  } catch (error) {
    if (error instanceof WcnError && error.code === 'DOCUMENT_INVALID') return null
    throw error
  }
}

async function holdUntilInterrupted(services: Services, chain: RunningChain, envFile: string): Promise<void> {
  const { interruption, talk } = services
  const interrupted = new Promise<null>((resolve) => {
    if (interruption.signal.aborted) resolve(null)
    interruption.signal.addEventListener('abort', () => resolve(null), { once: true })
  })
  const end = await Promise.race([chain.ended, interrupted])
  await chain.stop()
  // By now the name may be another chain's, or nobody's.
  const known = await readKnown(services, envFile).catch(() => null)
  const ours = known?.pid === chain.pid
  if (ours) await (await services.developmentChain()).discard(envFile, stateDirectoryFor(envFile))
  const removed = ours ? `; ${envFile} is of no use any more and was removed` : ''
  if (end === null || end.orderly) return talk.note(`the development chain is stopped${removed}`)
  throw new WcnError('NETWORK', `the development chain ended by itself (${end.how})${removed}`, {
    hint: 'start another one with `wcn devnet up`',
  })
}

function devnetJson(environment: DevelopmentEnvironment, envFile: string, detached: boolean) {
  const { rpcUrl, pid, contract, owner, operators } = environment
  return {
    chain_id: DEVELOPMENT_CHAIN_ID,
    rpc_url: rpcUrl,
    contract,
    owner: owner.id,
    operators: operators.map(({ id, name }) => ({ id, name })),
    env_file: envFile,
    pid,
    detached,
  }
}
