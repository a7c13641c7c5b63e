/** A conversation during which the command's time stands still: a person's thinking does not count against --timeout. */
import type { Deadline } from '../base/deadline.js'
import type { Conversation } from './conversation.js'

/** `deadline` is asked for when a question is: it may come to be after the conversation. Consent is not among them: see write/require-consent. */
export function pausedConversation(talk: Conversation, deadline: () => Deadline): Conversation {
  return {
    ...talk,
    askHidden: (...question) => deadline().paused(() => talk.askHidden(...question)),
    ask: (...question) => deadline().paused(() => talk.ask(...question)),
    choose: (...question) => deadline().paused(() => talk.choose(...question)),
  }
}
