/** Talks to whoever runs the tool: notes, warnings, previews, progress and questions, all on stderr. */
import type { Deadline } from '../base/deadline.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Conversation, Progress } from './conversation.js'
import { escapeUntrusted } from './escape.js'
import type { Paint } from './paint.js'
import { renderPreview } from './preview.js'

export interface ConversationOptions {
  readonly interactive: boolean
  readonly consented: boolean
  readonly quiet: boolean
  /** Whether stderr is a terminal: what is drawn over and over belongs on nothing else. */
  readonly animated: boolean
  readonly write: (text: string) => void
  readonly paint: Paint
  /** Told what was typed unseen. */
  readonly onSecret: (text: string) => void
}

const DRAW_EVERY_MS = 100

export function createConversation(options: ConversationOptions): Conversation {
  const { interactive, consented, quiet, animated, write, paint, onSecret } = options
  const prompts = async (instead: string) => {
    if (!interactive)
      throw new WcnError('INPUT_REQUIRED', 'a value is missing, and nobody can be asked here', { hint: instead })
    return import('./prompts.js')
  }
  const tell = (text: string) => write(`${escapeUntrusted(text)}\n`)
  return {
    interactive,
    consented,
    note: (text) => {
      if (!quiet) tell(text)
    },
    tell,
    warn: (text) => write(`${paint.warn('warning:')} ${escapeUntrusted(text)}\n`),
    preview: (preview) => write(`${renderPreview(preview, paint)}\n`),
    async confirm(question) {
      if (consented) return true
      if (!interactive)
        throw new WcnError('CONFIRMATION_REQUIRED', 'this needs consent, and nobody can be asked here', {
          hint: 'add --yes to consent',
        })
      return (await import('./prompts.js')).confirm(question, paint)
    },
    async askHidden(question, instead) {
      const answer = await (await prompts(instead)).askHidden(question, paint)
      onSecret(answer)
      return answer
    },
    ask: async (question, instead) => (await prompts(instead)).ask(question, paint),
    choose: async (question, instead) => (await prompts(instead)).choose(question, paint),
    progress: (title) => createProgress(title, animated && !quiet ? write : () => {}),
  }
}

/** A line that is drawn over itself. */
function createProgress(title: string, write: (text: string) => void): Progress {
  let drawnAt = 0
  return {
    update(done, total) {
      const now = Date.now()
      if (now - drawnAt < DRAW_EVERY_MS) return
      drawnAt = now
      write(`\r${title} ${done}/${total}\u001b[K`)
    },
    end() {
      if (drawnAt > 0) write('\r\u001b[K')
    },
  }
}

/**
 * During its questions the command's time stands still: a person's thinking does not count against --timeout. `deadline`
 * is asked for when a question is: it may come to be later. Consent is not among them: see write/require-consent.
 */
export function pausedConversation(talk: Conversation, deadline: () => Deadline): Conversation {
  return {
    ...talk,
    askHidden: (...question) => deadline().paused(() => talk.askHidden(...question)),
    ask: (...question) => deadline().paused(() => talk.ask(...question)),
    choose: (...question) => deadline().paused(() => talk.choose(...question)),
  }
}
