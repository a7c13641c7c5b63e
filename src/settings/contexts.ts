/**
 * Named sets of settings, one per cluster (docs/dev/command-line.md, "Settings"), and the file they are in. They say where
 * keys are and hold none. Checked by hand, since they are read before every command that takes settings: the libraries
 * that check other documents take longer to load than most commands to run.
 */
import { isAbsolute } from 'node:path'
import { isRecord } from '../base/is-record.js'
import { looksLikeKey } from '../base/key-like.js'
import { quote } from '../base/quote.js'
import { isAsWritten } from '../documents/json-as-written.js'
import { WcnError } from '../errors/wcn-error.js'
import { IN_CONTEXTS, type Setting } from './settings-table.js'

/** By the names that `config show` gives settings. Paths are absolute: it is used from anywhere. */
export type ContextValues = {
  readonly contract_address: string
  readonly chain_id?: number
  /** At least one. They may hold tokens: never shown. */
  readonly rpc_urls?: readonly string[]
  readonly rpc_quorum?: number
  readonly rpc_header_file?: string
  readonly rpc_ca_file?: string
  readonly encryption_key_file?: string
  readonly private_key_file?: string
  readonly keystore?: string
  readonly password_file?: string
  readonly node_key_file?: string
  readonly operator?: string
}

export interface ContextsDocument {
  /** The one that is used where neither --context nor WCN_CONTEXT names one; one of `contexts`. */
  readonly current: string | null
  readonly contexts: Readonly<Record<string, ContextValues>>
}

export interface ContextInUse {
  readonly name: string
  /** The flag or variable that names it; null for the current one. */
  readonly askedBy: string | null
  readonly values: ContextValues
}

const TYPE = 'wcn-contexts'
const VERSION = 1
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/

/** Short, and the same in every shell and file system. A key is none. */
export function isContextName(name: string): boolean {
  return NAME.test(name) && !looksLikeKey(name)
}

/** Whether a new one may be called so: `--context all` means every one. */
export function mayNameContext(name: string): boolean {
  return isContextName(name) && name !== 'all'
}

/**
 * Which is used: the one that is asked for, else the current one, else none. `asked`: its name, and the flag or variable
 * that gives it. Throws SETTING_INVALID for one that is not there.
 */
export function chooseContext(
  document: ContextsDocument,
  asked: { readonly value: string; readonly source: string } | null,
): ContextInUse | null {
  const name = asked?.value ?? document.current
  if (name === null) return null
  return { name, askedBy: asked?.source ?? null, values: requireContext(document, name, asked?.source) }
}

/** `source` is the flag or variable that names it. Throws SETTING_INVALID, naming those there are. */
export function requireContext({ contexts }: ContextsDocument, name: string, source?: string): ContextValues {
  const values = Object.hasOwn(contexts, name) ? contexts[name] : undefined
  if (values !== undefined) return values
  const names = Object.keys(contexts)
  const nowhere =
    source === undefined ? `there is no context ${quote(name)}` : `${source} names no context: ${quote(name)}`
  const isSeveral = source === 'WCN_CONTEXT' && (name === 'all' || name.includes(','))
  const those = `there are ${names.sort().join(', ')}${isSeveral ? '; only --context names several at once' : ''}`
  throw new WcnError('SETTING_INVALID', nowhere, {
    hint: names.length === 0 ? 'make one with `wcn context add`' : those,
  })
}

/** What of a context contradicts itself or means nothing; `called` names settings in the sentence. */
export function faultOfContext(values: Partial<ContextValues>, called: (name: string) => string): string | null {
  const given: Readonly<Record<string, unknown>> = values
  for (const { name, goesWith = [] } of IN_CONTEXTS) {
    const [needed, ...others] = goesWith
    // An operator goes with any form of its key, and without one as well.
    if (given[name] !== undefined && needed && others.length === 0 && given[needed.name] === undefined)
      return `${called(name)} means nothing without ${called(needed.name)}`
  }
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
    const fault = faultOfValues(values)
    if (fault !== null) throw refuse(`context ${name}: ${fault}`)
  }
  if (current !== null && (typeof current !== 'string' || !Object.hasOwn(contexts, current)))
    throw refuse('current is not the name of one of its contexts')
  if (!isAsWritten(text, document)) throw refuse('it has the same name twice, or a number in an unusual form')
  return { current, contexts: contexts as Readonly<Record<string, ContextValues>> }
}

function faultOfValues(values: unknown): string | null {
  if (!isRecord(values)) return 'it is not an object'
  for (const [name, value] of Object.entries(values)) {
    const setting = IN_CONTEXTS.find((one) => one.name === name)
    if (!setting) return `unknown field ${quote(name)}`
    const fault = faultOf(value, setting)
    if (fault !== null) return `${name} ${fault}`
  }
  if (values.contract_address === undefined) return 'contract_address is missing'
  return faultOfContext(values, (name) => name)
}

/** Whether the value is right is for the settings' own parsers to say. */
function faultOf(value: unknown, { kind }: Setting): string | null {
  if (kind === 'chain-id' || kind === 'count')
    return Number.isSafeInteger(value) && Number(value) > 0 ? null : 'is not a whole number above 0'
  if (kind === 'url')
    return Array.isArray(value) && value.length > 0 && value.every(isText) ? null : 'is not a list of texts'
  if (!isText(value)) return 'is not a text'
  // A key in a file of settings is a mistake, whatever it was meant for.
  if (looksLikeKey(value)) return 'looks like a key: a context says where keys are, and holds none'
  return kind !== 'path' || isAbsolute(value) ? null : 'is not an absolute path'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
