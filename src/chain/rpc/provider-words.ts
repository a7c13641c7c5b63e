/**
 * What providers say, fit to be shown: they repeat what they were sent, such as a signed transaction, and name their own
 * addresses, which hold tokens (docs/dev/never.md 6).
 */
import { WcnError } from '../../errors/wcn-error.js'

const SHOWN_AT_MOST = 300
/** More than is ever shown, and little enough to be searched at once. */
const READ_AT_MOST = 20_000
/** Longer than a hash: call data, a signature, a signed transaction. */
const LONG_HEX = /(?:0x)?[0-9a-f]{65,}/gi
const URL_LIKE = /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi

/** In quotes and on one line, so that nobody takes them for this tool's. */
export function providerWords(message: string): string {
  const words = message.slice(0, READ_AT_MOST).replace(URL_LIKE, '(URL)').replace(LONG_HEX, '(bytes)')
  return JSON.stringify(words.slice(0, SHOWN_AT_MOST))
}

/** Why something failed, whatever was thrown. An error of ours quotes its provider already. */
export function reasonOf(error: unknown): string {
  if (error instanceof WcnError) return error.message
  return providerWords(error instanceof Error ? error.message : String(error))
}

/** A provider answered with what it can't mean; `what` ends the sentence "… answered with". */
export function oddAnswer(host: string, what: string): WcnError {
  return new WcnError('RPC_ERROR', `the RPC provider ${host} answered with ${what}`, {
    hint: 'use another provider with --rpc-url',
    details: { host },
  })
}
