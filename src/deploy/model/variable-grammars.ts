/**
 * How wcn_node and wcn_db read the values of their variables, or stricter where a value can only be a slip (docs/dev/network/node-protocol.md,
 * "Refuses to start"). Each throws a WcnError whose sentence shows no secret.
 */

import { parseAddress } from '../../base/address.js'
import { parseIpv4 } from '../../base/ipv4.js'
import { parseEncryptionKey } from '../../base/keys/encryption-key.js'
import { parseNodeSecretKey } from '../../base/keys/node-keypair.js'
import { parseOperatorPrivateKey } from '../../base/keys/operator-key.js'
import { parsePeerId, requireNodePeerId } from '../../base/keys/parse-peer-id.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import { parsePort } from '../../base/port.js'
import { quote } from '../../base/quote.js'
import { Secret } from '../../base/secret.js'
import { WcnError } from '../../errors/wcn-error.js'
import { requireMatch } from './require-match.js'
import { type Grammar, optionalNames, SERVICE_VARIABLES, type ServiceKind } from './service-variables.js'

type Parse<T> = (text: string, source: string) => T

export const GRAMMARS = {
  'node-key': parseNodeSecretKey,
  port: parsePort,
  ipv4: parseIpv4,
  'peer-id': parseBase58PeerId,
  address: lowerCasePrefix(parseAddress),
  'encryption-key': lowerCasePrefix(parseEncryptionKey),
  'signing-key': lowerCasePrefix(parseOperatorPrivateKey),
  'websocket-url': (text: string, source: string) => requireNodeRpcUrl(new Secret(text), source),
  'absolute-path': requireAbsolutePath,
  count: numberUpTo(2 ** 31 - 1),
  size: numberUpTo(Number.MAX_SAFE_INTEGER),
  flag: requireFlag,
  text: requireText,
} as const satisfies Readonly<Record<Grammar, Parse<unknown>>>

/**
 * What a description sets under `env`, in the table's order. `source` says where from. Throws SETTING_INVALID,
 * IP_ADDRESS_INVALID.
 */
export function optionalVariables(
  given: Readonly<Record<string, string | number | boolean>>,
  kind: ServiceKind,
  source: string,
): ReadonlyMap<string, string> {
  const known = optionalNames(kind)
  const unknown = Object.keys(given).find((name) => !known.some((one) => one === name))
  if (unknown !== undefined) {
    throw new WcnError('SETTING_INVALID', `${source}: ${quote(unknown)} is no optional variable of a ${kind}`, {
      hint: `known ones: ${known.join(', ')}; the required ones are made from the other fields`,
    })
  }
  const named = known.filter((name) => Object.hasOwn(given, name)).map((name) => [name, String(given[name])] as const)
  for (const [name, value] of named) GRAMMARS[SERVICE_VARIABLES[name].grammar](value, `${source}: ${name}`)
  return new Map(named)
}

/** The services know base58btc alone; this tool knows other forms besides. */
function parseBase58PeerId(text: string, source: string): PeerId {
  const id = requireNodePeerId(parsePeerId(text, source), source)
  if (id === text) return id
  throw new WcnError('PEER_ID_INVALID', `${source} is ${quote(text)}: nodes read a peer ID in base58 only`, {
    hint: `write ${id}, which is the same one`,
  })
}

/** The nodes speak WebSocket only (docs/dev/network/node-protocol.md, "Refuses to start"). Throws SETTING_INVALID; never shows the URL. */
export function requireNodeRpcUrl(url: Secret<string>, source: string): Secret<string> {
  const why = whyNoRpcUrl(url.reveal())
  if (why === null) return url
  throw new WcnError('SETTING_INVALID', `${source} ${why}`, { hint: "give your RPC provider's WebSocket URL: wss://…" })
}

function whyNoRpcUrl(text: string): string | null {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (text.trim() !== text) return 'has white space around it'
  if (scheme === 'http' || scheme === 'https')
    return `is an ${scheme}:// URL, with which a node refuses to start: it follows the contract's events over a WebSocket`
  if (scheme !== 'ws' && scheme !== 'wss') return 'is not a ws:// or wss:// URL'
  return URL.canParse(text) ? null : 'is not a URL'
}

/** The services take `0x` in front of hex, or nothing. */
function lowerCasePrefix<T>(parse: Parse<T>): Parse<T> {
  return (text, source) => {
    if (!text.startsWith('0X')) return parse(text, source)
    throw new WcnError('SETTING_INVALID', `${source} starts with 0X, with which a node refuses to start`, {
      hint: 'write 0x in its place, or leave it out',
    })
  }
}

export function requireAbsolutePath(text: string, source: string): string {
  const hint = 'give the directory as the database sees it, such as /wcn/rocksdb'
  return requireMatch(text, /^\//, source, 'which is not an absolute path', hint)
}

function numberUpTo(most: number): Parse<number> {
  return (text, source) => {
    requireText(text, source)
    if (/^(?:0|[1-9][0-9]{0,15})$/.test(text) && Number(text) <= most) return Number(text)
    throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, not a whole number from 0 to ${most}`, {
      hint: 'write decimal digits only',
    })
  }
}

function requireFlag(text: string, source: string): boolean {
  requireText(text, source)
  if (text === 'true' || text === 'false') return text === 'true'
  throw new WcnError('SETTING_INVALID', `${source} is neither true nor false`)
}

function requireText(text: string, source: string): string {
  if (text !== '') return text
  throw new WcnError('SETTING_INVALID', `${source} is empty: leave it out instead`, {
    hint: 'the service does not start with an empty variable',
  })
}
