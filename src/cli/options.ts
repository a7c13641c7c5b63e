/**
 * Flag groups that commands share: what every command takes, how the cluster is found, who signs. The Rust tool's
 * spellings are hidden aliases, so that its users' scripts keep running.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { FINALITIES } from '../chain/transaction.js'
import type { Kind, Role, Setting } from '../settings/settings-table.js'
import * as table from '../settings/settings-table.js'
import { asCommon, asShared } from './help.js'

/** `--json`, `--quiet` and their like: how the tool talks. `output`: without a short name where that is another flag's. */
export function outputOptions(command: Command, output: '-o, --output' | '--output' = '-o, --output'): Command {
  return asShared(command, () =>
    command
      .option('--json', 'print one JSON document on stdout (--json=1: as it was before schema 2)')
      // Flags of these names: one with a value of its own would take the argument that follows --json.
      .addOption(new Option('--json=1').implies({ json: true }).hideHelp())
      .addOption(new Option('--json=2').implies({ json: true }).hideHelp())
      .option(`${output} <format>`, 'json, yaml or wide; some commands know name or markdown (`wcn help output`)')
      .option('--wide', 'nothing shortened or wrapped for the width of the terminal, as in a pipe')
      .option('--quiet', 'no progress on stderr')
      .option('--no-color', 'no colour (also NO_COLOR)')
      .option('--no-input', 'never prompt')
      .option('--debug', 'stack traces of errors'),
  )
}

/** Adds the flags of settings: their names and help are in the settings' table. */
export function settingOptions(command: Command, ...settings: readonly Setting[]): Command {
  for (const { kind, flags, variables, help, shown = variables[0] } of settings)
    flags.forEach((name, index) => {
      const option = new Option(`${table.flagOf(name)} <${PLACEHOLDERS[kind] ?? kind}>`)
      if (help === undefined || index > 0) option.hideHelp()
      else option.description = shown === undefined ? help : `${help} [${shown}]`
      if (kind === 'finality') option.choices(FINALITIES)
      if (kind === 'url' && index === 0) option.argParser(collect)
      command.addOption(option)
    })
  return command
}

const PLACEHOLDERS: Partial<Readonly<Record<Kind, string>>> = {
  ...{ 'chain-id': 'id', count: 'n', key: 'hex', kms: 'id', finality: 'level', ether: 'eth', directory: 'path' },
}

/** The same where they are not what the command is about. */
function sharedOptions(command: Command, ...settings: readonly Setting[]): Command {
  return asShared(command, () => settingOptions(command, ...settings))
}

/** Where settings that are not given as flags come from. */
export function settingsOptions(command: Command): Command {
  asShared(command, () =>
    command.option(
      '--env-file <path>',
      'read settings from this env file (after flags and the environment); a pipe will do; - is stdin',
    ),
  )
  return keyPermissionsOption(sharedOptions(command, table.CONTEXT))
}

/** Through which provider, on which chain, and the key that hides addresses. */
export function chainOptions(command: Command): Command {
  return sharedOptions(
    settingsOptions(command),
    ...[table.RPC_URL, table.QUORUM, table.HEADER_FILE, table.CA_FILE, table.CHAIN_ID],
    ...[table.ENCRYPTION_KEY.file, table.ENCRYPTION_KEY.inline, table.TIMEOUT],
  )
}

/** The same for a cluster that exists. */
export function clusterOptions(command: Command): Command {
  return sharedOptions(chainOptions(command), table.CONTRACT_ADDRESS)
}

/** The account that signs. */
export function signerOptions(command: Command, role: Role = 'operator'): Command {
  const { key, keystore, password, kms } = table.SIGNERS[role]
  return sharedOptions(command, key.file, key.inline, keystore, password.file, kms)
}

/** Where this tool remembers what it sent. */
export function stateOption(command: Command): Command {
  return sharedOptions(command, table.STATE_DIRECTORY)
}

/** What sending takes, whoever decides what is sent. */
export function sendingOptions(command: Command): Command {
  return sharedOptions(command, table.STATE_DIRECTORY, table.FINALITY, table.MAX_FEE, table.MAX_COST)
}

/** What a transaction may cost, for whatever signs or sends one. */
export function feeOptions(command: Command): Command {
  return sharedOptions(command, table.MAX_FEE, table.MAX_COST)
}

/** Consent beforehand, for whatever asks before it sends. */
export function consentOptions(command: Command): Command {
  return asCommon(command, () =>
    command.option('-y, --yes', 'do not ask before sending').addOption(new Option('--auto-approve').hideHelp()),
  )
}

export function clusterRead(command: Command, role: Role = 'operator'): Command {
  const known = clusterOptions(outputOptions(command))
  // Whose data is meant, where no key has to be at hand.
  return signerOptions(role === 'operator' ? sharedOptions(known, table.OPERATOR) : known, role)
}

/** A command that may send a transaction: previews it, asks, or takes `--yes`. */
export function clusterWrite(command: Command, role: Role = 'operator'): Command {
  const known = sendingOptions(consentOptions(clusterRead(command, role)))
  if (role === 'owner') unsignedOption(known)
  return asCommon(known, () =>
    known
      .option('--dry-run', 'show what would change and what it would cost; send nothing')
      .option('--force-encryption-key', "write although the encryption key does not look like this cluster's"),
  )
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
  return asCommon(command, () =>
    command.option('--drop-trailing-bytes', 'lose bytes on chain that this version does not know'),
  )
}

/** For what brings an operator's data as a whole: how much of what is there it may take away. */
export function takingAwayOptions(command: Command): Command {
  return asCommon(command, () =>
    command
      .option('--max-removals <count>', 'stop if more nodes than this would go (default without a terminal: 1)')
      .option('--revoke-all', 'let an empty list of clients or namespaces revoke all of them')
      .option('--replace-undecodable', 'replace data on chain that does not decode'),
  )
}

/** How nodes are looked at from outside. */
export function probeOptions(command: Command): Command {
  return asCommon(command, () =>
    settingOptions(command, table.NODE_KEY_FILE)
      .option('--probe-timeout <duration>', 'how long one port may take to answer (default: 5s)')
      .option('--concurrency <n>', 'how many ports are met at a time, 64 at most; silent ones wait apart (default: 64)')
      .option(
        '--metrics <node=host:port>',
        "a node's metrics server (plain HTTP), where that can be reached; may be given several times",
        collect,
      ),
  )
}

/** The same for all nodes of the cluster, which tell over QUIC or not at all. */
export function surveyOptions(command: Command): Command {
  return asCommon(command, () =>
    settingOptions(command, table.NODE_KEY_FILE)
      .option('--probe-timeout <duration>', 'how long one port may take to answer (default: 2s)')
      .option('--concurrency <n>', 'how many ports are asked at a time (default: 64)'),
  )
}

/** For lists of checks, which tell in short what passed. */
export function allChecksOption(command: Command): Command {
  return asCommon(command, () => command.option('--all', 'also show what passed, one by one'))
}

/** For what may be looked at again and again. */
export function watchOptions(command: Command): Command {
  return asCommon(command, () =>
    command
      .option('--watch', 'look again and again until interrupted')
      .option('--interval <duration>', 'how long --watch waits between two looks (default: 10s)'),
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
  return asCommon(command, () =>
    command.option(
      '--pass-env <name>',
      "hand a variable on to CMD although it is one of this tool's settings; may be given several times",
      collect,
    ),
  )
}

export function keyPermissionsOption(command: Command): Command {
  return asShared(command, () =>
    command.option('--insecure-permissions', 'accept key files that group or others can read'),
  )
}

export function privateAddressesOption(command: Command): Command {
  return asCommon(command, () =>
    command.option('--allow-private-addresses', 'accept addresses that are not routable (development chains)'),
  )
}

/** For what does not write by itself; writes have it with their own words. */
export function forceKeyOption(command: Command): Command {
  return asCommon(command, () =>
    command.option('--force-encryption-key', "go on although the encryption key does not look like this cluster's"),
  )
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
