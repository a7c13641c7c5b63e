/**
 * Documents people write: YAML, and JSON as the part of YAML it is. Every complaint names the line. What makes YAML
 * surprising is refused or taken literally: duplicate keys, aliases, tags, several documents, and numbers that are not
 * plain decimal digits (`0x95…` without quotes is an address, not a number; `1e3` is no port).
 */
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument as parseYaml, visit } from 'yaml'
import type { z } from 'zod'
import { sourceName } from '../base/source-name.js'
import { WcnError } from '../errors/wcn-error.js'
import { type Fault, faultsOf, type Path, pathText } from './document-faults.js'
import { findShapeFault, PLAIN_DECIMAL, placeAt, startOf, syntaxFault } from './document-shape.js'

export interface ParsedDocument<T> {
  readonly value: T
  /** `nodes.yaml:7: nodes[2].peer_id`, as a `source` for parsers of single values. */
  where(path: Path): string
}

/** Faults that are located, and those that make it into the hint. */
const FAULTS_REPORTED = 50
const FAULTS_SHOWN = 10

/** Like openDocument, for when the lines of single values are not asked for. */
export function parseDocument<T>(text: string, source: string, schema: z.ZodType<T>): T {
  return openDocument(text, source, schema).value
}

/**
 * `source` is the file's name, `-` for standard input. Throws DOCUMENT_INVALID with `source:line: path: what`; further
 * faults are in the hint and, all of them, in `details.problems`.
 */
export function openDocument<T>(text: string, source: string, schema: z.ZodType<T>): ParsedDocument<T> {
  const name = sourceName(source)
  const lines = new LineCounter()
  const shape = findShapeFault(text)
  if (shape) throw invalid(name, [{ ...placeAt(text, shape.offset), path: [], what: shape.what }])

  const document = parseYaml(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' })
  const fault = document.errors[0] ?? document.warnings[0]
  if (fault) throw invalid(name, [{ ...placeAt(text, fault.pos[0]), path: [], what: syntaxFault(fault.code) }])
  const surprises = takeLiterally(document, lines)
  if (surprises.length > 0) throw invalid(name, surprises)

  const line = (path: Path) => lines.linePos(offsetOf(document, path)).line
  const value: unknown = document.toJS()
  if (value === null || value === undefined) throw invalid(name, [{ line: 1, path: [], what: 'is empty' }])
  const parsed = schema.safeParse(value)
  if (parsed.success) return { value: parsed.data, where: (path) => `${name}:${line(path)}: ${pathText(path)}` }
  const faults = faultsOf(parsed.error.issues, value).slice(0, FAULTS_REPORTED)
  const located = faults.map((found) => ({ ...found, line: line(found.path) }))
  throw invalid(name, located)
}

/** Checks a value that was put together from flags; `where` says which flag. Throws DOCUMENT_INVALID. */
export function requireShape<T>(value: unknown, where: (path: Path) => string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const sentences = faultsOf(parsed.error.issues, value).map(({ path, what }) => `${where(path)}: ${what}`)
  const [first = 'a flag is not valid', ...others] = sentences
  const hint = others.length > 0 ? `also: ${others.join('; ')}` : undefined
  throw new WcnError('DOCUMENT_INVALID', first, { hint })
}

interface Problem extends Fault {
  readonly line: number
  /** From 1, in UTF-16 code units; where the text is no YAML at all, a line alone may be hard to read. */
  readonly column?: number
}

function invalid(name: string, problems: readonly Problem[]): WcnError {
  const sentences = problems
    .toSorted((one, other) => one.line - other.line)
    .map(({ line, column, path, what }) => {
      const [where, at] = [path.length === 0 ? '' : `${pathText(path)}: `, column ? ` (column ${column})` : '']
      return `${name}:${line}: ${where}${what}${at}`
    })
  const [first = `${name} is not valid`, ...others] = sentences
  const more = others.slice(0, FAULTS_SHOWN)
  return new WcnError('DOCUMENT_INVALID', first, {
    hint: more.length > 0 ? `also: ${more.join('; ')}${others.length > more.length ? '; …' : ''}` : undefined,
    details: {
      problems: problems.map(({ path, what, ...at }) => ({ ...at, path: pathText(path), problem: what })),
    },
  })
}

/** Makes text of odd numbers, and finds what has no place in such a document. */
function takeLiterally(document: Document, lines: LineCounter): readonly Problem[] {
  const found: Problem[] = []
  const complain = (node: unknown, what: string) => {
    found.push({ line: lines.linePos(startOf(node)).line, path: [], what })
  }
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'number' && node.source !== undefined && !PLAIN_DECIMAL.test(node.source)) {
        node.value = node.source
      }
    },
    Map: (_, map) => {
      const seen = new Set<string>()
      for (const { key } of map.items) {
        if (!isScalar(key) || key.value === null || typeof key.value === 'boolean') {
          complain(key, 'has a key that is not text')
          continue
        }
        const text = String(key.value)
        if (seen.has(text)) complain(key, 'has the same key twice')
        seen.add(text)
      }
    },
  })
  return found
}

/** Offset of the node, of its key where it has one, or of the nearest node around a missing one. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents
  let offset = startOf(node)
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      if (!pair) return offset
      offset = startOf(pair.key)
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(part)]
      offset = node === undefined ? offset : startOf(node)
    } else return offset
  }
  return offset
}
