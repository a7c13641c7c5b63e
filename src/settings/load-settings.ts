/** Puts the sources of settings together: flags, environment, the env file where one is named, and the context. */

import { sourceName } from '../base/source-name.js'
import { WcnError } from '../errors/wcn-error.js'
import { chooseContext } from './choose-context.js'
import type { Contexts } from './contexts.js'
import { resolveSettings } from './resolve-settings.js'
import { CONTEXT, TIMEOUT } from './setting-names.js'
import { parseDuration } from './setting-values.js'
import type { Settings } from './settings.js'
import { readSettingsFile } from './settings-env-file.js'
import type { Role, SettingsTools } from './settings-tools.js'
import { createSources, type Flags, type Sources } from './sources.js'

interface SettingsOrigin extends SettingsTools {
  readonly flags: Flags
  readonly role: Role
  /** Null: none is used. */
  readonly contexts: Pick<Contexts, 'read'> | null
  /** Told the deadline as far as it is known without reading anything. */
  readonly limit: (timeoutMs: number | null) => void
}

/** Throws FILE_*, DOCUMENT_INVALID and SETTING_INVALID for the env file and for the contexts. */
export async function loadSettings({ flags, role, contexts, limit, ...tools }: SettingsOrigin): Promise<Settings> {
  const path = typeof flags.envFile === 'string' ? flags.envFile : null
  if (path !== null) limit(timeoutBefore(createSources(flags, tools.environment, null)))
  const envFile = path === null ? null : { path: sourceName(path), text: await readSettingsFile(path, tools) }
  const context =
    contexts && chooseContext(await contexts.read(), createSources(flags, tools.environment, envFile).find(CONTEXT))
  return resolveSettings(createSources(flags, tools.environment, envFile, context), role, flags, tools)
}

/** What is wrong with it is said when it is asked for. */
function timeoutBefore(sources: Sources): number | null {
  try {
    const found = sources.find(TIMEOUT)
    return found && parseDuration(found.value, found.source)
  } catch (error) {
    if (error instanceof WcnError) return null
    throw error
  }
}
