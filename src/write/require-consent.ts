/** The question before anything is sent. What a person takes to answer it does not count as the command's time. */
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'

/** Throws CONFIRMATION_REQUIRED, DECLINED. */
export async function requireConsent({ deadline, talk }: Services): Promise<void> {
  if (await deadline.paused(() => talk.confirm('Send this transaction?'))) return
  throw new WcnError('DECLINED', 'declined; nothing was sent', { hint: 'run it again and answer y to send it' })
}
