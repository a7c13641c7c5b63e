/**
 * Paths for files with rules of their own: compose expands `$` and takes mounts apart at `:`, units expand `%` and split
 * at spaces, and systemd ignores a setting whose path has a `..`, with no more than a warning.
 */

import { quote } from '../../base/quote.js'
import { WcnError } from '../../errors/wcn-error.js'

const PLAIN = /^(?:\/[A-Za-z0-9._@+-]+)+\/?$/
const DOTS = /\/\.{1,2}(?:\/|$)/

/** The path without a slash at its end. Throws SETTING_INVALID for the root and for what some program reads otherwise. */
export function requirePlainPath(path: string, source: string): string {
  if (PLAIN.test(path) && !DOTS.test(path)) return path.replace(/\/$/, '')
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(path)}, which can't be written to such a file safely`, {
    hint: 'give an absolute path of letters, digits, ".", "_", "@", "+" and "-", without "." and ".." as folders',
  })
}

export function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
}
