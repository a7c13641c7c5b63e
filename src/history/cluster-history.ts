/** `cluster history`: what happened to the cluster, oldest first, each change against what was there before. */

import { parseAddress } from '../base/address.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { readAtBlock } from '../read/read-at-block.js'
import { readCluster } from '../read/read-operator.js'
import { clusterBefore, warnOfUnknown } from './cluster-before.js'
import { createTeller } from './model/retell.js'
import { parseSince } from './model/since.js'
import { readEvents } from './read-events.js'

interface Input {
  readonly since?: string
  readonly until?: string
  /** Only of this operator. */
  readonly operator?: string
  readonly debug?: boolean
}

/** Throws SETTING_INVALID, ADDRESS_INVALID, USAGE for a range that is none, and what the chain throws. */
export async function run(services: Services, { since = '30d', until, operator, debug = false }: Input) {
  const start = parseSince(since, services.clock.now(), '--since')
  const only = operator === undefined ? null : parseAddress(operator, '--operator')
  const [chain, key] = [await services.chain(), await services.settings.encryptionKey()]
  const head = until === undefined ? await readCluster(services) : await readAtBlock(services, until, '--until')
  const last = head.block.number
  const first = 'block' in start ? start.block : await chain.blockSince(start.time, last)
  if (first > last)
    throw new WcnError('USAGE', `the history would begin at block ${first}, after its end at block ${last}`, {
      hint: 'give an earlier --since, or a later --until',
    })
  const before = await clusterBefore(services, head.contract, first)
  const version = before === null ? null : (before.view?.version ?? 0n)
  const events = await readEvents(services, head, { first, before: version, debug })
  if (before === null) warnOfUnknown(services, first)
  const told = events.map(createTeller(before?.view ?? null, key))
  return {
    data: {
      chain_id: head.chainId,
      contract: head.contract,
      from_block: first,
      to_block: last,
      /** Whether it is known that nothing is missing at its beginning. */
      complete: before !== null,
      events: only === null ? told : told.filter((event) => event.operator?.id === only),
    },
  }
}
