/** `admin maintenance release`: frees the maintenance slot for an operator that does not. */
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { sinceInWords } from '../maintenance/model/slot.js'
import { memberInWords } from './named-member.js'
import { type OwnerInput, ownerWrite } from './owner-write.js'

/**
 * Never where nobody holds it: the contract would take that call, and nodes refuse its event
 * (docs/dev/network/contract.md, "Maintenance"). Throws what ownerWrite throws.
 */
export async function run(services: Services, input: OwnerInput) {
  return ownerWrite(services, input, {
    does: "free another operator's maintenance slot",
    plan: async (snapshot) => {
      const { view } = snapshot
      const holder = view.maintenance
      if (holder === null) {
        services.talk.note('nobody is in maintenance: nothing to do')
        return null
      }
      const member = findOperator(view, holder)
      const since = sinceInWords(await (await services.chain()).maintenanceSince(snapshot), null)
      const who = member ? memberInWords(member) : holder
      return {
        title: `free the maintenance slot of ${who}, held ${since ?? 'since a time that could not be found out'}`,
        changes: [{ op: 'update', path: 'maintenance', before: holder, after: null }],
        call: { fn: 'setMaintenance', active: false },
      }
    },
  })
}
