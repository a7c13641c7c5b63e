/**
 * YAML that people write for compose and Kubernetes, as a tree whose every value knows its line. Unlike our own
 * documents (config/document.ts) it may have anchors, merge keys and several documents. What they can grow into is
 * bounded: nothing is expanded before it is looked at, and a document that refers to itself too often is refused.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
} from 'yaml'
import { quote } from '../../core/quote.js'
import { findShapeFault, syntaxFault } from '../document-shape.js'

export interface YamlEntry {
  readonly key: string
  readonly line: number
  readonly value: YamlTree
}

interface YamlFault {
  readonly line: number
  readonly column: number
  readonly what: string
}

export interface YamlFile {
  /** Top levels of the documents that could be read. */
  readonly documents: readonly YamlTree[]
  /** Why it could not be read at all. */
  readonly broken: YamlFault | null
  /** What most readers refuse, and this one does not. */
  readonly faults: readonly YamlFault[]
}

/** How many values aliases may stand for, as the library counts them. */
const MAX_ALIASES = 500
const MAX_ALIAS_STEPS = 8
const MAX_ENTRIES = 10_000
/** As document.ts: other numbers are text to us, and something else to others. */
const PLAIN_DECIMAL = /^-?(?:0|[1-9][0-9]{0,14})$/

/** Never throws, whatever the text. */
export function readYaml(text: string): YamlFile {
  const shape = findShapeFault(text, { withAliases: true })
  const lines = new LineCounter()
  if (shape !== null) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
    return broken(placeAt(text, shape.offset), shape.what)
  }
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'silent',
    merge: true,
  })
  const all: readonly Document[] = Array.isArray(documents) ? documents : []
  for (const document of all) {
    const error = document.errors[0]
    if (error) return broken(positionOf(lines, error.pos[0]), syntaxFault(error.code))
    const growth = whyNotExpanded(document)
    if (growth !== null) return broken({ line: 1, column: 1 }, growth)
  }
  return {
    documents: all.flatMap((document) =>
      document.contents === null ? [] : [new YamlTree(document, document.contents, lines, 1)],
    ),
    broken: null,
    faults: all.flatMap((document) => sameKeys(document, lines)),
  }
}

function broken(at: { readonly line: number; readonly column: number }, what: string): YamlFile {
  return { documents: [], broken: { ...at, what }, faults: [] }
}

/** The library counts while it expands, and gives up with a ReferenceError. */
function whyNotExpanded(document: Document): string | null {
  try {
    document.toJS({ maxAliasCount: MAX_ALIASES })
    return null
  } catch (error) {
    return error instanceof ReferenceError
      ? 'has aliases (*name) that stand for too much, or for nothing'
      : 'has a merge key (<<) or an alias (*name) that leads nowhere'
  }
}

function sameKeys(document: Document, lines: LineCounter): readonly YamlFault[] {
  const faults: YamlFault[] = []
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>()
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : null
        if (name === null || (isScalar(key) && typeof key.value === 'symbol')) continue
        if (seen.has(name)) {
          faults.push({ ...positionOf(lines, startOf(key)), what: `has the key ${quote(name)} twice` })
        }
        seen.add(name)
      }
    },
  })
  return faults
}

export class YamlTree {
  readonly #document: Document
  readonly #node: Node | null
  readonly #lines: LineCounter
  readonly line: number

  constructor(document: Document, node: unknown, lines: LineCounter, fallbackLine: number) {
    this.#document = document
    this.#node = resolve(document, node)
    this.#lines = lines
    this.line = node === null || node === undefined ? fallbackLine : positionOf(lines, startOf(node)).line
  }

  get isMap(): boolean {
    return isMap(this.#node)
  }

  get isList(): boolean {
    return isSeq(this.#node)
  }

  get isNull(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null)
  }

  /** The text of a scalar, as it is written where it is a number; null for anything else, and for null. */
  get text(): string | null {
    if (!isScalar(this.#node) || this.#node.value === null) return null
    const { value, source } = this.#node
    return typeof value === 'string' ? value : (source ?? String(value))
  }

  /** What follows the value's `#` in its line. */
  get comment(): string | null {
    return isScalar(this.#node) && this.#node.type === 'PLAIN' ? (this.#node.comment ?? null) : null
  }

  get isString(): boolean {
    return isScalar(this.#node) && typeof this.#node.value === 'string'
  }

  /** Whether what reads it may see another number or text than is written: `0o17`, `1e3`, `010`, `1_000`. */
  get isOddNumber(): boolean {
    if (!isScalar(this.#node) || this.#node.type !== 'PLAIN') return false
    const source = this.#node.source ?? ''
    if (/^[-+]?0x[0-9a-f]{17,}$/i.test(source)) return false
    return typeof this.#node.value === 'number'
      ? !PLAIN_DECIMAL.test(source)
      : /^[-+]?(?:0[0-7]+|0b[01_]+|[0-9][0-9_]*_[0-9_]*|[0-9]+(?::[0-5]?[0-9])+)$/.test(source)
  }

  /** Of a map, merged ones (`<<`) behind its own; in the order of the text. */
  get entries(): readonly YamlEntry[] {
    const found = new Map<string, YamlEntry>()
    this.#collect(this.#node, found, 0)
    return [...found.values()]
  }

  get items(): readonly YamlTree[] {
    if (!isSeq(this.#node)) return []
    return this.#node.items
      .slice(0, MAX_ENTRIES)
      .map((item) => new YamlTree(this.#document, item, this.#lines, this.line))
  }

  /** The value of a key, or of a key of a key's value; null where there is none. */
  at(...path: readonly string[]): YamlTree | null {
    let tree: YamlTree = this
    for (const key of path) {
      const entry = tree.entries.find((one) => one.key === key)
      if (!entry) return null
      tree = entry.value
    }
    return tree
  }

  #collect(node: Node | null, found: Map<string, YamlEntry>, depth: number): void {
    if (!isMap(node) || depth > MAX_ALIAS_STEPS) return
    const merged: unknown[] = []
    for (const { key, value } of node.items as readonly Pair[]) {
      if (!isScalar(key) || key.value === null || found.size >= MAX_ENTRIES) continue
      const name = String(key.value)
      // The library marks the key of a merge with a symbol.
      if (typeof key.value === 'symbol') merged.push(value)
      else if (!found.has(name)) {
        const { line } = positionOf(this.#lines, startOf(key))
        found.set(name, { key: name, line, value: new YamlTree(this.#document, value, this.#lines, line) })
      }
    }
    for (const value of merged) {
      const target = resolve(this.#document, value)
      if (isSeq(target)) {
        for (const item of target.items) this.#collect(resolve(this.#document, item), found, depth + 1)
      } else this.#collect(target, found, depth + 1)
    }
  }
}

function resolve(document: Document, node: unknown): Node | null {
  let target = node
  for (let step = 0; isAlias(target) && step < MAX_ALIAS_STEPS; step++) target = target.resolve(document)
  return isMap(target) || isSeq(target) || isScalar(target) ? target : null
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0
}

function positionOf(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

function placeAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
