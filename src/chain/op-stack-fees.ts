/** What the OP Stack charges besides execution: for a transaction's bytes on L1, and for its gas whoever runs the chain. */
import { encodeFunctionData, parseAbi } from 'viem'
import type { Hex } from '../base/hex.js'
import { amount, hexData } from './quantity.js'
import { type RpcReply, type RpcRequest, resultOf } from './rpc/json-rpc.js'
import { isRevert } from './rpc/provider-answers.js'

/** The predeploy that knows both. */
const GAS_PRICE_ORACLE = '0x420000000000000000000000000000000000000F'
const ORACLE_ABI = parseAbi([
  'function getL1Fee(bytes data) view returns (uint256)',
  'function getOperatorFee(uint256 gasUsed) view returns (uint256)',
])
/** The operator fee is linear: two points tell it for any gas. */
const SOME_GAS = 10_000_000n

/** Three requests; `unsigned` is the serialized transaction. */
export function feeRequests(unsigned: Hex): readonly RpcRequest[] {
  const calls = [
    encodeFunctionData({ abi: ORACLE_ABI, functionName: 'getL1Fee', args: [unsigned] }),
    encodeFunctionData({ abi: ORACLE_ABI, functionName: 'getOperatorFee', args: [0n] }),
    encodeFunctionData({ abi: ORACLE_ABI, functionName: 'getOperatorFee', args: [SOME_GAS] }),
  ]
  return calls.map((data) => ({ method: 'eth_call', params: [{ to: GAS_PRICE_ORACLE, data }, 'latest'] }))
}

/** Of the replies to those. Throws RPC_ERROR. */
export function opStackFees([l1Fee, none, some]: readonly (RpcReply | undefined)[], host: string) {
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
