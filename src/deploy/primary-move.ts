/**
 * Notices that the signing key goes from one node's file to another's. Two nodes that sign take each other's nonces, and
 * each starts without a word (docs/dev/network/node-protocol.md).
 */

import { WcnError } from '../errors/wcn-error.js'
import type { OtherFile } from './output-look.js'
import type { PlannedFile } from './planned-file.js'
import { holdsSigningKey, nodeInFileName } from './targets/signing-key-file.js'

export interface PrimaryMove {
  readonly from: string
  /** Null where no file of this run has the key. */
  readonly to: string | null
}

/** Null where the key stays where it is, or was nowhere. */
export function movedPrimary(
  planned: readonly PlannedFile[],
  others: readonly OtherFile[],
  stale: readonly OtherFile[],
): PrimaryMove | null {
  const to = planned.find(({ signerOf }) => signerOf !== null)?.signerOf ?? null
  const named = planned.flatMap(({ path, signerOf }) => (signerOf === null ? [] : (nodeInFileName(path) ?? signerOf)))
  const losing = planned.filter(({ signerOf, old }) => signerOf === null && holds(old?.text))
  // Another node's file, which this run does not write, matters once this run gives the key to a node.
  const elsewhere = others.filter((other) => holds(other.text) && (to !== null || stale.includes(other)))
  const from = [...losing, ...elsewhere]
    .map(({ path }) => nodeInFileName(path))
    .find((node) => node !== null && !named.includes(node))
  return from == null ? null : { from, to }
}

/**
 * A kept file may neither hold the key that it should not, nor lack the one that another file loses. Throws
 * PRIMARY_RULE.
 */
export function requireWholeMove(planned: readonly PlannedFile[], move: PrimaryMove | null): void {
  for (const { target, path, status, signerOf, old } of planned) {
    const node = nodeInFileName(path)
    if (status !== 'kept' || node === null) continue
    if (signerOf === null && holds(old?.text)) {
      throw new WcnError(
        'PRIMARY_RULE',
        `${target} was edited by hand and would be kept with the signing key in it, and node ${node} is not the primary`,
        { hint: `take the key out of it, or replace the file with --force`, details: { path: target } },
      )
    }
    if (signerOf !== null && move !== null && !holds(old?.text)) {
      throw new WcnError(
        'PRIMARY_RULE',
        `${target} was edited by hand and would be kept without the signing key, which goes from node ${move.from} to node ${node}`,
        { hint: 'replace the file with --force, or put the key into it', details: { path: target } },
      )
    }
  }
}

function holds(text: string | null | undefined): boolean {
  return text != null && holdsSigningKey(text)
}
