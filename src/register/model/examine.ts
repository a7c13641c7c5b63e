/** Examines a join request as far as that goes without a chain (docs/dev/network/join-request.md, "Verification offline"). */

import { checksumAddress } from '../../base/address.js'
import { type Check, check, checkThat } from '../../base/check.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { TypedData } from '../../chain/typed-data.js'
import { requireWritable } from '../../cluster/judge-write.js'
import { NOTHING_MORE } from '../../cluster/judged-write.js'
import { ADDRESS_RULES } from '../../cluster/write-rules.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { JoinRequest, JoinRequestTerms, NodeSignatures } from './join-request.js'
import { isNodeSignature } from './node-signature.js'
import { type Accounts, distinctPeerIds, type OpenedRequest, openAccounts, openBlob, openContent } from './open.js'
import { requireOperatorSignature } from './operator-signature.js'
import { dateOf, requireAgreement, requireValidity } from './rules.js'

export interface ExaminationTools {
  readonly typedData: TypedData
  /** Unix seconds. */
  readonly now: number
  /** Null: addresses stay unseen, and that is said. */
  readonly key: EncryptionKey | null
  readonly allowPrivateAddresses: boolean
}

export interface Examination {
  readonly checks: readonly Check[]
  /** Null where the fields could not be read at all. */
  readonly opened: OpenedRequest | null
}

/** Everything but the signatures: what a request and a draft have in common. */
export async function examineTerms(terms: JoinRequestTerms, tools: ExaminationTools): Promise<Examination> {
  let accounts: Accounts | null = null
  let data: ReturnType<typeof openBlob> | null = null
  const checks: Check[] = [
    await checkThat('accounts', () => {
      accounts = openAccounts(terms)
      return `operator ${checksumAddress(accounts.operator)} asks to join cluster ${checksumAddress(accounts.contract)} on chain ${terms.chain_id}`
    }),
    await checkThat('validity', () => {
      requireValidity(terms, tools.now)
      return `made on ${dateOf(terms.created_at)}, valid until ${dateOf(terms.expires_at)}`
    }),
    await checkThat('data', () => {
      data = openBlob(terms.data)
      return `${data.blob.length} bytes of operator data, schema 1`
    }),
  ]
  const opened = open(terms, accounts, data, tools.typedData)
  return { checks: [...checks, ...(await examineData(terms, opened, tools))], opened }
}

/** Terms and signatures. */
export async function examineRequest(request: JoinRequest, tools: ExaminationTools): Promise<Examination> {
  const { checks, opened } = await examineTerms(request, tools)
  if (!opened) return { checks: [...checks, ...['operator-signature', 'node-signatures'].map(notReached)], opened }
  const signatures = [
    await checkThat('operator-signature', async () => {
      const { digest, content } = opened
      await requireOperatorSignature(request.signature, {
        digest,
        operator: content.operator,
        typedData: tools.typedData,
      })
      return `signed by ${checksumAddress(content.operator)}`
    }),
    await checkThat('node-signatures', () => requireNodeSignatures(request.node_signatures, opened)),
  ]
  return { checks: [...checks, ...signatures], opened }
}

async function examineData(
  terms: JoinRequestTerms,
  opened: OpenedRequest | null,
  { key, allowPrivateAddresses }: ExaminationTools,
): Promise<readonly Check[]> {
  if (!opened) return ['rules', 'agreement', 'addresses'].map(notReached)
  const { data } = opened
  const allowed = { ...NOTHING_MORE, privateAddresses: allowPrivateAddresses }
  const write = { slot: null, after: data, key, maxDataBytes: null, allowed }
  return [
    await checkThat('rules', () => {
      requireWritable({ ...write, key: null })
      return `${data.nodes.length} nodes, each with a peer ID that a node can have`
    }),
    await checkThat('agreement', () => {
      requireAgreement(terms, data)
      return 'name and peer IDs are those of the data'
    }),
    key === null
      ? check(
          'addresses',
          'skip',
          'the addresses are encrypted, and no encryption key was given',
          'set SMART_CONTRACT_ENCRYPTION_KEY or --encryption-key-file',
        )
      : await checkThat('addresses', () => {
          requireWritable(write, ADDRESS_RULES)
          return `every node has an ${allowPrivateAddresses ? '' : 'address in the public internet and an '}endpoint of its own`
        }),
  ]
}

/** One valid signature for each peer ID and nothing besides. Throws REQUEST_INVALID. */
async function requireNodeSignatures(signatures: NodeSignatures, { digest, data }: OpenedRequest): Promise<string> {
  const peerIds = distinctPeerIds(data)
  for (const peerId of peerIds) {
    const signature = Object.hasOwn(signatures, peerId) ? signatures[peerId] : undefined
    if (signature === undefined) throw unproven(`the signature of node ${peerId} is missing`)
    if (!(await isNodeSignature(peerId, digest, signature)))
      throw unproven(`the signature of node ${peerId} is not one of its key over this content`)
  }
  const surplus = Object.keys(signatures).length - peerIds.length
  if (surplus > 0) throw unproven(`there are ${surplus} signatures of peer IDs that are not in the data`)
  return peerIds.length === 1 ? 'signed by the one node key' : `signed by all ${peerIds.length} node keys`
}

function unproven(sentence: string): WcnError {
  return new WcnError('REQUEST_INVALID', sentence, {
    hint: 'nobody has shown to hold that key: ask the applicant for a new request',
  })
}

function open(
  terms: JoinRequestTerms,
  accounts: Accounts | null,
  data: ReturnType<typeof openBlob> | null,
  typedData: TypedData,
): OpenedRequest | null {
  return accounts && data && { ...data, ...openContent(terms, accounts, data.blob, typedData) }
}

function notReached(id: string): Check {
  return check(id, 'skip', 'not looked at: accounts or data can not be read')
}
