/** `operator view`: one operator as the chain holds it. */

import { jsonInteger } from '../base/json-integer.js'
import type { BlockRef } from '../chain/block-ref.js'
import type { ActionResult, Services } from '../cli/services.js'
import { type MigrationJson, migrationJson, type OperatorJson, operatorJson } from '../cluster/to-json.js'
import { readOperator } from '../read/read-operator.js'

export interface OperatorViewJson {
  readonly chain_id: number
  readonly contract: string
  readonly block: BlockRef
  readonly version: number | string
  readonly operator: OperatorJson
  readonly max_operator_data_bytes: number
  readonly migration: MigrationJson | null
  /** Whether a migration runs at this block; `migration` names the last one, running or not. */
  readonly migration_in_progress: boolean
  readonly maintenance: string | null
}

/** Throws OPERATOR_NOT_FOUND and what reading throws. Needs no private key with --operator. */
export async function run(services: Services): Promise<ActionResult<OperatorViewJson>> {
  const { snapshot, slot, key } = await readOperator(services)
  const { chainId, contract, block, view } = snapshot
  return {
    data: {
      chain_id: chainId,
      contract,
      block,
      version: jsonInteger(view.version),
      operator: operatorJson(slot, view.keyspace.includes(slot.slot), key),
      max_operator_data_bytes: view.settings.maxOperatorDataBytes,
      migration: migrationJson(view.migration),
      migration_in_progress: view.pullingOperators !== null,
      maintenance: view.maintenance,
    },
  }
}
