/** `WCN_CONTEXT` comes before the current context: said where the current one is chosen or shown. */

import { quote } from '../base/quote.js'
import type { Services } from '../cli/services.js'

export function warnOfExported({ contexts: { exported }, talk }: Services, current: string | null): void {
  if (exported === null || exported === current) return
  talk.warn(
    `WCN_CONTEXT is ${quote(exported)}, which comes before the current one: unset it, or name one with --context`,
  )
}
