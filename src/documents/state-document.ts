/**
 * JSON that this tool wrote for itself, in its state directory. It is rewritten as a whole, so whatever in it would get
 * lost by that, being unknown here or read otherwise than it stands, is refused.
 */
import { isRecord } from '../base/is-record.js'
import { WcnError } from '../errors/wcn-error.js'
import { pathText } from './document-faults.js'
import { isAsWritten } from './json-as-written.js'
import { Misshapen, type Shape } from './shape.js'

export interface StateDocument<T> {
  readonly type: string
  /** Files of a higher one were written by a newer wcn. */
  readonly version: number
  /** What a file is, in sentences: `journal of transactions`. */
  readonly what: string
  /** What a person has to know before doing so; completes "move it away …". */
  readonly moveAway: string
  /** Of what comes beside `type` and `version`. */
  readonly shape: Shape<T>
  /**
   * Of the formats before this one, by their versions: each reads its own as strictly, and gives what the next one reads.
   * A file is in the new format from the first time that something is added to it.
   */
  readonly former?: Readonly<Record<number, Shape<unknown>>>
}

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
  if (!isRecord(value)) throw refuse('it is something else')
  const { type, version, ...rest } = value
  if (type !== document.type || !isInteger(version)) throw refuse('it is something else')
  if (version > document.version) throw refuse(`it was written by a newer wcn (its version is ${version})`)
  let content: unknown = rest
  for (let at = version; at <= document.version; at++) {
    const shape = at === document.version ? document.shape : document.former?.[at]
    if (shape === undefined) throw refuse(`its version is ${version}, which does not exist`)
    try {
      content = shape(content, [])
    } catch (error) {
      if (!(error instanceof Misshapen)) throw error
      throw refuse(`${pathText(error.path) || 'it'}: ${error.what}`)
    }
  }
  if (!isAsWritten(text, value)) throw refuse('it holds the same key twice, or a number in an unusual form')
  return content as T
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
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
