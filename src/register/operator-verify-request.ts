/**
 * `operator verify-request`: proves a join request and shows it to people (docs/dev/network/join-request.md). What needs no chain
 * is always looked at; the rest where a cluster and a provider are configured.
 */
import { type Check, check, checkThat, firstFailure } from '../base/check.js'
import { ifSet } from '../base/if-set.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { Services } from '../cli/services.js'
import { clientJson, encryptedNote, nodesJson } from '../cluster/to-json.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { examineDocument } from './examine-document.js'
import { readJoinDocument } from './join-request-document.js'
import { examineAdmission, requireSameCluster } from './model/admission.js'
import type { OpenedRequest } from './model/join-request.js'

/** Exit code 8 when a check fails. Throws DOCUMENT_INVALID where the file is no join request, FILE_*, SETTING_INVALID. */
export async function run(services: Services, { file }: { readonly file: string }) {
  const request = await readJoinDocument(services, file, 'wcn-join-request')
  const key = await services.settings.encryptionKey()
  const { checks, opened } = await examineDocument(services, request, key)
  const all = opened ? [...checks, ...(await examineOnline(services, opened, key))] : checks
  return {
    /** `request` null: accounts or data can't be read. */
    data: { checks: all, request: opened && joinRequestJson(opened, key) },
    ...(firstFailure(all) ? { exitCode: EXIT_CHECK_FAILED } : {}),
  }
}

function joinRequestJson({ content, digest, blob, data }: OpenedRequest, key: EncryptionKey | null) {
  return {
    operator: content.operator,
    contract: content.contract,
    chain_id: content.chainId,
    name: data.name,
    nodes: nodesJson(data.nodes, key),
    clients: data.clients.map(clientJson),
    data_bytes: blob.length,
    /** Unix seconds. */
    created_at: content.createdAt,
    expires_at: content.expiresAt,
    digest,
    ...encryptedNote(key),
  }
}

async function examineOnline(
  services: Services,
  opened: OpenedRequest,
  key: EncryptionKey | null,
): Promise<readonly Check[]> {
  const { settings } = services
  if ((await ifSet(() => settings.contractAddress())) === null) {
    const skipped = 'no cluster is configured, so whose contract this is was not looked at'
    return [check('cluster', 'skip', skipped, 'set SMART_CONTRACT_ADDRESS or --contract-address')]
  }
  const cluster = await checkThat('cluster', () => {
    requireSameCluster(opened.content, settings)
    return 'for the cluster that is configured here'
  })
  if (cluster.status !== 'pass') return [cluster]
  if ((await ifSet(() => settings.rpcUrl())) === null) {
    const skipped = 'no RPC provider is configured, so the chain was not looked at'
    return [cluster, check('chain', 'skip', skipped, 'set RPC_PROVIDER_URL or --rpc-url')]
  }
  try {
    const snapshot = await (await services.chain()).readClusterForWrite(opened.content.operator)
    const { operators, problems } = snapshot.view
    const chain =
      problems.length === 0
        ? check('chain', 'pass', `a cluster of ${operators.length} operators at block ${snapshot.block.number}`)
        : check('chain', 'warn', `the network's nodes reject this cluster: ${problems.join('; ')}`)
    return [cluster, chain, ...(await examineAdmission(opened, snapshot, key))]
  } catch (error) {
    if (error instanceof WcnError) return [cluster, check('chain', 'fail', error.message, error.hint ?? null)]
    throw error
  }
}
