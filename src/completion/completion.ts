/** `completion SHELL`: the script for a shell. */

import type { ActionResult, Services } from '../cli/services.js'
import { SCRIPTS, type Shell } from './model/scripts.js'

export interface CompletionJson {
  readonly shell: Shell
  readonly script: string
}

export async function run(_: Services, { shell }: { readonly shell: Shell }): Promise<ActionResult<CompletionJson>> {
  return { data: { shell, script: SCRIPTS[shell] } }
}
