/**
 * `operator register`: from nodes and keys to one join request file for the cluster's owner, everything checked that
 * can be (docs/dev/network/join-request.md). Node secrets may stay on their hosts: then a draft travels there and proofs come back.
 * Once the file is there, the same command says where the request stands.
 */
import type { ActionResult, Services } from '../cli/services.js'
import { offerSettings, requireContextName } from '../context/offer-context.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireSigner } from '../write/ask.js'
import { type Collected, collectNodeSignatures, type ProofInput } from './collect-node-signatures.js'
import { openSound } from './examine-document.js'
import { documentText } from './join-request-document.js'
import { openRequestFile, type RegisterData, registerJson, requestStanding } from './join-request-standing.js'
import { type OpenedRequest, signedRequest } from './model/join-request.js'
import { beginDraft, type DraftInput, requireSameApplication, wantedData } from './register-draft.js'
import { requireAdmission } from './require-admission.js'

export interface Input extends ProofInput, DraftInput {
  readonly out?: string
  /** Only say where the request in this file stands. */
  readonly status?: string
  readonly wait?: boolean
  readonly offline?: boolean
  readonly forceEncryptionKey?: boolean
  /** Consent to keep the settings as a context of this name. */
  readonly addContext?: string
}

/**
 * Throws USAGE, SETTING_MISSING, what reading nodes, keys and proofs throws, REQUEST_INVALID, INPUT_REQUIRED where
 * proofs are missing and no draft is wanted, WRONG_SIGNER, SIGNER_UNSUITABLE where the key can't be exported to the
 * primary node, what requireAdmission throws, and FILE_*.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<RegisterData>> {
  requireContextName(input.addContext)
  const result = await register(services, input)
  // What was done needed no chain, or was offered before.
  const isProven = !input.offline && (input.addContext !== undefined || result.data.status === 'written')
  // Ctrl-C at the question answers it: what was written is there all the same.
  if (isProven) await offerSettings(services, input.addContext).catch(unlessInterrupted)
  return result
}

function unlessInterrupted(error: unknown): void {
  if (!(error instanceof WcnError) || error.code !== 'INTERRUPTED') throw error
}

/** For those who keep the settings themselves. Throws the same. */
export async function register(services: Services, input: Input): Promise<ActionResult<RegisterData>> {
  const { files, settings, talk } = services
  if (input.status !== undefined)
    return requestStanding(services, input.status, await openRequestFile(services, input.status), input)
  const operator = await settings.operator()
  const out = input.out ?? `./wcn-join-request-${operator}.json`
  const given = await wantedData(services, input)
  const wanted = given?.data ?? null
  if (!input.force && (await files.exists(out))) {
    // Nothing is made anew, the chain is asked.
    const there = await openRequestFile(services, out)
    requireSameApplication(there, operator, wanted, out)
    if (input.draft !== undefined && !(await files.exists(input.draft)))
      talk.warn(`${out} is there already, so no draft is written; --force makes both anew`)
    if (!input.offline) return requestStanding(services, out, there, input)
    throw new WcnError('FILE_EXISTS', `${out} exists, and --offline can't tell where it stands`, {
      hint: '--force replaces it',
      details: { path: out },
    })
  }

  const begun = await beginDraft(services, operator, wanted, input)
  const { opened } = begun
  const { draft, missing } = await collectNodeSignatures(services, { ...given, ...input }, begun.draft, opened)
  const standing = await requireAdmission(services, opened, input)
  if (standing.kind === 'as-requested')
    return { data: { ...registerJson('on-chain', opened), digest: null, expires_at: null } }
  if (missing.length > 0) {
    if (input.draft === undefined) throw unproven(missing)
    await put(services, input.draft, documentText(draft), begun.continued || input.force === true)
    return { data: registerJson('draft', opened, { draft_file: input.draft, missing_proofs: missing }) }
  }
  await put(services, out, await signedText(services, draft, opened), input.force === true)
  if (!input.wait) return { data: registerJson('written', opened, { request_file: out }) }
  talk.note(`wrote ${out}: give it to the cluster's owner`)
  return requestStanding(services, out, opened, input)
}

/** What goes out must stand up to the owner's own look at it. */
async function signedText(services: Services, draft: Collected['draft'], { content, digest }: OpenedRequest) {
  const signer = await requireSigner(services, content.operator)
  const request = signedRequest(draft, await signer.signDigest(digest))
  await openSound(services, request, 'the request', { key: await services.settings.requireEncryptionKey() })
  return documentText(request)
}

async function put({ files }: Services, path: string, text: string, overwrite: boolean): Promise<void> {
  if (overwrite) await files.write(path, text, { mode: 0o600, overwrite })
  else await files.createPrivate(path, text)
}

function unproven(missing: Collected['missing']): WcnError {
  return new WcnError('INPUT_REQUIRED', `nothing proves yet that you hold the keys of ${missing.join(', ')}`, {
    hint: 'give their --secret-key-file; or keep the secrets where they are: --draft FILE, then `wcn key prove FILE` there',
    details: { missing_proofs: missing },
  })
}
