/**
 * A plan: made on the pull request without a key, signed on main exactly as it was reviewed (docs/dev/command-line.md). It holds
 * the data as it was and as it shall be, addresses encrypted, so that it may lie about openly.
 */
import { z } from 'zod'
import { parseAddress } from '../base/address.js'
import { bytesToHex, hexToBytes } from '../base/hex.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { OperatorSlot } from '../cluster/cluster-view.js'
import { type DecodedOperatorData, decodeOperatorData, type OperatorData } from '../cluster/codec/operator-data.js'
import { decodeOwnEncoding } from '../cluster/judge-write.js'
import { freshNodes } from '../cluster/judged-write.js'
import { operatorChanges } from '../cluster/operator-changes.js'
import { parseDocument } from '../documents/document.js'
import { WcnError } from '../errors/wcn-error.js'
import { openVerification, type VerifyInput } from '../health/require-answering.js'
import { type EditInput, editOperator } from '../write/edit-operator.js'

const MAKE_ANEW = 'make a new plan with `wcn nodes diff -f FILE --out PLAN`'
const HEX_BYTES = z.string().regex(/^0x(?:[0-9a-f]{2})*$/, 'bytes in lower-case hex are expected')

const PLAN = z.strictObject({
  type: z.literal('wcn-nodes-plan'),
  version: z.literal(1),
  chain_id: z.int().positive(),
  contract: z.string(),
  operator: z.string(),
  /** Where it was made; for people. */
  block: z.int().nonnegative(),
  /** The operator's data that the plan starts from, and what replaces it. */
  before: HEX_BYTES,
  after: HEX_BYTES,
})

export function planText({ chainId, contract, block }: ClusterSnapshot, slot: OperatorSlot, after: Uint8Array): string {
  const plan: z.infer<typeof PLAN> = {
    type: 'wcn-nodes-plan',
    version: 1,
    chain_id: chainId,
    contract,
    operator: slot.id,
    block: block.number,
    before: bytesToHex(slot.data),
    after: bytesToHex(after),
  }
  return `${JSON.stringify(plan, null, 2)}\n`
}

/**
 * Whoever wrote the plan: what it brings is held to what `nodes update -f` is held to. New nodes in it take the encryption
 * key, since nothing can be said of their addresses otherwise. Throws DOCUMENT_INVALID, STATE_CHANGED where the operator's
 * data is not what the plan starts from, and what verifying and editOperator throw.
 */
export async function applyPlan(services: Services, input: EditInput & VerifyInput & { readonly plan: string }) {
  const path = input.plan
  const plan = parseDocument(await services.files.readText(path), path, PLAN)
  const { settings } = services
  for (const [what, planned, configured] of [
    ['contract', parseAddress(plan.contract, `${path}: contract`), settings.contractAddress()],
    ['operator', parseAddress(plan.operator, `${path}: operator`), await settings.operator()],
    ['chain', plan.chain_id, settings.chainId()],
  ])
    if (planned !== configured)
      throw new WcnError('STATE_CHANGED', `${path} was made for ${what} ${planned}, and ${configured} is configured`, {
        hint: 'use the settings that the plan was made with',
      })
  const before = decodePlanned(plan.before, path)
  // A plan of nothing repeats what is there, however that was encoded.
  const decode = plan.after === plan.before ? decodeOperatorData : decodeOwnEncoding
  const after = decodePlanned(plan.after, path, decode)
  const edit = {
    title: `carry out ${path}, made at block ${plan.block}`,
    verify: await openVerification(services, input),
    apply({ slot, data, key }: { slot: OperatorSlot; data: OperatorData; key: EncryptionKey | null }) {
      const now = bytesToHex(slot.data)
      if (now === plan.before || now === plan.after) return after
      throw new WcnError('STATE_CHANGED', `the operator's data changed since ${path} was made at block ${plan.block}`, {
        hint: MAKE_ANEW,
        details: { changed_since_plan: operatorChanges(before, data, key) },
      })
    },
  }
  const bringsNodes = freshNodes(before.nodes, after.nodes).length > 0
  return editOperator(services, input, { ...edit, encrypts: bringsNodes })
}

function decodePlanned(hex: string, source: string, decode = decodeOperatorData): DecodedOperatorData {
  try {
    return decode(hexToBytes(hex))
  } catch (cause) {
    throw new WcnError(
      'DOCUMENT_INVALID',
      `${source} does not hold operator data that decodes: ${cause instanceof Error ? cause.message : cause}`,
      { hint: MAKE_ANEW, cause },
    )
  }
}
