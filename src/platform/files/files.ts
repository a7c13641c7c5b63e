/** Local files: rules of docs/dev/command-line.md ("Settings") and docs/dev/never.md 7 and 10. */
import type { Stats } from 'node:fs'
import { promises } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { WcnError } from '../../errors/wcn-error.js'
import { errnoOf, named, unreadable } from './file-errors.js'
import type { Environment } from './git-work-tree.js'
import type { ByteStream, OpenFile, readOnce } from './read-bytes.js'
import type { SecretRules } from './secret-file.js'

export interface FilesOptions {
  readonly stdin: ByteStream
  /** Milliseconds that the command still has for reading: what is piped in may never come. No limit without it. */
  readonly remainingMs?: () => number
  /** systemd's $CREDENTIALS_DIRECTORY, where there is one. */
  readonly credentialsDirectory?: string | undefined
  /** Read key files whatever their mode. */
  readonly insecurePermissions?: boolean
  /** Told when a key file's permissions could not be checked. */
  readonly warn?: (text: string) => void
  /** Told the text of every key file, so that it can be scrubbed from messages. */
  readonly onSecret?: (text: string) => void
  /** Where git's PATH and HOME are looked up. */
  readonly environment?: Environment
  readonly platform?: NodeJS.Platform
}

const MAX_TEXT_BYTES = 1024 * 1024
const MAX_SECRET_BYTES = 64 * 1024
/** What `<(…)` and its like are called. */
const PIPES = /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/(?:self|\d+)\/fd\/\d+)$/
/** Permission bits with setuid, setgid and sticky. */
const MODE_BITS = 0o7777

/** Every method throws FILE_* errors that name the path and, where there is one, the command to run. */
export type Files = ReturnType<typeof createFiles>
export type FileFacts = NonNullable<Awaited<ReturnType<Files['inspect']>>>

export function createFiles(options: FilesOptions) {
  // Loaded when they are used: what only makes keys and prints them touches no file.
  const reading = () => import('./read-bytes.js')
  const writing = () => import('./safe-write.js')
  let stdin: ReturnType<typeof readOnce> | undefined
  const remainingMs = options.remainingMs ?? (() => Infinity)
  const platform = options.platform ?? process.platform
  /** What came through pipes: it comes once, whoever asks for it again. */
  const pipes = new Map<string, Promise<Buffer>>()
  const read = async (path: string, maxBytes: number, inspect: (file: OpenFile) => Promise<void>, kept = false) => {
    const bounds = { maxBytes, remainingMs }
    const { openFile, readOnce } = await reading()
    const known = pipes.get(path)
    if (path === '-') pipes.delete(path)
    if (known) return known
    if (path === '-') {
      stdin ??= readOnce(options.stdin)
      const bytes = stdin(bounds)
      if (kept) pipes.set(path, bytes)
      return bytes
    }
    const file = openFile(path)
    const bytes = inspect(file).then(
      () => file.bytes(bounds),
      (refusal: unknown) => {
        file.close()
        pipes.delete(path)
        throw refusal
      },
    )
    // At once: of two that read one pipe, each would get a part.
    if (file.kind === 'pipe') pipes.set(path, bytes)
    return bytes
  }
  const rules: SecretRules = {
    platform,
    credentialsDirectory: options.credentialsDirectory,
    insecurePermissions: options.insecurePermissions ?? false,
    warn: options.warn ?? (() => undefined),
  }

  return {
    /**
     * Text of a file or a pipe of at most `maxBytes` (1 MiB unless told); `-` is standard input. A byte order mark at its
     * start is left out unless `keepMark`. `onPipe` is called before a pipe is read, and may throw. Standard input is given
     * once; `kept`: to the next one as well.
     */
    async readText(
      path: string,
      { maxBytes = MAX_TEXT_BYTES, keepMark = false, kept = false, onPipe }: TextOptions = {},
    ): Promise<string> {
      const inspect = async ({ kind }: OpenFile) => {
        if (kind === 'pipe') onPipe?.()
      }
      const bytes = await read(path, maxBytes, inspect, kept)
      return decodeUtf8(bytes, path, keepMark)
    },
    /**
     * Like readText, without one trailing newline, refusing files that group or others can read. `mayBeEmpty`: an empty
     * regular file is a secret, too; an empty pipe is not, since a failing decryption writes nothing.
     */
    async readSecret(path: string, { mayBeEmpty = false }: { readonly mayBeEmpty?: boolean } = {}): Promise<string> {
      let isFile = false
      const bytes = await read(path, MAX_SECRET_BYTES, async (file) => {
        isFile = file.kind === 'file'
        await (await import('./secret-file.js')).requirePrivate(path, file, rules)
      })
      const text = decodeUtf8(bytes, path).replace(/\r?\n$/, '')
      if (text === '' && !(mayBeEmpty && isFile))
        throw new WcnError('FILE_UNREADABLE', `${place(path)} is empty: a secret is expected in it`, {
          hint: 'see whether the command that is to write it has failed',
        })
      options.onSecret?.(text)
      return text
    },
    exists: async (path: string): Promise<boolean> => (await look(path, promises.lstat)) !== null,
    /** What a path is, without following a link; null where there is nothing. */
    async inspect(path: string) {
      const stats = await look(path, promises.lstat)
      if (stats === null) return null
      const hasOwners = platform !== 'win32'
      return {
        kind: kindOf(stats),
        /** Permission bits; null where the system has none (Windows). */
        mode: hasOwners ? stats.mode & MODE_BITS : null,
        /**
         * Whether it belongs to another user than the one this runs as; null where that can't be told. To root too a
         * user's file is foreign: that user can put something else in its place at any time.
         */
        foreign: hasOwners && process.geteuid ? stats.uid !== process.geteuid() : null,
        bytes: stats.size,
      }
    },
    /** Names in a directory, sorted by code points; links are listed and not followed. */
    async list(directory: string): Promise<readonly string[]> {
      try {
        // UTF-8 sorts as code points do; comparing strings in JavaScript does not.
        return (await promises.readdir(directory)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      } catch (error) {
        throw unreadable(directory, error)
      }
    },
    isDirectory: async (path: string): Promise<boolean> => (await look(path, promises.stat))?.isDirectory() ?? false,
    /** Creates a file that must not exist yet; it appears whole or not at all, mode 0600. */
    async createPrivate(path: string, text: string): Promise<void> {
      const { createFile } = await writing()
      createFile(path, text, 0o600)
    },
    /** Creates or, with `overwrite`, replaces a file atomically; never through a symlink. */
    async write(
      path: string,
      text: string,
      { mode, overwrite }: { readonly mode: number; readonly overwrite: boolean },
    ): Promise<void> {
      const { createFile, replaceFile } = await writing()
      if (overwrite) replaceFile(path, text, mode)
      else createFile(path, text, mode)
    },
    /** Throws whatever `write` would throw, as far as that can be told beforehand. */
    async checkWritable(path: string, { overwrite }: { readonly overwrite: boolean }): Promise<void> {
      const { checkWritable } = await writing()
      checkWritable(path, overwrite)
    },
    async makeDirectory(path: string, mode: number): Promise<void> {
      const { makeDirectory } = await writing()
      makeDirectory(path, mode)
    },
    /** The git work tree that would take this path up at the next commit, or null. */
    gitTreeThatTracks: async (path: string): Promise<string | null> =>
      (await import('./git-work-tree.js')).gitTreeThatTracks(path, options.environment ?? {}),
    /** `path` as it is meant in a file called `base`: relative to that file's folder, which a pipe of a shell has none of. */
    resolveFrom(base: string, path: string): string {
      if (path === '-' || isAbsolute(path)) return path
      if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1))
      return resolve(base === '-' || PIPES.test(base) ? '.' : dirname(base), path)
    },
  }
}

interface TextOptions {
  readonly maxBytes?: number
  readonly keepMark?: boolean
  readonly kept?: boolean
  readonly onPipe?: () => void
}

function decodeUtf8(bytes: Uint8Array, path: string, keepMark = false): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: keepMark }).decode(bytes)
  } catch (error) {
    throw new WcnError('FILE_UNREADABLE', `${place(path)} is not text in UTF-8`, { cause: error })
  }
}

/** Null where there is nothing, or a part of the path is no directory. */
async function look(path: string, how: (path: string) => Promise<Stats>): Promise<Stats | null> {
  try {
    return await how(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null
    throw unreadable(path, error)
  }
}

function kindOf(stats: Stats): 'file' | 'directory' | 'link' | 'other' {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'link' : 'other'
}

function place(path: string): string {
  return path === '-' ? 'standard input' : named(path)
}
