/**
 * Reads and writes the files of a join, our own format: what an applicant gives the cluster's owner, who alone can add an
 * operator. Fields and types are here, their meaning is in register/model/ (docs/dev/network/join-request.md).
 */
import { z } from 'zod'
import { sourceName } from '../base/source-name.js'
import type { Services } from '../cli/services.js'
import { parseDocument } from '../documents/document.js'
import { WcnError } from '../errors/wcn-error.js'

const unixSeconds = z.number().int().nonnegative()
const version = z.literal(1)

const terms = {
  chain_id: z.number().int().positive(),
  contract: z.string(),
  operator: z.string(),
  name: z.string(),
  peer_ids: z.array(z.string()),
  /** Operator data blob in hex; addresses encrypted. */
  data: z.string(),
  created_at: unixSeconds,
  expires_at: unixSeconds,
}
/** Standard base64 of ed25519 signatures, by peer ID; in a draft those that are there already. */
const node_signatures = z.record(z.string(), z.string())

const FORMATS = {
  'wcn-join-request': {
    what: 'a join request',
    schema: z.strictObject({
      type: z.literal('wcn-join-request'),
      version,
      ...terms,
      /** 65 bytes in hex. */
      signature: z.string(),
      node_signatures,
    }),
  },
  /** What travels to the hosts that keep their node's secret to themselves. */
  'wcn-join-request-draft': {
    what: 'a draft that is not signed yet',
    schema: z.strictObject({ type: z.literal('wcn-join-request-draft'), version, ...terms, node_signatures }),
  },
  /** What comes back from such a host: a signature over the EIP-712 digest of the request. */
  'wcn-join-proof': {
    what: 'the proof of one node key',
    schema: z.strictObject({
      type: z.literal('wcn-join-proof'),
      version,
      digest: z.string(),
      peer_id: z.string(),
      signature: z.string(),
    }),
  },
} as const

type Formats = { readonly [Type in keyof typeof FORMATS]: z.infer<(typeof FORMATS)[Type]['schema']> }
export type JoinRequest = Formats['wcn-join-request']
export type JoinRequestDraft = Formats['wcn-join-request-draft']
export type JoinProof = Formats['wcn-join-proof']
/** What is signed, typed; nothing in it is believed yet. */
export type JoinRequestTerms = Omit<JoinRequestDraft, 'type' | 'version' | 'node_signatures'>

export function documentText(document: Formats[keyof Formats]): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

/** `-` is standard input. Throws DOCUMENT_INVALID where the file is no document of that type, and FILE_UNREADABLE. */
export async function readJoinDocument<Type extends keyof Formats>(
  { files }: Pick<Services, 'files'>,
  path: string,
  type: Type,
): Promise<Formats[Type]> {
  const text = await files.readText(path)
  const head = parseDocument(text, path, z.looseObject({ type: z.string(), version: z.number().optional() }))
  const { what: found = 'something else' } = Object.hasOwn(FORMATS, head.type) ? FORMATS[head.type as Type] : {}
  const refused = (sentence: string, hint: string) =>
    new WcnError('DOCUMENT_INVALID', `${sourceName(path)} ${sentence}`, { hint })
  if (head.type !== type)
    throw refused(`is ${found}, and ${FORMATS[type].what} is expected`, `its "type" must be "${type}"`)
  if (head.version !== undefined && head.version !== 1)
    throw refused(`has version ${head.version} of the format, and only version 1 is known here`, 'update wcn')
  return parseDocument<Formats[keyof Formats]>(text, path, FORMATS[type].schema) as Formats[Type]
}
