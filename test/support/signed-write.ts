/** A write that was signed and written down, and no more: what a run leaves that is killed before it sends. */
import { parseAddress } from '../../src/base/address.js'
import { hexToBytes } from '../../src/base/hex.js'
import type { ClusterCall } from '../../src/chain/chain.js'
import type { Fees } from '../../src/chain/transaction.js'
import type { JournalEntry, JournalKey, WriteKind } from '../../src/platform/state/journal-entry.js'
import { operatorOf } from '../../src/write/model/cluster-call.js'
import { writeBase } from '../../src/write/model/write-base.js'
import type { ChainServices } from './chain-services.js'
import { blob, OPERATOR, OWN_NODES } from './use-real-cluster.js'

export interface SignedWrite {
  readonly key: JournalKey
  readonly entry: JournalEntry
  readonly hash: string
}

export interface SignedWriteOptions {
  readonly kind?: WriteKind
  /** The account's next one unless given. */
  readonly nonce?: number
  readonly fees?: Fees
  readonly supersedes?: JournalEntry
  readonly signedAt?: number
}

export const renameCall = (name: string): ClusterCall => ({
  fn: 'updateNodeOperatorData',
  operator: OPERATOR,
  data: hexToBytes(blob(name, OWN_NODES)),
})
export const enterCall: ClusterCall = { fn: 'setMaintenance', active: true }

export async function signedWrite(
  { services }: ChainServices,
  call: ClusterCall,
  { kind = 'operator-data', nonce, fees, supersedes, signedAt }: SignedWriteOptions = {},
): Promise<SignedWrite> {
  const chain = await services.chain()
  const signer = await services.signer()
  const read = await chain.readClusterForWrite(signer.address)
  const account = { ...read.account, nonce: nonce ?? read.account.nonce }
  const snapshot = { ...read, account, fees: fees ?? read.fees }
  const request = await chain.encodeCall(call)
  const { gas } = await chain.estimate(snapshot, request)
  const entry: JournalEntry = {
    transaction: await chain.sign(snapshot, request, { gas }, signer),
    request,
    gas,
    fees: snapshot.fees,
    what: { kind, title: call.fn === 'setMaintenance' ? 'enter maintenance' : 'rename' },
    base: writeBase(read, operatorOf(call)),
    signedAt: signedAt ?? services.clock.now(),
    supersedes: supersedes?.transaction.hash ?? null,
    state: { kind: 'open' },
  }
  const key = {
    chainId: read.chainId,
    genesisHash: read.genesisHash,
    contract: read.contract,
    signer: parseAddress(signer.address, 'the test'),
  }
  await (await services.state()).journal.put(key, entry)
  return { key, entry, hash: entry.transaction.hash }
}

/** The same call at the same nonce for a higher bid, as `--speed-up` signs it. */
export function higher({ maxFeePerGas, maxPriorityFeePerGas }: Fees): Fees {
  return { maxFeePerGas: maxFeePerGas * 2n, maxPriorityFeePerGas: maxPriorityFeePerGas * 2n + 1n }
}
