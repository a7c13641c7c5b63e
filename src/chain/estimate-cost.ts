/** Simulates a transaction and prices it: the gas it takes, and the OP Stack's own fees. */
import type { Hex } from '../base/hex.js'
import { WcnError } from '../errors/wcn-error.js'
import { agreedNumber } from './agreed-number.js'
import { type Answer, askEach } from './ask-each.js'
import type { AccountSnapshot, Estimate } from './chain.js'
import { callReverts, revertReason } from './contract/revert-errors.js'
import { leaveOutFailed } from './disagreement.js'
import { isNotThereYet, untilThere } from './one-block.js'
import { feeRequests, type OpStackFees, opStackFees } from './op-stack-fees.js'
import type { Providers } from './providers.js'
import { amount, smallQuantity } from './quantity.js'
import { callObject, serialized, unsignedTransaction } from './raw-transactions.js'
import { type JsonRpc, resultOf } from './rpc/json-rpc.js'
import { isRevert } from './rpc/provider-answers.js'
import type { TransactionRequest } from './transaction.js'

/** Room for state that changes between estimate and inclusion, in percent of the estimate. */
const GAS_MARGIN_PERCENT = 120n
/** Of writing a storage slot that was empty (EIP-2929 and EIP-2200). */
const SLOT_GAS = 22_100n
/** The most that a transaction may have (EIP-7825). */
const MOST_GAS = 16_777_216n
/** More than a transaction can take; the fee for its bytes hardly depends on the number. */
const SOME_GAS = 10_000_000n
/** More than a number holds exactly, and than any block by far. */
const ABSURD_GAS = 2n ** 53n
const COUNT = 'eth_getTransactionCount'

/** One provider's: what it takes, or the revert. */
type Simulation =
  | { readonly kind: 'runs'; readonly gas: bigint; readonly fees: OpStackFees; readonly nonce: number }
  | { readonly kind: 'reverts'; readonly data: unknown; readonly message: string }
type Runs = Extract<Simulation, { kind: 'runs' }>
type Reverts = Extract<Simulation, { kind: 'reverts' }>

/**
 * What as many providers as have to agree say of it (agreed-number.ts), and what it costs as they say; one request to
 * each. Throws CALL_REVERTS, PROVIDERS_DISAGREE, NETWORK, RPC_ERROR.
 */
export async function estimateCost(
  providers: Providers,
  snapshot: AccountSnapshot,
  transaction: TransactionRequest,
): Promise<Estimate> {
  const unsigned = serialized(unsignedTransaction(snapshot, transaction, SOME_GAS))
  const call = callObject(snapshot.account.address, transaction)
  const { all, quorum } = providers
  const { given, failures } = await askEach(all, quorum, (rpc) =>
    simulate(rpc, call, unsigned, all.length === 1 ? null : snapshot.account.nonce),
  )
  const runs = given.filter((one): one is Answer<Runs> => one.value.kind === 'runs')
  const reverts = given.filter((one): one is Answer<Reverts> => one.value.kind === 'reverts')

  if (runs.length >= quorum) {
    for (const { rpc, value } of reverts)
      providers.leaveOut(rpc, `says that the contract would refuse this: ${revertReason(value.data, value.message)}`)
    leaveOutFailed(providers, failures)
    const agreed = (title: string, of: (runs: Runs) => bigint): bigint => {
      const said = runs.map(({ rpc, value }) => ({ rpc, value: of(value) }))
      const number = agreedNumber(said, quorum)
      if (number === null) throw disagreeingNumbers(title, said)
      for (const { rpc, value } of number.dissenters)
        providers.leaveOut(rpc, `says that ${title} is ${value}, where others say ${number.value}`)
      return number.value
    }
    const gas = gasLimit(
      agreed('the gas this takes', ({ gas }) => gas),
      transaction,
    )
    return {
      gas,
      executionFeeWei: gas * snapshot.fees.maxFeePerGas,
      l1FeeWei: agreed('the L1 fee in wei', ({ fees }) => fees.l1FeeWei),
      operatorFeeWei: agreed('the operator fee in wei', ({ fees }) => fees.operatorFeeWei(gas)),
      nonce: runs[0]?.value.nonce ?? snapshot.account.nonce,
    }
  }
  const [revert] = reverts
  if (revert && (reverts.length >= quorum || runs.length === 0)) {
    for (const { rpc } of runs) providers.leaveOut(rpc, 'says that the contract takes this')
    throw callReverts(revert.value.data, revert.value.message)
  }
  if (revert) throw disagreement(runs, reverts)
  throw failures[0]?.value
}

/**
 * What is stored costs little where it is there already: somebody else's write in between must not make all of it dear.
 * Gas that is not used is not paid.
 */
function gasLimit(estimate: bigint, { to, data }: TransactionRequest): bigint {
  const limit = (estimate * GAS_MARGIN_PERCENT) / 100n
  const words = to === null ? 0n : BigInt(Math.ceil((data.length - 2) / 64))
  const roomy = limit + words * SLOT_GAS
  return roomy <= MOST_GAS ? roomy : larger(limit, MOST_GAS)
}

/** `agreed`: the nonce, where several have agreed about it; one is asked for it once more. */
async function simulate(
  rpc: JsonRpc,
  call: ReturnType<typeof callObject>,
  unsigned: Hex,
  agreed: number | null,
): Promise<Simulation> {
  const requests = [
    // Not on the pending state, which some providers take unless told: what waits in the pool may be this very call.
    { method: 'eth_estimateGas', params: [call, 'latest'] },
    ...feeRequests(unsigned),
    ...(agreed === null ? [{ method: COUNT, params: [call.from, 'latest'] }] : []),
  ]
  const ask = () => rpc.send(requests)
  const [gas, ...rest] = await untilThere(ask, (replies) => replies.some(isNotThereYet))
  if (gas?.ok === false && isRevert(gas.error))
    return { kind: 'reverts', data: gas.error.data, message: gas.error.message }
  const estimate = amount(resultOf(gas, 'eth_estimateGas', rpc.host), 'gas estimate', rpc.host, ABSURD_GAS)
  const fees = opStackFees(rest, rpc.host)
  return {
    kind: 'runs',
    gas: estimate,
    fees,
    nonce: agreed ?? smallQuantity(resultOf(rest[3], COUNT, rpc.host), 'nonce'),
  }
}

function disagreement(runs: readonly Answer<Runs>[], reverts: readonly Answer<Reverts>[]): WcnError {
  const [hosts, others] = [runs, reverts].map((group) => group.map(({ rpc }) => rpc.host))
  const reason = reverts.map(({ value }) => revertReason(value.data, value.message))[0]
  return new WcnError(
    'PROVIDERS_DISAGREE',
    `the RPC providers disagree on whether the contract takes this: ${hosts?.join(', ')} says it does, ${others?.join(', ')} says it does not: ${reason}`,
    {
      hint: 'one of them may lag: try again in a moment, or leave that one out',
      details: { takes: hosts ?? [], refuses: others ?? [] },
    },
  )
}

function disagreeingNumbers(title: string, said: readonly Answer<bigint>[]): WcnError {
  const words = said.map(({ rpc, value }) => `${rpc.host} says ${value}`)
  return new WcnError('PROVIDERS_DISAGREE', `the RPC providers disagree on ${title}: ${words.join(', ')}`, {
    hint: 'find out which of them is right; then leave the others out, by their --rpc-url or with a lower --rpc-quorum',
    details: { providers: said.map(({ rpc, value }) => ({ host: rpc.host, says: value.toString() })) },
  })
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
