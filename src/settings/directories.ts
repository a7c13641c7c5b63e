/**
 * Where a user's own files are kept, as XDG base directories 0.8 have it: a relative path is invalid and counts as not
 * set. Whatever folder a command is run in must not be able to choose its settings.
 */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { looksLikeKey } from '../base/key-like.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Environment } from './sources.js'

/** Of the file of contexts; null for a user without a home directory. Throws SETTING_INVALID. */
export function contextsDirectory(environment: Environment): string | null {
  const { WCN_CONFIG_DIR, XDG_CONFIG_HOME, APPDATA } = environment
  if (WCN_CONFIG_DIR) return directory(WCN_CONFIG_DIR, 'WCN_CONFIG_DIR')
  if (XDG_CONFIG_HOME && isAbsolute(XDG_CONFIG_HOME)) return join(XDG_CONFIG_HOME, 'wcn')
  if (process.platform === 'win32' && APPDATA) return join(APPDATA, 'wcn')
  const home = homeOfUser(environment)
  return home && join(home, '.config', 'wcn')
}

/** Of journals and locks, for commands without settings. Throws SETTING_INVALID, SETTING_MISSING. */
export function stateDirectoryOf(environment: Environment): string {
  for (const name of ['WCN_STATE_DIR', 'WCN_DEVNET_STATE_DIR']) {
    const value = environment[name]
    if (value) return directory(value, name)
  }
  return usualStateDirectory(environment)
}

/** Throws SETTING_MISSING for users that the system does not know. */
export function usualStateDirectory(environment: Environment): string {
  const { XDG_STATE_HOME, LOCALAPPDATA } = environment
  if (XDG_STATE_HOME && isAbsolute(XDG_STATE_HOME)) return join(XDG_STATE_HOME, 'wcn')
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'wcn')
  const home = homeOfUser(environment)
  if (home !== null) return join(home, '.local', 'state', 'wcn')
  throw new WcnError('SETTING_MISSING', 'this user has no home directory to keep journals and locks in', {
    hint: 'set --state-dir or WCN_STATE_DIR',
  })
}

/** Null for users that the system does not know, as in many containers, and where HOME is empty or relative. */
function homeOfUser({ HOME }: Environment): string | null {
  let home = HOME
  try {
    // What the system says of HOME when that is set, be it empty.
    home ||= homedir()
  } catch {
    return null
  }
  return isAbsolute(home) ? home : null
}

/** Throws SETTING_INVALID for a key in the place of a directory, which would be shown as one. */
export function directory(value: string, source: string): string {
  return notAKey(value, source, 'a directory', 'a key file is named with --private-key-file or --encryption-key-file')
}

export function notAKey(value: string, source: string, wanted: string, hint?: string): string {
  if (!looksLikeKey(value)) return value
  throw new WcnError('SETTING_INVALID', `${source} looks like a key, and ${wanted} is wanted`, { hint })
}
