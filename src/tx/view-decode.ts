/** Prints `tx decode` for those who must approve a call. */

import { showAddress } from '../base/address.js'
import { etherInWords, gweiInWords } from '../base/wei.js'
import type { Paint } from '../cli/paint.js'
import { renderChanges } from '../cli/preview.js'
import type { CallJson } from './explain-call.js'
import type { EnvelopeJson, TxDecodeData } from './tx-decode.js'

export function txDecodeText(data: TxDecodeData, paint: Paint): string {
  const { calls, transaction, faults, compared_with: compared } = data
  const parts = calls.map((call, index) => callText(call, calls.length > 1 ? index + 1 : null, paint))
  if (transaction) parts.push(envelopeText(transaction, paint))
  parts.push(
    compared
      ? paint.dim(
          `compared with ${showAddress(compared.contract)} on chain ${compared.chain_id} at block ${compared.block}`,
        )
      : paint.dim(
          'not compared with a chain, and not simulated: a provider (--rpc-url) and the contract are needed for that',
        ),
  )
  if (faults.length > 0)
    parts.push(faults.map((fault) => paint.bad(`NOT TO BE TRUSTED: ${paint.text(fault)}`)).join('\n'))
  return paint.screen(...parts)
}

/** `number`: where there are several. */
export function callText(call: CallJson, number: number | null, paint: Paint): string {
  const { to, words, details, changes, warnings } = call
  const place = call.function === null ? '' : paint.dim(paint.text(call.function))
  return [
    `${number === null ? '' : `${number}. `}${paint.bold(paint.text(words))}`,
    ...(to === null && place === '' ? [] : [[to && `to ${showAddress(to)}`, place].filter(Boolean).join(' ')]),
    ...details.map((line) => `  ${paint.text(line)}`),
    ...(changes === null ? [] : [paint.dim('now → then'), renderChanges(changes, paint)]),
    ...warnings.map((warning) => paint.warn(`warning: ${paint.text(warning)}`)),
  ].join('\n')
}

function envelopeText(transaction: EnvelopeJson, paint: Paint): string {
  const { chain_id, from, nonce, gas, max_fee_per_gas, hash } = transaction
  const most = BigInt(gas) * BigInt(max_fee_per_gas)
  return paint.fields([
    ['chain', String(chain_id)],
    ...(from === null ? [] : [['from', showAddress(from)] as const]),
    ['nonce', String(nonce)],
    [
      'costs at most',
      `${etherInWords(most, 'up')} (${gas} gas at ${gweiInWords(BigInt(max_fee_per_gas))}), and L1 data`,
    ],
    ...(hash === null ? [] : [['hash', paint.text(hash)] as const]),
  ])
}
