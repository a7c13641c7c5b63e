/** The clock of this machine. */

import { DEVELOPMENT_CHAIN_ID } from '../../base/chain-ids.js'
import type { Check } from '../../base/check.js'
import type { DoctorContext } from '../doctor-context.js'
import { judgeClock } from '../model/clock.js'

export async function clock({ services: { settings, clock }, probes }: DoctorContext): Promise<readonly Check[]> {
  const chainId = settings.chainId()
  const side = { chainId, developmentChain: chainId === DEVELOPMENT_CHAIN_ID, now: clock.now() }
  return judgeClock(await probes(), side)
}
