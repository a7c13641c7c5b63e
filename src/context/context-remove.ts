/** `context remove`: forgets the settings under a name. The files that it names stay where they are. */

import type { ActionResult, Services } from '../cli/services.js'
import { requireContext } from '../settings/contexts.js'

export interface Input {
  readonly name: string
}

export interface ContextRemoveJson {
  readonly removed: string
  /** Null where the current one was removed. */
  readonly current: string | null
  readonly was_current: boolean
}

/** Throws SETTING_INVALID, and what changing the contexts throws. */
export async function run({ contexts }: Services, { name }: Input): Promise<ActionResult<ContextRemoveJson>> {
  let wasCurrent = false
  let left: string | null = null
  await contexts.update((document) => {
    requireContext(document, name)
    const { [name]: _, ...others } = document.contexts
    wasCurrent = document.current === name
    left = wasCurrent ? null : document.current
    return { current: left, contexts: others }
  })
  return { data: { removed: name, current: left, was_current: wasCurrent } }
}
