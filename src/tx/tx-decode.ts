/**
 * `tx decode`: what calldata, a transaction or a batch would do, for those who must approve it: in words, and where a
 * provider is configured as before → after. Nothing here is taken from what a file says about itself.
 */

import { ifSet } from '../base/if-set.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import { bidFault } from '../chain/fee-limits.js'
import type { Services } from '../cli/services.js'
import { encryptionKeyEvidence } from '../cluster/encryption-key-evidence.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { WcnError } from '../errors/wcn-error.js'
import { warnOfProblems } from '../read/read-operator.js'
import { allowances } from '../write/allowances.js'
import { givenLimits } from '../write/ask.js'
import { type DecodeSource, type Envelope, readDecodeSource } from './decode-source.js'
import { explainCall, type Requested } from './explain-call.js'

/** `transaction` is null where it is no whole one; `compared_with` where nothing was; `faults`: why not to trust the source. */
export type TxDecodeData = Awaited<ReturnType<typeof run>>['data']
export type EnvelopeJson = ReturnType<typeof envelopeJson>

/** `call`: calldata, a signed transaction, or a file's name. */
interface Input {
  readonly call: string
}

/** Exit code 8 where a call is unknown or the source contradicts itself. Throws DOCUMENT_INVALID, FILE_*, SETTING_*. */
export async function run(services: Services, input: Input) {
  const { settings, talk } = services
  const source = await readDecodeSource(services, input.call)
  const reviewer = { key: await settings.encryptionKey(), allowed: allowances(services, {}) }
  const snapshot = await readClusterOf(services, source)
  const isHere = ({ to }: Requested) => snapshot !== null && (to === null || to === snapshot.contract)
  const refusals = snapshot && (await simulate(services, source.calls.filter(isHere), snapshot))
  const explained = source.calls.map((requested) => {
    const { call, json } = explainCall(requested, isHere(requested) ? (snapshot?.view ?? null) : null, reviewer)
    const elsewhere = snapshot && !isHere(requested) ? `it does not go to the contract ${snapshot.contract}` : null
    const warnings = [...json.warnings, refusals?.get(requested) ?? [], elsewhere ?? []].flat()
    return { call, json: { ...json, warnings } }
  })
  if (snapshot !== null) {
    warnOfProblems(services, snapshot.view)
    if (reviewer.key && encryptionKeyEvidence(snapshot.view, reviewer.key) === 'contradicted')
      talk.warn('the encryption key does not fit this cluster: addresses that are shown make no sense')
    if (explained.length > 1)
      talk.note('each call is compared with the chain as it is now, not as the calls before it would leave it')
  }

  const dear =
    source.envelope && bidFault({ ...source.envelope.transaction, otherWei: 0n }, givenLimits(services), 'it')
  if (dear) talk.warn(dear.message)

  const understood = explained.length > 0 && explained.every(({ call }) => call !== null)
  return {
    data: {
      source: source.kind,
      calls: explained.map(({ json }) => json),
      transaction: source.envelope && envelopeJson(source.envelope),
      compared_with: snapshot && {
        chain_id: snapshot.chainId,
        contract: snapshot.contract,
        block: snapshot.block.number,
      },
      faults: source.faults,
    },
    exitCode: understood && source.faults.length === 0 ? 0 : EXIT_CHECK_FAILED,
  }
}

/** The cluster that is configured, or else the one that the calls go to; null, with the reason, where none can be read. */
async function readClusterOf(services: Services, { calls, chainId }: DecodeSource): Promise<ClusterSnapshot | null> {
  const { settings, talk } = services
  if ((await ifSet(() => settings.providers())) === null) return null
  const contract = (await ifSet(() => settings.contractAddress())) ?? calls.find(({ to }) => to !== null)?.to ?? null
  if (contract === null) return null
  if (chainId !== null && chainId !== settings.chainId()) {
    talk.warn(`it is for chain ${chainId}, and ${settings.chainId()} is configured, so it was not compared with that`)
    return null
  }
  try {
    return await (await services.chain()).readCluster({ contract })
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    talk.warn(`it was not compared with the chain: ${error.message}`)
    return null
  }
}

/** Errors that say something about who sends a call, not about the call. */
const ABOUT_SENDER: readonly unknown[] = [
  'Unauthorized',
  'CallerNotOperator',
  'OperatorNotPulling',
  'OwnableUnauthorizedAccount',
]

/**
 * The contract's own word on each call, by a simulation on the chain as it is: why it would refuse it. Calldata does not
 * say who sends it: then the owner, who may do nearly everything, is asked for, and what is refused to him as the sender
 * is left open. Says what was not simulated.
 */
async function simulate(
  { chain, talk }: Services,
  calls: readonly Requested[],
  { view, contract }: ClusterSnapshot,
): Promise<ReadonlyMap<Requested, string>> {
  const refusals = new Map<Requested, string>()
  for (const call of calls) {
    const { from, content } = call
    if (typeof content !== 'string') {
      talk.note('what has no calldata was not simulated')
      continue
    }
    if (from === null) talk.note("who sends it is not known: it was simulated as the owner's call")
    try {
      const simulating = await chain()
      await simulating.estimate(await simulating.readAccount(from ?? view.owner), { to: contract, data: content })
    } catch (error) {
      if (!(error instanceof WcnError)) throw error
      const isOpen = from === null && ABOUT_SENDER.includes(error.details?.error)
      if (error.code === 'CALL_REVERTS' && !isOpen) refusals.set(call, error.message)
      else talk.warn(`whether the contract takes it is not known: ${error.message}`)
    }
  }
  return refusals
}

function envelopeJson({ transaction, from, hash }: Envelope) {
  const { chainId, nonce, gas, fees, value } = transaction
  return {
    chain_id: chainId,
    from,
    nonce,
    gas: gas.toString(),
    max_fee_per_gas: fees.maxFeePerGas.toString(),
    max_priority_fee_per_gas: fees.maxPriorityFeePerGas.toString(),
    value: value.toString(),
    hash,
  }
}
