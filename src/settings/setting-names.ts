/** What settings are called, in both vocabularies (the nodes' and the Rust tool's). Those of signers: signer-names.ts. */

import type { SecretNames } from './secret-setting.js'
import { hexDigits, placeOfUrl } from './setting-values.js'
import type { ListNames, SettingNames } from './sources.js'

export const CONTEXT: SettingNames = {
  name: 'context',
  title: 'the context',
  flags: ['context'],
  variables: ['WCN_CONTEXT'],
}
export const CONTRACT_ADDRESS: SettingNames = {
  name: 'contract_address',
  title: "the cluster's contract address",
  flags: ['contractAddress'],
  variables: ['SMART_CONTRACT_ADDRESS', 'WCN_CLUSTER_SMART_CONTRACT_ADDRESS'],
  canonical: hexDigits,
}
export const CHAIN_ID: SettingNames = {
  name: 'chain_id',
  title: 'the expected chain ID',
  flags: ['chainId'],
  variables: ['WCN_CHAIN_ID'],
}
export const TIMEOUT: SettingNames = {
  name: 'timeout',
  title: 'the deadline',
  flags: ['timeout'],
  variables: ['WCN_TIMEOUT'],
}
export const NODE_KEY_FILE: SettingNames = {
  name: 'node_key_file',
  title: "the file with one of your nodes' secret keys",
  flags: ['nodeKeyFile'],
  variables: ['WCN_NODE_KEY_FILE'],
  goesWith: [CONTRACT_ADDRESS],
}
export const ALLOW_PRIVATE: SettingNames = {
  name: 'allow_private_addresses',
  title: 'the permission for private addresses',
  flags: [],
  variables: ['WCN_ALLOW_PRIVATE_ADDRESSES'],
}
export const ENCRYPTION_KEY: SecretNames = {
  inline: {
    name: 'encryption_key',
    title: "the cluster's encryption key",
    flags: ['encryptionKey'],
    variables: ['SMART_CONTRACT_ENCRYPTION_KEY', 'WCN_CLUSTER_SMART_CONTRACT_ENCRYPTION_KEY'],
    canonical: hexDigits,
  },
  file: {
    name: 'encryption_key_file',
    title: "the file with the cluster's encryption key",
    flags: ['encryptionKeyFile'],
    variables: ['WCN_ENCRYPTION_KEY_FILE'],
    goesWith: [CONTRACT_ADDRESS],
  },
}

export const RPC_URL: ListNames = {
  name: 'rpc_urls',
  title: "the RPC provider's URL",
  flags: ['rpcUrl', 'rpcProviderUrl'],
  variables: ['RPC_PROVIDER_URL', 'OPTIMISM_RPC_PROVIDER_URL', 'WCN_RPC_URLS'],
  lists: ['WCN_RPC_URLS'],
  canonical: placeOfUrl,
}
export const QUORUM: SettingNames = {
  name: 'rpc_quorum',
  title: 'how many RPC providers must agree',
  flags: ['rpcQuorum'],
  variables: ['WCN_RPC_QUORUM'],
  goesWith: [RPC_URL],
}
export const HEADER_FILE: SettingNames = {
  name: 'rpc_header_file',
  title: "the file with the RPC providers' headers",
  flags: ['rpcHeaderFile'],
  variables: ['WCN_RPC_HEADER_FILE'],
  goesWith: [RPC_URL],
}
export const CA_FILE: SettingNames = {
  name: 'rpc_ca_file',
  title: 'the file with certificate authorities',
  flags: ['rpcCaFile'],
  variables: ['WCN_RPC_CA_FILE'],
  goesWith: [RPC_URL],
}

export const FINALITY: SettingNames = {
  name: 'finality',
  title: 'the finality',
  flags: ['finality'],
  variables: ['WCN_FINALITY'],
}
export const MAX_FEE: SettingNames = {
  name: 'max_fee',
  title: 'the highest fee per gas',
  flags: ['maxFee'],
  variables: ['WCN_MAX_FEE'],
}
export const MAX_COST: SettingNames = {
  name: 'max_cost',
  title: 'the highest cost of a transaction',
  flags: ['maxCost'],
  variables: ['WCN_MAX_COST'],
}
export const MIN_FUNDS: SettingNames = {
  name: 'min_funds',
  title: 'the least that the account should hold',
  flags: ['min'],
  variables: ['WCN_MIN_FUNDS'],
}
export const STATE_DIRECTORY: SettingNames = {
  name: 'state_directory',
  title: 'the state directory',
  flags: ['stateDir'],
  variables: ['WCN_STATE_DIR'],
}
