/** The example key of the onboarding document: a sound keypair whose secret everybody can read there. */
import { WcnError } from '../../errors/wcn-error.js'
import type { PeerId } from './peer-id.js'

/** Of the document's `secret_key`; the `peer_id` that stands beside it there belongs to no key. */
const PUBLISHED = '12D3KooWRW3ukeDN2s6C8cdUCMBAUwwqybouHDBtJsfk8TCZvFVt'

export function isPublishedKey(id: PeerId): boolean {
  return id === PUBLISHED
}

/** Throws PEER_ID_NOT_A_KEY: it proves nothing about who has it. */
export function requireUnpublishedKey(id: PeerId, source: string): PeerId {
  if (!isPublishedKey(id)) return id
  throw new WcnError(
    'PEER_ID_NOT_A_KEY',
    `${source} is of the example key in the onboarding document, which everybody has`,
    {
      hint: 'make a key of your own with `wcn key generate`',
      details: { peer_id: id },
    },
  )
}
