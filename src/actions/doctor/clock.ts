/** The clock of this machine. */

import { DEVELOPMENT_CHAIN_ID } from '../../core/chain-ids.js'
import type { Check } from '../../core/check.js'
import { judgeClock } from '../../core/doctor/clock.js'
import type { Looks } from './looks.js'

export async function clock({ services: { settings, clock }, probes }: Looks): Promise<readonly Check[]> {
  const chainId = settings.chainId()
  const side = { chainId, developmentChain: chainId === DEVELOPMENT_CHAIN_ID, now: clock.now() }
  return judgeClock(await probes(), side)
}
