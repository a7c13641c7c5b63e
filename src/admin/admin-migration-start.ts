/** `admin migration start`: moves the cluster's data to another keyspace, once nothing is known that would stall it. */
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { type OwnerInput, ownerWrite } from './owner-write.js'
import { findStalls, type MigrationInput, planKeyspace } from './plan-migration.js'

type Input = OwnerInput & MigrationInput & { readonly force?: boolean }

/** Throws AVAILABILITY_AT_RISK where something would stall it, what planKeyspace, findStalls and ownerWrite throw. */
export async function run(services: Services, input: Input) {
  return ownerWrite(services, input, {
    does: 'start a data migration',
    plan: async (snapshot) => {
      const move = planKeyspace(snapshot.view, input)
      const stalls = await findStalls(services, input, snapshot, move)
      if (stalls.length > 0 && input.force !== true)
        throw new WcnError('AVAILABILITY_AT_RISK', `the migration would not end: ${stalls.join('; ')}`, {
          hint: 'mend that first; or add --force if you know better',
          details: { stalls },
        })
      for (const stall of stalls) services.talk.warn(`the migration may not end: ${stall}`)
      const { before, after, moved, replicas } = move
      return {
        title: `start a data migration that moves ${moved} of ${replicas} shard replicas`,
        changes: [{ op: 'update', path: 'keyspace', before: before.join(' '), after: after.join(' ') }],
        call: { fn: 'startMigration', slots: after },
      }
    },
  })
}
