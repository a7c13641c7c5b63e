/** Holds the files of one run, opens those they refer to, and gathers the remarks about them. */
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { Files } from '../../platform/files/files.js'
import type { Finding, Place } from '../model/finding.js'
import { readSource, type Source } from './collect-sources.js'
import { looksLikeYaml } from './file-kind.js'
import { readYaml } from './read-yaml.js'

export const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
const LONGEST_PATH = 4096

export class SourceSet {
  readonly #files: Files
  readonly #given: readonly Source[]
  readonly #byPath: Map<string, Source | null>
  readonly #used = new Set<Source>()
  readonly #texts = new Map<Source, readonly string[]>()
  readonly #remarks = new Map<string, Finding>()

  constructor(files: Files, given: readonly Source[]) {
    this.#files = files
    this.#given = given
    this.#byPath = new Map(given.map((source) => [source.absolute, source]))
  }

  /** All that were given, found or opened. */
  get all(): readonly Source[] {
    return [...this.#byPath.values()].filter((source) => source !== null)
  }

  get remarks(): readonly Finding[] {
    return [...this.#remarks.values()]
  }

  /** One is enough where two services read the same file. */
  remark(...all: readonly Finding[]): void {
    for (const one of all) {
      const key = `${one.line} ${one.id} ${one.file} ${one.summary}`
      if (!this.#remarks.has(key)) this.#remarks.set(key, one)
    }
  }

  /** A service has them as its own: they are none by themselves. */
  use(...sources: readonly Source[]): void {
    for (const source of sources) this.#used.add(source)
  }

  isUsed(source: Source): boolean {
    return this.#used.has(source)
  }

  /** It, and all files of the run that it names, directly or not. */
  reachedFrom(first: Source): readonly Source[] {
    const reached = new Set([first])
    for (const source of reached) {
      for (const text of this.#textsIn(source)) for (const named of this.#namedBy(source, text)) reached.add(named)
    }
    return [...reached]
  }

  #textsIn(source: Source): readonly string[] {
    const known = this.#texts.get(source)
    if (known) return known
    const texts = looksLikeYaml(source) ? readYaml(source.text).documents.flatMap((tree) => tree.texts) : []
    this.#texts.set(source, texts)
    return texts
  }

  /** A path, `name=path`, or a folder with a kustomization in it. */
  #namedBy(source: Source, text: string): readonly Source[] {
    if (text.length > LONGEST_PATH) return []
    const path = resolve(folderOf(source), text.replace(/^[^=/]*=/, ''))
    return [path, ...KUSTOMIZATIONS.map((name) => join(path, name))].flatMap((one) => this.#byPath.get(one) ?? [])
  }

  /** The file that `reference` in `base` means; null where there is none that can be read. */
  async open(base: Source, reference: string): Promise<Source | null> {
    const path = isAbsolute(reference) ? reference : join(dirname(base.path), reference)
    return this.#load(resolve(folderOf(base), reference), path)
  }

  /**
   * A path on the machine where it will run: the file of that name beside `base` or among those given, which may be on
   * its way there, before one that is there.
   */
  async openInstalled(base: Source, path: string): Promise<Source | null> {
    const name = basename(path)
    const exact = this.#byPath.get(resolve(path)) ?? this.#byPath.get(resolve(dirname(base.absolute), name))
    if (exact) return exact
    const [same, ...others] = this.#given.filter(({ absolute }) => basename(absolute) === name)
    return same !== undefined && others.length === 0 ? same : this.#load(resolve(path), path)
  }

  /** What stands in the place of `*` in the names of files. */
  instancesOf(pattern: string): readonly string[] {
    const [before = '', after = ''] = basename(pattern).split('*')
    return this.#given
      .map(({ absolute }) => basename(absolute))
      .filter((name) => name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after))
      .map((name) => name.slice(before.length, name.length - after.length))
  }

  async #load(absolute: string, path: string): Promise<Source | null> {
    const known = this.#byPath.get(absolute)
    if (known !== undefined) return known
    const text = await readSource(this.#files, absolute, false).catch((error: unknown) => {
      if (error instanceof WcnError) return null
      throw error
    })
    const source = text === null ? null : { path, absolute, text, given: false }
    this.#byPath.set(absolute, source)
    return source
  }
}

function folderOf({ absolute }: Source): string {
  return absolute === '-' ? resolve('.') : dirname(absolute)
}

export function missingFile(path: string, place: Place, status: 'fail' | 'warn', hint: string | null = null): Finding {
  return { id: 'missing-file', status, summary: `${quote(path)} is not there, or can't be read`, hint, ...place }
}
