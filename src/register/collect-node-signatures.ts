/** Gathers what proves that the applicant holds every node key: secrets that are here, and proofs made elsewhere. */
import type { Hex } from '../base/hex.js'
import type { NodeKeypair } from '../base/keys/node-keypair.js'
import type { PeerId } from '../base/keys/peer-id.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readNodeKeypair } from '../key/node-secret.js'
import { readJoinProof } from './join-request-document.js'
import type { JoinProof, NodeSignatures } from './model/join-request.js'
import { isNodeSignature, signAsNode } from './model/node-signature.js'

export interface ProofInput {
  readonly secretKeyFile?: readonly string[]
  readonly proof?: readonly string[]
}

/** What was read of them; nothing is signed yet. */
export interface ProofSources {
  readonly keypairs: readonly NodeKeypair[]
  readonly proofs: readonly (JoinProof & { readonly file: string })[]
}

export interface Collected {
  readonly signatures: NodeSignatures
  readonly missing: readonly PeerId[]
}

/** Throws KEY_INVALID, DOCUMENT_INVALID, FILE_*, and REQUEST_INVALID for a key or proof of a node that isn't listed. */
export async function readProofSources(
  services: Services,
  { secretKeyFile = [], proof = [] }: ProofInput,
  peerIds: readonly PeerId[],
): Promise<ProofSources> {
  const keypairs: NodeKeypair[] = []
  for (const path of secretKeyFile) {
    const keypair = await readNodeKeypair(services, path)
    requireListed(keypair.peerId, peerIds, `the secret key in ${path} belongs to`)
    keypairs.push(keypair)
  }
  const proofs: ProofSources['proofs'][number][] = []
  for (const file of proof) {
    const read = await readJoinProof(services, file)
    requireListed(read.peer_id, peerIds, `${file} is a proof of`)
    proofs.push({ ...read, file })
  }
  return { keypairs, proofs }
}

/** `known`: signatures that a draft holds already. Throws REQUEST_INVALID for any that is not over this digest. */
export async function collectNodeSignatures(
  { keypairs, proofs }: ProofSources,
  digest: Hex,
  peerIds: readonly PeerId[],
  known: NodeSignatures,
): Promise<Collected> {
  const signatures: Record<string, string> = {}
  for (const [peerId, signature] of Object.entries(known)) {
    const listed = requireListed(peerId, peerIds, 'the draft holds a signature of')
    if (!(await isNodeSignature(listed, digest, signature))) throw notOver(`the draft's signature of ${peerId}`)
    signatures[peerId] = signature
  }
  for (const proof of proofs) {
    const peerId = requireListed(proof.peer_id, peerIds, `${proof.file} is a proof of`)
    if (proof.digest.toLowerCase() !== digest) throw notOver(proof.file)
    if (!(await isNodeSignature(peerId, digest, proof.signature))) throw notOver(`the signature in ${proof.file}`)
    signatures[peerId] = proof.signature
  }
  for (const keypair of keypairs) signatures[keypair.peerId] = await signAsNode(keypair, digest)
  return { signatures, missing: peerIds.filter((peerId) => !Object.hasOwn(signatures, peerId)) }
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
