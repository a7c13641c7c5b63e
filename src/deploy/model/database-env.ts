/** The environment of wcn_db (the onboarding document, "Deploy Database"). */
import type { NodeKeypair } from '../../base/keys/node-keypair.js'
import type { Database } from './deployment.js'
import { type EnvMap, serviceVariables } from './service-env.js'

export function databaseEnv(database: Database, keypair: NodeKeypair): EnvMap {
  return new Map([...serviceVariables(database, keypair), ['ROCKSDB_DIR', database.rocksdbDir], ...database.extra])
}
