/** Variables that wcn_db and wcn_node share, under the names of the onboarding document. */
import { encodeNodeSecretKey, type NodeKeypair } from '../../base/keys/node-keypair.js'
import type { Service } from './deployment.js'

/** Names in the order they are written, with values that may be secret: goes into encoders only, never into output. */
export type EnvMap = ReadonlyMap<string, string>

export function serviceVariables(service: Service, keypair: NodeKeypair): readonly (readonly [string, string])[] {
  return [
    ['SECRET_KEY', encodeNodeSecretKey(keypair.secretKey)],
    ['PRIMARY_RPC_SERVER_PORT', String(service.primaryPort)],
    ['SECONDARY_RPC_SERVER_PORT', String(service.secondaryPort)],
    ['METRICS_SERVER_PORT', String(service.metricsPort)],
  ]
}
