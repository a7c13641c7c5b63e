/** What must not be done while data moves from operator to operator, and is refused in the same words everywhere. */
import { WcnError } from '../errors/wcn-error.js'

/** `pulling`: slots of those who are not done. `otherwise`: another way than to wait. */
export function migrationInProgress(pulling: readonly number[], otherwise?: string): WcnError {
  const count = pulling.length
  const hint = 'wait until it has ended, which `wcn maintenance status` tells'
  return new WcnError(
    'MIGRATION_IN_PROGRESS',
    `a data migration is in progress: ${count} ${count === 1 ? 'operator still pulls' : 'operators still pull'}`,
    { hint: otherwise === undefined ? hint : `${hint}; ${otherwise}`, details: { pulling_operators: pulling } },
  )
}
