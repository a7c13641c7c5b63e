/** Where the file of contexts is kept: with what a user configures, as XDG base directories 0.8 have it. */
import { isAbsolute, join } from 'node:path'
import { looksLikeKey } from '../base/key-like.js'
import { WcnError } from '../errors/wcn-error.js'
import { homeOfUser } from './home-directory.js'
import type { Environment } from './sources.js'

/**
 * Null for a user without a home directory. A relative XDG_CONFIG_HOME is invalid and counts as not set. Throws
 * SETTING_INVALID for a key in the place of the directory, which would be shown as one.
 */
export function contextsDirectory(environment: Environment): string | null {
  const { WCN_CONFIG_DIR, XDG_CONFIG_HOME, APPDATA } = environment
  if (WCN_CONFIG_DIR && looksLikeKey(WCN_CONFIG_DIR))
    throw new WcnError('SETTING_INVALID', 'WCN_CONFIG_DIR looks like a key, and a directory is wanted', {
      hint: 'a key file is named with --private-key-file or --encryption-key-file',
    })
  if (WCN_CONFIG_DIR) return WCN_CONFIG_DIR
  if (XDG_CONFIG_HOME && isAbsolute(XDG_CONFIG_HOME)) return join(XDG_CONFIG_HOME, 'wcn')
  if (process.platform === 'win32' && APPDATA) return join(APPDATA, 'wcn')
  const home = homeOfUser(environment)
  return home && join(home, '.config', 'wcn')
}
