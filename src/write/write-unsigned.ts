/**
 * `--unsigned FILE`: a write that somebody else signs. It is planned, priced and shown as usual, and then written down
 * for an offline signer, and beside it as a batch for a Safe (docs/dev/command-line.md, `tx`).
 */

import type { Address } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import type { AccountSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { Change } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry, WriteKind } from '../platform/state/journal-entry.js'
import { accountBusy, isNonceStill } from './account.js'
import { showWrite, withinFeeLimit } from './ask.js'
import { journalKey } from './carry-out.js'
import { renderSafeBatch } from './safe-batch.js'
import { renderUnsignedFile } from './unsigned-file.js'

export interface UnsignedFiles {
  /** For `wcn tx sign`. */
  readonly transaction_file: string
  /** For Safe's Transaction Builder. */
  readonly safe_file: string
  /** What its owners sign, where the account is a Safe that signs so (1.3.0 and newer); null else. */
  readonly safe: {
    /** The Safe's own, as of now: what its owners have queued comes before. */
    readonly nonce: number
    readonly tx_hash: Hex
  } | null
}

/** What is to be signed, as the journal and the files hold it. */
export interface WriteOrder extends Pick<JournalEntry, 'request' | 'base'> {
  /** What is done to what, as the person who is asked reads it. */
  readonly title: string
  readonly kind: WriteKind
  readonly changes: readonly Change[]
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
  snapshot: AccountSnapshot,
  { title, kind, changes, request, base }: WriteOrder,
): Promise<UnsignedFiles> {
  const { files, talk, clock } = services
  const target = { transaction_file: file, safe_file: `${file.replace(/\.json$/, '')}.safe.json` }
  if (file === '-') throw new WcnError('USAGE', '--unsigned writes two files, so it needs the name of one')
  for (const path of Object.values(target)) {
    if (await files.exists(path))
      throw new WcnError('FILE_EXISTS', `${path} exists already`, { hint: 'give another name to --unsigned' })
    await files.checkWritable(path, { overwrite: false })
  }

  const { to, data } = request
  const { contract } = journalKey(snapshot)
  if (to === null || base === null || contract === null)
    throw new Error('what founds a contract is not signed elsewhere')
  const priced = withinFeeLimit(services, snapshot)
  const { chainId, genesisHash, account, fees } = priced
  const cost = await (await services.chain()).estimate(priced, request)
  if (!(await isNonceStill(services, snapshot, cost))) throw accountBusy(snapshot)
  // Who signs may send it some ETH before.
  await showWrite(services, snapshot, { title, changes, cost, contract, dryRun: true })
  if (account.pendingNonce > account.nonce)
    talk.warn(`account ${account.address} has a transaction waiting: once it is included, this one is stale`)

  const safe = await safeTransaction(services, snapshot, { to, data })
  const createdAt = clock.now()
  const { nonce, address: from } = account
  const what = { kind, title }
  const document = { chainId, genesisHash, contract, from, nonce, gas: cost.gas, fees, to, data, what, base, createdAt }
  const description = 'Made by wcn. `wcn tx decode FILE` says what it does.'
  const batch = { chainId, safe: from, name: title, description, createdAt, call: { to, data } }
  const options = { mode: MODE, overwrite: false }
  await files.write(target.transaction_file, renderUnsignedFile(document), options)
  await files.write(target.safe_file, renderSafeBatch(batch), options)
  return { ...target, safe }
}

/** Signers compare it with what their devices show. */
async function safeTransaction(
  services: Services,
  snapshot: AccountSnapshot,
  call: { readonly to: Address; readonly data: Hex },
): Promise<UnsignedFiles['safe']> {
  const { chainId, account } = snapshot
  const safe = await (await services.chain()).safeAt(snapshot, account.address)
  const [major = 0, minor = 0] = safe?.version.split('.').map(Number) ?? []
  if (safe === null || major < 1 || (major === 1 && minor < 3)) return null
  const { typedData } = await import('../chain/typed-data.js')
  const { nonce } = safe
  return { nonce, tx_hash: typedData.safeTxHash({ chainId, safe: account.address, nonce, ...call }) }
}
