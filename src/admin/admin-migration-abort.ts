/** `admin migration abort`: goes back to the keyspace that serves, and gives up what was pulled for the new one. */
import { quote } from '../base/quote.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { type OwnerInput, ownerWrite } from './owner-write.js'

type Input = OwnerInput & { readonly id?: string }

/**
 * Nothing to do where none is in progress, unless one is named. Throws USAGE, SELECTOR_NO_MATCH where another migration
 * than the one named is in progress, and what ownerWrite throws.
 */
export async function run(services: Services, input: Input) {
  const wanted = input.id === undefined ? null : parseId(input.id)
  return ownerWrite(services, input, {
    does: 'abort a data migration',
    plan: async ({ view: { migration, newKeyspace, keyspace } }) => {
      const running = newKeyspace === null ? null : migration
      if (wanted !== null && running?.id !== wanted) throw notRunning(wanted, running?.id ?? null)
      if (running === null || newKeyspace === null) {
        services.talk.note('no data migration is in progress: nothing to do')
        return null
      }
      return {
        title: `abort data migration ${running.id}; slots ${keyspace.join(' ')} go on serving`,
        changes: [{ op: 'remove', path: 'new_keyspace', before: newKeyspace.join(' '), after: null }],
        call: { fn: 'abortMigration', id: running.id },
      }
    },
  })
}

function parseId(text: string): bigint {
  if (/^[1-9][0-9]{0,19}$/.test(text)) return BigInt(text)
  throw new WcnError('USAGE', `--id is ${quote(text)}, which is no ID of a migration`, {
    hint: '`wcn cluster view` shows that of the migration in progress',
  })
}

function notRunning(wanted: bigint, running: bigint | null): WcnError {
  const what = running === null ? 'no data migration is in progress' : `data migration ${running} is in progress`
  return new WcnError('SELECTOR_NO_MATCH', `${what}, and ${wanted} was to be aborted`, {
    hint: 'look at `wcn cluster view`, and leave --id out to abort whichever is in progress',
  })
}
