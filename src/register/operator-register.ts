/**
 * `operator register`: from nodes and keys to one join request file for the cluster's owner, everything checked that
 * can be (docs/dev/network/join-request.md). Node secrets may stay on their hosts: then a draft travels there and proofs come back.
 * Once the file is there, the same command says where the request stands.
 */
import type { Address } from '../base/address.js'
import type { ActionResult, Services } from '../cli/services.js'
import type { OperatorData } from '../cluster/codec/operator-data.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireSigner } from '../write/ask.js'
import { collectNodeSignatures, type ProofInput, readProofSources } from './collect-node-signatures.js'
import { examinationTools } from './examination-tools.js'
import { documentText } from './join-request-document.js'
import {
  openRequestFile,
  type RegisterData,
  type RegisterStatus,
  requestStanding,
  type StandingInput,
} from './join-request-standing.js'
import { signedRequest } from './model/draft.js'
import { examineRequest } from './model/examine.js'
import type { NodeSignatures } from './model/join-request.js'
import { distinctPeerIds, type OpenedRequest } from './model/open.js'
import { requireClean } from './model/require-clean.js'
import { requireAdmission } from './register-admission.js'
import { type RegisterDataInput, registerData } from './register-data.js'
import { beginDraft, type DraftInput, keepDraft, requireSameApplication, type StartedDraft } from './register-draft.js'

export interface Input extends RegisterDataInput, ProofInput, DraftInput, StandingInput {
  readonly out?: string
  /** Only say where the request in this file stands. */
  readonly status?: string
  readonly offline?: boolean
  readonly forceEncryptionKey?: boolean
}

/**
 * Throws USAGE, SETTING_MISSING, what reading nodes, keys and proofs throws, REQUEST_INVALID, INPUT_REQUIRED where
 * proofs are missing and no draft is wanted, WRONG_SIGNER, SIGNER_UNSUITABLE where the key can't be exported to the
 * primary node, what requireAdmission throws, and FILE_*.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<RegisterData>> {
  if (input.status !== undefined)
    return requestStanding(services, input.status, await openRequestFile(services, input.status), input)
  const operator = await services.settings.operator()
  const out = input.out ?? `./wcn-join-request-${operator}.json`
  const wanted = await registerData(services, input)
  if (!input.force && (await services.files.exists(out))) return resume(services, out, operator, wanted, input)

  const begun = await beginDraft(services, operator, wanted, input)
  const { opened, draft } = begun
  const peerIds = distinctPeerIds(opened.data)
  const sources = await readProofSources(services, input, peerIds)
  const standing = await requireAdmission(services, opened, input)
  if (standing.kind === 'as-requested')
    return { data: { ...registerJson('on-chain', opened), digest: null, expires_at: null } }
  const { signatures, missing } = await collectNodeSignatures(sources, opened.digest, peerIds, draft.node_signatures)
  if (missing.length > 0) return waitForProofs(services, begun, signatures, missing, input)

  await writeRequest(services, begun, signatures, out, input.force === true)
  if (!input.wait) return { data: { ...registerJson('written', opened), request_file: out } }
  services.talk.note(`wrote ${out}: give it to the cluster's owner`)
  return requestStanding(services, out, opened, input)
}

/** The file is there: nothing is made anew, the chain is asked. */
async function resume(
  services: Services,
  out: string,
  operator: Address,
  wanted: OperatorData | null,
  input: Input,
): Promise<ActionResult<RegisterData>> {
  const opened = await openRequestFile(services, out)
  requireSameApplication(opened, operator, wanted, out)
  if (!input.offline) return requestStanding(services, out, opened, input)
  throw new WcnError('FILE_EXISTS', `${out} exists, and --offline can't tell where it stands`, {
    hint: '--force replaces it',
    details: { path: out },
  })
}

async function waitForProofs(
  services: Services,
  begun: StartedDraft,
  signatures: NodeSignatures,
  missing: readonly string[],
  { draft, force }: Input,
): Promise<ActionResult<RegisterData>> {
  if (draft === undefined)
    throw new WcnError('INPUT_REQUIRED', `nothing proves yet that you hold the keys of ${missing.join(', ')}`, {
      hint: 'give their --secret-key-file; or keep the secrets where they are: --draft FILE, then `wcn key prove FILE` there',
      details: { missing_proofs: missing },
    })
  await keepDraft(services, draft, begun, signatures, force === true)
  return { data: { ...registerJson('draft', begun.opened), draft_file: draft, missing_proofs: missing } }
}

async function writeRequest(
  services: Services,
  { draft, opened }: StartedDraft,
  signatures: NodeSignatures,
  out: string,
  force: boolean,
): Promise<void> {
  const { files } = services
  const signer = await requireSigner(services, opened.content.operator)
  const request = signedRequest(draft, await signer.signDigest(opened.digest), signatures)
  const tools = await examinationTools(services, await services.settings.requireEncryptionKey())
  // What goes out must stand up to the owner's own look at it.
  requireClean(await examineRequest(request, tools), 'the request')
  const text = documentText(request)
  if (force) await files.write(out, text, { mode: 0o600, overwrite: true })
  else await files.createPrivate(out, text)
}

function registerJson(status: RegisterStatus, { content, digest }: OpenedRequest): RegisterData {
  return {
    status,
    request_file: null,
    draft_file: null,
    operator: content.operator,
    digest,
    expires_at: content.expiresAt,
    changes: [],
    reason: null,
    missing_proofs: [],
  }
}
