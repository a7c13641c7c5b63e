/** Encodes, simulates, prices and signs transactions; everything here is loaded only when something is written. */
import { encodeFunctionData, keccak256, parseSignature, serializeTransaction } from 'viem'
import type { Address } from '../../core/address.js'
import { bytesToHex } from '../../core/hex.js'
import type {
  AccountSnapshot,
  ClusterCall,
  CostEstimate,
  SignedTransaction,
  Signer,
  TransactionRequest,
} from '../../core/ports.js'
import { WRITE_ABI } from './cluster-abi.js'
import { type JsonRpc, resultOf } from './json-rpc.js'
import { hexData, quantity, toQuantity } from './quantity.js'
import { callReverts, revertReason } from './revert-errors.js'

/** The OP Stack's predeploy that knows what a transaction's bytes cost on L1. */
const GAS_PRICE_ORACLE = '0x420000000000000000000000000000000000000F'
const GET_L1_FEE_ABI = [
  {
    type: 'function',
    name: 'getL1Fee',
    stateMutability: 'view',
    inputs: [{ name: 'data', type: 'bytes' }],
    outputs: [{ name: '', type: 'uint256' }],
  },
] as const
/** Room for state that changes between estimate and inclusion, in percent of the estimate. */
const GAS_MARGIN_PERCENT = 120n

export function encodeCall(contract: Address, call: ClusterCall): TransactionRequest {
  return { to: contract, data: callData(call) }
}

function callData(call: ClusterCall) {
  switch (call.fn) {
    case 'updateNodeOperatorData':
      return encodeFunctionData({ abi: WRITE_ABI, functionName: call.fn, args: [call.operator, bytesToHex(call.data)] })
    case 'addNodeOperator':
      return encodeFunctionData({
        abi: WRITE_ABI,
        functionName: call.fn,
        args: [{ addr: call.operator, data: bytesToHex(call.data) }],
      })
    case 'setMaintenance':
      return encodeFunctionData({ abi: WRITE_ABI, functionName: call.fn, args: [call.active] })
  }
}

export async function estimateCost(
  rpc: JsonRpc,
  snapshot: AccountSnapshot,
  transaction: TransactionRequest,
): Promise<CostEstimate> {
  const unsigned = serializeTransaction(unsignedTransaction(snapshot, transaction, 10_000_000n))
  const oracleCall = encodeFunctionData({ abi: GET_L1_FEE_ABI, functionName: 'getL1Fee', args: [unsigned] })
  const [gas, l1Fee] = await rpc.send([
    { method: 'eth_estimateGas', params: [callObject(snapshot.account.address, transaction)] },
    { method: 'eth_call', params: [{ to: GAS_PRICE_ORACLE, data: oracleCall }, 'latest'] },
  ])
  if (gas?.ok === false && isRevert(gas.error)) throw callReverts(gas.error.data, gas.error.message)
  const estimate = quantity(resultOf(gas, 'eth_estimateGas', rpc.host), 'gas estimate')
  const limit = (estimate * GAS_MARGIN_PERCENT) / 100n
  // No code at the predeploy (not an OP chain) answers 0x: there is no such fee.
  const l1Answer = hexData(resultOf(l1Fee, 'eth_call', rpc.host), 'L1 fee')
  return {
    gas: limit,
    executionFeeWei: limit * snapshot.fees.maxFeePerGas,
    l1FeeWei: l1Answer === '0x' ? 0n : quantity(l1Answer, 'L1 fee'),
  }
}

export async function signTransaction(
  snapshot: AccountSnapshot,
  transaction: TransactionRequest,
  cost: CostEstimate,
  signer: Signer,
): Promise<SignedTransaction> {
  const unsigned = unsignedTransaction(snapshot, transaction, cost.gas)
  const signature = await signer.signDigest(keccak256(serializeTransaction(unsigned)))
  const raw = serializeTransaction(unsigned, parseSignature(signature))
  return { raw, hash: keccak256(raw), nonce: snapshot.account.nonce, from: signer.address }
}

/** Replays a failed transaction on the state its block left, in which what was in its way is still there as a rule. */
export async function explainRevert(
  rpc: JsonRpc,
  transaction: TransactionRequest,
  from: Address,
  atBlock: number,
): Promise<string> {
  const [reply] = await rpc.send([{ method: 'eth_call', params: [callObject(from, transaction), toQuantity(atBlock)] }])
  return reply?.ok === false ? revertReason(reply.error.data, reply.error.message) : 'the reason is not known'
}

function unsignedTransaction(snapshot: AccountSnapshot, { to, data }: TransactionRequest, gas: bigint) {
  return {
    type: 'eip1559',
    chainId: snapshot.chainId,
    nonce: snapshot.account.nonce,
    gas,
    to,
    data,
    value: 0n,
    ...snapshot.fees,
  } as const
}

function callObject(from: Address, { to, data }: TransactionRequest) {
  return { from, data, ...(to === null ? {} : { to }) }
}

function isRevert({ code, message, data }: { code: number; message: string; data?: unknown }): boolean {
  return code === 3 || /revert/i.test(message) || (typeof data === 'string' && data.length >= 10)
}
