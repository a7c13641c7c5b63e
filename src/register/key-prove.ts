/**
 * `key prove`: vouches for a join request with a node's key, on the machine that holds it, so that no secret travels.
 * It signs what it was shown, a whole draft; a bare digest could be anything.
 */

import { checksumAddress } from '../base/address.js'
import { sourceName } from '../base/source-name.js'
import { utc } from '../base/utc.js'
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readNodeKeypair } from '../key/node-secret.js'
import { openSound } from './examine-document.js'
import { documentText, type JoinProof, readJoinDocument } from './join-request-document.js'
import { distinctPeerIds, type OpenedRequest } from './model/join-request.js'
import { signAsNode } from './model/signatures.js'

export interface Input {
  readonly draft: string
  readonly secretKeyFile: string
  readonly out?: string
}

/** The proof itself, or where it was written. */
type KeyProveData = JoinProof | { readonly file: string; readonly peer_id: string; readonly digest: string }

/** Throws DOCUMENT_INVALID, REQUEST_INVALID, KEY_INVALID, CONFIRMATION_REQUIRED, DECLINED, FILE_*. */
export async function run(services: Services, input: Input): Promise<ActionResult<KeyProveData>> {
  const { files, talk } = services
  const keypair = await readNodeKeypair(services, input.secretKeyFile)
  const draft = await readJoinDocument(services, input.draft, 'wcn-join-request-draft')
  const source = sourceName(input.draft)
  // Addresses are encrypted, and their key has no business on a node's host.
  const opened = await openSound(services, draft, source)
  const { peerId } = keypair
  const peerIds = distinctPeerIds(opened.data)
  if (!peerIds.includes(peerId))
    throw new WcnError('REQUEST_INVALID', `${source} does not name ${peerId}, to which this secret key belongs`, {
      hint: `it names ${peerIds.join(', ')}: use the key of one of them`,
      details: { peer_id: peerId, peer_ids: peerIds },
    })

  // Whoever wants quiet still has to see what is signed.
  for (const line of inWords(opened)) talk.tell(line)
  if (!(await talk.confirm(`Sign this as ${peerId}?`)))
    throw new WcnError('DECLINED', 'declined; nothing was signed', { hint: 'run it again and answer y to sign it' })

  const { digest } = opened
  const signature = await signAsNode(keypair, digest)
  const proof: JoinProof = { type: 'wcn-join-proof', version: 1, digest, peer_id: peerId, signature }
  if (input.out === undefined) return { data: proof }
  await files.createPrivate(input.out, documentText(proof))
  return { data: { file: input.out, peer_id: peerId, digest } }
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
    `  valid     from ${utc(content.createdAt)} until ${utc(content.expiresAt)}`,
    `  digest    ${digest}`,
  ]
}
