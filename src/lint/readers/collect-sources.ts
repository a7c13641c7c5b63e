/** Collects files that may hold configuration: those that are given, and those in the folders that are given. */
import { join, resolve } from 'node:path'
import { withoutEndSlashes } from '../../base/folder-path.js'
import { WcnError } from '../../errors/wcn-error.js'
import type { FileFacts, Files } from '../../platform/files/files.js'
import type { Finding } from '../model/finding.js'

export interface Source {
  /** As people will read it: as given, or the folder given and what follows. */
  readonly path: string
  /** By which one file is known under several names. */
  readonly absolute: string
  /** A byte order mark included. */
  readonly text: string
  /** By its own name, not found in a folder. */
  readonly given: boolean
}

const MAX_DEPTH = 8
const MAX_FILES = 1000
const SKIPPED_FOLDERS = new Set(['.git', 'node_modules'])
/** What is said about such a file when it can't be read; others in a folder are somebody else's. */
const CONFIGURATION = /(?:^|\.)env(?:\.|$)|\.(?:sh|service|ya?ml|conf)$/i
const SOMETHING_ELSE =
  /\.(?:md|txt|pdf|png|jpe?g|gif|svg|ico|html?|css|[cm]?[jt]sx?|rs|go|py|sol|lock|log|toml|key|pem|crt|cer|der|p12|gz|xz|zst|zip|tar|tgz|sst|db|sqlite|so|exe|bin|o|a|nft|timer|socket|rules|sum|map)$/i
const EXAMPLE = /\.(?:example|sample|template|tmpl|tpl|j2|dist|bak|orig|old|swp|tmp)$|~$/i

export class Sources {
  readonly #files: Files
  readonly sources: Source[] = []
  readonly remarks: Finding[] = []
  readonly #seen = new Set<string>()
  /** Files of the path that is being taken. */
  #looked = 0

  constructor(files: Files) {
    this.#files = files
  }

  /** Throws FILE_UNREADABLE for a path given that can't be read. */
  async take(path: string): Promise<void> {
    this.#looked = 0
    if (path !== '-' && (await this.#files.isDirectory(path))) await this.#walk(withoutEndSlashes(path), 0)
    else await this.#read(path, true)
  }

  async #walk(directory: string, depth: number): Promise<void> {
    const names = await this.#files.list(directory).catch((error: unknown) => {
      if (depth === 0) throw error
      this.#remark('unreadable', error instanceof Error ? error.message : 'it can not be read', directory)
      return []
    })
    for (const name of names) {
      if (this.#looked >= MAX_FILES) {
        const what = `there are more than ${MAX_FILES} files: the rest is not looked at`
        if (this.#looked++ === MAX_FILES) this.#remark('unread', what, join(directory, name))
        return
      }
      await this.#look(join(directory, name), name, depth)
    }
  }

  async #look(path: string, name: string, depth: number): Promise<void> {
    if (name.startsWith('.') && !/^\.env(?:\.|$)/.test(name)) return
    const facts = await this.#files.inspect(path).catch((): FileFacts | null => null)
    if (facts?.kind === 'directory') {
      if (SKIPPED_FOLDERS.has(name)) return
      if (depth < MAX_DEPTH) await this.#walk(path, depth + 1)
      else this.#remark('unread', `the folder is more than ${MAX_DEPTH} levels down: it is not looked at`, path)
      return
    }
    if (SOMETHING_ELSE.test(name) || EXAMPLE.test(name)) return
    const matters = CONFIGURATION.test(name)
    if (facts?.kind === 'link' && matters)
      this.#remark('unread', 'it is a link, which is not followed: give its target', path)
    if (facts?.kind !== 'file') return
    this.#looked++
    await this.#read(path, false).catch((error: unknown) => {
      if (!(error instanceof WcnError)) throw error
      if (matters) this.#remark('unreadable', error.message, path)
    })
  }

  async #read(path: string, given: boolean): Promise<void> {
    const absolute = path === '-' ? path : resolve(path)
    if (this.#seen.has(absolute)) return
    this.#seen.add(absolute)
    this.sources.push({ path, absolute, text: await readSource(this.#files, path, given), given })
  }

  #remark(id: string, summary: string, file: string): void {
    this.remarks.push({ id, status: 'warn', summary, hint: null, file, line: null })
  }
}

/** `given`: a pipe is read as well. Throws FILE_UNREADABLE, also for what is no text. */
export async function readSource(files: Files, path: string, given: boolean): Promise<string> {
  const onPipe = () => {
    // Nobody may write to it.
    if (!given) throw new WcnError('FILE_UNREADABLE', `cannot read ${JSON.stringify(path)}: it is a pipe`)
  }
  const text = await files.readText(path, { keepMark: true, onPipe })
  if (!text.includes('\0')) return text
  throw new WcnError('FILE_UNREADABLE', `${path === '-' ? 'standard input' : JSON.stringify(path)} is not text`, {
    hint: 'give env files, units, compose files or manifests',
  })
}
