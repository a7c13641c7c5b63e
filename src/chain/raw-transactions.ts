/** EIP-1559 transactions as bytes: what an offline signer signs, and what comes back from it (EIP-1559, EIP-2). */
import { keccak256, parseSignature, parseTransaction, recoverAddress, type Signature, serializeTransaction } from 'viem'
import { parseAddress } from '../base/address.js'
import type { Hex } from '../base/hex.js'
import type { RawTransaction, RawTransactions } from './calls.js'

/** EIP-2: a signature whose s is in the upper half is refused. */
const LARGEST_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

export const rawTransactions: RawTransactions = {
  digest: (transaction) => keccak256(serializeTransaction(fields(transaction))),
  serialize: (transaction, signature) => serializeTransaction(fields(transaction), parseSignature(signature)),
  async parse(text) {
    const raw = text.toLowerCase() as Hex
    if (!/^0x02[0-9a-f]*$/.test(raw)) return null
    try {
      const { transaction, signature } = parsed(raw)
      // Whatever else the bytes hold, such as an access list or a number with zeros before it, is missing here.
      if (serializeTransaction(fields(transaction), signature) !== raw || BigInt(signature.s) > LARGEST_S) return null
      const from = await recoverAddress({ hash: rawTransactions.digest(transaction), signature })
      return { transaction, hash: keccak256(raw), from: parseAddress(from, 'the signature') }
    } catch {
      return null
    }
  },
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

function fields({ fees, ...transaction }: RawTransaction) {
  return { type: 'eip1559', ...transaction, ...fees } as const
}
