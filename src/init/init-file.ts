/**
 * What `wcn init` was told: as a file that people write (`--answers`), and as the state by which it is taken up again.
 * Fields that a deployment description has too are called the same. Neither holds a secret: where keys and the
 * provider's URL are, the state says by paths.
 */
import { z } from 'zod'
import { looksLikeKey } from '../base/key-like.js'
import { sourceName } from '../base/source-name.js'
import { path, SERVICE_FIELDS, TARGET_FIELDS, text } from '../deploy/deployment-file.js'
import { TARGETS } from '../deploy/targets/target-file.js'
import { openDocument, valueAt } from '../documents/document.js'
import { formatStateDocument, parseStateDocument, type StateDocument } from '../documents/state-document.js'
import { WcnError } from '../errors/wcn-error.js'

/** In their order. */
export const STEP_IDS = [
  'cluster',
  'operator',
  'encryption',
  'keys',
  'addresses',
  'provider',
  'files',
  'firewall',
  'register',
  'wait',
  'check',
] as const
export type StepId = (typeof STEP_IDS)[number]

const REGIONS = ['eu', 'na', 'sa', 'ap'] as const

/** Where its key comes from, where neither its file nor its peer ID is given. */
const SERVICE = { ...SERVICE_FIELDS, key: z.enum(['new', 'file', 'peer']).optional() }
const KEPT = {
  region: z.enum(REGIONS).optional(),
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
  nodes: z
    .array(
      z.strictObject({
        name: text.optional(),
        primary: z.boolean().optional(),
        ipv4_addr: text.optional(),
        private_ipv4_addr: text.optional(),
        ...SERVICE,
      }),
    )
    .optional(),
  ports: z.enum(['usual', 'own']).optional(),
  monitoring: z.enum(['yes', 'no']).optional(),
  formats: z.array(z.enum(TARGETS)).min(1, 'names no format').optional(),
  ...TARGET_FIELDS,
  name: text.optional(),
  proofs: z.array(path).optional(),
}
/** They may hold a token, so they go into a file of their own and never into the state. */
const URLS = {
  rpc_url: text.optional(),
  rpc_urls: z.array(text).min(1, 'is empty').optional(),
  rpc_url_file: path.optional(),
}

const STATE = z.strictObject({
  answers: z.strictObject(KEPT),
  /** What they were in steps that are being redone: offered again. */
  earlier: z.strictObject(KEPT).optional(),
  done: z.array(z.enum(STEP_IDS)),
})
const ANSWERS = z.strictObject({ ...KEPT, ...URLS })

export type Answers = z.output<typeof STATE>['answers']
export type InitState = z.output<typeof STATE>
export type AnswersFile = z.output<typeof ANSWERS>
export type AnswerPath = readonly (string | number)[]
export type AnswerValue = string | number | boolean | readonly string[]

const DOCUMENT: StateDocument<InitState> = {
  type: 'wcn-init',
  version: 1,
  what: 'state of wcn init',
  moveAway: 'to start anew; key files that are there are taken up again',
  schema: STATE,
}

/** Throws JOURNAL_INVALID, which names the file. */
export function parseInitState(content: string, source: string): InitState {
  return parseStateDocument(content, source, DOCUMENT)
}

export function formatInitState(state: InitState): string {
  return formatStateDocument(DOCUMENT, state)
}

/**
 * YAML or JSON. `where` names file, line and field. Throws DOCUMENT_INVALID, also where there is no answer, and for a key
 * in the place of something else: answers are kept in the open.
 */
export function parseAnswersFile(
  content: string,
  source: string,
): { readonly answers: AnswersFile; readonly where: (path: AnswerPath) => string } {
  const { value, where } = openDocument(content, source, ANSWERS)
  const answers = answersIn(value)
  if (answers.length === 0)
    throw new WcnError('DOCUMENT_INVALID', `${sourceName(source)} holds no answer`, {
      hint: 'see docs/init.md for what can be answered; or leave --answers out',
    })
  for (const [at, answer] of answers)
    if (!(String(at[0]) in URLS) && [answer].flat().some((one) => looksLikeKey(String(one))))
      throw new WcnError('DOCUMENT_INVALID', `${where(at)} looks like a key, and is kept in the open`, {
        hint: 'keys stay in files of their own, of which answers give the paths',
      })
  return { answers: value, where }
}

export function answerAt(answers: AnswersFile, at: AnswerPath): AnswerValue | undefined {
  return valueAt(answers, at) as AnswerValue | undefined
}

/** Every answer with its place; a list of texts is one answer. */
export function answersIn(answers: AnswersFile): readonly (readonly [path: AnswerPath, value: AnswerValue])[] {
  const leaves = (value: unknown, at: AnswerPath): readonly (readonly [AnswerPath, AnswerValue])[] => {
    const isList = Array.isArray(value) && !value.some((item) => typeof item === 'object')
    if (typeof value !== 'object' || value === null || isList) return [[at, value as AnswerValue]]
    const entries = Array.isArray(value) ? value.entries() : Object.entries(value)
    return [...entries].flatMap(([key, inner]) => leaves(inner, [...at, key]))
  }
  return Object.entries(answers).flatMap(([key, value]) => (value === undefined ? [] : leaves(value, [key])))
}

/** The answers put together again, such as some of `answersIn`. Later ones win; a list has no gaps. */
export function answersFrom(leaves: Iterable<readonly [path: AnswerPath, value: AnswerValue]>): Answers {
  const root: Record<string, unknown> = {}
  for (const [at, value] of leaves) {
    let inner: Record<string | number, unknown> = root
    at.forEach((key, i) => {
      const next = at[i + 1]
      if (Array.isArray(inner)) for (let k = inner.length; k < Number(key); k++) inner[k] = {}
      if (next === undefined) inner[key] = value
      else {
        inner[key] ??= typeof next === 'number' ? [] : {}
        inner = inner[key] as Record<string | number, unknown>
      }
    })
  }
  return root as Answers
}

const STEP_OF_FIELD: Readonly<Record<string, StepId>> = {
  region: 'cluster',
  contract_address: 'cluster',
  chain_id: 'cluster',
  operator: 'operator',
  operator_key: 'operator',
  operator_key_file: 'operator',
  keystore: 'operator',
  password_file: 'operator',
  encryption_key: 'encryption',
  encryption_key_file: 'encryption',
  keys: 'keys',
  rpc_url: 'provider',
  rpc_urls: 'provider',
  rpc_url_file: 'provider',
  ports: 'addresses',
  monitoring: 'files',
  formats: 'files',
  images: 'files',
  compose: 'files',
  systemd: 'files',
  kubernetes: 'files',
  name: 'register',
  proofs: 'register',
}
const OF_KEYS = ['name', 'key', 'secret_key_file', 'peer_id']
const OF_FILES = ['host', 'metrics_address']

/** The step that asks for it. */
export function stepAsking(at: AnswerPath): StepId {
  const own = STEP_OF_FIELD[String(at[0])]
  if (own !== undefined) return own
  const field = String(at.at(-1))
  if (OF_FILES.includes(field)) return 'files'
  return OF_KEYS.includes(field) ? 'keys' : 'addresses'
}

/** Whether an answer is the path of a file: in a document it is relative to that document. */
export function isFileAnswer(at: AnswerPath): boolean {
  return at.some((part) => part === 'proofs' || part === 'keystore' || /_file$/.test(String(part)))
}
