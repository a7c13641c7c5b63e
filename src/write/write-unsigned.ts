/**
 * `--unsigned FILE`: a write that somebody else signs. It is planned, priced and shown as usual, and then written down
 * for an offline signer, and beside it as a batch for a Safe (docs/dev/command-line.md, `tx`).
 */

import type { WriteSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { isNonceStill } from './is-nonce-still.js'
import { requireAffordable, withinFeeLimit } from './require-affordable.js'
import { renderSafeBatch } from './safe-batch.js'
import { accountBusy, type WriteIntent } from './send-write.js'
import { renderUnsignedFile } from './unsigned-file.js'
import { writeTarget } from './write-target.js'

export interface UnsignedFiles {
  /** For `wcn tx sign`. */
  readonly transaction_file: string
  /** For Safe's Transaction Builder. */
  readonly safe_file: string
}

/** Nothing in these files is secret. */
const MODE = 0o644

/**
 * The snapshot is of the account that is to sign. Throws FILE_EXISTS, FILE_UNWRITABLE, CALL_REVERTS, FEE_TOO_HIGH,
 * RPC_ERROR and ACCOUNT_BUSY where the nonce that was read can't be relied on, and USAGE for standard output.
 */
export async function writeUnsigned(
  services: Services,
  file: string,
  snapshot: WriteSnapshot,
  intent: WriteIntent,
): Promise<UnsignedFiles> {
  const { files, talk, clock } = services
  const target = { transaction_file: file, safe_file: `${file.replace(/\.json$/, '')}.safe.json` }
  if (file === '-') throw new WcnError('USAGE', '--unsigned writes two files, so it needs the name of one')
  for (const path of Object.values(target)) {
    if (await files.exists(path))
      throw new WcnError('FILE_EXISTS', `${path} exists already`, { hint: 'give another name to --unsigned' })
    await files.checkWritable(path, { overwrite: false })
  }

  const { transaction, base, title, kind, changes } = intent
  const { to, data } = transaction
  if (to === null || base === null) throw new Error('what founds a contract is not signed elsewhere')
  const { chainId, genesisHash, contract, account, fees } = withinFeeLimit(services, snapshot)
  const cost = await (await services.chain()).estimate({ ...snapshot, fees }, transaction)
  if (!(await isNonceStill(services, snapshot, cost))) throw accountBusy(snapshot)
  talk.preview({ title, target: writeTarget(services, chainId, contract), changes, cost })
  // Who signs may send it some ETH before.
  requireAffordable(services, snapshot, cost, true)
  if (account.pendingNonce > account.nonce)
    talk.warn(`account ${account.address} has a transaction waiting: once it is included, this one is stale`)

  const createdAt = clock.now()
  const { nonce, address: from } = account
  const what = { kind, title }
  const document = { chainId, genesisHash, contract, from, nonce, gas: cost.gas, fees, to, data, what, base, createdAt }
  const description = 'Made by wcn. `wcn tx decode FILE` says what it does.'
  const batch = { chainId, safe: from, name: title, description, createdAt, call: { to, data } }
  const options = { mode: MODE, overwrite: false }
  await files.write(target.transaction_file, renderUnsignedFile(document), options)
  await files.write(target.safe_file, renderSafeBatch(batch), options)
  return target
}
