/** Tells what a file is, by its name and its text, and which program reads an env file. */
import { basename } from 'node:path'
import { READERS } from '../../deploy/targets/env-files.js'
import type { ReadBy } from '../model/found.js'
import type { Source } from './collect-sources.js'
import type { EnvDialect } from './env-file.js'

const NAMED_ENV = /^\.env(?:\.|$)|\.env$|^env(?:\.|$)|\.sh$/i
const NAMED_YAML = /\.(?:ya?ml|json)$/i
const YAML_INSIDE = /^(?:---|services|apiVersion|kind)[ \t]*:?/m
const SETTING = /^[ \t]*(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*=/m
const EXPORT = /^[ \t]*(?:export|set)[ \t]+\S/m
const COMMENTS_AT_THE_TOP = /^\uFEFF?(?:#.*(?:\r?\n|$))*/
const OURS = /wcn[-_/]?(?:node|db|database)|_RPC_SERVER_PORT|SMART_CONTRACT_|ROCKSDB_/i

/** Standard input: what `docker compose config` or `kubectl` print, be it JSON. */
export function looksLikeYaml({ path, text }: Source): boolean {
  if (path === '-') return YAML_INSIDE.test(text) || text.trimStart().startsWith('{')
  if (NAMED_ENV.test(basename(path))) return false
  return NAMED_YAML.test(path) || (YAML_INSIDE.test(text) && !SETTING.test(text))
}

/** Whether a text may be about services of ours, whatever it is. */
export function mentionsOurs({ text }: Source): boolean {
  return OURS.test(text)
}

/** How people know it. */
export function titleOf({ path }: Source): string {
  return path === '-' ? 'standard input' : basename(path)
}

/** Files of another kind that belong to units are in folders of theirs. */
export function looksLikeEnv({ path, text, given }: Source): boolean {
  if (given) return true
  return NAMED_ENV.test(basename(path)) || (!path.endsWith('.conf') && SETTING.test(text))
}

/** Null: it may be anybody. What the file says itself counts more than `readBy`, and that more than a guess. */
export function readerOf({ path, text }: Source, readBy: ReadBy | undefined): EnvDialect | null {
  const comments = COMMENTS_AT_THE_TOP.exec(text)?.[0] ?? ''
  if (comments.includes(READERS.env)) return 'literal'
  if (comments.includes(READERS.shell)) return 'shell'
  if (readBy !== undefined) return readBy === 'kubernetes' ? 'literal' : readBy
  if (/\.sh$/i.test(path) || text.startsWith('#!') || EXPORT.test(text)) return 'shell'
  return null
}
