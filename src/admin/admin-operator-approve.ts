/**
 * `admin operator approve`: the cluster's owner writes a join request on chain, byte for byte as the applicant signed
 * it, after everything in it has been proven (docs/dev/network/join-request.md).
 */

import { checksumAddress } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import { sourceName } from '../base/source-name.js'
import { utc } from '../base/utc.js'
import type { WriteSnapshot } from '../chain/chain.js'
import type { ActionResult, Services } from '../cli/services.js'
import { operatorChanges } from '../cluster/operator-changes.js'
import { openVerification, type Verification, type VerifyInput } from '../health/require-answering.js'
import { requireClustersKey } from '../read/contract-knowledge.js'
import { openSound } from '../register/examine-document.js'
import { readJoinDocument } from '../register/join-request-document.js'
import { requireSameCluster } from '../register/model/admission.js'
import type { OpenedRequest } from '../register/model/join-request.js'
import { requireAdmissible } from '../register/require-admission.js'
import type { WriteJson } from '../write/write-json.js'
import { type OwnerInput, ownerWrite } from './owner-write.js'

export interface Input extends OwnerInput, VerifyInput {
  readonly file: string
  readonly forceEncryptionKey?: boolean
}

/**
 * Throws DOCUMENT_INVALID, REQUEST_INVALID, NOT_THE_OWNER, OPERATOR_EXISTS, CLUSTER_FULL, DATA_TOO_LARGE,
 * ENCRYPTION_KEY_WRONG, what verifying and ownerWrite throw.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<WriteJson>> {
  const { opened, key } = await readProven(services, input.file)
  const verify = await openVerification(services, input)
  return ownerWrite(services, input, {
    does: 'add an operator',
    about: { operator: opened.content.operator, key },
    plan: (snapshot) => planApproval(services, input, { opened, key, verify }, snapshot),
  })
}

async function planApproval(
  services: Services,
  { forceEncryptionKey = false }: Input,
  { opened, key, verify }: Proven & { readonly verify: Verification | null },
  snapshot: WriteSnapshot,
) {
  const { blob, data } = opened
  const { operator } = opened.content
  const provenKey = await requireClustersKey(services, snapshot, key, { force: forceEncryptionKey, own: [] })
  const standing = requireAdmissible(services, snapshot.view, opened, key, forceEncryptionKey)
  if (standing.kind === 'as-requested') return null
  const applicant = await (await services.chain()).readAccount(operator)
  if (applicant.account.balanceWei === 0n)
    services.talk.warn(
      `${operator} holds no ETH: its primary node could not finish a migration, which stops the whole cluster`,
    )

  await verify?.({ snapshot, operator, before: null, after: data, key })
  const changes = operatorChanges(null, data, key)
  const call = { fn: 'addNodeOperator', operator, data: blob } as const
  return { title: titleOf(opened), changes, provenKey, call }
}

interface Proven {
  readonly opened: OpenedRequest
  readonly key: EncryptionKey
}

/** Everything that needs no chain. */
async function readProven(services: Services, file: string): Promise<Proven> {
  const request = await readJoinDocument(services, file, 'wcn-join-request')
  const key = await services.settings.requireEncryptionKey()
  const opened = await openSound(services, request, sourceName(file), { key })
  requireSameCluster(opened.content, services.settings)
  return { opened, key }
}

function titleOf({ content, data }: OpenedRequest): string {
  const { contract, operator, createdAt, expiresAt } = content
  return (
    `add operator ${JSON.stringify(data.name)} ${checksumAddress(operator)} to cluster ${checksumAddress(contract)} ` +
    `(requested on ${utc(createdAt)}, valid until ${utc(expiresAt)})`
  )
}
