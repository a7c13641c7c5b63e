/** Puts the sources of settings together: flags, environment, the env file where one is named, and the context. */
import type { Contexts } from '../core/ports/contexts.js'
import type { Settings } from '../core/ports/settings.js'
import { chooseContext } from './choose-context.js'
import { CONTEXT } from './setting-names.js'
import { resolveSettings } from './settings.js'
import type { Role, SettingsTools } from './settings-tools.js'
import { createSources, type Flags } from './sources.js'

interface SettingsOrigin extends SettingsTools {
  readonly flags: Flags
  readonly role: Role
  /** Null: none is used. */
  readonly contexts: Pick<Contexts, 'read'> | null
}

/** Throws FILE_* and DOCUMENT_INVALID for the env file and for the contexts, and SETTING_INVALID for one there is not. */
export async function loadSettings({ flags, role, contexts, ...tools }: SettingsOrigin): Promise<Settings> {
  const path = typeof flags.envFile === 'string' ? flags.envFile : null
  const envFile = path === null ? null : { path, text: await tools.files.readText(path) }
  const context =
    contexts && chooseContext(await contexts.read(), createSources(flags, tools.environment, envFile).find(CONTEXT))
  return resolveSettings(createSources(flags, tools.environment, envFile, context), role, flags, tools)
}
