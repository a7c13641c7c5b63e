/** Join requests, drafts and proofs as files: fields and types here, meaning in register/model/ (docs/dev/network/join-request.md). */
import { z } from 'zod'
import { sourceName } from '../base/source-name.js'
import type { Services } from '../cli/services.js'
import { parseDocument } from '../documents/document.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JoinProof, JoinRequest, JoinRequestDraft } from './model/join-request.js'

const seconds = z.number().int().nonnegative()

const terms = {
  chain_id: z.number().int().positive(),
  contract: z.string(),
  operator: z.string(),
  name: z.string(),
  peer_ids: z.array(z.string()),
  data: z.string(),
  created_at: seconds,
  expires_at: seconds,
}
const nodeSignatures = z.record(z.string(), z.string())

const REQUEST = 'wcn-join-request'
const DRAFT = 'wcn-join-request-draft'
const PROOF = 'wcn-join-proof'

const request = z.strictObject({
  type: z.literal(REQUEST),
  version: z.literal(1),
  ...terms,
  signature: z.string(),
  node_signatures: nodeSignatures,
})
const draft = z.strictObject({
  type: z.literal(DRAFT),
  version: z.literal(1),
  ...terms,
  node_signatures: nodeSignatures,
})
const proof = z.strictObject({
  type: z.literal(PROOF),
  version: z.literal(1),
  digest: z.string(),
  peer_id: z.string(),
  signature: z.string(),
})

const KINDS: Readonly<Record<string, string>> = {
  [REQUEST]: 'a join request',
  [DRAFT]: 'a draft that is not signed yet',
  [PROOF]: 'the proof of one node key',
}

/** `-` is standard input. Throws DOCUMENT_INVALID where the file is no join request, and FILE_UNREADABLE. */
export function readJoinRequest({ files }: Services, path: string): Promise<JoinRequest> {
  return read(files, path, REQUEST, request)
}

/** Throws like readJoinRequest. */
export function readJoinDraft({ files }: Services, path: string): Promise<JoinRequestDraft> {
  return read(files, path, DRAFT, draft)
}

/** Throws like readJoinRequest. */
export function readJoinProof({ files }: Services, path: string): Promise<JoinProof> {
  return read(files, path, PROOF, proof)
}

/** The text of any of them. */
export function documentText(document: JoinRequest | JoinRequestDraft | JoinProof): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

async function read<T>(files: Services['files'], path: string, type: string, schema: z.ZodType<T>): Promise<T> {
  const text = await files.readText(path)
  const wanted = z.looseObject({ type: z.string(), version: z.number().optional() })
  const { type: found, version } = parseDocument(text, path, wanted)
  const name = sourceName(path)
  if (found !== type)
    throw new WcnError(
      'DOCUMENT_INVALID',
      `${name} is ${KINDS[found] ?? 'something else'}, and ${KINDS[type]} is expected`,
      {
        hint: `its "type" must be "${type}"`,
      },
    )
  if (version !== undefined && version !== 1)
    throw new WcnError(
      'DOCUMENT_INVALID',
      `${name} has version ${version} of the format, and only version 1 is known here`,
      {
        hint: 'update wcn',
      },
    )
  return parseDocument(text, path, schema)
}
