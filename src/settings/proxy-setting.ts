/** The proxy that the usual variables name for a URL: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, in either case. */
import { getProxyForUrl } from 'proxy-from-env'
import { WcnError } from '../errors/wcn-error.js'
import { isUrl } from './setting-values.js'
import type { Environment } from './sources.js'

/** WebSockets are decided about like the HTTP they begin as. Null: none. Throws SETTING_INVALID. */
export function proxyFor(
  url: string,
  environment: Environment,
  registerSecret: (value: string) => void,
): string | null {
  const { protocol, host } = new URL(url)
  const secure = protocol === 'https:' || protocol === 'wss:'
  const named = getProxyForUrl(`${secure ? 'https' : 'http'}://${host}`)
  if (named === '') return null
  // A proxy without a scheme was given that of the URL; what people mean is a plain one.
  const proxy = Object.values(environment).includes(named) ? named : named.replace(/^https:/, 'http:')
  registerSecret(proxy)
  if (isUrl(proxy, ['http:', 'https:'])) return proxy
  const names = `${secure ? 'HTTPS_PROXY' : 'HTTP_PROXY'} or ALL_PROXY`
  throw new WcnError('SETTING_INVALID', `${names} is not the URL of a proxy for ${host}`, {
    hint: 'write http://host:port or https://host:port, or add the host to NO_PROXY',
  })
}
