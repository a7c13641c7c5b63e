/** `context add`: keeps settings under a name. */

import { quote } from '../base/quote.js'
import type { ActionResult, Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { contextFromFlags } from '../settings/context-from-flags.js'
import { type ContextsDocument, type ContextValues, mayNameContext } from '../settings/contexts.js'
import { warnOfExported } from './exported-context.js'

/** Besides, the flags of the settings. */
export interface Input {
  readonly name: string
  readonly rpcUrl?: readonly string[]
  /** URLs with white space between, which then are in no list of processes. */
  readonly rpcUrlFile?: string
  /** Makes it the current one. The first there is becomes that anyway. */
  readonly use?: boolean
  readonly force?: boolean
}

export interface ContextAddJson {
  readonly name: string
  readonly current: boolean
  /** Whether it took the place of one of that name. */
  readonly replaced: boolean
  /** Where contexts are kept. */
  readonly file: string | null
}

/** Throws USAGE, SETTING_INVALID, ADDRESS_INVALID, FILE_*, and what changing the contexts throws. */
export async function run(services: Services, input: Input): Promise<ActionResult<ContextAddJson>> {
  const { contexts, files } = services
  const { name, use = false, force = false } = input
  if (!mayNameContext(name))
    throw new WcnError('USAGE', `${quote(name)} is no name for a context`, {
      hint: 'at most 63 of a-z, 0-9, dot, dash and underscore, such as eu; `all` means every one',
    })
  // In the folder of this run; it is used in others.
  const rpcUrl = [...(input.rpcUrl ?? []), ...(await urlsIn(services, input.rpcUrlFile))]
  const flags = { ...input, ...(rpcUrl.length === 0 ? {} : { rpcUrl }) }
  const values = contextFromFlags(flags, (path) => files.resolveFrom('-', path))
  await warnOfMissing(services, values)
  let replaced = false
  let current = false
  await contexts.update((document) => {
    replaced = Object.hasOwn(document.contexts, name)
    if (replaced && !force) throw existsAlready(name)
    const changed = withContext(document, name, values, use)
    current = changed.current === name
    return changed
  })
  if (current) warnOfExported(services, name)
  return { data: { name, current, replaced, file: contexts.path } }
}

async function urlsIn({ files }: Services, path: string | undefined): Promise<readonly string[]> {
  return path === undefined ? [] : (await files.readSecret(path)).trim().split(/\s+/)
}

function withContext(
  { current, contexts }: ContextsDocument,
  name: string,
  values: ContextValues,
  use: boolean,
): ContextsDocument {
  const first = Object.keys(contexts).length === 0
  return { current: use || first ? name : current, contexts: { ...contexts, [name]: values } }
}

async function warnOfMissing({ files, talk }: Services, values: ContextValues): Promise<void> {
  const paths = Object.entries(values).flatMap(([setting, value]) =>
    /_file$|^keystore$/.test(setting) && typeof value === 'string' ? [value] : [],
  )
  for (const path of paths) if (!(await files.exists(path))) talk.warn(`there is no ${path} yet`)
}

function existsAlready(name: string): WcnError {
  return new WcnError('FILE_EXISTS', `there is a context ${name} already, and it is not replaced`, {
    hint: '--force replaces all of it; or choose another name',
    details: { name },
  })
}
