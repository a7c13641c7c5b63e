/** Settings as a test gives them: flags, environment, an env file, files in memory, and somebody who types. */

import { WcnError } from '../../src/errors/wcn-error.js'
import type { Files } from '../../src/platform/files/files.js'
import type { ContextInUse } from '../../src/settings/contexts.js'
import { parseEnvFile } from '../../src/settings/env-file.js'
import { resolveSettings } from '../../src/settings/settings.js'
import type { Role } from '../../src/settings/settings-table.js'
import { createSources, type EnvFile, type Environment, type Flags } from '../../src/settings/sources.js'
import { memoryFiles } from './onboarding.js'

export interface Given {
  readonly flags?: Flags
  readonly env?: Environment
  readonly envFile?: string
  readonly context?: ContextInUse
  readonly files?: Readonly<Record<string, string>>
  /** Real files in their place. */
  readonly disk?: Files
  readonly role?: Role
  /** What is typed at a hidden prompt; without it nobody can be asked. */
  readonly typed?: string
}

/** As it would be read from `my.env`. */
export function envFileOf(text: string | undefined): EnvFile | null {
  return text === undefined ? null : { name: 'my.env', values: parseEnvFile(text, 'my.env') }
}

export function resolve({ flags = {}, env = {}, envFile, context, files = {}, disk, role = 'operator', typed }: Given) {
  const secrets: string[] = []
  const warnings: string[] = []
  const notes: string[] = []
  const asked: string[] = []
  const sources = createSources(flags, env, envFileOf(envFile), context)
  const settings = resolveSettings(sources, role, {
    files: disk ?? memoryFiles(files),
    registerSecret: (text) => secrets.push(text),
    note: (text) => notes.push(text),
    tell: (text) => notes.push(text),
    warn: (text) => warnings.push(text),
    askHidden: async (question, instead) => {
      if (typed === undefined) throw new WcnError('INPUT_REQUIRED', 'nobody can be asked', { hint: instead })
      asked.push(question)
      return typed
    },
    environment: env,
  })
  return { settings, secrets, warnings, notes, asked }
}
