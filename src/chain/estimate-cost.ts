/**
 * Simulates a transaction and prices it: the gas it takes, and what the OP Stack charges besides, for its bytes on L1 and
 * for its gas whoever runs the chain.
 */
import { encodeFunctionData, parseAbi } from 'viem'
import type { Hex } from '../base/hex.js'
import { WcnError } from '../errors/wcn-error.js'
import { type Answer, askEach } from './ask-each.js'
import { beatRequests, heardBeat } from './block-beat.js'
import type { AccountSnapshot, Estimate } from './chain.js'
import { leaveOutFailed } from './disagreement.js'
import { isNotThereYet, untilThere } from './one-block.js'
import type { Providers } from './providers.js'
import { amount, hexData, smallQuantity } from './quantity.js'
import { callObject, serialized, unsignedTransaction } from './raw-transactions.js'
import { callReverts, revertReason } from './reverts.js'
import { type JsonRpc, type RpcFailure, type RpcReply, type RpcRequest, resultOf } from './rpc/json-rpc.js'
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
/** The predeploy that knows both of these fees. */
const GAS_PRICE_ORACLE = '0x420000000000000000000000000000000000000F'
const ORACLE_ABI = parseAbi([
  'function getL1Fee(bytes data) view returns (uint256)',
  'function getOperatorFee(uint256 gasUsed) view returns (uint256)',
])

/** Honest numbers that meet another state differ by as much at the most: storage that is written for the first time. */
const APART_AT_MOST = 8n
/** Whoever is further away than this from what enough others say is named. */
const ALIKE = 2n

/**
 * What as many providers as have to agree say of it (agreedNumber), and what it costs as they say; one request to each.
 * Throws CALL_REVERTS, PROVIDERS_DISAGREE, NETWORK, RPC_ERROR.
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
  const runs = given.flatMap(({ rpc, value }) => ('gas' in value ? [{ rpc, value }] : []))
  const reverts = given.flatMap(({ rpc, value }) => ('gas' in value ? [] : [{ rpc, value }]))
  const [run, revert] = [runs[0], reverts[0]]

  if (run && runs.length >= quorum) {
    for (const { rpc, value } of reverts)
      providers.leaveOut(rpc, `says that the contract would refuse this: ${revertReason(value)}`)
    leaveOutFailed(providers, failures)
    const agreed = (title: string, of: (said: Runs) => bigint): bigint => {
      const said = runs.map(({ rpc, value }) => ({ rpc, value: of(value) }))
      const number = agreedNumber(said, quorum)
      if (number === null) throw disagreeingNumbers(title, said)
      for (const { rpc, value } of number.dissenters)
        providers.leaveOut(rpc, `says that ${title} is ${value}, where others say ${number.value}`)
      return number.value
    }
    const takes = agreed('the gas this takes', (said) => said.gas)
    const gas = gasLimit(takes, transaction)
    return {
      gas,
      executionFeeWei: gas * snapshot.fees.maxFeePerGas,
      l1FeeWei: agreed('the L1 fee in wei', ({ fees }) => fees.l1FeeWei),
      operatorFeeWei: agreed('the operator fee in wei', ({ fees }) => fees.operatorFeeWei(gas)),
      nonce: run.value.nonce,
    }
  }
  if (!revert) throw failures[0]?.value
  if (run && reverts.length < quorum) throw disagreement(runs, reverts)
  for (const { rpc } of runs) providers.leaveOut(rpc, 'says that the contract takes this')
  throw callReverts(revert.value)
}

/**
 * What is stored costs little where it is there already: somebody else's write in between must not make all of it dear.
 * Gas that is not used is not paid.
 */
function gasLimit(estimate: bigint, { to, data }: TransactionRequest): bigint {
  const limit = (estimate * GAS_MARGIN_PERCENT) / 100n
  const words = to === null ? 0n : BigInt(Math.ceil((data.length - 2) / 64))
  const roomy = limit + words * SLOT_GAS
  if (roomy <= MOST_GAS) return roomy
  return limit > MOST_GAS ? limit : MOST_GAS
}

type Runs = Exclude<Awaited<ReturnType<typeof simulate>>, RpcFailure>

/**
 * What it takes by one provider's word, or the revert. `agreed`: the nonce, where several have agreed about it; one is asked
 * for it once more.
 */
async function simulate(rpc: JsonRpc, call: ReturnType<typeof callObject>, unsigned: Hex, agreed: number | null) {
  const requests = [
    // Not on the pending state, which some providers take unless told: what waits in the pool may be this very call.
    { method: 'eth_estimateGas', params: [call, 'latest'] },
    ...feeRequests(unsigned),
    ...(agreed === null ? [{ method: COUNT, params: [call.from, 'latest'] }] : []),
  ]
  const beat = beatRequests(rpc)
  const ask = () => rpc.send([...requests, ...beat])
  const replies = await untilThere(ask, (all) => all.slice(0, requests.length).some(isNotThereYet))
  const [gas, ...rest] = replies
  heardBeat(rpc, replies.slice(requests.length))
  if (gas?.ok === false && isRevert(gas.error)) return gas.error
  return {
    gas: amount(resultOf(gas, 'eth_estimateGas', rpc.host), 'gas estimate', rpc.host, ABSURD_GAS),
    fees: opStackFees(rest, rpc.host),
    nonce: agreed ?? smallQuantity(resultOf(rest[3], COUNT, rpc.host), 'nonce'),
  }
}

function disagreement(runs: readonly Answer<unknown>[], reverts: readonly Answer<RpcFailure>[]): WcnError {
  const [takes = [], refuses = []] = [runs, reverts].map((group) => group.map(({ rpc }) => rpc.host))
  const reason = reverts.map(({ value }) => revertReason(value))[0]
  return new WcnError(
    'PROVIDERS_DISAGREE',
    `the RPC providers disagree on whether the contract takes this: ${takes.join(', ')} says it does, ${refuses.join(', ')} says it does not: ${reason}`,
    { hint: 'one of them may lag: try again in a moment, or leave that one out', details: { takes, refuses } },
  )
}

function disagreeingNumbers(title: string, said: readonly Answer<bigint>[]): WcnError {
  const words = said.map(({ rpc, value }) => `${rpc.host} says ${value}`)
  return new WcnError('PROVIDERS_DISAGREE', `the RPC providers disagree on ${title}: ${words.join(', ')}`, {
    hint: 'find out which of them is right; then leave the others out, by their --rpc-url or with a lower --rpc-quorum',
    details: { providers: said.map(({ rpc, value }) => ({ host: rpc.host, says: value.toString() })) },
  })
}

/**
 * One number of several that providers give, where honest answers differ a little: what as many as have to agree, and more
 * than half, say suffices. Of the lowest group of so many that are not too far apart it is the highest: where fewer than the
 * quorum lie, between two honest answers. Too little fails, too much frightens away. Null where there is no such group.
 */
export function agreedNumber(said: readonly Answer<bigint>[], quorum: number) {
  const size = Math.max(quorum, Math.floor(said.length / 2) + 1)
  const sorted = said.map(({ value }) => value).sort((a, b) => (a < b ? -1 : 1))
  const value = sorted.slice(size - 1).find((highest, lowest) => isWithin(APART_AT_MOST, highest, sorted[lowest] ?? 0n))
  if (value === undefined) return null
  const dissenters = said.filter((one) => !isWithin(ALIKE, one.value, value))
  // Where those that count are that far apart themselves, nobody can tell who is wrong.
  return { value, dissenters: said.length - dissenters.length >= size ? dissenters : [] }
}

function isWithin(factor: bigint, a: bigint, b: bigint): boolean {
  return a <= b * factor && b <= a * factor
}

/** Three requests; `unsigned` is the serialized transaction. */
function feeRequests(unsigned: Hex): readonly RpcRequest[] {
  const calls = [
    encodeFunctionData({ abi: ORACLE_ABI, functionName: 'getL1Fee', args: [unsigned] }),
    encodeFunctionData({ abi: ORACLE_ABI, functionName: 'getOperatorFee', args: [0n] }),
    encodeFunctionData({ abi: ORACLE_ABI, functionName: 'getOperatorFee', args: [SOME_GAS] }),
  ]
  return calls.map((data) => ({ method: 'eth_call', params: [{ to: GAS_PRICE_ORACLE, data }, 'latest'] }))
}

/** Of the replies to those; the operator fee is linear, two points tell it for any gas. Throws RPC_ERROR. */
function opStackFees([l1Fee, none, some]: readonly (RpcReply | undefined)[], host: string) {
  const fixed = operatorFee(none, host)
  const more = operatorFee(some, host) - fixed
  return {
    l1FeeWei: fee(l1Fee, 'L1 fee', host),
    operatorFeeWei: (gas: bigint) => (more <= 0n ? fixed : fixed + (more * gas + SOME_GAS - 1n) / SOME_GAS),
  }
}

/** Before Isthmus the predeploy has no such function. */
function operatorFee(reply: RpcReply | undefined, host: string): bigint {
  return reply?.ok === false && isRevert(reply.error) ? 0n : fee(reply, 'operator fee', host)
}

/** No code at the predeploy (not an OP chain) answers 0x: there is no such fee. */
function fee(reply: RpcReply | undefined, what: string, host: string): bigint {
  const answer = hexData(resultOf(reply, 'eth_call', host), what)
  return answer === '0x' ? 0n : amount(answer, what, host)
}
