/** Talks to whoever runs the tool: notes, warnings, previews and questions, all on stderr. */

import { WcnError } from '../errors/wcn-error.js'
import type { Conversation } from './conversation.js'
import { escapeUntrusted } from './escape.js'
import type { Paint } from './paint.js'
import { renderPreview } from './preview.js'
import { createProgress } from './progress.js'

export interface ConversationOptions {
  readonly interactive: boolean
  readonly consented: boolean
  readonly quiet: boolean
  /** Whether stderr is a terminal: what is drawn over and over belongs on nothing else. */
  readonly animated: boolean
  readonly write: (text: string) => void
  readonly paint: Paint
}

export function createConversation(options: ConversationOptions): Conversation {
  const { interactive, consented, quiet, animated, write, paint } = options
  const requirePerson = (instead: string) => {
    if (!interactive)
      throw new WcnError('INPUT_REQUIRED', 'a value is missing, and nobody can be asked here', { hint: instead })
  }
  return {
    interactive,
    consented,
    note: (text) => {
      if (!quiet) write(`${escapeUntrusted(text)}\n`)
    },
    tell: (text) => write(`${escapeUntrusted(text)}\n`),
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
      requirePerson(instead)
      return (await import('./prompts.js')).askHidden(question, paint)
    },
    async ask(question, instead) {
      requirePerson(instead)
      return (await import('./prompts.js')).ask(question, paint)
    },
    async choose(question, instead) {
      requirePerson(instead)
      return (await import('./prompts.js')).choose(question, paint)
    },
    progress: (title) => createProgress(title, animated && !quiet ? write : null),
  }
}
