/** Puts the sources of settings together: flags, environment, and the env file where one is named. */
import type { Settings } from '../core/ports/settings.js'
import { type Role, resolveSettings, type SettingsTools } from './settings.js'
import { createSources, type Flags } from './sources.js'

interface SettingsOrigin extends SettingsTools {
  readonly flags: Flags
  readonly role: Role
}

/** Throws FILE_* and DOCUMENT_INVALID for the env file. */
export async function loadSettings({ flags, role, ...tools }: SettingsOrigin): Promise<Settings> {
  const path = typeof flags.envFile === 'string' ? flags.envFile : null
  const envFile = path === null ? null : { path, text: await tools.files.readText(path) }
  return resolveSettings(createSources(flags, tools.environment, envFile), role, flags, tools)
}
