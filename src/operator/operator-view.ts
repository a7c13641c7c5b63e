/** `operator view`: one operator as the chain holds it. */

import type { Services } from '../cli/services.js'
import { type WatchInput, watched } from '../cli/watch.js'
import { migrationJson, operatorJson, stateJson } from '../cluster/to-json.js'
import { readOperator } from '../read/read-operator.js'

/** Throws OPERATOR_NOT_FOUND and what reading throws. Needs no private key with --operator. */
export function run(services: Services, input: WatchInput = {}) {
  return watched(services, input, () => operatorView(services))
}

async function operatorView(services: Services) {
  const { snapshot, slot, key } = await readOperator(services)
  const { view } = snapshot
  return {
    data: {
      ...stateJson(snapshot),
      operator: operatorJson(slot, view.keyspace.includes(slot.slot), key),
      max_operator_data_bytes: view.settings.maxOperatorDataBytes,
      migration: migrationJson(view.migration),
      /** Whether one runs at this block; `migration` is the last one, running or not. */
      migration_in_progress: view.pullingOperators !== null,
      maintenance: view.maintenance,
    },
  }
}
