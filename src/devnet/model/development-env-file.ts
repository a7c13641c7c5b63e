/**
 * The env file of a development chain: what every other command needs to use it, and what `devnet down` needs to end it.
 * Values are bare words, which sh, docker, systemd and dotenv readers all take alike; but for a path that is none, and
 * that only this tool reads.
 */

import type { KnownChain } from '../../anvil/development-chain.js'
import { type Address, parseAddress } from '../../base/address.js'
import { DEVELOPMENT_CHAIN_ID } from '../../base/chain-ids.js'
import { bytesToHex, type Hex } from '../../base/hex.js'
import type { EncryptionKey } from '../../base/keys/encryption-key.js'
import type { OperatorPrivateKey } from '../../base/keys/operator-key.js'
import { WcnError } from '../../errors/wcn-error.js'

export interface DevelopmentAccount {
  readonly id: Address
  readonly key: OperatorPrivateKey
}

export interface DevelopmentEnvironment extends KnownChain {
  readonly encryptionKey: EncryptionKey
  readonly owner: DevelopmentAccount
  readonly operators: readonly (DevelopmentAccount & { readonly name: string })[]
  /** Where what is sent to it is kept track of. */
  readonly stateDirectory: string
  /** The process of all stand-ins; null where there are none. */
  readonly standInsPid: number | null
}

/** Where it is written unless told otherwise. */
export const DEFAULT_ENV_FILE = 'wcn-devnet.env'

const STAND_INS_PID = 'WCN_DEVNET_STAND_INS_PID'
const PROCESS_ID = /^[1-9][0-9]{0,9}$/
const FIRST_LINE = '# A development chain, made by `wcn devnet up`.'

/** Beside the env file, by a name that is nobody else's. */
export function stateDirectoryFor(envFile: string): string {
  return `${envFile}.state`
}

/** It holds private keys, though worthless ones: mode 0600. */
export function formatDevelopmentEnv(environment: DevelopmentEnvironment): string {
  const { rpcUrl, pid, contract, encryptionKey, owner, operators, stateDirectory, standInsPid } = environment
  const [first] = operators
  if (!first) throw new WcnError('VALUE_NOT_ENCODABLE', 'a development cluster has operators')
  return `${FIRST_LINE}
# Everything here is worthless elsewhere: fresh keys, and a chain that is forgotten when it stops.
# Use it with \`wcn … --env-file FILE\`, or in a shell: set -a; . FILE; set +a
# \`wcn devnet down FILE\` ends the chain and removes this file.

# The cluster: its contract and the key that hides its nodes' addresses.
SMART_CONTRACT_ADDRESS=${contract}
SMART_CONTRACT_ENCRYPTION_KEY=${bytesToHex(encryptionKey.reveal())}

# The chain. It answers to ${rpcUrl.replace(/^http/, 'ws')} as well, which is the form that wcn_node wants.
RPC_PROVIDER_URL=${rpcUrl}
WCN_CHAIN_ID=${DEVELOPMENT_CHAIN_ID}

# Nodes may have private addresses here.
WCN_ALLOW_PRIVATE_ADDRESSES=1

# The cluster's owner ${owner.id}: signs \`wcn admin …\`.
WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY=${owner.key.reveal()}

# The operator that signs everything else: ${first.name}, the first of those below.
SMART_CONTRACT_SIGNER_PRIVATE_KEY=${first.key.reveal()}

# All operators. \`wcn devnet fund ADDRESS\` gives another account ETH.
${operators.map(operatorLines).join('\n')}

# Where what was sent to this chain is kept track of, apart from what was sent to others. It goes with the chain.
WCN_DEVNET_STATE_DIR=${word(stateDirectory)}

# The process to end.
WCN_DEVNET_PID=${pid}
${standInsPid === null ? '' : `\n# The process of the stand-ins for nodes and databases.\n${STAND_INS_PID}=${standInsPid}\n`}`
}

/** As sh takes it and the reader of env files, which knows no quote within a quote. */
function word(path: string): string {
  if (/^[\w./@%+,:=-]+$/.test(path)) return path
  return path.includes("'") ? `"${path}"` : `'${path}'`
}

function operatorLines({ id, key, name }: DevelopmentAccount & { readonly name: string }, slot: number): string {
  const prefix = `WCN_DEVNET_OPERATOR_${slot}`
  return `# ${name}\n${prefix}_ADDRESS=${id}\n${prefix}_PRIVATE_KEY=${key.reveal()}`
}

/** Takes only what was written by `formatDevelopmentEnv`. Throws DOCUMENT_INVALID, never with the file's text. */
export function parseDevelopmentEnv(
  text: string,
  source: string,
): KnownChain & { readonly standInsPid: number | null } {
  const rpcUrl = valueIn(text, 'RPC_PROVIDER_URL')
  const contract = valueIn(text, 'SMART_CONTRACT_ADDRESS')
  const pid = valueIn(text, 'WCN_DEVNET_PID')
  if (!text.startsWith(FIRST_LINE) || !isLoopback(rpcUrl) || !isAddress(contract) || !PROCESS_ID.test(pid))
    throw new WcnError('DOCUMENT_INVALID', `${source} is not an env file written by \`wcn devnet up\``, {
      hint: 'give the file that `wcn devnet up` named',
    })
  const standIns = valueIn(text, STAND_INS_PID)
  const standInsPid = PROCESS_ID.test(standIns) ? Number(standIns) : null
  return { rpcUrl, pid: Number(pid), contract: parseAddress(contract, source), standInsPid }
}

function valueIn(text: string, name: string): string {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? ''
}

function isLoopback(url: string): boolean {
  return /^http:\/\/127\.0\.0\.1:[1-9][0-9]{0,4}$/.test(url)
}

function isAddress(text: string): text is Hex {
  return /^0x[0-9a-f]{40}$/.test(text)
}
