/**
 * The content of a join request before it is signed: what the applicant wants on chain, begun now, or continued from a
 * draft whose proofs are under way.
 */
import type { Address } from '../base/address.js'
import { equalBytes } from '../base/hex.js'
import type { Services } from '../cli/services.js'
import { encodeOperatorData, type OperatorData } from '../cluster/codec/operator-data.js'
import type { NodesFile } from '../cluster/nodes-file.js'
import { storeNode } from '../cluster/plain-node.js'
import { type ReadNodes, readNodesFile } from '../deploy/read-nodes-file.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseNodeArgument } from '../nodes/node-flags.js'
import { openSound } from './examine-document.js'
import { type JoinRequestDraft, readJoinDocument } from './join-request-document.js'
import { requireSameCluster } from './model/admission.js'
import { draftRequest, type OpenedRequest } from './model/join-request.js'
import { requireNewOperator } from './require-admission.js'

export interface DraftInput {
  readonly file?: string
  readonly name?: string
  readonly node?: readonly string[]
  readonly draft?: string
  readonly force?: boolean
  readonly expiresInDays?: string
}

export interface WantedData {
  readonly data: OperatorData
  readonly keyFiles: ReadNodes['keyFiles']
}

export interface StartedDraft {
  readonly draft: JoinRequestDraft
  readonly opened: OpenedRequest
  /** Whether it was there already. */
  readonly continued: boolean
}

const DEFAULT_DAYS = 30
const MAX_DAYS = 365
const DAY_SECONDS = 86_400

/**
 * From a nodes file, a deployment description or flags, checked as far as that goes without a chain; null where no nodes are given. Throws
 * USAGE, the parsers' errors, what the rules for operator data say, and SETTING_MISSING without an encryption key.
 */
export async function wantedData(services: Services, { file, name, node }: DraftInput): Promise<WantedData | null> {
  if (file !== undefined && node !== undefined)
    throw new WcnError('USAGE', 'the nodes are given twice, with --file and with --node', { hint: 'use one of them' })
  if (file === undefined && node === undefined) return null
  const given: NodesFile & Partial<ReadNodes> =
    file === undefined
      ? { nodes: (node ?? []).map((text, index) => parseNodeArgument(text, `--node number ${index + 1}`)) }
      : await readNodesFile(services, file)
  const wanted = name ?? given.name
  if (wanted === undefined || wanted === '')
    throw new WcnError('USAGE', 'the operator has no name', { hint: 'give --name NAME, or `name` in the file' })
  const key = await services.settings.requireEncryptionKey()
  const nodes = given.nodes.map((plain) => storeNode(plain, key))
  const data = { name: wanted, nodes, clients: given.clients ?? [] }
  // The size limit is the chain's to tell.
  requireNewOperator(services, data, key, null)
  return { data, keyFiles: given.keyFiles ?? [] }
}

/** `wanted` may be null only where a draft is there. Throws USAGE, REQUEST_INVALID, FILE_EXISTS, DOCUMENT_INVALID, FILE_*. */
export async function beginDraft(
  services: Services,
  operator: Address,
  wanted: OperatorData | null,
  { draft: path, force, expiresInDays }: DraftInput,
): Promise<StartedDraft> {
  const { settings, files, clock } = services
  const key = await settings.requireEncryptionKey()
  if (path !== undefined && !force && (await files.exists(path))) {
    const draft = await readJoinDocument(services, path, 'wcn-join-request-draft')
    const opened = await openSound(services, draft, path, { key })
    requireSameCluster(opened.content, settings)
    requireSameApplication(opened, operator, wanted, path)
    return { draft, opened, continued: true }
  }
  if (!wanted)
    throw new WcnError('USAGE', 'it is not said which nodes are to be registered', {
      hint: 'give -f deployment.yaml or -f nodes.yaml, or --name and a --node for each',
    })
  const createdAt = clock.now()
  const expiresAt = createdAt + lifetimeDays(expiresInDays) * DAY_SECONDS
  const content = {
    chainId: settings.chainId(),
    contract: settings.contractAddress(),
    operator,
    createdAt,
    expiresAt,
  }
  const draft = draftRequest(content, wanted, encodeOperatorData(wanted))
  return { draft, opened: await openSound(services, draft, 'the request', { key }), continued: false }
}

/** Throws FILE_EXISTS where the file is about another operator or other data than what is asked for now. */
export function requireSameApplication(
  { content, blob }: OpenedRequest,
  operator: Address,
  wanted: OperatorData | null,
  file: string,
): void {
  const other =
    content.operator !== operator
      ? `is of operator ${content.operator}, not of ${operator}`
      : wanted && !equalBytes(encodeOperatorData(wanted), blob)
        ? 'holds other data than what is asked for now'
        : null
  if (other === null) return
  throw new WcnError('FILE_EXISTS', `${file} exists and ${other}`, {
    hint: '--force starts over and replaces it; proofs made for it are lost then',
    details: { path: file },
  })
}

function lifetimeDays(text = String(DEFAULT_DAYS)): number {
  const days = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : Number.NaN
  if (days <= MAX_DAYS) return days
  throw new WcnError('USAGE', `--expires-in-days is not a whole number from 1 to ${MAX_DAYS}`, {
    hint: `leave it out for ${DEFAULT_DAYS}`,
  })
}
