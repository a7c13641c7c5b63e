/**
 * What `tx decode` is given, as calls: calldata or a signed transaction as text, or a file with a transaction, a Safe
 * batch or a plan.
 */
import { z } from 'zod'
import type { Address } from '../base/address.js'
import { type Hex, hexToBytes } from '../base/hex.js'
import type { DecodedCall } from '../chain/calls.js'
import type { RawTransaction, SignedRawTransaction } from '../chain/raw-transactions.js'
import type { Services } from '../cli/services.js'
import { addressValue, hexValue } from '../documents/chain-values.js'
import { parseDocument } from '../documents/document.js'
import { schemaOf } from '../documents/shape-schema.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseSafeBatch } from '../write/safe-batch.js'
import { parseSignedFile, parseUnsignedFile, type UnsignedDocument } from '../write/unsigned-file.js'
import type { Requested } from './explain-call.js'
import { findContradiction, rawTransactionOf } from './understood-transaction.js'

/** A whole transaction; `from` and `hash` are null where nobody signed it. */
export interface Envelope {
  readonly transaction: RawTransaction
  readonly from: Address | null
  readonly hash: Hex | null
}

export interface DecodeSource {
  readonly kind: 'calldata' | 'raw-transaction' | 'unsigned' | 'signed' | 'safe-batch' | 'plan'
  /** Null where it does not say. */
  readonly chainId: number | null
  readonly calls: readonly Requested[]
  readonly envelope: Envelope | null
  /** Why it is not to be trusted. */
  readonly faults: readonly string[]
}

const PLAN = 'wcn-nodes-plan'
const HEAD = z.looseObject({ type: z.string().optional(), transactions: z.unknown().optional() })
const PLANNED = z.looseObject({
  type: z.literal(PLAN),
  chain_id: z.int().positive('must be positive'),
  contract: schemaOf(addressValue),
  operator: schemaOf(addressValue),
  after: schemaOf(hexValue),
})

/** 32 bytes are no call, which is 4 bytes and a multiple of 32, and no transaction; they may be a private key. */
function requireNoKey(text: string, source: string): string {
  if (!/^0x[0-9a-f]{64}$/i.test(text)) return text
  throw new WcnError('DOCUMENT_INVALID', `${source} is 32 bytes long, as keys and hashes are, and no calldata`, {
    hint: 'give calldata, a signed transaction or a file with one; `wcn tx show HASH` shows what was sent from here',
  })
}

/** Throws DOCUMENT_INVALID, FILE_*, USAGE. */
export async function readDecodeSource(services: Services, given: string): Promise<DecodeSource> {
  if (/^0x/i.test(given)) return fromHex(requireNoKey(given, 'what was given'), 'what was given')
  const text = await services.files.readText(given)
  if (/^\s*0x/i.test(text)) return fromHex(requireNoKey(text.trim(), given), given)
  const { type, transactions } = parseDocument(text, given, HEAD)
  if (type === 'wcn-unsigned-transaction') {
    const document = parseUnsignedFile(text, given)
    return fromDocument('unsigned', document, rawTransactionOf(document), null, [])
  }
  if (type === 'wcn-signed-transaction') {
    const document = parseSignedFile(text, given)
    const signed = await (await import('../chain/raw-transactions.js')).rawTransactions.parse(document.raw)
    const fault = findContradiction(document, signed)
    // What would be sent are the bytes, whatever stands beside them.
    return fromDocument('signed', document, signed?.transaction ?? null, signed, fault ? [fault] : [])
  }
  if (type === PLAN) return fromPlan(parseDocument(text, given, PLANNED))
  if (type === undefined && transactions !== undefined) return fromBatch(text, given)
  throw new WcnError('DOCUMENT_INVALID', `${given} holds neither a transaction nor a batch of them, nor a plan`, {
    hint: 'give calldata (0x…), a signed transaction (0x02…), or a file of `--unsigned`, `wcn tx sign`, `wcn nodes diff --out` or Safe',
  })
}

async function fromHex(text: string, source: string): Promise<DecodeSource> {
  const data = text.toLowerCase()
  if (!/^0x[0-9a-f]*$/.test(data) || data.length % 2 !== 0)
    throw new WcnError('DOCUMENT_INVALID', `${source} starts like bytes in hex, but not all of it is that`, {
      hint: 'give an even number of hex digits after 0x',
    })
  const signed = data.startsWith('0x02')
    ? await (await import('../chain/raw-transactions.js')).rawTransactions.parse(data)
    : null
  if (signed) {
    const { transaction, from } = signed
    const calls = [callOf(transaction, from)]
    return { kind: 'raw-transaction', chainId: transaction.chainId, calls, envelope: signed, faults: [] }
  }
  const call = { to: null, content: data as Hex, value: 0n, from: null }
  return { kind: 'calldata', chainId: null, calls: [call], envelope: null, faults: [] }
}

function fromDocument(
  kind: 'unsigned' | 'signed',
  document: UnsignedDocument,
  transaction: RawTransaction | null,
  signed: SignedRawTransaction | null,
  faults: readonly string[],
): DecodeSource {
  const { from } = signed ?? document
  const other = document.to === document.contract ? [] : ['it says it is for another contract than it goes to']
  return {
    kind,
    chainId: transaction?.chainId ?? document.chainId,
    calls: transaction ? [callOf(transaction, from)] : [],
    envelope: transaction && { transaction, from, hash: signed?.hash ?? null },
    faults: [...faults, ...other],
  }
}

function callOf({ to, value, data }: RawTransaction, from: Address): Requested {
  return { to, value, from, content: data }
}

/** A plan holds no calldata, but what becomes of it. */
function fromPlan({ operator, contract, after, chain_id: chainId }: z.output<typeof PLANNED>): DecodeSource {
  const content: DecodedCall = {
    fn: 'updateNodeOperatorData',
    operator,
    data: hexToBytes(after),
    signature: 'updateNodeOperatorData(address,bytes)',
    canonical: true,
  }
  const call = { to: contract, value: 0n, from: operator, content }
  return { kind: 'plan', chainId, calls: [call], envelope: null, faults: [] }
}

function fromBatch(text: string, source: string): DecodeSource {
  const { chainId, safe, calls, intact } = parseSafeBatch(text, source)
  return {
    kind: 'safe-batch',
    chainId: Number(chainId),
    // Where the app knows the interface, it makes the calldata later.
    calls: calls.map(({ to, value, data, method }) => {
      return { to, value, from: safe, content: data ?? (method === null ? '0x' : null) }
    }),
    envelope: null,
    faults: intact === false ? ['its checksum does not fit: it was changed after it was made'] : [],
  }
}
