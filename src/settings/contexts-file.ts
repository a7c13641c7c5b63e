/**
 * The file of contexts. It is read before every command that takes settings, so it is checked by hand: the libraries that
 * check other documents take longer to load than most commands to run.
 */
import { isAbsolute } from 'node:path'
import { isRecord } from '../base/is-record.js'
import { looksLikeKey } from '../base/key-like.js'
import { quote } from '../base/quote.js'
import { isAsWritten } from '../documents/json-as-written.js'
import { WcnError } from '../errors/wcn-error.js'
import type { ContextSetting, ContextsDocument, ContextValues } from './contexts.js'

const TYPE = 'wcn-contexts'
const VERSION = 1
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/

type Kind = 'text' | 'path' | 'number' | 'texts'

const KINDS: Readonly<Record<ContextSetting, Kind>> = {
  contract_address: 'text',
  chain_id: 'number',
  rpc_urls: 'texts',
  rpc_quorum: 'number',
  rpc_header_file: 'path',
  rpc_ca_file: 'path',
  encryption_key_file: 'path',
  private_key_file: 'path',
  keystore: 'path',
  password_file: 'path',
  node_key_file: 'path',
  operator: 'text',
}

/** What means nothing without the other. */
const NEEDS: readonly (readonly [ContextSetting, ContextSetting])[] = [
  ['rpc_quorum', 'rpc_urls'],
  ['rpc_header_file', 'rpc_urls'],
  ['rpc_ca_file', 'rpc_urls'],
  ['password_file', 'keystore'],
]

/** Short, and the same in every shell and file system. A key is none. */
export function isContextName(name: string): boolean {
  return NAME.test(name) && !looksLikeKey(name)
}

/** What of a context contradicts itself or means nothing; `called` names settings in the sentence. */
export function faultOfContext(values: ContextValues, called: (setting: ContextSetting) => string): string | null {
  for (const [setting, needed] of NEEDS)
    if (values[setting] !== undefined && values[needed] === undefined)
      return `${called(setting)} means nothing without ${called(needed)}`
  if (values.private_key_file === undefined || values.keystore === undefined) return null
  return `both ${called('private_key_file')} and ${called('keystore')} say where the key is`
}

export function formatContexts({ current, contexts }: ContextsDocument): string {
  return `${JSON.stringify({ type: TYPE, version: VERSION, current, contexts }, null, 2)}\n`
}

/** `bytes` are UTF-8; `path` is the file's. Throws DOCUMENT_INVALID, which names it and repeats no value. */
export function parseContexts(bytes: Uint8Array, path: string): ContextsDocument {
  const refuse = (reason: string) =>
    new WcnError('DOCUMENT_INVALID', `${JSON.stringify(path)} does not hold contexts as wcn writes them: ${reason}`, {
      hint: 'correct it, or move it away and make the contexts anew with `wcn context add`',
      details: { path, reason },
    })
  let text: string
  let document: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    document = JSON.parse(text)
  } catch {
    throw refuse('it is not JSON; it may be cut off')
  }
  if (!isRecord(document) || document.type !== TYPE) throw refuse(`its type is not ${TYPE}`)
  const { type: _, version, current, contexts, ...others } = document
  if (typeof version === 'number' && version > VERSION) throw refuse(`a newer wcn wrote it (its version is ${version})`)
  if (version !== VERSION) throw refuse(`its version is not ${VERSION}`)
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw refuse(`unknown field ${quote(unknown)}`)
  if (!isRecord(contexts)) throw refuse('contexts is not an object')
  for (const [name, values] of Object.entries(contexts)) {
    if (!isContextName(name)) throw refuse(`${quote(name)} is no name of a context`)
    requireContextValues(values, (reason) => refuse(`context ${name}: ${reason}`))
  }
  if (current !== null && (typeof current !== 'string' || !Object.hasOwn(contexts, current)))
    throw refuse('current is not the name of one of its contexts')
  if (!isAsWritten(text, document)) throw refuse('it has the same name twice, or a number in an unusual form')
  return { current, contexts: contexts as Readonly<Record<string, ContextValues>> }
}

function requireContextValues(values: unknown, refuse: (reason: string) => WcnError): void {
  if (!isRecord(values)) throw refuse('it is not an object')
  for (const [setting, value] of Object.entries(values)) {
    if (!Object.hasOwn(KINDS, setting)) throw refuse(`unknown field ${quote(setting)}`)
    const fault = faultOf(value, KINDS[setting as ContextSetting])
    if (fault !== null) throw refuse(`${setting} ${fault}`)
  }
  if (values.contract_address === undefined) throw refuse('contract_address is missing')
  const fault = faultOfContext(values as ContextValues, (setting) => setting)
  if (fault !== null) throw refuse(fault)
}

/** Whether the value is right is for the settings' own parsers to say. */
function faultOf(value: unknown, kind: Kind): string | null {
  if (kind === 'number')
    return Number.isSafeInteger(value) && Number(value) > 0 ? null : 'is not a whole number above 0'
  if (kind === 'texts')
    return Array.isArray(value) && value.length > 0 && value.every(isText) ? null : 'is not a list of texts'
  if (!isText(value)) return 'is not a text'
  // A key in a file of settings is a mistake, whatever it was meant for.
  if (looksLikeKey(value)) return 'looks like a key: a context says where keys are, and holds none'
  return kind === 'text' || isAbsolute(value) ? null : 'is not an absolute path'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
