/** `context list`: the contexts there are. Of URLs their hosts only: the rest may be a token. */

import type { ActionResult, Services } from '../cli/services.js'
import type { ContextValues } from '../settings/contexts.js'
import { warnOfExported } from './exported-context.js'

export interface ContextJson extends Omit<ContextValues, 'rpc_urls'> {
  readonly name: string
  readonly current: boolean
  /** In their order; null for what is no URL. */
  readonly rpc_hosts: readonly (string | null)[]
}

export interface ContextListJson {
  /** By name. */
  readonly contexts: readonly ContextJson[]
}

/** Throws what reading the contexts throws. */
export async function run(services: Services): Promise<ActionResult<ContextListJson>> {
  const { current, contexts: known } = await services.contexts.read()
  warnOfExported(services, current)
  const names = Object.keys(known).sort()
  return {
    data: {
      contexts: names.flatMap((name) => {
        const values = known[name]
        if (values === undefined) return []
        const { rpc_urls = [], ...rest } = values
        return [{ name, current: name === current, ...rest, rpc_hosts: rpc_urls.map(hostOf) }]
      }),
    },
  }
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null
}
