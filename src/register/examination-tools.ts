/** What a join request is examined with: the clock, the digests, and what may be known of its addresses. */

import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { Services } from '../cli/services.js'
import type { ExaminationTools } from './model/examine.js'

/** For those whose business the addresses are; `key` null leaves them unseen. */
export async function examinationTools(services: Services, key: EncryptionKey | null): Promise<ExaminationTools> {
  const { settings, clock, typedData } = services
  return {
    typedData: await typedData(),
    now: clock.now(),
    key,
    allowPrivateAddresses: settings.allowPrivateAddresses(),
  }
}

/** For those who only compare or sign: addresses are no business of theirs. */
export async function blindExaminationTools({ clock, typedData }: Services): Promise<ExaminationTools> {
  return { typedData: await typedData(), now: clock.now(), key: null, allowPrivateAddresses: true }
}
