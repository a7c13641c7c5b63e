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
  type Scalar,
  visit,
} from 'yaml'
import { once } from '../../base/once.js'
import { quote } from '../../base/quote.js'
import { findShapeFault, PLAIN_DECIMAL, placeAt, startOf, syntaxFault } from '../../documents/document-shape.js'

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
/** More than a number can hold: text to those who read these files, who print it without quotes. */
const LONG_HEX = /^[-+]?0x[0-9a-f]{17,}$/i
const ODD_TEXT = /^[-+]?(?:0[0-7]+|0b[01_]+|[0-9][0-9_]*_[0-9_]*|[0-9]+(?::[0-5]?[0-9])+)$/

/** Never throws, whatever the text. */
export function readYaml(text: string): YamlFile {
  const lines = new LineCounter()
  const broken = (offset: number, what: string): YamlFile => {
    return { documents: [], broken: { ...placeAt(text, offset), what }, faults: [] }
  }
  const shape = findShapeFault(text, { withAliases: true })
  if (shape !== null) return broken(shape.offset, shape.what)
  const options = {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'silent',
    merge: true,
  } as const
  const all = parseAllDocuments(text, options) as readonly Document[]
  for (const document of all) {
    const [error] = document.errors
    if (error) return broken(error.pos[0], syntaxFault(error.code))
    const growth = whyNotExpanded(document)
    if (growth !== null) return broken(0, growth)
  }
  return {
    documents: all.flatMap((document) =>
      document.contents === null ? [] : new YamlTree({ document, lines }, document.contents, 1),
    ),
    broken: null,
    faults: all.flatMap((document) => sameKeys(document, lines)),
  }
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

interface Origin {
  readonly document: Document
  readonly lines: LineCounter
}

export class YamlTree {
  readonly line: number
  readonly isMap: boolean
  readonly isList: boolean
  readonly isNull: boolean
  readonly isString: boolean
  /** The text of a scalar, as it is written where it is a number; null for anything else, and for null. */
  readonly text: string | null
  /** What follows a plain value's `#` in its line. */
  readonly comment: string | null
  /** Whether what reads it may see another number or text than is written: `0o17`, `1e3`, `010`, `1_000`. */
  readonly isOddNumber: boolean
  readonly #origin: Origin
  readonly #node: Node | null

  /** `fallback`: the line of what has no place of its own, such as a value that is not written. */
  constructor(origin: Origin, written: unknown, fallback: number) {
    const node = resolve(origin.document, written)
    const { value = null, source = '', type, comment } = isScalar(node) ? node : ({} as Partial<Scalar>)
    const isLongHex = LONG_HEX.test(source)
    this.line = isNode(written) ? placeOf(origin.lines, startOf(written)).line : fallback
    this.isMap = isMap(node)
    this.isList = isSeq(node)
    this.isNull = !this.isMap && !this.isList && value === null
    this.isString = typeof value === 'string' || isLongHex
    this.text = value === null ? null : typeof value === 'string' ? value : source
    this.comment = type === 'PLAIN' ? (comment ?? null) : null
    const isOdd = typeof value === 'number' ? !PLAIN_DECIMAL.test(source) : ODD_TEXT.test(source)
    this.isOddNumber = type === 'PLAIN' && !isLongHex && isOdd
    this.#origin = origin
    this.#node = node
  }

  /** The first tag of somebody's own in it, such as `!reset`. */
  get ownTag(): { readonly name: string; readonly line: number } | null {
    let found: YamlTree['ownTag'] = null
    if (this.#node !== null)
      visit(this.#node, {
        Node: (_, { tag, range }) => {
          if (tag === undefined || !/^!(?!!)/.test(tag)) return undefined
          found = { name: tag, line: placeOf(this.#origin.lines, range?.[0] ?? 0).line }
          return visit.BREAK
        },
      })
    return found
  }

  /** Every scalar in it that is text. */
  get texts(): readonly string[] {
    const texts: string[] = []
    if (this.#node === null) return texts
    visit(this.#node, { Scalar: (_, { value }) => void (typeof value === 'string' && texts.push(value)) })
    return texts
  }

  readonly #byKey = once(() => {
    const found = new Map<string, YamlEntry>()
    collect(this.#origin.document, this.#node, (written, value) => {
      const key = String(written)
      const { line } = placeOf(this.#origin.lines, startOf(written))
      if (!found.has(key)) found.set(key, { key, line, value: new YamlTree(this.#origin, value, line) })
    })
    return found
  })

  /** Of a map, merged ones (`<<`) behind its own; in the order of the text. */
  get entries(): readonly YamlEntry[] {
    return [...this.#byKey().values()]
  }

  get items(): readonly YamlTree[] {
    return this.#items()
  }

  readonly #items = once(() =>
    isSeq(this.#node) ? this.#node.items.map((item) => new YamlTree(this.#origin, item, this.line)) : [],
  )

  /** The value of a key, or of a key of a key's value; null where there is none. */
  at(key?: string, ...path: readonly string[]): YamlTree | null {
    if (key === undefined) return this
    const value = this.#byKey().get(key)?.value
    return value?.at(...path) ?? null
  }
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

function resolve(document: Document, node: unknown): Node | null {
  let target = node
  for (let step = 0; isAlias(target) && step < MAX_ALIAS_STEPS; step++) target = target.resolve(document)
  return isMap(target) || isSeq(target) || isScalar(target) ? target : null
}

function placeOf(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}
