/** EIP-1559 transactions as bytes: what is signed, here or offline, and what comes back from it (EIP-1559, EIP-2). */
import { keccak256, parseSignature, parseTransaction, recoverAddress, type Signature, serializeTransaction } from 'viem'
import { type Address, parseAddress } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import type { AccountSnapshot, CostEstimate } from './chain.js'
import type { Fees, SignedTransaction, Signer, TransactionRequest } from './transaction.js'

/** EIP-2: a signature whose s is in the upper half is refused. */
const LARGEST_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** An EIP-1559 transaction without access list. `to` is null where it creates a contract. */
export interface RawTransaction extends TransactionRequest {
  readonly chainId: number
  readonly nonce: number
  readonly gas: bigint
  readonly fees: Fees
  /** Wei. */
  readonly value: bigint
}

export type RawTransactions = typeof rawTransactions
/** `from`: whose key made the signature. */
export type SignedRawTransaction = NonNullable<Awaited<ReturnType<RawTransactions['parse']>>>

export const rawTransactions = {
  /** The 32 bytes that are signed. */
  digest: (transaction: RawTransaction): Hex => keccak256(serialized(transaction)),
  /** The bytes to send. `signature` is r ‖ s ‖ v, as a `Signer` makes it. */
  serialize: (transaction: RawTransaction, signature: Hex): Hex => serialized(transaction, parseSignature(signature)),
  /** Null for what is not exactly such a transaction with a signature that the network accepts. Takes any text. */
  async parse(text: string) {
    const raw = text.toLowerCase() as Hex
    if (!/^0x02[0-9a-f]*$/.test(raw)) return null
    try {
      const { transaction, signature } = parsed(raw)
      // Whatever else the bytes hold, such as an access list or a number with zeros before it, is missing here.
      if (serialized(transaction, signature) !== raw || BigInt(signature.s) > LARGEST_S) return null
      const from = await recoverAddress({ hash: rawTransactions.digest(transaction), signature })
      return { transaction, hash: keccak256(raw), from: parseAddress(from, 'the signature') }
    } catch {
      return null
    }
  },
}

export async function signTransaction(
  snapshot: AccountSnapshot,
  request: TransactionRequest,
  { gas }: Pick<CostEstimate, 'gas'>,
  signer: Signer,
): Promise<SignedTransaction> {
  const transaction = unsignedTransaction(snapshot, request, gas)
  const signature = await signer.signDigest(rawTransactions.digest(transaction))
  const raw = rawTransactions.serialize(transaction, signature)
  return { raw, hash: keccak256(raw), nonce: transaction.nonce, from: signer.address }
}

export function unsignedTransaction(
  { chainId, account, fees }: AccountSnapshot,
  request: TransactionRequest,
  gas: bigint,
): RawTransaction {
  return { ...request, chainId, nonce: account.nonce, gas, fees, value: 0n }
}

export function serialized({ fees, ...transaction }: RawTransaction, signature?: Signature): Hex {
  return serializeTransaction({ type: 'eip1559', ...transaction, ...fees }, signature)
}

/** What `eth_call` and `eth_estimateGas` take. */
export function callObject(from: Address, { to, data }: TransactionRequest) {
  return { from, data, ...(to === null ? {} : { to }) }
}

function parsed(raw: Hex): { transaction: RawTransaction; signature: Signature } {
  const { chainId, nonce, gas, maxFeePerGas, maxPriorityFeePerGas, to, value, data, r, s, yParity } = parseTransaction(
    raw as `0x02${string}`,
  )
  if (r === undefined || s === undefined || yParity === undefined) throw new Error('it is not signed')
  return {
    transaction: {
      chainId,
      nonce: nonce ?? 0,
      gas: gas ?? 0n,
      fees: { maxFeePerGas: maxFeePerGas ?? 0n, maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n },
      to: to ? parseAddress(to, 'the transaction') : null,
      value: value ?? 0n,
      data: data ?? '0x',
    },
    signature: { r, s, yParity },
  }
}
