/**
 * `operator verify-request`: proves a join request and shows it to people (docs/dev/network/join-request.md). What needs no chain
 * is always looked at; the rest where a cluster and a provider are configured.
 */
import type { Address } from '../base/address.js'
import { type Check, check, checkThat, firstFailure } from '../base/check.js'
import type { Hex } from '../base/hex.js'
import { ifSet } from '../base/if-set.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { ActionResult, Services } from '../cli/services.js'
import { type ClientJson, clientJson, type NodeJson, nodeJson } from '../cluster/to-json.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { examinationTools } from './examination-tools.js'
import { readJoinRequest } from './join-request-document.js'
import { examineAdmission, requireSameCluster } from './model/admission.js'
import { examineRequest } from './model/examine.js'
import type { OpenedRequest } from './model/open.js'

export interface Input {
  readonly file: string
}

export interface JoinRequestJson {
  readonly operator: Address
  readonly contract: Address
  readonly chain_id: number
  readonly name: string
  readonly nodes: readonly NodeJson[]
  readonly clients: readonly ClientJson[]
  readonly data_bytes: number
  /** Unix seconds. */
  readonly created_at: number
  readonly expires_at: number
  readonly digest: Hex
  /** Only there when no encryption key was given. */
  readonly addresses?: 'encrypted'
}

export interface VerifyRequestData {
  readonly checks: readonly Check[]
  /** Null where accounts or data can't be read. */
  readonly request: JoinRequestJson | null
}

/** Exit code 8 when a check fails. Throws DOCUMENT_INVALID where the file is no join request, FILE_*, SETTING_INVALID. */
export async function run(services: Services, input: Input): Promise<ActionResult<VerifyRequestData>> {
  const request = await readJoinRequest(services, input.file)
  const key = await services.settings.encryptionKey()
  const { checks, opened } = await examineRequest(request, await examinationTools(services, key))
  const all = opened ? [...checks, ...(await examineOnline(services, opened, key))] : checks
  return {
    data: { checks: all, request: opened && joinRequestJson(opened, key) },
    ...(firstFailure(all) ? { exitCode: EXIT_CHECK_FAILED } : {}),
  }
}

export function joinRequestJson(
  { content, digest, blob, data }: OpenedRequest,
  key: EncryptionKey | null,
): JoinRequestJson {
  return {
    operator: content.operator,
    contract: content.contract,
    chain_id: content.chainId,
    name: data.name,
    nodes: data.nodes.map((node) => nodeJson(node, key)),
    clients: data.clients.map(clientJson),
    data_bytes: blob.length,
    created_at: content.createdAt,
    expires_at: content.expiresAt,
    digest,
    ...(key === null ? { addresses: 'encrypted' as const } : {}),
  }
}

async function examineOnline(
  services: Services,
  opened: OpenedRequest,
  key: EncryptionKey | null,
): Promise<readonly Check[]> {
  const { settings } = services
  const contract = await ifSet(() => settings.contractAddress())
  if (contract === null)
    return [
      check(
        'cluster',
        'skip',
        'no cluster is configured, so whose contract this is was not looked at',
        'set SMART_CONTRACT_ADDRESS or --contract-address',
      ),
    ]
  const cluster = await checkThat('cluster', () => {
    requireSameCluster(opened.content, { chainId: settings.chainId(), contract })
    return 'for the cluster that is configured here'
  })
  if (cluster.status !== 'pass') return [cluster]
  if ((await ifSet(() => settings.rpcUrl())) === null)
    return [
      cluster,
      check(
        'chain',
        'skip',
        'no RPC provider is configured, so the chain was not looked at',
        'set RPC_PROVIDER_URL or --rpc-url',
      ),
    ]
  return [cluster, ...(await examineChain(services, opened, key))]
}

async function examineChain(
  services: Services,
  opened: OpenedRequest,
  key: EncryptionKey | null,
): Promise<readonly Check[]> {
  try {
    const snapshot = await (await services.chain()).readClusterForWrite(opened.content.operator)
    const { block, view } = snapshot
    const found = view.problems.length === 0
    return [
      found
        ? check('chain', 'pass', `a cluster of ${view.operators.length} operators at block ${block.number}`)
        : check('chain', 'warn', `the network's nodes reject this cluster: ${view.problems.join('; ')}`),
      ...(await examineAdmission(opened, snapshot, key)),
    ]
  } catch (error) {
    if (error instanceof WcnError) return [check('chain', 'fail', error.message, error.hint ?? null)]
    throw error
  }
}
