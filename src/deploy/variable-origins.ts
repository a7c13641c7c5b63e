/** Where the value of each variable of a service came from: said in a comment beside it. */

import type { DeploymentInput } from './deployment-input.js'
import type { SecretFlags } from './deployment-secrets.js'
import { DATABASE_VARIABLES, SERVICE_VARIABLES } from './model/variable-fields.js'

type Path = readonly (string | number)[]

const SETTINGS = 'your settings (wcn config show)'

/** `path` is the service's place in the description: `['database']` or `['nodes', 0]`. */
export function variableOrigins(input: DeploymentInput, flags: SecretFlags, path: Path): (variable: string) => string {
  const { description, origin } = input
  const at = (field: string) => origin([...path, field])
  const keyFile = (file: string | undefined, where: Path) =>
    file === undefined ? SETTINGS : `the key that ${origin(where)} names`
  const cluster: Readonly<Record<string, () => string>> = {
    SMART_CONTRACT_ADDRESS: () =>
      description.contract_address === undefined ? SETTINGS : origin(['contract_address']),
    SMART_CONTRACT_ENCRYPTION_KEY: () =>
      flags.encryptionKeyFile !== undefined || flags.encryptionKey !== undefined
        ? '--encryption-key-file'
        : keyFile(description.encryption_key_file, ['encryption_key_file']),
    SMART_CONTRACT_SIGNER_PRIVATE_KEY: () =>
      [flags.privateKeyFile, flags.privateKey, flags.keystore].some((flag) => flag !== undefined)
        ? 'the signing key given as a flag'
        : keyFile(description.operator_key_file, ['operator_key_file']),
    RPC_PROVIDER_URL: () => {
      if (flags.rpcUrl !== undefined || flags.rpcProviderUrl !== undefined) return '--rpc-url'
      if (description.rpc_url !== undefined) return origin(['rpc_url'])
      return description.rpc_url_file === undefined ? SETTINGS : `the file that ${origin(['rpc_url_file'])} names`
    },
    DATABASE_PEER_ID: () =>
      description.database.peer_id === undefined
        ? `the key that ${origin(['database', 'secret_key_file'])} names`
        : origin(['database', 'peer_id']),
    SECRET_KEY: () => `the key that ${at('secret_key_file')} names`,
  }
  return (variable) => {
    const found = cluster[variable]?.()
    if (found !== undefined) return found
    const databaseField = DATABASE_VARIABLES[variable]
    if (databaseField !== undefined) return origin(['database', databaseField])
    const field = SERVICE_VARIABLES[variable]
    return field === undefined ? origin([...path, 'env', variable]) : at(field)
  }
}
