/** `complete -- WORDS`: answers a shell's script. Values come from this machine; no chain is asked. */

import type { CommandGrammar } from '../base/grammar.js'
import type { ActionResult, Services } from '../cli/services.js'
import { type Candidate, type Completion, completeLine } from './model/complete-line.js'

/** Throws nothing: what can't be read is not offered. */
export async function complete(
  services: Services,
  program: CommandGrammar,
  words: readonly string[],
): Promise<ActionResult<Completion>> {
  const topics = async () => (await import('../help/topics.js')).topics.map((value) => ({ value, summary: 'a topic' }))
  return { data: await completeLine(program, words, { contexts: () => contextNames(services), topics }) }
}

async function contextNames({ contexts }: Services): Promise<readonly Candidate[]> {
  try {
    const { current, contexts: known } = await contexts.read()
    return Object.keys(known).map((value) => ({ value, summary: value === current ? 'in use' : '' }))
  } catch {
    return []
  }
}
