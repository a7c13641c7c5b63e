/** The content of a join request before it is signed: begun now, or continued from a draft whose proofs are under way. */
import type { Address } from '../base/address.js'
import { equalBytes } from '../base/equal-bytes.js'
import type { Services } from '../cli/services.js'
import { encodeOperatorData, type OperatorData } from '../cluster/codec/operator-data.js'
import { WcnError } from '../errors/wcn-error.js'
import { examinationTools } from './examination-tools.js'
import { documentText, readJoinDraft } from './join-request-document.js'
import { requireSameCluster } from './model/admission.js'
import { draftRequest } from './model/draft.js'
import { type ExaminationTools, examineTerms } from './model/examine.js'
import type { JoinRequestDraft, NodeSignatures } from './model/join-request.js'
import type { OpenedRequest } from './model/open.js'
import { requireClean } from './model/require-clean.js'

export interface DraftInput {
  readonly draft?: string
  readonly force?: boolean
  readonly expiresInDays?: string
}

export interface StartedDraft {
  readonly draft: JoinRequestDraft
  readonly opened: OpenedRequest
  /** The file it was continued from. */
  readonly file: string | null
}

const DEFAULT_DAYS = 30
const MAX_DAYS = 365
const DAY_SECONDS = 86_400

/** `wanted` may be null only where a draft is there. Throws USAGE, REQUEST_INVALID, FILE_EXISTS, DOCUMENT_INVALID, FILE_*. */
export async function beginDraft(
  services: Services,
  operator: Address,
  wanted: OperatorData | null,
  input: DraftInput,
): Promise<StartedDraft> {
  const { settings, files } = services
  const tools = await examinationTools(services, await settings.requireEncryptionKey())
  const path = input.draft
  if (path !== undefined && !input.force && (await files.exists(path)))
    return continueDraft(services, path, operator, wanted, tools)
  if (!wanted)
    throw new WcnError('USAGE', 'it is not said which nodes are to be registered', {
      hint: 'give -f nodes.yaml, or --name and a --node for each',
    })
  const draft = draftRequest({
    chainId: settings.chainId(),
    contract: settings.contractAddress(),
    operator,
    data: wanted,
    blob: encodeOperatorData(wanted),
    createdAt: tools.now,
    expiresAt: tools.now + lifetimeDays(input.expiresInDays) * DAY_SECONDS,
  })
  return { draft, opened: requireClean(await examineTerms(draft, tools), 'the request'), file: null }
}

/** Puts the proofs that are there into the draft's file. */
export async function keepDraft(
  { files }: Services,
  path: string,
  { draft, file }: StartedDraft,
  signatures: NodeSignatures,
  force: boolean,
): Promise<void> {
  const text = documentText({ ...draft, node_signatures: signatures })
  if (file === null && !force) return files.createPrivate(path, text)
  await files.write(path, text, { mode: 0o600, overwrite: true })
}

async function continueDraft(
  services: Services,
  file: string,
  operator: Address,
  wanted: OperatorData | null,
  tools: ExaminationTools,
): Promise<StartedDraft> {
  const { settings } = services
  const draft = await readJoinDraft(services, file)
  const opened = requireClean(await examineTerms(draft, tools), file)
  requireSameCluster(opened.content, { chainId: settings.chainId(), contract: settings.contractAddress() })
  requireSameApplication(opened, operator, wanted, file)
  return { draft, opened, file }
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

function lifetimeDays(text: string | undefined): number {
  if (text === undefined) return DEFAULT_DAYS
  const days = /^[1-9][0-9]{0,3}$/.test(text) ? Number(text) : Number.NaN
  if (days <= MAX_DAYS) return days
  throw new WcnError('USAGE', `--expires-in-days is not a whole number from 1 to ${MAX_DAYS}`, {
    hint: `leave it out for ${DEFAULT_DAYS}`,
  })
}
