/** Reads the cluster before a block: what happens from there on is told against it. */
import type { Address } from '../base/address.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Base } from './follow-events.js'

/** Its view is null where there was no cluster yet. Null where no provider tells: most keep the state of recent blocks only. */
export async function clusterBefore(services: Services, contract: Address, first: number): Promise<Base | null> {
  const nothing = { contract, block: { number: Math.max(0, first - 1), hash: '0x' }, view: null } as const
  if (first === 0) return nothing
  try {
    return await (await services.chain()).readCluster({ block: first - 1, contract })
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    return ['NOT_A_CONTRACT', 'NOT_A_CLUSTER'].includes(error.code) ? nothing : null
  }
}

export function warnOfUnknown({ talk }: Services, first: number): void {
  talk.warn(
    `the RPC provider has no state of block ${first - 1}: first changes of operators are told without what was there before`,
  )
}
