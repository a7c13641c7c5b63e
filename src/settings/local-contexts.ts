/**
 * Contexts on the local disk: one file, which its owner alone can read, since URLs of providers hold tokens.
 * It is looked for before every command that takes settings; where there is none, that is one attempt to open it.
 */
import { constants, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { WcnError } from '../errors/wcn-error.js'
import { errnoOf, named } from '../platform/files/file-errors.js'
import { readBounded } from '../platform/files/read-bounded.js'
import { type ContextsDocument, parseContexts } from './contexts.js'

interface ContextsOptions {
  /** Made when a context is first written; null: this user has no place for one. */
  readonly directory: string | null
  /** What WCN_CONTEXT says. */
  readonly exported?: string | undefined
  /** Read the file whatever its mode. */
  readonly insecurePermissions: boolean
  /** What others are told of who changes the file: the command's words without their values. */
  readonly command: string
  readonly platform?: NodeJS.Platform
}

const MAX_BYTES = 1024 * 1024

export type Contexts = ReturnType<typeof createContexts>

export function createContexts(options: ContextsOptions) {
  const { directory, exported, insecurePermissions, command, platform = process.platform } = options
  const path = directory && join(directory, 'contexts.json')
  const read = async (): Promise<ContextsDocument> => {
    const file = path && readWhole(path)
    if (!file) return { current: null, contexts: {} }
    if (platform !== 'win32') {
      const { requirePrivate } = await import('../platform/files/secret-file.js')
      const rules = { platform, credentialsDirectory: undefined, insecurePermissions, warn: () => undefined }
      await requirePrivate(path, { kind: 'file', mode: file.mode }, rules)
    }
    return parseContexts(file.bytes, path)
  }
  return {
    /** Where they are kept; null for a user without a home directory, who has none. */
    path,
    /** The one that WCN_CONTEXT names, which comes before the current one; null where it is not set. */
    exported: exported || null,
    /** Empty where there is no file. Throws DOCUMENT_INVALID, FILE_UNREADABLE, FILE_PERMISSIONS. */
    read,
    /**
     * Puts what `change` makes of them in their place: atomically, mode 0600, one process after the other. Throws like
     * `read`, whatever `change` throws, and SETTING_MISSING, ACCOUNT_LOCKED, FILE_UNWRITABLE, OUTPUT_UNSAFE.
     */
    async update(change: (document: ContextsDocument) => ContextsDocument): Promise<void> {
      if (path === null)
        throw new WcnError('SETTING_MISSING', 'this user has no home directory to keep contexts in', {
          hint: 'set WCN_CONFIG_DIR',
        })
      const { replaceContexts } = await import('./replace-contexts.js')
      await replaceContexts(path, command, async () => change(await read()))
    },
  }
}

/** Through no link: whoever may write where it leads would decide which cluster and which keys are used. */
function readWhole(path: string): ReturnType<typeof readBounded> {
  try {
    return readBounded(path, MAX_BYTES, constants.O_NOFOLLOW ?? 0)
  } catch (error) {
    const reason = error instanceof WcnError ? errnoOf(error.cause) : undefined
    // HOME may be /dev/null, or another user's.
    if (reason === 'ENOTDIR' || (reason === 'EACCES' && !isVisible(path))) return null
    if (reason !== 'ELOOP') throw error
    throw new WcnError('FILE_UNREADABLE', `${named(path)} is a symbolic link, and contexts are read from no link`, {
      hint: 'put the file itself there; its directory may be a link',
      details: { path, reason },
    })
  }
}

function isVisible(path: string): boolean {
  try {
    return lstatSync(path) !== undefined
  } catch {
    return false
  }
}
