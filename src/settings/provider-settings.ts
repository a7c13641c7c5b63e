/** Settings of the RPC providers: which, how many must agree, and how they are reached. */

import type { ProviderSettings } from '../chain/rpc/json-rpc.js'
import { WcnError } from '../errors/wcn-error.js'
import { placeOfUrl } from './canonical-values.js'
import { isUrl, PARSERS } from './setting-values.js'
import { CA_FILE, HEADER_FILE, QUORUM, RPC_URL } from './settings-table.js'
import type { SettingsTools } from './settings-tools.js'
import type { Sources } from './sources.js'

const PROTOCOLS = ['http:', 'https:', 'ws:', 'wss:']

type RegisterSecret = SettingsTools['registerSecret']

/** What only some have is loaded for those. Throws SETTING_*, SETTINGS_CONFLICT, and FILE_* for the files that settings name. */
export async function resolveProviders(
  sources: Sources,
  { files, registerSecret, environment }: Pick<SettingsTools, 'files' | 'registerSecret' | 'environment'>,
): Promise<ProviderSettings> {
  const urls = differentRpcUrls(sources, registerSecret)
  const quorum = quorumOf(sources, urls.length)
  const headerFile = sources.find(HEADER_FILE)
  const headers = headerFile
    ? (await import('./header-file.js')).parseHeaderFile(
        await files.readSecret(headerFile.value),
        headerFile.source,
        urls,
        registerSecret,
      )
    : []
  const proxies = await Promise.all(urls.map((url) => proxyOf(url, { environment, registerSecret })))
  const caFile = sources.find(CA_FILE)
  return {
    providers: urls.map((url, index) => ({ url, headers: headers[index] ?? {}, proxy: proxies[index] ?? null })),
    quorum,
    certificateAuthorities:
      caFile && (await (await import('./certificate-authorities.js')).readAuthorities(caFile, environment, files)),
  }
}

/** The proxy on the way to a URL; null: none. Throws SETTING_INVALID. */
export async function proxyOf(
  url: string,
  { environment, registerSecret }: Pick<SettingsTools, 'registerSecret' | 'environment'>,
): Promise<string | null> {
  const isProxied = Object.entries(environment).some(([name, value]) => /_proxy$/i.test(name) && value)
  return isProxied ? (await import('./proxy-setting.js')).proxyFor(url, environment, registerSecret) : null
}

/** No two the same. Throws SETTING_MISSING, SETTING_INVALID, SETTINGS_CONFLICT. */
export function differentRpcUrls(sources: Sources, registerSecret: RegisterSecret): readonly [string, ...string[]] {
  const { values, source } = rpcUrls(sources, registerSecret)
  requireDifferent(values, source)
  return values
}

/** What a node's configuration gets: nodes know one provider. Throws SETTING_MISSING, SETTING_INVALID. */
export function firstRpcUrl(sources: Sources, registerSecret: RegisterSecret): string {
  return rpcUrls(sources, registerSecret).value
}

function rpcUrls(sources: Sources, registerSecret: RegisterSecret) {
  const found = sources.require(RPC_URL)
  for (const url of found.values) registerSecret(url)
  for (const url of found.values) requireRpcUrl(url, found.source)
  return found
}

/** The value may hold a token, so it is never quoted in the message. Throws SETTING_INVALID. */
export function requireRpcUrl(value: string, source: string): void {
  if (isUrl(value, PROTOCOLS)) return
  throw new WcnError('SETTING_INVALID', `${source} is not the URL of an RPC provider`, {
    hint: 'write http(s)://… or ws(s)://…',
  })
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
  const quorum = PARSERS.count(found.value, found.source)
  if (quorum <= count) return quorum
  throw new WcnError(
    'SETTING_INVALID',
    `${found.source} wants ${quorum} RPC providers to agree, but ${count === 1 ? 'there is only 1' : `there are only ${count}`}`,
    { hint: `give at most ${count}, or more providers with --rpc-url` },
  )
}
