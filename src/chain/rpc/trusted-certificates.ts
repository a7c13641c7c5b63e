/** The certificate authorities to trust where some are given besides the usual ones: `ca` replaces Node's own list. */
import tls from 'node:tls'

/** Node 22 and later know all that were set for this process, such as with --use-system-ca. */
type NewerTls = typeof tls & { getCACertificates?: (type: 'default') => string[] }

/** PEM texts. */
export function trustedCertificates(given: string): readonly string[] {
  const usual = (tls as NewerTls).getCACertificates?.('default') ?? tls.rootCertificates
  return [...usual, given]
}
