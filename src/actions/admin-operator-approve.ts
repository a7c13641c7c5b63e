/**
 * `admin operator approve`: the cluster's owner writes a join request on chain, byte for byte as the applicant signed
 * it, after everything in it has been proven (spec/join-request.md).
 */

import { checksumAddress } from '../core/address.js'
import { operatorChanges } from '../core/cluster/operator-changes.js'
import { requireSameCluster } from '../core/join-request/admission.js'
import { examineRequest } from '../core/join-request/examine.js'
import type { OpenedRequest } from '../core/join-request/open.js'
import { requireClean } from '../core/join-request/require-clean.js'
import { dateOf } from '../core/join-request/rules.js'
import type { EncryptionKey } from '../core/keys/encryption-key.js'
import type { ActionResult, Services, WriteSnapshot } from '../core/ports.js'
import { sourceName } from '../core/source-name.js'
import { WcnError } from '../errors/wcn-error.js'
import { examinationTools } from './examination-tools.js'
import { readJoinRequest } from './join-request-document.js'
import { readBackOperator } from './read-back.js'
import { readForWrite } from './read-for-write.js'
import { requireAdmissible } from './register-admission.js'
import { sendWrite } from './send-write.js'
import { type WriteJson, writeJson } from './write-json.js'

export interface Input {
  readonly file: string
  readonly dryRun?: boolean
  readonly forceEncryptionKey?: boolean
}

/**
 * Throws DOCUMENT_INVALID, REQUEST_INVALID, NOT_THE_OWNER, OPERATOR_EXISTS, CLUSTER_FULL, DATA_TOO_LARGE,
 * ENCRYPTION_KEY_WRONG, what sendWrite throws, and SETTLED_OTHERWISE where the chain holds something else afterwards.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<WriteJson>> {
  const { talk } = services
  const { opened, key } = await readProven(services, input.file)
  const { blob, data } = opened
  const { operator } = opened.content
  const chain = await services.chain()
  const owner = (await services.signer()).address
  const [snapshot, applicant] = await Promise.all([readForWrite(services, owner), chain.readAccount(operator)])
  const { view } = snapshot
  requireOwner(snapshot)

  const changes = operatorChanges(null, data, key)
  const dryRun = input.dryRun === true
  const standing = requireAdmissible(services, view, opened, key, input.forceEncryptionKey === true)
  if (standing.kind === 'as-requested') {
    const { slot } = standing
    return { data: writeJson({ changed: false, dryRun, changes: [], transaction: null, snapshot, slot, key }) }
  }
  if (applicant.account.balanceWei === 0n)
    talk.warn(`${operator} holds no ETH: its primary node could not finish a migration, which stops the whole cluster`)

  const transaction = await chain.encodeCall({ fn: 'addNodeOperator', operator, data: blob })
  const sent = await sendWrite(services, { title: titleOf(opened), changes, transaction, snapshot }, { dryRun })
  if (!sent)
    return { data: writeJson({ changed: false, dryRun, changes, transaction: null, snapshot, slot: null, key }) }

  const { now, slot } = await readBackOperator(services, sent.receipt, operator, blob)
  return { data: writeJson({ changed: true, dryRun, changes, transaction: sent.json, snapshot: now, slot, key }) }
}

interface Proven {
  readonly opened: OpenedRequest
  readonly key: EncryptionKey
}

/** Everything that needs no chain. */
async function readProven(services: Services, file: string): Promise<Proven> {
  const { settings } = services
  const request = await readJoinRequest(services, file)
  const key = await settings.requireEncryptionKey()
  const examination = await examineRequest(request, await examinationTools(services, key))
  const opened = requireClean(examination, sourceName(file))
  requireSameCluster(opened.content, { chainId: settings.chainId(), contract: settings.contractAddress() })
  return { opened, key }
}

function requireOwner({ view, account }: WriteSnapshot): void {
  if (view.owner === account.address) return
  throw new WcnError(
    'NOT_THE_OWNER',
    `only the owner of the cluster, ${view.owner}, can add an operator, and the configured key is of ${account.address}`,
    { hint: "give the owner's key with --private-key-file" },
  )
}

function titleOf({ content, data }: OpenedRequest): string {
  const { contract, operator, createdAt, expiresAt } = content
  return (
    `add operator ${JSON.stringify(data.name)} ${checksumAddress(operator)} to cluster ${checksumAddress(contract)} ` +
    `(requested on ${dateOf(createdAt)}, valid until ${dateOf(expiresAt)})`
  )
}
