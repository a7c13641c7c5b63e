/** The `Files` port on the local disk: rules of docs/dev/command-line.md ("Settings") and docs/dev/never.md 7 and 10. */
import { lstat, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { WcnError } from '../../errors/wcn-error.js'
import { errnoOf, named, unreadable } from './file-errors.js'
import type { Files } from './files.js'
import type { Environment } from './git-work-tree.js'
import type { ByteStream, OpenFile } from './read-bytes.js'
import type { SecretRules } from './secret-file.js'
import type { readOnce } from './standard-input.js'

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

export function createFiles(options: FilesOptions): Files {
  // Loaded when they are used: what only makes keys and prints them touches no file.
  const reading = () => import('./read-bytes.js')
  const writing = () => import('./safe-write.js')
  const looking = () => import('./look-around.js')
  let stdin: ReturnType<typeof readOnce> | undefined
  const remainingMs = options.remainingMs ?? (() => Infinity)
  /** What came through pipes: it comes once, whoever asks for it again. */
  const pipes = new Map<string, Promise<Buffer>>()
  const read = async (path: string, maxBytes: number, inspect: (file: OpenFile) => Promise<void>) => {
    const bounds = { maxBytes, remainingMs }
    if (path === '-') {
      stdin ??= (await import('./standard-input.js')).readOnce(options.stdin)
      return stdin(bounds)
    }
    const { openFile } = await reading()
    const known = pipes.get(path)
    if (known) return known
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
    platform: options.platform ?? process.platform,
    credentialsDirectory: options.credentialsDirectory,
    insecurePermissions: options.insecurePermissions ?? false,
    warn: options.warn ?? (() => undefined),
  }

  return {
    async readText(path, { maxBytes = MAX_TEXT_BYTES, keepMark = false, onPipe } = {}) {
      const bytes = await read(path, maxBytes, async ({ kind }) => {
        if (kind === 'pipe') onPipe?.()
      })
      return decodeUtf8(bytes, path, keepMark)
    },
    async readSecret(path, { mayBeEmpty = false } = {}) {
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
    async exists(path) {
      return (await look(path, lstat)) !== null
    },
    inspect: async (path) => (await looking()).inspect(path, rules.platform),
    list: async (directory) => (await looking()).list(directory),
    async isDirectory(path) {
      return (await look(path, stat))?.isDirectory() ?? false
    },
    async createPrivate(path, text) {
      const { createFile } = await writing()
      createFile(path, text, 0o600)
    },
    async write(path, text, { mode, overwrite }) {
      const { createFile, replaceFile } = await writing()
      if (overwrite) replaceFile(path, text, mode)
      else createFile(path, text, mode)
    },
    async checkWritable(path, { overwrite }) {
      const { checkWritable } = await writing()
      checkWritable(path, overwrite)
    },
    async makeDirectory(path, mode) {
      const { makeDirectory } = await writing()
      makeDirectory(path, mode)
    },
    gitTreeThatTracks: async (path) =>
      (await import('./git-work-tree.js')).gitTreeThatTracks(path, options.environment ?? {}),
    resolveFrom(base, path) {
      if (path === '-' || isAbsolute(path)) return path
      if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1))
      return resolve(base === '-' ? '.' : dirname(base), path)
    },
  }
}

function decodeUtf8(bytes: Uint8Array, path: string, keepMark = false): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: keepMark }).decode(bytes)
  } catch (error) {
    throw new WcnError('FILE_UNREADABLE', `${place(path)} is not text in UTF-8`, { cause: error })
  }
}

async function look<T>(path: string, how: (path: string) => Promise<T>): Promise<T | null> {
  try {
    return await how(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null
    throw unreadable(path, error)
  }
}

function place(path: string): string {
  return path === '-' ? 'standard input' : named(path)
}
