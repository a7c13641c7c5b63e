/** RPC providers, as the settings name them and the chain reaches them. */
import type { Secret } from '../base/secret.js'

/** The RPC providers and how they are reached. URLs and headers may hold tokens: never shown. */
export interface ProviderSettings {
  /** At least one; no two the same. */
  readonly providers: readonly ProviderAddress[]
  /** So many of them must agree about what is read. */
  readonly quorum: number
  /** PEM text of certificate authorities to trust besides the usual ones; null: none. */
  readonly certificateAuthorities: string | null
}

export interface ProviderAddress {
  readonly url: string
  readonly headers: Readonly<Record<string, Secret<string>>>
  /** The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for it; null: none. */
  readonly proxy: string | null
}
