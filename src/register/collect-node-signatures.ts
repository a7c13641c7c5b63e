/** Gathers what proves that the applicant holds every node key: secrets that are here, and proofs made elsewhere. */
import type { PeerId } from '../base/keys/peer-id.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readNodeKeypair } from '../key/node-secret.js'
import { type JoinRequestDraft, readJoinDocument } from './join-request-document.js'
import { distinctPeerIds, type OpenedRequest } from './model/join-request.js'
import { isNodeSignature, signAsNode } from './model/signatures.js'

export interface ProofInput {
  readonly secretKeyFile?: readonly string[]
  readonly proof?: readonly string[]
  /** In place of `secretKeyFile`: those that the deployment description names. */
  readonly keyFiles?: readonly string[]
}

/** What is given to the draft, which holds some signatures already, and whose are missing then. */
export interface Collected {
  readonly draft: JoinRequestDraft
  readonly missing: readonly PeerId[]
}

/**
 * Throws KEY_INVALID, DOCUMENT_INVALID, FILE_*, and REQUEST_INVALID for a key, proof or signature of a node that isn't
 * listed or that is not over this request.
 */
export async function collectNodeSignatures(
  services: Services,
  { keyFiles = [], secretKeyFile = keyFiles, proof = [] }: ProofInput,
  draft: JoinRequestDraft,
  { digest, data }: OpenedRequest,
): Promise<Collected> {
  const peerIds = distinctPeerIds(data)
  const signatures: Record<string, string> = {}
  const take = async (peerId: PeerId, signature: string, what: string) => {
    if (!(await isNodeSignature(peerId, digest, signature))) throw notOver(what)
    signatures[peerId] = signature
  }
  for (const [id, signature] of Object.entries(draft.node_signatures))
    await take(
      requireListed(id, peerIds, 'the draft holds a signature of'),
      signature,
      `the draft's signature of ${id}`,
    )
  for (const file of proof) {
    const read = await readJoinDocument(services, file, 'wcn-join-proof')
    const peerId = requireListed(read.peer_id, peerIds, `${file} is a proof of`)
    if (read.digest.toLowerCase() !== digest) throw notOver(file)
    await take(peerId, read.signature, `the signature in ${file}`)
  }
  for (const path of secretKeyFile) {
    const keypair = await readNodeKeypair(services, path)
    const peerId = requireListed(keypair.peerId, peerIds, `the secret key in ${path} belongs to`)
    signatures[peerId] = await signAsNode(keypair, digest)
  }
  const missing = peerIds.filter((peerId) => !Object.hasOwn(signatures, peerId))
  return { draft: { ...draft, node_signatures: signatures }, missing }
}

function requireListed(peerId: string, peerIds: readonly PeerId[], what: string): PeerId {
  const listed = peerIds.find((id) => id === peerId)
  if (listed !== undefined) return listed
  throw new WcnError(
    'REQUEST_INVALID',
    `${what} ${JSON.stringify(peerId)}, and no node that is registered has that peer ID`,
    {
      hint: `the nodes are ${peerIds.join(', ')}; the database needs no proof`,
      details: { peer_id: peerId, peer_ids: peerIds },
    },
  )
}

function notOver(what: string): WcnError {
  return new WcnError('REQUEST_INVALID', `${what} was not made for this request`, {
    hint: 'proofs belong to one draft: give it with --draft, or have new ones made with `wcn key prove`',
  })
}
