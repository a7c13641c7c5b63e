/** `admin deploy`: founds a cluster as the Rust tool's `deploy -o ADDR…` does, on the project's own contract or one that is given. */
import { type Address, parseAddress, ZERO_ADDRESS } from '../base/address.js'
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import { quote } from '../base/quote.js'
import { jsonInteger } from '../base/snake-json.js'
import { sourceName } from '../base/source-name.js'
import type { Services } from '../cli/services.js'
import { MAX_OPERATORS, MIN_OPERATORS } from '../cluster/cluster-view.js'
import { DEFAULT_SETTINGS, encodeSettingsData } from '../cluster/codec/settings-data.js'
import { requireWritable } from '../cluster/judge-write.js'
import { NOTHING_MORE } from '../cluster/judged-write.js'
import { placeholderOperator } from '../cluster/placeholder-nodes.js'
import { WcnError } from '../errors/wcn-error.js'
import { readIncluded, settledOtherwise } from '../write/read-back.js'
import { transactionJson } from '../write/write-json.js'
import { deployCluster } from './deploy-cluster.js'

/** Compilers put sources, maps and metadata into it. */
const MAX_ARTIFACT_BYTES = 16 * 1024 * 1024

export interface Input {
  readonly operator: readonly string[]
  readonly maxOperatorDataBytes?: string
  readonly minOperators?: string
  /** What a compiler made of the contract to deploy. */
  readonly artifact?: string
  readonly dryRun?: boolean
  /** As all other owner's commands have it. */
  readonly unsigned?: string
}

/**
 * The owner is the signing account. Throws USAGE, FILE_*, DOCUMENT_INVALID, CLUSTER_INVALID, CLUSTER_FULL, ADDRESS_INVALID, SETTING_INVALID,
 * DATA_TOO_LARGE before anything is sent, what deployCluster and readIncluded throw, and SETTLED_OTHERWISE where the
 * network could not use the new cluster.
 */
export async function run(services: Services, input: Input) {
  if (input.unsigned !== undefined)
    // What creates the second contract is priced against the first, on chain; and a Safe creates none by a call.
    throw new WcnError('USAGE', 'a cluster is founded by an account whose key is at hand: --unsigned is not for this', {
      hint: 'deploy it with an account of its own, then offer it (`wcn admin ownership transfer ADDRESS`) to the Safe or the offline key, which accepts',
    })
  const ids = requireFounders(input.operator.map((text) => parseAddress(text, '--operator')))
  const maxOperatorDataBytes = wholeNumber(input.maxOperatorDataBytes ?? '4096', '--max-operator-data-bytes', 65_535)
  const minOperators = requireMinimum(wholeNumber(input.minOperators ?? '5', '--min-operators', 255), ids.length)
  const artifact = input.artifact === undefined ? null : await readArtifact(services, input.artifact)
  const key = await services.settings.requireEncryptionKey()
  const { address: owner } = await services.signer()
  const operators = ids.map((id, slot) => {
    const name = `Operator${slot}`
    const placeholder = placeholderOperator(name, services.randomBytes(32), key)
    // Placeholders are no nodes to be: of the rules only that of the new limit is about them.
    const write = { slot: null, after: placeholder, key, maxDataBytes: maxOperatorDataBytes, allowed: NOTHING_MORE }
    return { id, name, data: requireWritable(write, ['data-size']) }
  })
  if (artifact === null && services.settings.chainId() !== DEVELOPMENT_CHAIN_ID)
    services.talk.warn("this deploys the contract of this tool's development chain, not the network's own")
  const settings = { maxOperatorDataBytes, minOperators, extra: encodeSettingsData(DEFAULT_SETTINGS) }
  const dryRun = input.dryRun === true
  const deployed = await deployCluster(services, { settings, operators, artifact }, { dryRun })
  const back = deployed && (await readIncluded(services, deployed.sent[1], deployed.contract))
  if (back && back.now.view.problems.length > 0)
    throw settledOtherwise(`nodes would reject the cluster: ${back.now.view.problems.join('; ')}`, back.sent.receipt)
  return {
    data: {
      chain_id: services.settings.chainId(),
      contract: deployed?.contract ?? null,
      owner,
      implementation: deployed?.implementation ?? null,
      /** Keccak-256 of what created the implementation; null where it is this tool's own contract. */
      bytecode_hash: artifact?.hash ?? null,
      transactions: deployed?.sent.map(transactionJson) ?? [],
      version: back && jsonInteger(back.now.view.version),
      dry_run: dryRun,
    },
  }
}

/** Throws FILE_UNREADABLE, DOCUMENT_INVALID, CLUSTER_INVALID. */
async function readArtifact({ files }: Services, path: string) {
  const text = await files.readText(path, { maxBytes: MAX_ARTIFACT_BYTES })
  const { parseArtifact } = await import('../chain/contract/cluster-artifact.js')
  return parseArtifact(text, sourceName(path))
}

function requireFounders(ids: readonly Address[]): readonly Address[] {
  const distinct = new Set(ids)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (distinct.has(ZERO_ADDRESS)) throw refused('--operator is the zero address, which nobody holds the key of')
  if (twice)
    throw refused(`--operator ${twice} is given twice, and the network rejects a cluster with a duplicate operator`)
  if (ids.length < MIN_OPERATORS)
    throw refused(`a cluster needs at least ${MIN_OPERATORS} operators, and ${ids.length} are given`)
  if (ids.length > MAX_OPERATORS)
    throw new WcnError('CLUSTER_FULL', `a cluster has room for ${MAX_OPERATORS} operators, and ${ids.length} are given`)
  return ids
}

function requireMinimum(minOperators: number, count: number): number {
  if (minOperators < MIN_OPERATORS)
    throw refused(
      `--min-operators is ${minOperators}, but the network rejects a cluster with fewer than ${MIN_OPERATORS}`,
    )
  if (minOperators > count) throw refused(`--min-operators is ${minOperators}, but only ${count} operators are given`)
  return minOperators
}

function refused(sentence: string): WcnError {
  return new WcnError('CLUSTER_INVALID', sentence, {
    hint: `give ${MIN_OPERATORS} to ${MAX_OPERATORS} different addresses: --operator ADDRESS ADDRESS …`,
  })
}

function wholeNumber(text: string, source: string, max: number): number {
  const number = /^(?:0|[1-9][0-9]{0,5})$/.test(text) ? Number(text) : Number.NaN
  if (number >= 1 && number <= max) return number
  throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, which is not a whole number from 1 to ${max}`)
}
