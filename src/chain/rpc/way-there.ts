/** How a provider is reached, whatever is spoken then: whom to trust, and through which proxy. */
import type { TransportOptions } from './json-rpc.js'
import type { ProxiedAgent } from './proxied-agent.js'

export interface WayThere {
  /** How the provider is named to people. */
  readonly host: string
  /** Host of the proxy in between. */
  readonly proxy: string | null
  /** PEM texts; undefined: Node's own. */
  readonly ca: string[] | undefined
  /** Connections of their own, each time it is called; null without a proxy. */
  readonly throughProxy: (() => ProxiedAgent) | null
}

export async function wayTo(
  url: URL,
  { name, proxy = null, certificateAuthorities = null }: TransportOptions,
): Promise<WayThere> {
  const ca =
    certificateAuthorities === null
      ? undefined
      : [...(await import('./trusted-certificates.js')).trustedCertificates(certificateAuthorities)]
  return {
    host: name ?? url.host,
    proxy: proxy === null ? null : new URL(proxy).host,
    ca,
    throughProxy: proxy === null ? null : await (await import('./proxied-agent.js')).proxiedAgents(url, proxy, ca),
  }
}
