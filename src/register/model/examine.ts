/** Examines a join request as far as that goes without a chain (docs/dev/network/join-request.md, "Verification offline"). */

import { checksumAddress } from '../../base/address.js'
import { type Check, check, checkThat } from '../../base/check.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import { quote } from '../../base/quote.js'
import { utc, utcAndAgo, utcAndLeft } from '../../base/utc.js'
import type { TypedData } from '../../chain/typed-data.js'
import type { OperatorData } from '../../cluster/codec/operator-data.js'
import { ADDRESS_RULES, requireWritable } from '../../cluster/judge-write.js'
import { NOTHING_MORE } from '../../cluster/judged-write.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { JoinRequest, JoinRequestTerms } from '../join-request-document.js'
import { type OpenedRequest, openAccounts, openBlob, openContent } from './join-request.js'
import { requireNodeSignatures, requireOperatorSignature } from './signatures.js'

/** Clocks of two machines may differ by this. */
const CLOCK_TOLERANCE_SECONDS = 300
const FORGED = 'somebody changed the file: ask the applicant for a new one'

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
  let accounts: ReturnType<typeof openAccounts> | null = null
  let data: ReturnType<typeof openBlob> | null = null
  const checks = [
    await checkThat('accounts', () => {
      accounts = openAccounts(terms)
      return `operator ${checksumAddress(accounts.operator)} asks to join cluster ${checksumAddress(accounts.contract)} on chain ${terms.chain_id}`
    }),
    await checkThat('validity', () => {
      requireValidity(terms, tools.now)
      return `made on ${utcAndAgo(terms.created_at, tools.now)}, valid until ${utcAndLeft(terms.expires_at, tools.now)}`
    }),
    await checkThat('data', () => {
      data = openBlob(terms)
      return `${data.blob.length} bytes of operator data, schema 1`
    }),
  ]
  const opened = accounts && data && openContent(terms, accounts, data, tools.typedData)
  return { checks: [...checks, ...(await examineData(terms, opened, tools))], opened }
}

/** Terms and signatures. */
export async function examineRequest(request: JoinRequest, tools: ExaminationTools): Promise<Examination> {
  const { checks, opened } = await examineTerms(request, tools)
  if (!opened) return { checks: [...checks, ...notReached('operator-signature', 'node-signatures')], opened }
  const signatures = [
    await checkThat('operator-signature', async () => {
      await requireOperatorSignature(request.signature, opened, tools.typedData)
      return `signed by ${checksumAddress(opened.content.operator)}`
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
  if (!opened) return notReached('rules', 'agreement', 'addresses')
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

/** Throws REQUEST_INVALID. */
function requireValidity({ created_at: createdAt, expires_at: expiresAt }: JoinRequestTerms, now: number): void {
  if (createdAt > now + CLOCK_TOLERANCE_SECONDS)
    throw disagrees(`it was made ${createdAt - now} s in the future`, 'check the clocks of both machines')
  if (expiresAt <= createdAt) throw disagrees('it expires before it was made', FORGED)
  if (expiresAt <= now) throw disagrees(`it expired on ${utc(expiresAt)}`, 'ask the applicant for a new one')
}

/** The fields for people must say what the data says. Throws REQUEST_INVALID. */
function requireAgreement(terms: JoinRequestTerms, data: OperatorData): void {
  if (terms.name !== data.name)
    throw disagrees(`"name" is ${quote(terms.name)}, and the data says ${quote(data.name)}`, FORGED)
  const inOrder = (ids: readonly string[]) => JSON.stringify([...ids].sort())
  const stored = data.nodes.map(({ peerId }) => peerId)
  const listed = inOrder(terms.peer_ids)
  if (listed !== inOrder(stored) && listed !== inOrder([...new Set(stored)]))
    throw disagrees('"peer_ids" are not the peer IDs of the nodes in the data', FORGED)
}

function disagrees(sentence: string, hint: string): WcnError {
  return new WcnError('REQUEST_INVALID', sentence, { hint })
}

function notReached(...ids: readonly string[]): readonly Check[] {
  return ids.map((id) => check(id, 'skip', 'not looked at: accounts or data can not be read'))
}
