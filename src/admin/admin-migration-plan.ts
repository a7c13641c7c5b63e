/** `admin migration plan`: what moving to another keyspace would mean, before anything is started. */
import type { Services } from '../cli/services.js'
import { stateJson } from '../cluster/to-json.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { readCluster } from '../read/read-operator.js'
import { parseByteCount } from './byte-count.js'
import { estimatedSeconds } from './model/migration-plan.js'
import { findStalls, type MigrationInput, planKeyspace } from './plan-migration.js'

type Input = MigrationInput & { readonly databaseSize?: string }

/** Exit code 8 where something would stall it. Throws what planKeyspace and findStalls throw, and SETTING_INVALID. */
export async function run(services: Services, input: Input) {
  const bytes = input.databaseSize === undefined ? null : parseByteCount(input.databaseSize, '--database-size')
  const snapshot = await readCluster(services)
  const { view } = snapshot
  const move = planKeyspace(view, input)
  const stalls = await findStalls(services, input, snapshot, move)
  return {
    data: {
      ...stateJson(snapshot),
      keyspace: move.before,
      new_keyspace: move.after,
      replicas: move.replicas,
      replicas_moved: move.moved,
      operators: move.members,
      bandwidth: { tx: view.settings.migrationTxBandwidth, rx: view.settings.migrationRxBandwidth },
      database_bytes: bytes,
      estimated_seconds: bytes === null ? null : estimatedSeconds(view, move, bytes),
      nodes_asked: input.probe === true,
      stalls,
    },
    ...(stalls.length > 0 && { exitCode: EXIT_CHECK_FAILED }),
  }
}
