/** What each exit code means, in words: for `wcn help exit-codes`, the command reference and the manual. */
import type { ExitCode } from './exit-codes.js'

export const EXIT_CODE_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'done, or nothing to do',
  1: 'a bug in wcn',
  2: 'usage, configuration, a file, or output that could not be written',
  3: 'consent or input is missing, or was declined',
  4: 'refused by a rule of the network, the contract or a safety check; nothing was sent',
  5: 'the RPC provider could not be used; nothing was sent',
  6: 'sent, but the outcome is not known; the hash is printed, and `wcn tx resume` finishes it. Or on chain, but the result could not be written out, which standard error says',
  7: "busy: the maintenance slot is someone else's, the account has a transaction waiting, or another process writes",
  8: 'a check failed',
  9: 'sent and settled, but not as wanted: reverted, replaced, dropped, overwritten',
  10: 'changes or differences are present (`--detailed-exitcode`)',
  11: 'the command that was run (`nodes rollout`, `maintenance run`) failed; its status is in the output',
  130: 'interrupted before anything was sent',
}
