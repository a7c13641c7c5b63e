/**
 * Every setting, described once: its names as a flag, as a variable (in the nodes' vocabulary and the Rust tool's) and in
 * contexts, what kind of value it takes, and its help. Flags (cli/options.ts), contexts, `config show` and what an env
 * file may set are made from it. It loads nothing heavy: grammar names settings, too.
 */
import { weiAsEther, weiAsGwei } from '../base/wei.js'
import { USUAL_LIMITS } from '../chain/fee-limits.js'

/** Decides how a value is read, compared and shown. */
export type Kind =
  | ('address' | 'chain-id' | 'count' | 'url' | 'path' | 'directory' | 'key' | 'password' | 'name' | 'kms')
  | ('duration' | 'finality' | 'gwei' | 'ether' | 'truth')

interface More {
  /** Of its first flag. Without it none is in the help: a key in the list of processes is no advice. */
  readonly help?: string | undefined
  /** The variable that the help names, where it is not the first. */
  readonly shown?: string
  /** The variable that holds several values, with white space or commas between them. */
  readonly list?: string
  /**
   * A context's value counts only where those of its values do: the headers for its providers, with their tokens, are
   * not for those that a flag names.
   */
  readonly goesWith?: readonly Setting[]
}

export interface Setting<K extends Kind = Kind> extends More {
  readonly kind: K
  /** As contexts, `config show` and JSON name it: `contract_address`. */
  readonly name: string
  /** What the setting is, for sentences: "the cluster's contract address". */
  readonly title: string
  /** In camel case, as the command line's parser names them; the first is the one in the help. */
  readonly flags: readonly string[]
  readonly variables: readonly string[]
}

/** A secret, as it is or in a file. */
export interface SecretForms {
  readonly inline: Setting
  readonly file: Setting
}

/** Whose key signs: the operator's own, or the cluster owner's for `admin` commands. */
export type Role = 'operator' | 'owner'

/** `ways`: its flags and variables. */
function setting<K extends Kind>(kind: K, name: string, title: string, ways: string, more: More = {}): Setting<K> {
  const names = ways.split(' ')
  return {
    ...{ kind, name, title, ...more },
    flags: names.flatMap((way) => (way.startsWith('--') ? [camelCase(way.slice(2))] : [])),
    variables: names.filter((way) => !way.startsWith('--')),
  }
}

export const CONTEXT = setting('name', 'context', 'the context', '--context WCN_CONTEXT', {
  help: 'and then from this context (default: the one of `wcn context use`); of some reads also from several: eu,na or all',
})
export const CONTRACT_ADDRESS = setting(
  'address',
  'contract_address',
  "the cluster's contract address",
  '--contract-address SMART_CONTRACT_ADDRESS WCN_CLUSTER_SMART_CONTRACT_ADDRESS',
  { help: "the cluster's contract" },
)
export const CHAIN_ID = setting('chain-id', 'chain_id', 'the expected chain ID', '--chain-id WCN_CHAIN_ID', {
  help: 'expected chain ID (default: 10, OP Mainnet)',
})
export const RPC_URL = setting(
  'url',
  'rpc_urls',
  "the RPC provider's URL",
  '--rpc-url --rpc-provider-url RPC_PROVIDER_URL OPTIMISM_RPC_PROVIDER_URL WCN_RPC_URLS',
  { help: 'Optimism RPC provider, http(s):// or ws(s)://; repeat it for several', list: 'WCN_RPC_URLS' },
)
const withProviders = (help: string): More => ({ help, goesWith: [RPC_URL] })
export const QUORUM = setting(
  'count',
  'rpc_quorum',
  'how many RPC providers must agree',
  '--rpc-quorum WCN_RPC_QUORUM',
  withProviders('how many providers must agree about what is read (default: all)'),
)
export const HEADER_FILE = setting(
  'path',
  'rpc_header_file',
  "the file with the RPC providers' headers",
  '--rpc-header-file WCN_RPC_HEADER_FILE',
  withProviders('file with HTTP headers for the providers, such as tokens'),
)
export const CA_FILE = setting(
  'path',
  'rpc_ca_file',
  'the file with certificate authorities',
  '--rpc-ca-file WCN_RPC_CA_FILE',
  withProviders('certificate authorities to trust besides the usual, in PEM'),
)
export const ENCRYPTION_KEY = secret(
  'encryption_key',
  "the cluster's encryption key",
  '--encryption-key SMART_CONTRACT_ENCRYPTION_KEY WCN_CLUSTER_SMART_CONTRACT_ENCRYPTION_KEY',
  '--encryption-key-file WCN_ENCRYPTION_KEY_FILE',
  { help: "file with the cluster's address key; - is stdin", goesWith: [CONTRACT_ADDRESS] },
)

/** A key, and the file that holds it; the help of that one names the variable that the nodes know. */
function secret(name: string, title: string, inline: string, file: string, more: More): SecretForms {
  const key = setting('key', name, title, inline)
  const shown = key.variables[0] ?? ''
  return { inline: key, file: setting('path', `${name}_file`, `the file with ${title}`, file, { shown, ...more }) }
}

/** The owner's have names of their own: a context knows the operator's, and they must not be taken for each other. */
function signer(whose: string, prefix: '' | 'owner_', keyVariables: string, kmsVariables: string) {
  const wcn = `WCN_${prefix.toUpperCase()}`
  const keystore = setting('path', `${prefix}keystore`, `${whose} keystore`, `--keystore ${wcn}KEYSTORE`, {
    help: `${whose} key as an encrypted keystore (Web3 Secret Storage v3)`,
  })
  const passwordTitle = `the password of ${whose} keystore`
  return {
    key: secret(
      `${prefix}private_key`,
      `${whose} private key`,
      `--private-key ${keyVariables}`,
      `--private-key-file ${wcn}PRIVATE_KEY_FILE`,
      { help: `file with ${whose} private key; - is stdin` },
    ),
    keystore,
    password: {
      inline: setting('password', `${prefix}keystore_password`, passwordTitle, `${wcn}KEYSTORE_PASSWORD`),
      file: setting(
        'path',
        `${prefix}password_file`,
        `the file with ${passwordTitle}`,
        `--password-file ${wcn}PASSWORD_FILE`,
        { help: "file with the keystore's password; asked for without it", goesWith: [keystore] },
      ),
    },
    // An operator's key has to be exportable: its primary node signs with it. Taken, so that this can be said.
    kms: setting(
      'kms',
      `${prefix}kms_key_id`,
      `${whose} key in AWS KMS`,
      `--kms-key-id --kms-key-arn ${kmsVariables}`,
      prefix === '' ? {} : { help: `${whose} key in AWS KMS: ID, ARN or alias` },
    ),
  }
}

export const SIGNERS = {
  operator: signer(
    "the operator's",
    '',
    'SMART_CONTRACT_SIGNER_PRIVATE_KEY WCN_NODE_OPERATOR_PRIVATE_KEY',
    'WCN_KMS_KEY_ID',
  ),
  owner: signer(
    "the owner's",
    'owner_',
    'WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY',
    'WCN_OWNER_KMS_KEY_ID WCN_CLUSTER_SMART_CONTRACT_OWNER_KMS_KEY_ARN',
  ),
} as const satisfies Record<Role, unknown>

const { key, keystore, password } = SIGNERS.operator

export const OPERATOR = setting('address', 'operator', 'the operator', '--operator WCN_OPERATOR', {
  help: 'the operator meant (default: the address of the signing key)',
  goesWith: [key.inline, key.file, keystore],
})
export const NODE_KEY_FILE = setting(
  'path',
  'node_key_file',
  "the file with one of your nodes' secret keys",
  '--node-key-file WCN_NODE_KEY_FILE',
  {
    help: 'secret key of one of your nodes on chain: as that peer, nodes and their databases tell how they are',
    goesWith: [CONTRACT_ADDRESS],
  },
)
export const FINALITY = setting('finality', 'finality', 'the finality', '--finality WCN_FINALITY', {
  help: 'done is: included in a canonical block, safe on L1, or finalized',
})
export const MAX_FEE = setting('gwei', 'max_fee', 'the highest fee per gas', '--max-fee WCN_MAX_FEE', {
  help: `refuse to bid more per gas than this (default: ${weiAsGwei(USUAL_LIMITS.fee)}, and a tip of ${weiAsGwei(USUAL_LIMITS.tip)})`,
})
export const MAX_COST = setting('ether', 'max_cost', 'the highest cost of a transaction', '--max-cost WCN_MAX_COST', {
  help: `refuse a transaction that may cost more than this (default: ${weiAsEther(USUAL_LIMITS.cost)})`,
})
export const MIN_FUNDS = setting('ether', 'min_funds', 'the least that the account should hold', '--min WCN_MIN_FUNDS')
export const TIMEOUT = setting('duration', 'timeout', 'the deadline', '--timeout WCN_TIMEOUT', {
  help: 'give up after so many seconds, or such as 30m (default: 15s for an answer, 120s for a receipt)',
})
export const ALLOW_PRIVATE = setting(
  'truth',
  'allow_private_addresses',
  'the permission for private addresses',
  '--allow-private-addresses WCN_ALLOW_PRIVATE_ADDRESSES',
)
export const STATE_DIRECTORY = setting(
  'directory',
  'state_directory',
  'the state directory',
  '--state-dir WCN_STATE_DIR',
  { help: 'where journals and locks are kept (default: $XDG_STATE_HOME/wcn or ~/.local/state/wcn)' },
)

/** Of a development chain, whose transactions are nobody else's: said by its env file, and outranked by the one above. */
export const DEVNET_STATE_DIRECTORY = setting(
  'directory',
  'devnet_state_directory',
  'the state directory of a development chain',
  'WCN_DEVNET_STATE_DIR',
)

/** All of one role, in the order they are shown; those that exclude each other stand together. */
export function settingsOf(role: Role): readonly (readonly Setting[])[] {
  const { key, keystore, password, kms } = SIGNERS[role]
  const signing = [key.inline, key.file, keystore]
  const others = [NODE_KEY_FILE, FINALITY, MAX_FEE, MAX_COST, MIN_FUNDS, TIMEOUT, ALLOW_PRIVATE, STATE_DIRECTORY]
  return [
    ...[CONTEXT, CONTRACT_ADDRESS, CHAIN_ID, RPC_URL, QUORUM, HEADER_FILE, CA_FILE].map((one) => [one]),
    [ENCRYPTION_KEY.inline, ENCRYPTION_KEY.file],
    [OPERATOR],
    ...(role === 'owner' ? [[...signing, kms]] : [signing, [kms]]),
    [password.inline, password.file],
    ...others.map((one) => [one]),
  ]
}

/** What a context may hold, in the order it is written: where keys are, and none. */
export const IN_CONTEXTS: readonly Setting[] = [
  ...[CONTRACT_ADDRESS, CHAIN_ID, RPC_URL, QUORUM, HEADER_FILE, CA_FILE, ENCRYPTION_KEY.file],
  ...[key.file, keystore, password.file, NODE_KEY_FILE, OPERATOR],
]

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** `--contract-address`, from `contractAddress`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
