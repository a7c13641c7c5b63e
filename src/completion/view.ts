/** What shells read: a script, or an answer to it. No colour, and nothing is escaped: it is made of our own text. */
import type { CompletionJson } from './completion.js'
import type { Completion } from './model/complete-line.js'
import { completionReply } from './model/reply.js'

export function completionScript({ script }: CompletionJson): string {
  return script
}

export function completeText(completion: Completion): string {
  return completionReply(completion)
}
