/**
 * Ctrl-C and SIGTERM. Until a transaction leaves, an interruption means nothing happened (exit 130); after that its
 * outcome is unknown (exit 6), and the hash must be the last thing the user sees.
 */
import type { Hex } from '../base/hex.js'
import { WcnError } from '../errors/wcn-error.js'
import type { InterruptingSignal, Services } from './services.js'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly InterruptingSignal[]

export interface Interruption {
  /** Rejects when a signal arrives. */
  readonly raised: Promise<never>
  /** For the few actions that end by being interrupted, such as a chain in the foreground. */
  readonly signal: AbortSignal
  readonly take: Services['takeSignals']
  /** Ends those few as well. */
  stop(): void
  sending(hash: Hex): void
  settled(): void
  /** What that error means after what was sent: of a result that is lost, what is on chain all the same. */
  afterSending(thrown: unknown): unknown
  dispose(): void
}

export function watchInterruption(): Interruption {
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
  let handler: ((name: InterruptingSignal) => void) | null = null
  const onSignal = (name: InterruptingSignal) => {
    if (handler) return handler(name)
    controller.abort()
    interrupt(
      sent === null
        ? new WcnError('INTERRUPTED', 'interrupted; nothing was sent')
        : new WcnError(
            'OUTCOME_UNKNOWN',
            known
              ? `interrupted after transaction ${sent} had settled: what it did was not read back`
              : `interrupted after transaction ${sent} was sent: it may still be included`,
            {
              hint: known ? `\`wcn tx show ${sent}\` tells about it` : '`wcn tx resume` finds out and finishes it',
              details: { hash: sent },
            },
          ),
    )
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    raised,
    signal: controller.signal,
    take: (taken) => {
      handler = taken
      return () => {
        if (handler === taken) handler = null
      }
    },
    stop: () => controller.abort(),
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
    afterSending: (thrown) => {
      if (sent === null || !(thrown instanceof WcnError) || thrown.code !== 'OUTPUT_LOST') return thrown
      const what = all.length === 1 ? `transaction ${sent} is` : `transactions ${all.join(', ')} are`
      return new WcnError('RESULT_LOST', `${what} on chain, but ${thrown.message}`, {
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
