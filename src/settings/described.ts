/** A deployment description that a command is given says, where nothing else does, which cluster and operator it is for, and where their keys are. */
import { z } from 'zod'
import { sourceName } from '../base/source-name.js'
import { openDocument } from '../documents/document.js'
import { isDescription } from '../documents/is-description.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Files } from '../platform/files/files.js'
import { CONTRACT_ADDRESS, ENCRYPTION_KEY, OPERATOR, RPC_URL, SIGNERS } from './settings-table.js'
import type { Described } from './sources.js'

const FIELDS = [
  ['contract_address', CONTRACT_ADDRESS],
  ['operator', OPERATOR],
  ['encryption_key_file', ENCRYPTION_KEY.file],
  ['operator_key_file', SIGNERS.operator.key.file],
  ['rpc_url', RPC_URL],
  ['rpc_url_file', RPC_URL],
] as const

/**
 * Null for any other file. What is wrong with it, whoever reads the whole of it says. `wantsUrl`: no other source says
 * which provider to ask. Throws FILE_* for the file with its URL.
 */
export async function readDescribed(path: string, files: Files, wantsUrl: () => boolean): Promise<Described | null> {
  const document = await unlessWrong(async () =>
    openDocument(await files.readText(path, { kept: true }), path, z.looseObject({})),
  )
  if (document === null || !isDescription(document.value)) return null
  const described: Record<string, Described[string]> = {}
  for (const [field, { kind, name }] of FIELDS) {
    const text: unknown = document.value[field]
    if (typeof text !== 'string' || text === '' || (kind === 'url' && !wantsUrl())) continue
    const file = kind === 'path' || field === 'rpc_url_file' ? files.resolveFrom(path, text) : null
    const value = file === null ? text : kind === 'path' ? file : (await files.readSecret(file)).trim()
    described[name] ??= { values: [value], source: `${field} in ${sourceName(path)}` }
  }
  return described
}

async function unlessWrong<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof WcnError) return null
    throw error
  }
}
