/** `complete -- WORDS`: answers a shell's script. Values come from this machine; no chain is asked. */
import { type Candidate, type Completion, completeLine, type KnownValues } from '../core/completion/complete-line.js'
import type { CommandGrammar } from '../core/completion/grammar.js'
import type { ActionResult, Services } from '../core/ports/services.js'

/** Throws nothing: what can't be read is not offered. */
export async function complete(
  services: Services,
  program: CommandGrammar,
  words: readonly string[],
): Promise<ActionResult<Completion>> {
  return { data: await completeLine(program, words, (kind) => KNOWN[kind]?.(services).catch(() => []) ?? NONE) }
}

const NONE = Promise.resolve<readonly Candidate[]>([])

type Look = (services: Services) => Promise<readonly Candidate[]>
const KNOWN: Partial<Record<Parameters<KnownValues>[0], Look>> = {
  context: async ({ contexts }) => {
    const { current, contexts: known } = await contexts.read()
    return Object.keys(known).map((value) => ({ value, summary: value === current ? 'in use' : '' }))
  },
  node: async (services) => {
    const nodes = await remembered(services)
    return [
      ...nodes.map(({ index, peerId }) => ({ value: String(index), summary: peerId })),
      ...nodes.map(({ index, peerId }) => ({ value: peerId, summary: `node ${index}` })),
    ]
  },
  'peer-id': async (services) =>
    (await remembered(services)).map(({ index, peerId }) => ({ value: peerId, summary: `node ${index}` })),
}

async function remembered({ state }: Services) {
  return (await (await state()).recallNodes()) ?? []
}
