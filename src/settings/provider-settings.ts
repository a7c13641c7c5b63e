/** Settings of the RPC providers: which, how many must agree, and how they are reached. */

import type { Secret } from '../base/secret.js'
import type { ProviderSettings } from '../chain/rpc-providers.js'
import { WcnError } from '../errors/wcn-error.js'
import { CA_FILE, HEADER_FILE, QUORUM, RPC_URL } from './setting-names.js'
import { placeOfUrl, positiveInteger } from './setting-values.js'
import type { SettingsTools } from './settings-tools.js'
import type { Environment, Sources } from './sources.js'

const PROTOCOLS = ['http:', 'https:', 'ws:', 'wss:']

type Tools = Pick<SettingsTools, 'files' | 'registerSecret' | 'warn'>
type RegisterSecret = SettingsTools['registerSecret']

/** Throws SETTING_*, SETTINGS_CONFLICT, and FILE_* for the files that settings name. */
export async function resolveProviders(
  sources: Sources,
  environment: Environment,
  tools: Tools,
): Promise<ProviderSettings> {
  const urls = differentRpcUrls(sources, tools.registerSecret)
  const quorum = quorumOf(sources, urls.length)
  const headers = await headersFor(sources, urls, tools)
  const proxies = await proxiesFor(urls, environment, tools.registerSecret)
  const caFile = sources.find(CA_FILE)
  return {
    providers: urls.map((url, index) => ({ url, headers: headers[index] ?? {}, proxy: proxies[index] ?? null })),
    quorum,
    certificateAuthorities:
      caFile &&
      (await (await import('./certificate-authorities.js')).readAuthorities(caFile, environment, tools.files)),
  }
}

/** No two the same. Throws SETTING_MISSING, SETTING_INVALID, SETTINGS_CONFLICT. */
export function differentRpcUrls(sources: Sources, registerSecret: RegisterSecret): readonly [string, ...string[]] {
  const { urls, source } = rpcUrls(sources, registerSecret)
  requireDifferent(urls, source)
  return urls
}

/** What a node's configuration gets: nodes know one provider. Throws SETTING_MISSING, SETTING_INVALID. */
export function firstRpcUrl(sources: Sources, registerSecret: RegisterSecret): string {
  return rpcUrls(sources, registerSecret).urls[0]
}

function rpcUrls(sources: Sources, registerSecret: RegisterSecret) {
  const { values, source } = sources.requireList(RPC_URL)
  for (const value of values) registerSecret(value)
  for (const value of values) requireRpcUrl(value, source)
  return { urls: values, source }
}

/** The value may hold a token, so it is never quoted in the message. Throws SETTING_INVALID. */
export function requireRpcUrl(value: string, source: string): void {
  if (URL.canParse(value)) {
    const { protocol, username, password } = new URL(value)
    if (PROTOCOLS.includes(protocol) && isEncoded(username) && isEncoded(password)) return
  }
  throw new WcnError('SETTING_INVALID', `${source} is not the URL of an RPC provider`, {
    hint: 'write http(s)://… or ws(s)://…',
  })
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Twice the same provider would agree with itself. Throws SETTING_INVALID. */
export function requireDifferent(urls: readonly string[], source: string): void {
  const known = new Set<string>()
  for (const text of urls) {
    const { host } = new URL(text)
    if (known.has(placeOfUrl(text)))
      throw new WcnError('SETTING_INVALID', `${source} names one RPC provider twice: ${host}`, {
        hint: 'give each provider once: the same one twice would only agree with itself',
        details: { host },
      })
    known.add(placeOfUrl(text))
  }
}

/** How many of `count` providers must agree. Throws SETTING_INVALID, SETTINGS_CONFLICT. */
export function quorumOf(sources: Sources, count: number): number {
  const found = sources.find(QUORUM)
  if (!found) return count
  const quorum = positiveInteger(found.value, found.source, 'a number of RPC providers')
  if (quorum <= count) return quorum
  throw new WcnError(
    'SETTING_INVALID',
    `${found.source} wants ${quorum} RPC providers to agree, but ${count === 1 ? 'there is only 1' : `there are only ${count}`}`,
    { hint: `give at most ${count}, or more providers with --rpc-url` },
  )
}

async function headersFor(
  sources: Sources,
  urls: readonly string[],
  { files, registerSecret }: Tools,
): Promise<readonly Readonly<Record<string, Secret<string>>>[]> {
  const found = sources.find(HEADER_FILE)
  if (!found) return []
  const text = await files.readSecret(found.value)
  const { parseHeaderFile } = await import('./header-file.js')
  return parseHeaderFile(text, found.source, urls, registerSecret)
}

/** Which package decides about proxies is loaded only where one is set. */
async function proxiesFor(
  urls: readonly string[],
  environment: Environment,
  registerSecret: RegisterSecret,
): Promise<readonly (string | null)[]> {
  if (!Object.entries(environment).some(([name, value]) => /_proxy$/i.test(name) && value)) return []
  const { proxyFor } = await import('./proxy-setting.js')
  return urls.map((url) => proxyFor(url, environment, registerSecret))
}
