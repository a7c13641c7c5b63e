/** Examines what the files of a join say, for those who show it and for those who act on it. */

import { type Check, firstFailure } from '../base/check.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import { typedData } from '../chain/typed-data.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JoinRequest, JoinRequestDraft } from './join-request-document.js'
import { type Examination, examineRequest, examineTerms } from './model/examine.js'
import type { OpenedRequest } from './model/join-request.js'

/** `key` null leaves addresses unseen, as for those whose business they aren't. */
export async function examineDocument(
  { settings, clock }: Services,
  document: JoinRequest | JoinRequestDraft,
  key: EncryptionKey | null,
): Promise<Examination> {
  const allowPrivateAddresses = key !== null && settings.allowPrivateAddresses()
  const tools = { typedData, now: clock.now(), key, allowPrivateAddresses }
  return document.type === 'wcn-join-request' ? examineRequest(document, tools) : examineTerms(document, tools)
}

/** The first failed check becomes the error. `source`: the file's name; checks in `except` may fail. Throws REQUEST_INVALID. */
export async function openSound(
  services: Services,
  document: JoinRequest | JoinRequestDraft,
  source: string,
  { key = null, except = [] }: { readonly key?: EncryptionKey | null; readonly except?: readonly string[] } = {},
): Promise<OpenedRequest> {
  const { checks, opened } = await examineDocument(services, document, key)
  const failed: Check | null = firstFailure(checks.filter(({ id }) => !except.includes(id)))
  if (opened && !failed) return opened
  throw new WcnError('REQUEST_INVALID', `${source}: ${failed?.summary ?? 'it can not be read'}`, {
    hint: failed?.hint ?? undefined,
    details: { checks },
  })
}
