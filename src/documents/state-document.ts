/**
 * JSON that this tool wrote for itself, in its state directory. It is rewritten as a whole, so whatever in it would get
 * lost by that, being unknown here or read otherwise than it stands, is refused.
 */
import { z } from 'zod'
import { WcnError } from '../errors/wcn-error.js'
import { faultsOf, pathText } from './document-faults.js'
import { isAsWritten } from './json-as-written.js'

export interface StateDocument<T> {
  readonly type: string
  /** Files of a higher one were written by a newer wcn. */
  readonly version: number
  /** What a file is, in sentences: `journal of transactions`. */
  readonly what: string
  /** What a person has to know before doing so; completes "move it away …". */
  readonly moveAway: string
  /** Of what comes beside `type` and `version`. */
  readonly schema: z.ZodType<T>
  /**
   * Of the formats before this one, by their versions: each reads its own as strictly, and gives what the next one reads.
   * A file is in the new format from the first time that something is added to it.
   */
  readonly former?: Readonly<Record<number, z.ZodType>>
}

const HEAD = z.looseObject({ type: z.string(), version: z.int() })

export function formatStateDocument({ type, version }: StateDocument<unknown>, content: object): string {
  return `${JSON.stringify({ type, version, ...content }, null, 1)}\n`
}

/** `path` is the file's. Throws JOURNAL_INVALID, which names it, for whatever text there is. */
export function parseStateDocument<T>(text: string, path: string, document: StateDocument<T>): T {
  const refuse = (reason: string) => invalidStateFile(path, reason, document)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse('it is cut off or damaged')
  }
  const head = HEAD.safeParse(value)
  if (!head.success || head.data.type !== document.type) throw refuse('it is something else')
  const { version } = head.data
  if (version > document.version) throw refuse(`it was written by a newer wcn (its version is ${version})`)
  const { type: _, version: __, ...rest } = value as Record<string, unknown>
  let content: unknown = rest
  for (let at = version; at <= document.version; at++) {
    const schema = at === document.version ? document.schema : document.former?.[at]
    if (schema === undefined) throw refuse(`its version is ${version}, which does not exist`)
    const parsed = schema.safeParse(content)
    if (!parsed.success) {
      const [fault] = faultsOf(parsed.error.issues, content)
      throw refuse(fault ? `${pathText(fault.path) || 'it'}: ${fault.what}` : 'it is damaged')
    }
    content = parsed.data
  }
  if (!isAsWritten(text, value)) throw refuse('it holds the same key twice, or a number in an unusual form')
  return content as T
}

export function invalidStateFile(
  path: string,
  reason: string,
  { what, moveAway }: Pick<StateDocument<unknown>, 'what' | 'moveAway'>,
): WcnError {
  return new WcnError('JOURNAL_INVALID', `${JSON.stringify(path)} is no ${what} that this wcn understands: ${reason}`, {
    hint: `nothing was overwritten; move it away ${moveAway}`,
    details: { path, reason },
  })
}
