/** Asks the chain after a write what it holds now (docs/dev/never.md 1, 4). */
import type { Address } from '../base/address.js'
import type { DecodedCall } from '../chain/calls.js'
import type { ClusterCall, ClusterSnapshot } from '../chain/chain.js'
import type { Receipt } from '../chain/transaction.js'
import type { Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import { type ClusterView, findOperator, type OperatorSlot } from '../cluster/cluster-view.js'
import type { OperatorData } from '../cluster/codec/operator-data.js'
import { type Change, operatorChanges } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalEntry, JournalKey } from '../platform/state/journal-entry.js'
import { followEntry } from './carry-out.js'
import { whyNotHeld } from './model/cluster-call.js'
import { dataOrNull } from './model/write-base.js'

/** A provider's next server may know the receipt's block a moment later: about one block time of 2 s. */
const READ_BACK_ATTEMPTS = 8
const READ_BACK_PAUSE_MS = 250
/** More in a row than a sound chain has. */
const REORGS = 5
const GONE = 'its block is no longer part of the chain'

/** A transaction in a block, and where it is written down. */
export interface Sent {
  readonly key: JournalKey
  readonly entry: JournalEntry
  readonly receipt: Receipt
}

/** A write that the own one replaced. `changes` null: data that does not decode. */
export interface OverwrittenJson {
  readonly transaction: string
  readonly block: number
  readonly changes: readonly Change[] | null
}

/**
 * Whether the chain holds what a call was to write, byte for byte; and what others had written after it was planned.
 * Throws SETTLED_OTHERWISE where it does not, and what readIncluded throws.
 */
export async function readBack(
  services: Services,
  sent: Sent,
  planned: ClusterSnapshot,
  call: ClusterCall | DecodedCall,
) {
  const whyNot = (view: ClusterView) => whyNotHeld(call, view, sent.key.signer)
  let back = await readIncluded(services, sent)
  // While a block is the newest, a provider may answer with what the next one makes of it. That is over soon.
  if (whyNot(back.now.view) !== null) back = await readIncluded(services, back.sent)
  const why = whyNot(back.now.view)
  if (why !== null) throw settledOtherwise(why, back.sent.receipt)
  const slot = call.fn === 'updateNodeOperatorData' ? findOperator(planned.view, call.operator) : null
  return { ...back, overwritten: slot ? await findOverwritten(services, planned, back, slot) : [] }
}

/**
 * The contract replaces an operator's data as a whole. Signing with the nonce of the block that was read keeps the
 * account's own writes apart, but not the owner's: what such a write brought is gone, and must be said
 * (docs/dev/never.md 2). Asks nothing where the cluster's version tells that nothing else was written. Never throws.
 */
async function findOverwritten(
  { chain, settings, talk }: Services,
  { view, block, contract }: ClusterSnapshot,
  { now, sent }: { readonly now: ClusterSnapshot; readonly sent: Sent },
  { id, decoded }: OperatorSlot,
): Promise<readonly OverwrittenJson[]> {
  if (now.view.version === view.version + 1n) return []
  const between = { contract, operator: id, after: block.number, until: now.block.number, except: sent.receipt.hash }
  const writes = await (await chain()).operatorWrites(between).catch(() => null)
  if (writes === null) {
    talk.warn('the cluster changed meanwhile; whether this operator did could not be found out')
    return []
  }
  const key = await settings.encryptionKey().catch(() => null)
  let before: OperatorData | null = decoded
  return writes
    .filter(({ beforeOwn }) => beforeOwn)
    .map((write) => {
      const theirs = write.data && dataOrNull(write.data)
      const changes = theirs && operatorChanges(before, theirs, key)
      before = theirs ?? before
      const words = changes?.map(({ op, path, after }) => `${op} ${path} ${JSON.stringify(after)}`).join(', ')
      talk.warn(
        `transaction ${write.hash} changed this operator's data in block ${write.block}, after it was read, and this write replaced that: ${changes ? words || 'nothing' : 'data that does not decode'}`,
      )
      return { transaction: write.hash, block: write.block, changes }
    })
}

/**
 * The cluster at the block that includes a write, which is looked for again where a reorganisation took it away. Throws
 * SETTLED_OTHERWISE where it is on chain no longer, OUTCOME_UNKNOWN where that can't be read: after a write no error may
 * claim that nothing was sent.
 */
export async function readIncluded(
  services: Services,
  { key, entry, ...sent }: Sent,
  contract = key.contract,
): Promise<{ readonly now: ClusterSnapshot; readonly sent: Sent }> {
  let { receipt } = sent
  for (let look = 1; ; look++) {
    const now = await readAt(services, receipt, contract)
    if (now.block.hash === receipt.block.hash) return { now, sent: { key, entry, receipt } }
    if (look === REORGS) throw settledOtherwise(GONE, receipt)
    services.talk.warn(
      `block ${receipt.block.number}, which included it, is no longer part of the chain: following it again`,
    )
    const outcome = await followEntry(services, key, entry, { giveUpUnheard: false })
    if (outcome.kind === 'included') receipt = outcome.receipt
    else if (outcome.kind === 'reverted' || outcome.kind === 'replaced')
      throw settledOtherwise(`${GONE}, and now it is ${outcome.kind}`, receipt)
    else
      throw new WcnError('OUTCOME_UNKNOWN', `transaction ${receipt.hash} was included, but ${GONE}`, {
        hint: 'it may be included again: `wcn tx resume` finds out and finishes it',
        details: { hash: receipt.hash },
      })
  }
}

async function readAt(
  services: Services,
  { hash, block }: Receipt,
  contract: Address | null,
): Promise<ClusterSnapshot> {
  const chain = await services.chain()
  return waiting(services, { what: `reading block ${block.number} back` }, async (wait) => {
    for (let attempt = 1; ; attempt++)
      try {
        return await chain.readCluster({ block: block.number, ...(contract && { contract }) })
      } catch (cause) {
        if (cause instanceof WcnError && cause.code === 'RPC_ERROR' && attempt < READ_BACK_ATTEMPTS) {
          await wait.sleep(READ_BACK_PAUSE_MS)
          continue
        }
        throw new WcnError('OUTCOME_UNKNOWN', `transaction ${hash} was included, but could not be read back`, {
          hint: 'look at what is on chain with `wcn operator view`; `wcn tx show HASH` tells about the transaction',
          details: { hash, why: cause instanceof Error ? cause.message : String(cause) },
          cause,
        })
      }
  })
}

export function settledOtherwise(why: string, { hash }: Pick<Receipt, 'hash'>): WcnError {
  return new WcnError('SETTLED_OTHERWISE', `transaction ${hash} was included, but ${why}`, {
    hint: 'look at what is on chain now with `wcn operator view`',
    details: { hash },
  })
}
