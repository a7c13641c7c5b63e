/** `completion SHELL`: the script for a shell. */
import { SCRIPTS, type Shell } from '../core/completion/scripts.js'
import type { ActionResult, Services } from '../core/ports/services.js'

export interface CompletionJson {
  readonly shell: Shell
  readonly script: string
}

export async function run(_: Services, { shell }: { readonly shell: Shell }): Promise<ActionResult<CompletionJson>> {
  return { data: { shell, script: SCRIPTS[shell] } }
}
