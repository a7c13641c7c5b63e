/** Which context is used: the one that is asked for, else the current one, else none. */

import { quote } from '../base/quote.js'
import { WcnError } from '../errors/wcn-error.js'
import type { ContextsDocument, ContextValues } from './contexts.js'
import type { ContextInUse } from './sources.js'

/** `asked`: its name, and the flag or variable that gives it. Throws SETTING_INVALID for one that is not there. */
export function chooseContext(
  document: ContextsDocument,
  asked: { readonly value: string; readonly source: string } | null,
): ContextInUse | null {
  const name = asked?.value ?? document.current
  if (name === null) return null
  return { name, askedBy: asked?.source ?? null, values: requireContext(document, name, asked?.source) }
}

/** `source` is the flag or variable that names it. Throws SETTING_INVALID, naming those there are. */
export function requireContext({ contexts }: ContextsDocument, name: string, source?: string): ContextValues {
  const values = Object.hasOwn(contexts, name) ? contexts[name] : undefined
  if (values !== undefined) return values
  const names = Object.keys(contexts)
  const nowhere =
    source === undefined ? `there is no context ${quote(name)}` : `${source} names no context: ${quote(name)}`
  throw new WcnError('SETTING_INVALID', nowhere, {
    hint: names.length === 0 ? 'make one with `wcn context add`' : `there are ${names.sort().join(', ')}`,
  })
}
