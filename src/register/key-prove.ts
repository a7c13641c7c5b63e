/**
 * `key prove`: vouches for a join request with a node's key, on the machine that holds it, so that no secret travels.
 * It signs what it was shown, a whole draft; a bare digest could be anything.
 */

import { checksumAddress } from '../base/address.js'
import type { PeerId } from '../base/keys/peer-id.js'
import { sourceName } from '../base/source-name.js'
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readNodeKeypair } from '../key/node-secret.js'
import { blindExaminationTools } from './examination-tools.js'
import { documentText, readJoinDraft } from './join-request-document.js'
import { examineTerms } from './model/examine.js'
import type { JoinProof } from './model/join-request.js'
import { signAsNode } from './model/node-signature.js'
import { distinctPeerIds, type OpenedRequest } from './model/open.js'
import { requireClean } from './model/require-clean.js'
import { dateOf } from './model/rules.js'

export interface Input {
  readonly draft: string
  readonly secretKeyFile: string
  readonly out?: string
}

/** The proof itself, or where it was written. */
export type KeyProveData = JoinProof | { readonly file: string; readonly peer_id: PeerId; readonly digest: string }

/** Throws DOCUMENT_INVALID, REQUEST_INVALID, KEY_INVALID, CONFIRMATION_REQUIRED, DECLINED, FILE_*. */
export async function run(services: Services, input: Input): Promise<ActionResult<KeyProveData>> {
  const { files, talk } = services
  const keypair = await readNodeKeypair(services, input.secretKeyFile)
  const draft = await readJoinDraft(services, input.draft)
  const source = sourceName(input.draft)
  // Addresses are encrypted, and their key has no business on a node's host.
  const request = requireClean(await examineTerms(draft, await blindExaminationTools(services)), source)
  requireAmong(distinctPeerIds(request.data), keypair.peerId, source)

  // Whoever wants quiet still has to see what is signed.
  for (const line of inWords(request)) talk.tell(line)
  if (!(await talk.confirm(`Sign this as ${keypair.peerId}?`)))
    throw new WcnError('DECLINED', 'declined; nothing was signed', { hint: 'run it again and answer y to sign it' })

  const { digest } = request
  const signature = await signAsNode(keypair, digest)
  const proof: JoinProof = { type: 'wcn-join-proof', version: 1, digest, peer_id: keypair.peerId, signature }
  if (input.out === undefined) return { data: proof }
  await files.createPrivate(input.out, documentText(proof))
  return { data: { file: input.out, peer_id: keypair.peerId, digest } }
}

function inWords({ content, data, digest }: OpenedRequest): readonly string[] {
  return [
    'This asks for a signature that lets an operator name this node as its own:',
    `  operator  ${checksumAddress(content.operator)} ${JSON.stringify(data.name)}`,
    `  cluster   ${checksumAddress(content.contract)} on chain ${content.chainId}`,
    ...data.nodes.map(
      ({ peerId, primaryPort, secondaryPort }) => `  node      ${peerId}, ports ${primaryPort} and ${secondaryPort}`,
    ),
    ...(data.clients.length > 0 ? [`  clients   ${data.clients.length}`] : []),
    `  valid     from ${dateOf(content.createdAt)} until ${dateOf(content.expiresAt)}`,
    `  digest    ${digest}`,
  ]
}

function requireAmong(peerIds: readonly PeerId[], peerId: PeerId, source: string): void {
  if (peerIds.includes(peerId)) return
  throw new WcnError('REQUEST_INVALID', `${source} does not name ${peerId}, to which this secret key belongs`, {
    hint: `it names ${peerIds.join(', ')}: use the key of one of them`,
    details: { peer_id: peerId, peer_ids: peerIds },
  })
}
