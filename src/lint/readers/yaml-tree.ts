/**
 * YAML that people write for compose and Kubernetes, as a tree whose every value knows its line. Unlike our own
 * documents (documents/document.ts) it may have anchors, merge keys and several documents. What they can grow into is
 * bounded: nothing is expanded before it is looked at, and a document that refers to itself too often is refused.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
} from 'yaml'
import { quote } from '../../base/quote.js'
import { findShapeFault, syntaxFault } from '../../documents/document-shape.js'

export interface YamlTree {
  readonly line: number
  readonly isMap: boolean
  readonly isList: boolean
  readonly isNull: boolean
  readonly isString: boolean
  /** The text of a scalar, as it is written where it is a number; null for anything else, and for null. */
  readonly text: string | null
  /** What follows the value's `#` in its line. */
  readonly comment: string | null
  /** Whether what reads it may see another number or text than is written: `0o17`, `1e3`, `010`, `1_000`. */
  readonly isOddNumber: boolean
  /** The first tag of somebody's own in it, such as `!reset`. */
  readonly ownTag: { readonly name: string; readonly line: number } | null
  /** Every scalar in it that is text. */
  readonly texts: readonly string[]
  /** Of a map, merged ones (`<<`) behind its own; in the order of the text. */
  readonly entries: readonly YamlEntry[]
  readonly items: readonly YamlTree[]
  /** The value of a key, or of a key of a key's value; null where there is none. */
  at(...path: readonly string[]): YamlTree | null
}

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
/** As document.ts: other numbers are text to us, and something else to others. */
const PLAIN_DECIMAL = /^-?(?:0|[1-9][0-9]{0,14})$/
/** More than a number can hold: text to those who read these files, who print it without quotes. */
const LONG_HEX = /^[-+]?0x[0-9a-f]{17,}$/i
const ODD_TEXT = /^[-+]?(?:0[0-7]+|0b[01_]+|[0-9][0-9_]*_[0-9_]*|[0-9]+(?::[0-5]?[0-9])+)$/

/** Never throws, whatever the text. */
export function readYaml(text: string): YamlFile {
  const lines = new LineCounter()
  const shape = findShapeFault(text, { withAliases: true })
  if (shape !== null) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
    return broken(lines, shape.offset, shape.what)
  }
  const all = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'silent',
    merge: true,
  }) as readonly Document[]
  for (const document of all) {
    const error = document.errors[0]
    if (error) return broken(lines, error.pos[0], syntaxFault(error.code))
    const growth = whyNotExpanded(document)
    if (growth !== null) return broken(lines, 0, growth)
  }
  return {
    documents: all.flatMap((document) =>
      document.contents === null ? [] : treeOf(document, document.contents, lines, 1),
    ),
    broken: null,
    faults: all.flatMap((document) => sameKeys(document, lines)),
  }
}

function broken(lines: LineCounter, offset: number, what: string): YamlFile {
  return { documents: [], broken: { ...placeOf(lines, offset), what }, faults: [] }
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
        if (!isScalar(key) || key.value === null || typeof key.value === 'symbol') continue
        const name = String(key.value)
        if (seen.has(name)) faults.push({ ...placeOf(lines, startOf(key)), what: `has the key ${quote(name)} twice` })
        seen.add(name)
      }
    },
  })
  return faults
}

function treeOf(document: Document, written: unknown, lines: LineCounter, fallback: number): YamlTree {
  const node = resolve(document, written)
  const scalar = isScalar(node) ? node : null
  const source = scalar?.source ?? ''
  const isPlain = scalar?.type === 'PLAIN'
  const entries = once(() => {
    const found = new Map<string, YamlEntry>()
    collect(document, node, (key, value) => {
      const name = String(key)
      const { line } = placeOf(lines, startOf(key))
      if (!found.has(name)) found.set(name, { key: name, line, value: treeOf(document, value, lines, line) })
    })
    return found
  })
  const line = isNode(written) ? placeOf(lines, startOf(written)).line : fallback
  const items = once(() => (isSeq(node) ? node.items.map((item) => treeOf(document, item, lines, line)) : []))
  const tree: YamlTree = {
    line,
    isMap: isMap(node),
    isList: isSeq(node),
    isNull: node === null || scalar?.value === null,
    isString: typeof scalar?.value === 'string' || LONG_HEX.test(source),
    text: scalar === null || scalar.value === null ? null : typeof scalar.value === 'string' ? scalar.value : source,
    comment: isPlain ? (scalar.comment ?? null) : null,
    isOddNumber:
      isPlain &&
      !LONG_HEX.test(source) &&
      (typeof scalar.value === 'number' ? !PLAIN_DECIMAL.test(source) : ODD_TEXT.test(source)),
    get ownTag() {
      return tagIn(node, lines)
    },
    get texts() {
      return textsIn(node)
    },
    get entries() {
      return [...entries().values()]
    },
    get items() {
      return items()
    },
    at: (key, ...path) => {
      if (key === undefined) return tree
      return (
        entries()
          .get(key)
          ?.value.at(...path) ?? null
      )
    },
  }
  return tree
}

/** A map's own keys, then those that are merged into it, which the library marks with a symbol. */
function collect(document: Document, node: Node | null, take: (key: Node, value: unknown) => void, depth = 0): void {
  if (!isMap(node) || depth > MAX_ALIAS_STEPS) return
  const pairs = (node.items as readonly Pair[]).filter(({ key }) => isScalar(key) && key.value !== null)
  const isMerge = ({ key }: Pair) => typeof (key as { value: unknown }).value === 'symbol'
  for (const pair of pairs) if (!isMerge(pair)) take(pair.key as Node, pair.value)
  for (const pair of pairs.filter(isMerge)) {
    const target = resolve(document, pair.value)
    for (const one of isSeq(target) ? target.items : [target])
      collect(document, resolve(document, one), take, depth + 1)
  }
}

function tagIn(node: Node | null, lines: LineCounter): YamlTree['ownTag'] {
  let found: YamlTree['ownTag'] = null
  if (node !== null) {
    visit(node, {
      Node: (_, { tag, range }) => {
        if (tag === undefined || !/^!(?!!)/.test(tag)) return undefined
        found = { name: tag, line: placeOf(lines, range?.[0] ?? 0).line }
        return visit.BREAK
      },
    })
  }
  return found
}

function textsIn(node: Node | null): readonly string[] {
  const texts: string[] = []
  if (node !== null) visit(node, { Scalar: (_, { value }) => void (typeof value === 'string' && texts.push(value)) })
  return texts
}

function resolve(document: Document, node: unknown): Node | null {
  let target = node
  for (let step = 0; isAlias(target) && step < MAX_ALIAS_STEPS; step++) target = target.resolve(document)
  return isMap(target) || isSeq(target) || isScalar(target) ? target : null
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0
}

function placeOf(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
