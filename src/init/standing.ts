/** How things stand when `wcn init` ends: on chain, answering, and what is next. */

import { INSTALL_ADDON } from '../health/model/advice.js'
import type { Wizard } from './wizard.js'

export function standingOf(wizard: Wizard) {
  const { joined, seen } = wizard
  return {
    on_chain: joined,
    /** Null: not asked. */
    answering: seen?.answering ?? null,
    nodes: wizard.answers.nodes?.length ?? 0,
    /** Why it is not proven who answers, in a sentence; null where it is. */
    unproven: seen?.unproven ?? null,
    /** Whether a node told that it is connected. */
    database: seen?.database ?? false,
    /** What to do, with the command to type; null where nothing is left to do. */
    next: nextOf(wizard),
  }
}

function nextOf({ joined, seen, again, contextName, answers }: Wizard): string | null {
  if (!joined || seen === null) return `\`${again}\``
  const look = contextName === null ? `\`${again}\`` : '`wcn nodes check`'
  if (seen.answering < seen.of) return `start wcn_node on ${seen.hosts.join(' and ')}, then ${look}`
  if (seen.unproven !== null) return `${INSTALL_ADDON}, then \`${again}\``
  return seen.database ? null : `start wcn_db on ${answers.database?.host ?? 'its machine'}, then ${look}`
}
