/**
 * Reads YAML that people write for compose and Kubernetes. Unlike our own documents (documents/document.ts) it may have
 * anchors, merge keys and several documents. What they can grow into is bounded: nothing is expanded, and a document that
 * refers to itself too often is refused.
 */
import {
  type Alias,
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
import { quote } from '../../base/quote.js'
import { findShapeFault, PLAIN_DECIMAL, placeAt, startOf, syntaxFault } from '../../documents/document-shape.js'
import { type Content, type MapContent, NOTHING, type YamlEntry, YamlTree } from './yaml-tree.js'

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
  /** The first tag of somebody's own in the first document, such as `!reset`. */
  readonly ownTag: { readonly name: string; readonly line: number } | null
}

/** How many values aliases may stand for, as the library counts them. */
const MAX_ALIASES = 500
/** More than a number can hold: text to those who read these files, who print it without quotes. */
const LONG_HEX = /^[-+]?0x[0-9a-f]{17,}$/i
const ODD_TEXT = /^[-+]?(?:0[0-7]+|0b[01_]+|[0-9][0-9_]*_[0-9_]*|[0-9]+(?::[0-5]?[0-9])+)$/

/** Never throws, whatever the text. */
export function readYaml(text: string): YamlFile {
  const lines = new LineCounter()
  const broken = (offset: number, what: string): YamlFile => {
    return { documents: [], broken: { ...placeAt(text, offset), what }, faults: [], ownTag: null }
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
  const trees: YamlTree[] = []
  for (const document of all) {
    const [error] = document.errors
    if (error) return broken(error.pos[0], syntaxFault(error.code))
    const targets = targetsIn(document)
    if (targets === null) return broken(0, 'has an alias (*name) within what it stands for')
    const growth = whyNotExpanded(document)
    if (growth !== null) return broken(0, growth)
    if (document.contents !== null) trees.push(treeOf({ lines, targets, anchored: new Map() }, document.contents, 1))
  }
  return {
    documents: trees,
    broken: null,
    faults: all.flatMap((document) => sameKeys(document, lines)),
    ownTag: all[0] ? ownTagOf(all[0], lines) : null,
  }
}

/** Once for all: asked for one alias, the library goes through the whole document. Null where one stands for itself. */
function targetsIn(document: Document): ReadonlyMap<Alias, Node> | null {
  const targets = new Map<Alias, Node>()
  const anchors = new Map<string, Node>()
  let isSound = true
  visit(document, {
    Alias: (_, alias, path) => {
      const target = anchors.get(alias.source)
      if (target) targets.set(alias, target)
      isSound &&= target === undefined || !path.includes(target)
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node)
    },
  })
  return isSound ? targets : null
}

/** The library counts while it expands, and gives up with a ReferenceError. Most documents have nothing to expand. */
function whyNotExpanded(document: Document): string | null {
  let isPlain = true
  const expand = () => {
    isPlain = false
    return visit.BREAK
  }
  visit(document, { Alias: expand, Scalar: (_, { value }) => (typeof value === 'symbol' ? expand() : undefined) })
  if (isPlain) return null
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

function ownTagOf(document: Document, lines: LineCounter): YamlFile['ownTag'] {
  let found: YamlFile['ownTag'] = null
  visit(document, {
    Node: (_, { tag, range }) => {
      if (tag === undefined || !/^!(?!!)/.test(tag)) return undefined
      found = { name: tag, line: placeOf(lines, range?.[0] ?? 0).line }
      return visit.BREAK
    },
  })
  return found
}

interface Origin {
  readonly lines: LineCounter
  readonly targets: ReadonlyMap<Alias, Node>
  /** What aliases stand for, which is kept once. */
  readonly anchored: Map<Node, Content>
}

/** `fallback`: the line of what has no place of its own, such as a value that is not written. */
function treeOf(origin: Origin, written: unknown, fallback: number): YamlTree {
  const line = isNode(written) ? placeOf(origin.lines, startOf(written)).line : fallback
  return new YamlTree(line, contentOf(origin, written, line))
}

function contentOf(origin: Origin, written: unknown, line: number): Content {
  const node = resolve(origin, written)
  const known = origin.anchored.get(node as Node)
  if (known) return known
  const content = isMap(node)
    ? mapContent(origin, node.items as readonly Pair[])
    : isSeq(node)
      ? { items: node.items.map((item) => treeOf(origin, item, line)) }
      : isScalar(node)
        ? scalarContent(node)
        : NOTHING
  if (isNode(node) && node.anchor !== undefined) origin.anchored.set(node, content)
  return content
}

/** The library marks keys of what is merged with a symbol. */
function mapContent(origin: Origin, pairs: readonly Pair[]): MapContent {
  const [own, merged]: [YamlEntry[], MapContent[]] = [[], []]
  for (const { key, value } of pairs) {
    if (!isScalar(key) || key.value === null) continue
    const { line } = placeOf(origin.lines, startOf(key))
    if (typeof key.value !== 'symbol') own.push({ key: String(key), line, value: treeOf(origin, value, line) })
    else {
      const target = resolve(origin, value)
      const all = (isSeq(target) ? target.items : [target]).map((one) => contentOf(origin, one, line))
      for (const one of all) if ('own' in one) merged.push(one)
    }
  }
  return { own, merged }
}

function scalarContent({ value, source = '', type, comment }: Scalar): Content {
  const isLongHex = LONG_HEX.test(source)
  const isOdd = typeof value === 'number' ? !PLAIN_DECIMAL.test(source) : ODD_TEXT.test(source)
  return {
    text: value === null ? null : typeof value === 'string' ? value : source,
    comment: type === 'PLAIN' ? (comment ?? null) : null,
    isString: typeof value === 'string' || isLongHex,
    isOddNumber: type === 'PLAIN' && !isLongHex && isOdd,
  }
}

/** What an alias stands for, or the node itself. */
function resolve({ targets }: Origin, node: unknown): unknown {
  return isAlias(node) ? targets.get(node) : node
}

function placeOf(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}
