/** Encodes, simulates, prices and signs transactions; everything here is loaded only when something is written. */
import { encodeFunctionData, keccak256, parseSignature, serializeTransaction } from 'viem'
import type { Address } from '../base/address.js'
import { bytesToHex } from '../base/hex.js'
import type { AccountSnapshot, ClusterCall, CostEstimate } from './chain.js'
import { WRITE_ABI } from './contract/cluster-abi.js'
import type { SignedTransaction, Signer, TransactionRequest } from './transaction.js'

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

export async function signTransaction(
  snapshot: AccountSnapshot,
  transaction: TransactionRequest,
  cost: Pick<CostEstimate, 'gas'>,
  signer: Signer,
): Promise<SignedTransaction> {
  const unsigned = unsignedTransaction(snapshot, transaction, cost.gas)
  const signature = await signer.signDigest(keccak256(serializeTransaction(unsigned)))
  const raw = serializeTransaction(unsigned, parseSignature(signature))
  return { raw, hash: keccak256(raw), nonce: snapshot.account.nonce, from: signer.address }
}

export function unsignedTransaction(snapshot: AccountSnapshot, { to, data }: TransactionRequest, gas: bigint) {
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

/** What `eth_call` and `eth_estimateGas` take. */
export function callObject(from: Address, { to, data }: TransactionRequest) {
  return { from, data, ...(to === null ? {} : { to }) }
}
