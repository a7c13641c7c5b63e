/**
 * What `wcn init` was told: as a file that people write (`--answers`), and as the one in its folder, by which it is taken
 * up again. Fields that a deployment description has too are called the same. Neither holds a key: where keys and the
 * provider's URL are, paths say.
 */
import { z } from 'zod'
import { isRecord } from '../base/is-record.js'
import { looksLikeKey } from '../base/key-like.js'
import { sourceName } from '../base/source-name.js'
import { path, SERVICE_FIELDS, TARGET_FIELDS, text } from '../deploy/deployment-file.js'
import { TARGETS } from '../deploy/targets/target-file.js'
import { openDocument } from '../documents/document.js'
import { faultsOf, type Path, valueAt } from '../documents/document-faults.js'
import { Misshapen } from '../documents/shape.js'
import { formatStateDocument, parseStateDocument, type StateDocument } from '../documents/state-document.js'
import { WcnError } from '../errors/wcn-error.js'

/** `key`: where it comes from, where neither its file nor its peer ID is given. */
const SERVICE = { ...SERVICE_FIELDS, key: z.enum(['new', 'file', 'peer']).optional() }
const NODE = {
  name: text.optional(),
  primary: z.boolean().optional(),
  ipv4_addr: text.optional(),
  private_ipv4_addr: text.optional(),
  ...SERVICE,
}
const KEPT = {
  region: z.enum(['eu', 'na', 'sa', 'ap']).optional(),
  contract_address: text.optional(),
  chain_id: z.union([text, z.int()]).optional(),
  operator: text.optional(),
  /** Where no file is named: what is made. */
  operator_key: z.enum(['new', 'keystore', 'existing']).optional(),
  operator_key_file: path.optional(),
  keystore: path.optional(),
  password_file: path.optional(),
  encryption_key: z.enum(['typed', 'file']).optional(),
  encryption_key_file: path.optional(),
  /** `each`: asked one by one. */
  keys: z.enum(['new', 'each']).optional(),
  database: z.strictObject({ address: text.optional(), rocksdb_dir: text.optional(), ...SERVICE }).optional(),
  nodes: z.array(z.strictObject(NODE)).optional(),
  ports: z.enum(['usual', 'own']).optional(),
  monitoring: z.enum(['yes', 'no']).optional(),
  formats: z.array(z.enum(TARGETS)).min(1, 'names no format').optional(),
  ...TARGET_FIELDS,
  firewall: z.enum(['set', 'later']).optional(),
  name: text.optional(),
  proofs: z.array(path).optional(),
  /** `no`: other commands get their settings otherwise. */
  context: z.literal('no').optional(),
  /** Asks to join although not all nodes answer yet. */
  join_early: z.boolean().optional(),
}
/** They may hold a token, so they go into a file of their own and never into the one that is kept. */
const URLS = {
  rpc_url: text.optional(),
  rpc_urls: z.array(text).min(1, 'is empty').optional(),
  rpc_url_file: path.optional(),
}
const ANSWERS = z.strictObject({ ...KEPT, ...URLS })
const STATE = z.strictObject({
  answers: z.strictObject(KEPT),
  /** It was seen on chain as requested: from then on it is changed there. */
  joined: z.boolean().optional(),
  /** Of wcn 0.1.0: steps that were not run again. */
  done: z.array(z.string()).optional(),
  earlier: z.unknown().optional(),
})

export type AnswersFile = z.output<typeof ANSWERS>
export type Answers = z.output<typeof STATE>['answers']
export interface InitState {
  readonly answers: Answers
  readonly joined: boolean
}
export type AnswerPath = readonly (string | number)[]

const DOCUMENT: StateDocument<z.output<typeof STATE>> = {
  type: 'wcn-init',
  version: 1,
  what: 'state of wcn init',
  moveAway: 'to start anew; key files that are there are taken up again',
  shape: readState,
}

function readState(value: unknown, path: Path): z.output<typeof STATE> {
  const { data, error } = STATE.safeParse(value)
  if (data) return data
  const [fault = { path, what: 'is damaged' }] = faultsOf(error?.issues ?? [], value, path)
  throw new Misshapen(fault.path, fault.what)
}

/** Throws JOURNAL_INVALID, which names the file. */
export function parseInitState(content: string, source: string): InitState {
  const { answers, joined, done = [] } = parseStateDocument(content, source, DOCUMENT)
  return { answers, joined: joined ?? done.includes('wait') }
}

export function formatInitState(state: InitState): string {
  return formatStateDocument(DOCUMENT, state)
}

/**
 * YAML or JSON. `where` names file, line and field. Throws DOCUMENT_INVALID, also where there is no answer, and for a key
 * in the place of something else: answers are kept in the open.
 */
export function parseAnswersFile(content: string, source: string) {
  const { value: answers, where } = openDocument(content, source, ANSWERS)
  if (Object.keys(answers).length === 0)
    throw new WcnError('DOCUMENT_INVALID', `${sourceName(source)} holds no answer`, {
      hint: 'see docs/init.md for what can be answered; or leave --answers out',
    })
  mapTexts(answers, (answer, at) => {
    if (String(at[0]) in URLS || !looksLikeKey(answer)) return answer
    throw new WcnError('DOCUMENT_INVALID', `${where(at)} looks like a key, and is kept in the open`, {
      hint: 'keys stay in files of their own, of which answers give the paths',
    })
  })
  return { answers, where }
}

/** With paths of files made absolute. */
export function resolvedAnswers(answers: AnswersFile, resolve: (path: string) => string): AnswersFile {
  const isPath = (part: string | number) => part === 'proofs' || part === 'keystore' || /_file$/.test(String(part))
  return mapTexts(answers, (answer, at) => (at.some(isPath) ? resolve(answer) : answer))
}

/** What a file gives goes before what was kept. It lists all nodes, if any; their names say which is which. */
export function mergedAnswers(kept: Answers, given: Answers): Answers {
  const known: Readonly<Record<string, unknown>> = kept
  const fields = Object.entries(given).map(([field, value]: [string, unknown]) => {
    const before = known[field]
    return [field, isRecord(value) && isRecord(before) ? { ...before, ...value } : value]
  })
  const namesPrimary = given.nodes?.some(({ primary }) => primary === true)
  const nodes = given.nodes?.map((node) => {
    const same = kept.nodes?.find(({ name }) => name !== undefined && name === node.name)
    return { ...same, ...(namesPrimary ? { primary: false } : {}), ...node }
  })
  return { ...kept, ...Object.fromEntries(fields), ...(nodes ? { nodes } : {}) }
}

/** Addresses are kept in lower case, and written as people like. */
export function changedFields(before: Answers, after: Answers): readonly string[] {
  const textOf = (answers: Answers, field: string) => JSON.stringify(valueAt(answers, [field])).toLowerCase()
  return Object.keys(before).filter((field) => textOf(before, field) !== textOf(after, field))
}

/** With another answer in one place. */
export function withAnswer<T>(answers: T, [key, ...rest]: AnswerPath, answer: unknown): T {
  if (key === undefined) return answer as T
  const copy: Record<string | number, unknown> = Object.assign(typeof key === 'number' ? [] : {}, answers)
  copy[key] = withAnswer(copy[key], rest, answer)
  return copy as T
}

function mapTexts<T>(value: T, change: (text: string, at: AnswerPath) => string, at: AnswerPath = []): T {
  if (typeof value === 'string') return change(value, at) as T
  if (Array.isArray(value)) return value.map((item, i) => mapTexts(item, change, [...at, i])) as T
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapTexts(item, change, [...at, key])]),
  ) as T
}
