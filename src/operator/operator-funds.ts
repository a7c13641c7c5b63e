/** `operator funds`: what the operator's account holds, and how many more writes that pays for. Needs no key. */
import { jsonInteger } from '../base/snake-json.js'
import { etherInWords, weiAsEther } from '../base/wei.js'
import type { AccountSnapshot, WriteSnapshot } from '../chain/chain.js'
import { highestCost } from '../chain/fees.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import type { JournalFile } from '../platform/state/journal.js'
import { readJournals } from '../write/open-nonces.js'

/** So many past writes are averaged: fees of long ago say little about the next one. */
const WRITES_AVERAGED = 20

/** Exit 8 below the minimum. Throws SETTING_*, and what reading the account throws. */
export async function run(services: Services) {
  const minWei = services.settings.minFundsWei()
  const operator = await services.settings.operator()
  const snapshot = await (await services.chain()).readAccount(operator)
  const { balanceWei } = snapshot.account
  const sufficient = minWei === null || balanceWei >= minWei
  if (!sufficient)
    services.talk.warn(
      `account ${operator} holds ${etherInWords(balanceWei, 'down')}, less than the ${weiAsEther(minWei)} ETH it should`,
    )
  return {
    data: {
      operator,
      ...(await fundsOf(services, snapshot, async () => (await services.chain()).readClusterForWrite(operator))),
      min_wei: minWei?.toString() ?? null,
      /** Whether the balance reaches the minimum that was given, if one was. */
      sufficient,
    },
    ...(sufficient ? {} : { exitCode: EXIT_CHECK_FAILED }),
  }
}

/** `cluster`: read where nothing was written yet. */
export async function fundsOf(
  services: Services,
  snapshot: AccountSnapshot,
  cluster: () => Promise<WriteSnapshot | null>,
) {
  const { balanceWei } = snapshot.account
  const past = await averageCost(services, snapshot)
  const cost = past ?? (await estimatedCost(services, cluster))
  return {
    balance_wei: balanceWei.toString(),
    balance_eth: weiAsEther(balanceWei),
    /** Of the last writes in the journal; else what a write of today's data would cost at most. */
    average_cost_wei: cost?.toString() ?? null,
    basis: past === null ? 'estimate' : 'journal',
    writes_left: cost === null || cost === 0n ? null : jsonInteger(balanceWei / cost),
  }
}

/** Of what this account sent on this chain and paid for. Deployments are no measure of a write. */
async function averageCost(services: Services, { chainId, genesisHash, account }: AccountSnapshot) {
  const journals = await knownJournals(services)
  const costs = journals
    .filter(({ key }) => key.chainId === chainId && key.genesisHash === genesisHash && key.signer === account.address)
    .flatMap(({ entries }) => entries)
    .filter(({ what }) => what.kind !== 'deploy')
    .sort((a, b) => a.transaction.nonce - b.transaction.nonce)
    .flatMap(({ state }) => ('feeWei' in state ? (state.feeWei ?? []) : []))
    .slice(-WRITES_AVERAGED)
  return costs.length === 0 ? null : costs.reduce((sum, wei) => sum + wei, 0n) / BigInt(costs.length)
}

/** The average is a comfort; without journals the balance is the answer all the same. */
async function knownJournals(services: Services): Promise<readonly JournalFile[]> {
  try {
    return (await readJournals(services)).journals
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    services.talk.warn(`past writes are not taken into account: ${error.message}`)
    return []
  }
}

/** What writing the operator's present data once more would cost; null where that can't be told. */
async function estimatedCost(services: Services, cluster: () => Promise<WriteSnapshot | null>): Promise<bigint | null> {
  const chain = await services.chain()
  try {
    const snapshot = await cluster()
    if (!snapshot) return null
    const operator = snapshot.account.address
    const data = findOperator(snapshot.view, operator)?.data
    if (!data) return null
    const transaction = await chain.encodeCall({ fn: 'updateNodeOperatorData', operator, data })
    return highestCost(await chain.estimate(snapshot, transaction))
  } catch (error) {
    // No contract is set, or it would not take the call: the balance is the answer all the same.
    if (error instanceof WcnError) return null
    throw error
  }
}
