/**
 * `config check`: finds in env files, compose files, units and manifests what the real software refuses, or swallows
 * without a word. With --online it also compares them with the chain.
 */

import { closest, distance } from 'fastest-levenshtein'
import type { Address } from '../base/address.js'
import { firstFailure } from '../base/check.js'
import { withoutEndSlashes } from '../base/folder-path.js'
import { ifSet } from '../base/if-set.js'
import type { WriteSnapshot } from '../chain/chain.js'
import type { ActionResult, Services } from '../cli/services.js'
import { TARGETS } from '../deploy/targets/target-file.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { addressOfKey } from '../signers/address-of-key.js'
import { compareWithCluster, readClusterOnChain } from './check-on-chain.js'
import { type CheckedService, placeKey, servicesWith } from './model/checked-service.js'
import { type Finding, inOrder, oncePerPlace, oncePerRule, type Place } from './model/finding.js'
import type { Found, ReadBy } from './model/found.js'
import { checkOffline } from './model/rules.js'
import { readFound } from './readers/read-found.js'

export interface Input {
  readonly paths: readonly string[]
  readonly online?: boolean
  /** Who reads the env files, where that can't be told from them. */
  readonly readBy?: ReadBy
}

export interface ConfigCheckData {
  /** Passes and skips, then what was found, by file and line. */
  readonly checks: readonly Finding[]
}

/**
 * Exit code 8 when a check fails. Throws FILE_*, SELECTOR_NO_MATCH where nothing to check is found, and with
 * --online SETTING_* where it is not said which cluster is meant.
 */
export async function run(services: Services, input: Input): Promise<ActionResult<ConfigCheckData>> {
  if (input.online) requireCluster(services)
  const operator = await knownOperator(services)
  const groups: Found[] = []
  for (const paths of await deploymentsIn(services, input.paths))
    groups.push(await readFound(services.files, paths, input))
  requireSomething(groups, input.paths)
  const cluster = input.online ? await readClusterOnChain(services, operator) : null
  const findings: (readonly Finding[])[] = cluster ? [[cluster.finding]] : []
  for (const found of groups) {
    const names = found.services.map(({ name }) => name)
    findings.push(oncePerPlace(await checkDeployment(services, found, operator, cluster?.snapshot ?? null), names))
  }
  const checks = inOrder(oncePerRule(findings.flat()))
  return { data: { checks }, ...(firstFailure(checks) ? { exitCode: EXIT_CHECK_FAILED } : {}) }
}

/** Files can be checked where no key is: one that can't be opened only means that this is not known. */
async function knownOperator({ settings, talk }: Services): Promise<Address | null> {
  try {
    return await ifSet(() => settings.operator())
  } catch (error) {
    if (!(error instanceof WcnError) || !/^(?:FILE|KEY|KEYSTORE|PASSWORD|INPUT)_/.test(error.code)) throw error
    talk.note(`which operator is meant is not known: ${error.message}`)
    return null
  }
}

async function checkDeployment(
  services: Services,
  found: Found,
  operator: Address | null,
  snapshot: WriteSnapshot | null,
): Promise<readonly Finding[]> {
  const allowPrivateAddresses = services.settings.allowPrivateAddresses()
  const tools = { nearest, addressOf: addressOfKey, operator, allowPrivateAddresses }
  const { findings, deployment } = await checkOffline(found, tools)
  if (snapshot === null) return findings
  const faults = findings.filter(({ id, status, line }) => id !== 'agreement' && status === 'fail' && line !== null)
  const blamed = new Set(faults.map(placeKey))
  const isBlamed = (place: Place) => blamed.has(placeKey(place))
  const online = await compareWithCluster(services, deployment.nodes, { snapshot, operator, isBlamed })
  return [...withoutSettled(findings, online, deployment.nodes), ...online]
}

/** Where nodes disagree the chain knows who is right. */
function withoutSettled(
  offline: readonly Finding[],
  online: readonly Finding[],
  nodes: readonly CheckedService[],
): readonly Finding[] {
  const isWrong = (wanted: string) => online.some(({ id, status }) => id === wanted && status === 'fail')
  const settled = new Set(
    [
      ...(isWrong('contract-on-chain') ? servicesWith(nodes, 'SMART_CONTRACT_ADDRESS') : []),
      ...(isWrong('encryption-key-on-chain') ? servicesWith(nodes, 'SMART_CONTRACT_ENCRYPTION_KEY') : []),
    ].map(({ variable }) => placeKey(variable.place)),
  )
  return offline.filter((one) => one.id !== 'agreement' || !settled.has(placeKey(one)))
}

/** `config emit --format all` writes one deployment once for each target: each is a deployment of its own here. */
async function deploymentsIn({ files }: Services, paths: readonly string[]): Promise<readonly (readonly string[])[]> {
  const together: string[] = []
  const alone: string[][] = []
  for (const path of paths) {
    const names = path !== '-' && (await files.isDirectory(path)) ? await files.list(path) : []
    const targets = TARGETS.filter((target) => names.includes(target))
    if (targets.length < 2) together.push(path)
    else alone.push(...targets.map((target) => [`${withoutEndSlashes(path)}/${target}`]))
  }
  return together.length > 0 ? [together, ...alone] : alone
}

/** Files without a service may have been meant to hold one: where that is said as a failure, it is enough. */
function requireSomething(groups: readonly Found[], paths: readonly string[]): void {
  const some = ({ services, remarks }: Found) => services.length > 0 || remarks.some(({ status }) => status === 'fail')
  if (groups.some(some)) return
  const unread = groups.flatMap(({ remarks }) => remarks).find(({ id }) => id.startsWith('unread'))
  throw new WcnError('SELECTOR_NO_MATCH', `nothing of wcn_db or wcn_node is configured in ${paths.join(', ')}`, {
    hint: unread
      ? `not everything was read: ${unread.file}: ${unread.summary}`
      : 'name env files, compose files, units or manifests, or the directory that `wcn config emit` wrote',
  })
}

/** A slip of the hand or two: longer names may differ by more. */
function nearest(name: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0) return null
  const wanted = name.toUpperCase()
  const near = closest(wanted, [...candidates])
  return distance(wanted, near) <= Math.max(2, Math.floor(wanted.length / 6)) ? near : null
}

/** Throws SETTING_MISSING, SETTING_INVALID and the like. */
function requireCluster({ settings }: Services): void {
  try {
    settings.contractAddress()
    settings.rpcUrl()
  } catch (error) {
    if (!(error instanceof WcnError) || error.code !== 'SETTING_MISSING') throw error
    throw new WcnError('SETTING_MISSING', `${error.message}, and --online compares with a cluster`, {
      hint: `${error.hint ?? 'set it'}; --env-file FILE takes it from one of your nodes' env files`,
    })
  }
}
