/** The certificate authorities that --rpc-ca-file names, for providers or proxies with certificates of a company's own. */
import { X509Certificate } from 'node:crypto'
import { WcnError } from '../errors/wcn-error.js'
import type { Files } from '../platform/files/files.js'
import type { Environment } from './sources.js'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** PEM text. Throws SETTING_INVALID where there is no certificate in it, and FILE_*. */
export async function readAuthorities(
  { value: path, source }: { readonly value: string; readonly source: string },
  { NODE_EXTRA_CA_CERTS }: Environment,
  files: Pick<Files, 'readText'>,
): Promise<string> {
  const certificates = certificatesIn(await files.readText(path))
  if (certificates === null)
    throw new WcnError('SETTING_INVALID', `the file that ${source} names holds no certificate that can be read`, {
      hint: 'give certificates in PEM: -----BEGIN CERTIFICATE----- and so on',
    })
  // Node adds these to its own list only, which a list of one's own replaces.
  const extra = NODE_EXTRA_CA_CERTS ? await readExtra(NODE_EXTRA_CA_CERTS, files) : []
  return [...certificates, ...extra].join('\n')
}

/** Where it can't be read, Node has warned of it. */
async function readExtra(path: string, files: Pick<Files, 'readText'>): Promise<readonly string[]> {
  try {
    return certificatesIn(await files.readText(path)) ?? []
  } catch (error) {
    if (error instanceof WcnError) return []
    throw error
  }
}

/** Null where there is none, or one that is none. */
function certificatesIn(text: string): readonly string[] | null {
  const found = text.match(CERTIFICATE)
  try {
    for (const pem of found ?? []) new X509Certificate(pem)
    return found
  } catch {
    return null
  }
}
