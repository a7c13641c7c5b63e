/** Connects through a proxy; loaded only where one is set. https, ws and wss go through a tunnel, http does not. */
import type { Agent } from 'node:http'

export interface ProxiedAgent {
  readonly agent: Agent
  /** Ends its connections, also one that the proxy has not opened yet. */
  close(): void
}

/** `ca`: whom to trust where the proxy itself is reached by https. */
export async function proxiedAgents(
  target: URL,
  proxy: string,
  ca: readonly string[] | undefined,
): Promise<() => ProxiedAgent> {
  const address = new URL(proxy)
  const headers = credentials(address)
  // The agents' own debugging output would show them.
  address.username = ''
  address.password = ''
  const ProxyAgent =
    target.protocol === 'http:'
      ? (await import('http-proxy-agent')).HttpProxyAgent
      : (await import('https-proxy-agent')).HttpsProxyAgent
  return () => {
    const closed = new AbortController()
    const options = { keepAlive: true, maxSockets: 1, signal: closed.signal, headers, ...(ca && { ca: [...ca] }) }
    const agent: Agent = new ProxyAgent(address, options)
    return {
      agent,
      close() {
        agent.destroy()
        closed.abort()
      },
    }
  }
}

function credentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}
