/**
 * Ctrl-C and SIGTERM. Until a transaction leaves, an interruption means nothing happened (exit 130); after that its
 * outcome is unknown (exit 6), and the hash must be the last thing the user sees.
 */
import type { Hex } from '../base/hex.js'
import { WcnError } from '../errors/wcn-error.js'
import { asWcnError } from './sink.js'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export type InterruptingSignal = (typeof SIGNALS)[number]

/** What actions have to do with it. */
export interface Interruption {
  /** Aborted by Ctrl-C: for the few actions that end that way, such as a chain in the foreground. */
  readonly signal: AbortSignal
  /**
   * Until the returned function is called, Ctrl-C and its like end nothing by themselves and abort nothing: they are
   * handed over. For what must not be left in the middle.
   */
  take(handler: (name: InterruptingSignal) => void): () => void
  /** Called right before a transaction leaves: from here on an interruption leaves an unknown outcome. */
  sending(hash: Hex): void
  /** And once its outcome is known. */
  settled(): void
}

export function watchInterruption() {
  const controller = new AbortController()
  let sent: Hex | null = null
  const all: Hex[] = []
  let known = false
  let interrupt: (error: WcnError) => void = () => {}
  const raised = new Promise<never>((_, reject) => {
    interrupt = reject
  })
  // Nobody may be waiting yet when it rejects.
  raised.catch(() => {})
  const outcomeUnknown = (why: string, hash: Hex) =>
    new WcnError(
      'OUTCOME_UNKNOWN',
      known
        ? `${why} after transaction ${hash} had settled: what it did was not read back`
        : `${why} after transaction ${hash} was sent: it may still be included`,
      {
        hint: known ? `\`wcn tx show ${hash}\` tells about it` : '`wcn tx resume` finds out and finishes it',
        details: { hash },
      },
    )
  let handler: ((name: InterruptingSignal) => void) | null = null
  const onSignal = (name: InterruptingSignal) => {
    if (handler) return handler(name)
    controller.abort()
    interrupt(
      sent === null
        ? new WcnError('INTERRUPTED', 'interrupted; nothing was sent')
        : outcomeUnknown('interrupted', sent),
    )
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  const interruption: Interruption = {
    signal: controller.signal,
    take: (taken) => {
      handler = taken
      return () => {
        if (handler === taken) handler = null
      }
    },
    sending: (hash) => {
      // It was said that nothing was sent.
      if (controller.signal.aborted) throw new WcnError('INTERRUPTED', 'interrupted; nothing was sent')
      sent = hash
      known = false
      all.push(hash)
    },
    settled: () => {
      known = true
    },
  }
  return {
    ...interruption,
    /** Rejects when a signal arrives. */
    raised,
    /** Ends those few actions as well. */
    stop: () => controller.abort(),
    /** What an error that knows nothing of transactions means after what was sent. */
    afterSending: (thrown: unknown): unknown => {
      const { code, message } = asWcnError(thrown)
      if (sent !== null && code === 'RESOURCES_EXHAUSTED') return outcomeUnknown(message, sent)
      if (sent === null || code !== 'OUTPUT_LOST') return thrown
      const what = all.length === 1 ? `transaction ${sent} is` : `transactions ${all.join(', ')} are`
      return new WcnError('RESULT_LOST', `${what} on chain, but ${message}`, {
        hint: `nothing has to be sent again; \`wcn tx show ${sent}\` tells about it`,
        details: { hashes: all },
        cause: thrown,
      })
    },
    dispose: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}
