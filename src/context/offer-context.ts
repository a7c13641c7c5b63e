/** Makes a context of settings that another command has proven, where its user wants one. What is in the way of it is said in a sentence, and harms nothing else. */

import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { contextFromFlags } from '../settings/context-from-flags.js'
import { type ContextsDocument, type ContextValues, mayNameContext } from '../settings/contexts.js'
import { IN_CONTEXTS } from '../settings/settings-table.js'
import type { Flags } from '../settings/sources.js'
import { run as contextAdd } from './context-add.js'

interface Offer {
  /** What it is called unless that is taken. */
  readonly usual: string
  /** Its settings, as `context add` takes them. */
  readonly flags: Flags
  /** Its name, from a flag, which is consent. */
  readonly wanted: string | undefined
}

/** Throws USAGE for a name that is none: a slip of the hand, to be found before anything is done. */
export function requireContextName(name: string | undefined): void {
  if (name === undefined || mayNameContext(name)) return
  throw new WcnError('USAGE', `--add-context ${JSON.stringify(name)} is no name for a context`, {
    hint: 'at most 63 of a-z, 0-9, dot, dash and underscore, such as eu',
  })
}

/** `name`: also of one that is there already with the same settings; null where there is none in the end. Asks at a terminal. */
export async function offerContext(services: Services, { usual, flags, wanted }: Offer) {
  const none = { name: null, declined: false }
  const { contexts, files, talk } = services
  try {
    const values = contextFromFlags(flags, (path) => files.resolveFrom('-', path))
    const document = await contexts.read()
    const same = sameIn(document, values, wanted)
    if (same !== null) return { name: same, declined: false }
    const name = wanted ?? freeName(document, usual)
    if (wanted === undefined && !talk.interactive) return none
    if (wanted === undefined && !(await isWanted(services, name))) return { name: null, declined: true }
    const { data } = await contextAdd(services, { name, ...flags, use: true })
    talk.note(`made the context ${name}, which is the current one: commands need no flags for it (${data.file})`)
    return { name, declined: false }
  } catch (error) {
    if (!(error instanceof WcnError) || error.code === 'INTERRUPTED') throw error
    talk.warn(`no context was made: ${error.message}${error.hint ? ` (${error.hint})` : ''}`)
    return none
  }
}

/** Those that are in effect, from wherever they are, but keys that stand in no file. */
export async function offerSettings(services: Services, wanted: string | undefined): Promise<void> {
  const { settings, files } = services
  const found = settings
    .describe()
    .filter(({ value, source, problem }) => value !== null && source !== null && !problem)
  const paths = found.flatMap(({ name, value }) => {
    const setting = IN_CONTEXTS.find((one) => one.name === name && one.kind === 'path')
    return setting ? [[setting.flags[0] ?? name, files.resolveFrom('-', value ?? '')]] : []
  })
  const flags = {
    ...Object.fromEntries(paths),
    contractAddress: settings.contractAddress(),
    chainId: String(settings.chainId()),
    operator: await settings.operator(),
    rpcUrl: (await settings.providers()).providers.map(({ url }) => url),
  }
  await offerContext(services, { usual: 'mine', flags, wanted })
}

/** The current one, or the one of that name. */
function sameIn(
  { current, contexts }: ContextsDocument,
  values: ContextValues,
  wanted: string | undefined,
): string | null {
  const isSame = (one: ContextValues | undefined) =>
    one?.contract_address === values.contract_address &&
    (one.chain_id ?? null) === (values.chain_id ?? null) &&
    (values.operator === undefined || one.operator === values.operator)
  const name = wanted ?? current
  return name !== null && Object.hasOwn(contexts, name) && isSame(contexts[name]) ? name : null
}

async function isWanted({ talk }: Services, name: string): Promise<boolean> {
  const text = `Keep these settings as the context ${name}, and use it from now on? It says where keys are and holds none`
  const options = [
    { value: 'yes', label: 'yes: then `wcn nodes list` and all others need no flags' },
    { value: 'no', label: 'no' },
  ]
  return (await talk.choose({ text, options }, '--add-context NAME')) === 'yes'
}

function freeName({ contexts }: ContextsDocument, usual: string): string {
  let name = usual
  for (let count = 2; Object.hasOwn(contexts, name); count++) name = `${usual}-${count}`
  return name
}
