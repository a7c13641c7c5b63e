/** `WCN_CONTEXT` comes before the current context: said where the current one is chosen or shown. */
import type { Services } from '../core/ports/services.js'
import { quote } from '../core/quote.js'

export function warnOfExported({ contexts: { exported }, talk }: Services, current: string | null): void {
  if (exported === null || exported === current) return
  talk.warn(
    `WCN_CONTEXT is ${quote(exported)}, which comes before the current one: unset it, or name one with --context`,
  )
}
