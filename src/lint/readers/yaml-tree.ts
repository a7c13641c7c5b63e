/**
 * What a YAML document says, as a tree whose every value knows its line: much smaller than what the parser makes of it,
 * since a folder may hold a thousand files.
 */

export interface YamlEntry {
  readonly key: string
  readonly line: number
  readonly value: YamlTree
}

interface ScalarContent {
  /** As it is written where it is a number; null for null. */
  readonly text: string | null
  readonly comment: string | null
  readonly isString: boolean
  readonly isOddNumber: boolean
}

export interface MapContent {
  readonly own: readonly YamlEntry[]
  /** Of merge keys (`<<`). */
  readonly merged: readonly MapContent[]
}

interface ListContent {
  readonly items: readonly YamlTree[]
}

/** The same object for an alias as for what it stands for. */
export type Content = ScalarContent | MapContent | ListContent

export const NOTHING: ScalarContent = { text: null, comment: null, isString: false, isOddNumber: false }

export class YamlTree {
  readonly line: number
  readonly #content: Content

  constructor(line: number, content: Content) {
    this.line = line
    this.#content = content
  }

  get isMap(): boolean {
    return 'own' in this.#content
  }

  get isList(): boolean {
    return 'items' in this.#content
  }

  get isNull(): boolean {
    return 'text' in this.#content && this.#content.text === null
  }

  get isString(): boolean {
    return this.#scalar.isString
  }

  /** The text of a scalar, as it is written where it is a number; null for anything else, and for null. */
  get text(): string | null {
    return this.#scalar.text
  }

  /** What follows a plain value's `#` in its line. */
  get comment(): string | null {
    return this.#scalar.comment
  }

  /** Whether what reads it may see another number or text than is written: `0o17`, `1e3`, `010`, `1_000`. */
  get isOddNumber(): boolean {
    return this.#scalar.isOddNumber
  }

  get #scalar(): ScalarContent {
    return 'text' in this.#content ? this.#content : NOTHING
  }

  /** Of a map, merged ones behind its own; in the order of the text. */
  get entries(): readonly YamlEntry[] {
    const found = new Map<string, YamlEntry>()
    for (const entry of entriesOf(this.#content)) if (!found.has(entry.key)) found.set(entry.key, entry)
    return [...found.values()]
  }

  get items(): readonly YamlTree[] {
    return 'items' in this.#content ? this.#content.items : []
  }

  /** Every value in it that is text. */
  get texts(): readonly string[] {
    const texts: string[] = []
    gatherTexts(this.#content, texts, new Set())
    return texts
  }

  /** The value of a key, or of a key of a key's value; null where there is none. */
  at(key?: string, ...path: readonly string[]): YamlTree | null {
    if (key === undefined) return this
    for (const entry of entriesOf(this.#content)) if (entry.key === key) return entry.value.at(...path)
    return null
  }

  static contentOf(tree: YamlTree): Content {
    return tree.#content
  }
}

function* entriesOf(content: Content): Generator<YamlEntry> {
  if (!('own' in content)) return
  yield* content.own
  for (const one of content.merged) yield* entriesOf(one)
}

/** `seen`: what several aliases stand for is gathered once. */
function gatherTexts(content: Content, texts: string[], seen: Set<Content>): void {
  if (seen.has(content)) return
  seen.add(content)
  if ('text' in content) {
    if (content.isString && content.text !== null) texts.push(content.text)
    return
  }
  const inner = 'own' in content ? content.own.map(({ value }) => value) : content.items
  for (const tree of inner) gatherTexts(YamlTree.contentOf(tree), texts, seen)
}
