/** Talks to whoever runs the tool: notes, warnings, previews, what goes on, and questions, all on stderr. */
import type { Deadline } from '../base/deadline.js'
import { escapeUntrusted } from '../base/escape.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Paint } from './paint.js'
import type { Preview } from './preview.js'
import type { Choice, Question } from './prompts.js'
import type { StatusLine } from './status-line.js'

export interface ConversationOptions {
  readonly interactive: boolean
  readonly consented: boolean
  readonly quiet: boolean
  /** Null where stderr is no terminal: what is drawn over itself belongs on nothing else. */
  readonly line: (StatusLine & { wipe(): void }) | null
  readonly write: (text: string) => void
  readonly paint: Paint
  /** Told what was typed unseen. */
  readonly onSecret: (text: string) => void
}

/** Everything here goes to stderr. */
export type Conversation = ReturnType<typeof createConversation>

export function createConversation(options: ConversationOptions) {
  const { interactive, consented, quiet, line, paint, onSecret } = options
  const write = (text: string) => {
    line?.wipe()
    options.write(text)
  }
  const prompts = async (instead: string) => {
    if (!interactive)
      throw new WcnError('INPUT_REQUIRED', 'a value is missing, and nobody can be asked here', { hint: instead })
    return import('./prompts.js')
  }
  const tell = (text: string) => write(`${escapeUntrusted(text)}\n`)
  return {
    /** False where nobody can be asked: no terminal, CI, --json, --no-input. */
    interactive,
    /** Consent was given beforehand, with --yes. */
    consented,
    note: (text: string): void => {
      if (!quiet) tell(text)
    },
    /** Like note, but also with --quiet: what must not be lost, such as the hash of what was sent. */
    tell,
    warn: (text: string): void => write(`${paint.warn('warning:')} ${escapeUntrusted(text)}\n`),
    // What reads shows none.
    preview: async (preview: Preview): Promise<void> =>
      write(`${(await import('./preview.js')).renderPreview(preview, paint)}\n`),
    /** True at once after --yes. Throws CONFIRMATION_REQUIRED where nobody can be asked. */
    async confirm(question: string): Promise<boolean> {
      if (consented) return true
      if (!interactive)
        throw new WcnError('CONFIRMATION_REQUIRED', 'this needs consent, and nobody can be asked here', {
          hint: 'add --yes to consent',
        })
      return (await import('./prompts.js')).confirm(question, paint)
    },
    /** Throws INPUT_REQUIRED, naming `instead`, where nobody can be asked. */
    async askHidden(question: string, instead: string): Promise<string> {
      const answer = await (await prompts(instead)).askHidden(question, paint)
      onSecret(answer)
      return answer
    },
    /** One line of text; asked again until `complaint` gives null for it. Throws like askHidden. */
    ask: async (question: Question, instead: string): Promise<string> => (await prompts(instead)).ask(question, paint),
    /** One of the options, by its value. Throws like askHidden. */
    choose: async (question: Choice, instead: string): Promise<string> =>
      (await prompts(instead)).choose(question, paint),
    /** Null where lines only come one below the other, and with --quiet. What draws there is `waiting`. */
    line: (quiet ? null : line) as StatusLine | null,
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
