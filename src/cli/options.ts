/**
 * Flag groups that commands share: what every command takes, how the cluster is found, who signs. The Rust tool's
 * spellings are hidden aliases, so that its users' scripts keep running.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { weiAsEther, weiAsGwei } from '../base/wei.js'
import { USUAL_LIMITS } from '../chain/fee-limits.js'
import { FINALITIES } from '../chain/transaction.js'
import type { Role } from '../settings/settings-tools.js'

/** `--json`, `--quiet` and their like: how the tool talks. */
export function outputOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document on stdout')
    .option('--quiet', 'no progress on stderr')
    .option('--no-color', 'no colour (also NO_COLOR)')
    .option('--no-input', 'never prompt')
    .option('--debug', 'stack traces of errors')
}

/** Where settings that are not given as flags come from. */
export function settingsOptions(command: Command): Command {
  return keyPermissionsOption(
    command
      .option(
        '--env-file <path>',
        'read settings from this env file (after flags and the environment); a pipe will do; - is stdin',
      )
      .option('--context <name>', 'and then from this context (default: the one of `wcn context use`) [WCN_CONTEXT]'),
  )
}

/** Through which provider, on which chain, and the key that hides addresses. */
export function chainOptions(command: Command): Command {
  return settingsOptions(command)
    .option(
      '--rpc-url <url>',
      'Optimism RPC provider, http(s):// or ws(s)://; repeat it for several [RPC_PROVIDER_URL]',
      collect,
    )
    .addOption(new Option('--rpc-provider-url <url>').hideHelp())
    .option('--rpc-quorum <n>', 'how many providers must agree about what is read (default: all) [WCN_RPC_QUORUM]')
    .option(
      '--rpc-header-file <path>',
      'file with HTTP headers for the providers, such as tokens [WCN_RPC_HEADER_FILE]',
    )
    .option('--rpc-ca-file <path>', 'certificate authorities to trust besides the usual, in PEM [WCN_RPC_CA_FILE]')
    .option('--chain-id <id>', 'expected chain ID (default: 10, OP Mainnet) [WCN_CHAIN_ID]')
    .option(
      '--encryption-key-file <path>',
      "file with the cluster's address key; - is stdin [SMART_CONTRACT_ENCRYPTION_KEY]",
    )
    .addOption(new Option('--encryption-key <hex>').hideHelp())
    .option(
      '--timeout <duration>',
      'give up after so many seconds, or such as 30m (default: 15s for an answer, 120s for a receipt) [WCN_TIMEOUT]',
    )
}

/** The same for a cluster that exists. */
export function clusterOptions(command: Command): Command {
  return chainOptions(command).option('--contract-address <address>', "the cluster's contract [SMART_CONTRACT_ADDRESS]")
}

/** Whose data is meant, where no key has to be at hand. */
function operatorOption(command: Command): Command {
  return command.option(
    '--operator <address>',
    'the operator meant (default: the address of the signing key) [WCN_OPERATOR]',
  )
}

const SIGNERS = {
  operator: ["the operator's", 'SMART_CONTRACT_SIGNER_PRIVATE_KEY', 'WCN'],
  owner: ["the owner's", 'WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY', 'WCN_OWNER'],
} as const satisfies Record<Role, readonly [string, string, string]>

/** The account that signs. */
export function signerOptions(command: Command, role: Role = 'operator'): Command {
  const [whose, variable, prefix] = SIGNERS[role]
  command
    .option('--private-key-file <path>', `file with ${whose} private key; - is stdin [${variable}]`)
    .addOption(new Option('--private-key <hex>').hideHelp())
    .option('--keystore <path>', `${whose} key as an encrypted keystore (Web3 Secret Storage v3) [${prefix}_KEYSTORE]`)
    .option(
      '--password-file <path>',
      `file with the keystore's password; asked for without it [${prefix}_PASSWORD_FILE]`,
    )
  const kms = '--kms-key-id <id>'
  // An operator's key has to be exportable: its primary node signs with it. Taken, so that this can be said.
  if (role !== 'owner') return command.addOption(new Option(kms).hideHelp())
  return command
    .option(kms, `${whose} key in AWS KMS: ID, ARN or alias [${prefix}_KMS_KEY_ID]`)
    .addOption(new Option('--kms-key-arn <arn>').hideHelp())
}

/** Where this tool remembers what it sent. */
export function stateOption(command: Command): Command {
  return command.option(
    '--state-dir <path>',
    'where journals and locks are kept (default: $XDG_STATE_HOME/wcn or ~/.local/state/wcn) [WCN_STATE_DIR]',
  )
}

/** What sending takes, whoever decides what is sent. */
export function sendingOptions(command: Command): Command {
  return feeOptions(
    stateOption(command).addOption(
      new Option(
        '--finality <level>',
        'done is: included in a canonical block, safe on L1, or finalized [WCN_FINALITY]',
      ).choices(FINALITIES),
    ),
  )
}

/** What a transaction may cost, for whatever signs or sends one. */
export function feeOptions(command: Command): Command {
  return command
    .option(
      '--max-fee <gwei>',
      `refuse to bid more per gas than this (default: ${weiAsGwei(USUAL_LIMITS.fee)}, and a tip of ${weiAsGwei(USUAL_LIMITS.tip)}) [WCN_MAX_FEE]`,
    )
    .option(
      '--max-cost <eth>',
      `refuse a transaction that may cost more than this (default: ${weiAsEther(USUAL_LIMITS.cost)}) [WCN_MAX_COST]`,
    )
}

/** Consent beforehand, for whatever asks before it sends. */
export function consentOptions(command: Command): Command {
  return command.option('-y, --yes', 'do not ask before sending').addOption(new Option('--auto-approve').hideHelp())
}

export function clusterRead(command: Command, role: Role = 'operator'): Command {
  const known = clusterOptions(outputOptions(command))
  return signerOptions(role === 'operator' ? operatorOption(known) : known, role)
}

/** A command that may send a transaction: previews it, asks, or takes `--yes`. */
export function clusterWrite(command: Command, role: Role = 'operator'): Command {
  const known = sendingOptions(consentOptions(clusterRead(command, role)))
  if (role === 'owner') unsignedOption(known)
  return known
    .option('--dry-run', 'show what would change and what it would cost; send nothing')
    .option('--force-encryption-key', "write although the encryption key does not look like this cluster's")
}

/** For owners whose key is elsewhere: a multisig wallet, an offline machine. */
function unsignedOption(command: Command): Command {
  return command.option(
    '--unsigned <path>',
    'send nothing: write the transaction to this file, to be signed elsewhere, and beside it (.safe.json) a batch for Safe',
  )
}

/** A write that replaces an operator's data, and with it what this version did not understand. */
export function clusterEdit(command: Command): Command {
  return trailingBytesOption(clusterWrite(command))
}

export function trailingBytesOption(command: Command): Command {
  return command.option('--drop-trailing-bytes', 'lose bytes on chain that this version does not know')
}

/** For what brings an operator's data as a whole: how much of what is there it may take away. */
export function takingAwayOptions(command: Command): Command {
  return command
    .option('--max-removals <count>', 'stop if more nodes than this would go (default without a terminal: 1)')
    .option('--revoke-all', 'let an empty list of clients or namespaces revoke all of them')
    .option('--replace-undecodable', 'replace data on chain that does not decode')
}

/** How nodes are looked at from outside. */
export function probeOptions(command: Command): Command {
  return command
    .option(
      '--node-key-file <path>',
      'secret key of one of your nodes on chain: as that peer, nodes and their databases tell how they are [WCN_NODE_KEY_FILE]',
    )
    .option('--probe-timeout <duration>', 'how long one port may take to answer (default: 5s)')
    .option('--concurrency <n>', 'how many ports are asked at a time (default: 64)')
    .option(
      '--metrics <node=host:port>',
      "a node's metrics server (plain HTTP), where that can be reached; may be given several times",
      collect,
    )
}

/** How a command that waits for nodes does so. */
export function waitOptions(command: Command): Command {
  return probeOptions(command)
    .option('--node-timeout <duration>', 'how long a node may take to be operational (default: 10m)')
    .option('--settle <duration>', 'and how long it has to stay so (default: 10s)')
}

/** How a command of the user's is run. */
export function childOptions(command: Command): Command {
  return command.option(
    '--pass-env <name>',
    "hand a variable on to CMD although it is one of this tool's settings; may be given several times",
    collect,
  )
}

export function keyPermissionsOption(command: Command): Command {
  return command.option('--insecure-permissions', 'accept key files that group or others can read')
}

export function privateAddressesOption(command: Command): Command {
  return command.option('--allow-private-addresses', 'accept addresses that are not routable (development chains)')
}

/** For what does not write by itself; writes have it with their own words. */
export function forceKeyOption(command: Command): Command {
  return command.option('--force-encryption-key', "go on although the encryption key does not look like this cluster's")
}

/** For flags that may be given several times. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** The same for words of a fixed list. */
export function repeatableChoice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices).argParser((value, before: readonly string[] = []) => {
    if (!choices.includes(value)) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`)
    return collect(value, before)
  })
}
