/** `config show`: the settings that take effect, and where each came from. It reads no key and asks no chain. */
import type { ActionResult, Services } from '../cli/services.js'
import { exitCodeOf } from '../errors/exit-codes.js'
import type { EffectiveSetting } from '../settings/describe-settings.js'

export interface Input {
  readonly envFile?: string
}

export interface ConfigShowJson {
  readonly settings: readonly EffectiveSetting[]
  /** The one in use. */
  readonly context: string | null
  readonly files: {
    readonly env_file: string | null
    /** Where contexts are kept, whether there are any or not. */
    readonly contexts: string | null
    readonly state_directory: string | null
  }
}

/** Exit 2 where something is wrong with a setting. Throws nothing itself. */
export async function run({ settings, contexts }: Services, { envFile }: Input): Promise<ActionResult<ConfigShowJson>> {
  const described = settings.describe()
  const valueNamed = (setting: string) => described.find(({ name }) => name === setting)?.value ?? null
  return {
    data: {
      settings: described,
      context: valueNamed('context'),
      files: { env_file: envFile ?? null, contexts: contexts.path, state_directory: valueNamed('state_directory') },
    },
    ...(described.some(({ problem }) => problem !== null) ? { exitCode: exitCodeOf('SETTING_INVALID') } : {}),
  }
}
