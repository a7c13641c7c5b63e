/** `version`: what is installed and what was found beside it, as a bug report has to say. */
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { ADDON_VERSION } from '../peer/quic/known-addons.js'

/** Replaced by the build with the package's version. */
declare const WCN_VERSION: string

/** Of documents, this tool's and the network's: all versions that are read, the last of them written. */
export const SCHEMAS = {
  output: [1, 2],
  operator_data: [0, 1],
  settings_data: [0, 1],
  join_request: [1],
  nodes_plan: [1],
  transaction: [1],
  journal: [1],
} as const

export type VersionJson = Awaited<ReturnType<typeof run>>['data']

/** Never throws. The addon is loaded, if its bytes are known, and anvil is run for its version. */
export async function run(services: Services) {
  const { unproven } = await services.nodeProbe(null)
  const data = {
    version: WCN_VERSION,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    quic_addon: { version: ADDON_VERSION, loaded: unproven === null, reason: unproven },
    anvil: await anvil(services),
    schemas: SCHEMAS,
    state: stateDirectory(services),
  }
  return { data } satisfies ActionResult<unknown>
}

async function anvil(services: Services) {
  try {
    return { ...(await services.developmentChain()).program(), reason: null, hint: null }
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    return { path: null, version: null, reason: error.message, hint: error.hint ?? null }
  }
}

function stateDirectory(services: Services) {
  try {
    return { directory: services.stateDirectory(), reason: null }
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    return { directory: null, reason: error.message }
  }
}
