/**
 * The file that --rpc-header-file names: HTTP headers for RPC providers, such as tokens. Lines `Name: value`; a line
 * `[host]` or `[host:port]` says whose the following ones are, and with several providers each header needs one: a token
 * must not go to another provider. Nothing of the file is ever repeated in a message.
 */
import { Secret } from '../base/secret.js'
import { WcnError } from '../errors/wcn-error.js'

/** RFC 9110. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Visible ASCII with spaces and tabs inside: a line end or a NUL would begin another header. */
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/
const SECTION = /^\[(\S+)\]$/
const HOST = /^(?:\[[0-9a-f:.]+\]|[0-9a-z._-]+)(?::[0-9]{1,5})?$/i
/** What the transports set themselves, and what would change where a request ends. */
const FORBIDDEN =
  /^(?:host|content-length|content-type|transfer-encoding|connection|keep-alive|proxy-.*|te|trailer|upgrade|expect|sec-websocket-.*)$/i

type Headers = Record<string, Secret<string>>

/**
 * Each provider's headers, in the order of `urls`; sections of others are passed over. `source` is the setting that
 * names the file. Throws SETTING_INVALID, which names the line.
 */
export function parseHeaderFile(
  text: string,
  source: string,
  urls: readonly string[],
  registerSecret: (value: string) => void,
): readonly Headers[] {
  const providers = urls.map((url) => ({ url: new URL(url), headers: {} as Headers, names: new Set<string>() }))
  let section: string | null = null
  let isBlank = true
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/^[\t ]+|[\t ]+$/g, '')
    if (content === '' || content.startsWith('#')) continue
    const refuse = (what: string, hint: string): WcnError =>
      new WcnError('SETTING_INVALID', `line ${index + 1} of the file that ${source} names ${what}`, { hint })
    if (content.startsWith('[')) {
      const host = SECTION.exec(content)?.[1]
      if (host === undefined || !HOST.test(host))
        throw refuse('is no host in brackets', 'write [host] or [host:port], as in the URL of the provider')
      section = host.toLowerCase()
      continue
    }
    const { name, value } = headerIn(content, refuse)
    isBlank = false
    registerSecret(value)
    // "Bearer token": messages may repeat the token alone.
    for (const part of value.split(/\s+/).slice(1)) registerSecret(part)
    if (section === null && providers.length > 1)
      throw refuse(
        'has a header, but it is not said which provider it is for',
        'put a line [host] before it: a token must not go to another provider',
      )
    for (const provider of providers.filter(({ url }) => section === null || isHost(url, section))) {
      if (provider.names.has(name.toLowerCase()))
        throw refuse('gives a header a second time for one provider', 'leave one of the two out')
      provider.names.add(name.toLowerCase())
      provider.headers[name] = new Secret(value)
    }
  }
  if (isBlank)
    throw new WcnError('SETTING_INVALID', `the file that ${source} names holds no header`, {
      hint: 'write lines such as Name: value; or see whether the command that is to write it has failed',
    })
  return providers.map(({ headers }) => headers)
}

function headerIn(line: string, refuse: (what: string, hint: string) => WcnError) {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(0, colon))
  const value = line.slice(colon + 1).replace(/^[\t ]+/, '')
  if (!NAME.test(name)) throw refuse('is no header', 'write Name: value')
  if (FORBIDDEN.test(name))
    throw refuse('has a header that wcn sets itself or that may not be set', 'leave it out: tokens have other headers')
  if (value === '') throw refuse('has a header without a value', 'write Name: value')
  if (!VALUE.test(value))
    throw refuse('has a header whose value holds something else than plain ASCII', 'check what was pasted there')
  return { name, value }
}

/** A section without a port is for all ports of its host. */
function isHost({ protocol, hostname, port }: URL, section: string): boolean {
  const effectivePort = port || (/^(?:https|wss):$/.test(protocol) ? '443' : '80')
  return section === hostname || section === `${hostname}:${effectivePort}`
}
