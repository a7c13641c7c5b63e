/** `context use`: makes a context the current one, for commands that name none. */

import type { ActionResult, Services } from '../cli/services.js'
import { requireContext } from '../settings/contexts.js'
import { warnOfExported } from './exported-context.js'

export interface Input {
  readonly name: string
}

export interface ContextUseJson {
  readonly current: string
  /** The one before; null where there was none. */
  readonly before: string | null
}

/** Throws SETTING_INVALID, and what changing the contexts throws. */
export async function run(services: Services, { name }: Input): Promise<ActionResult<ContextUseJson>> {
  let before: string | null = null
  await services.contexts.update((document) => {
    requireContext(document, name)
    before = document.current
    return { ...document, current: name }
  })
  warnOfExported(services, name)
  return { data: { current: name, before } }
}
