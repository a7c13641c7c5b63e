/** What to do where not everything can be asked: as a stranger, or without the addon that proves who answers. */
import { WcnError } from '../../errors/wcn-error.js'

/** Nodes tell what they know of themselves only to each other. */
export const GIVE_NODE_KEY =
  'set WCN_NODE_KEY_FILE or --node-key-file to the file with the secret key of one of your nodes'

export const INSTALL_ADDON = 'install the optional QUIC addon with wcn: `npm install --include=optional`'

/** For what acts on who answers. Throws PROBE_UNAVAILABLE where no identity can be proven here. */
export function requireProof({ unproven }: { readonly unproven: string | null }): void {
  if (unproven === null) return
  throw new WcnError('PROBE_UNAVAILABLE', `who answers can't be proven here: ${unproven}`, { hint: INSTALL_ADDON })
}
