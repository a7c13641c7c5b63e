/** What to do where nobody's identity can be proven, because the QUIC addon is missing. */

export const INSTALL_ADDON = 'install the optional QUIC addon with wcn: `npm install --include=optional`'
