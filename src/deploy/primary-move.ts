/**
 * Notices that the signing key goes from one node's file to another's. Two nodes that sign take each other's nonces, and
 * each starts without a word (docs/dev/network/node-protocol.md).
 */

import { WcnError } from '../errors/wcn-error.js'
import { SIGNING_KEY_VARIABLE } from './model/service-variables.js'
import type { OldFile, OtherFile } from './output-look.js'

/** A file and what becomes of it. */
export interface PlannedFile {
  /** Relative to the directory, with `/` between folders. */
  readonly path: string
  readonly secret: boolean
  /** Sealed. */
  readonly text: string
  /** Name of the node whose signing key is in it. */
  readonly signerOf: string | null
  /** With the directory. */
  readonly target: string
  /** `kept`: edited by hand, and not written. */
  readonly status: 'written' | 'updated' | 'unchanged' | 'kept'
  /** What lies there. */
  readonly old: OldFile | null
}

export interface PrimaryMove {
  readonly from: string
  /** Null where no file of this run has the key. */
  readonly to: string | null
}

const NODE_FILE = /(?:^|\/)(?:wcn_node_([^/]+)\.env|secrets\/wcn-node-([^/]+)\.yaml)$/
/** Set to something: variables are told apart without regard to case (docs/dev/network/node-protocol.md). */
const SET = new RegExp(
  `^\\s*(?:export\\s+|-\\s+)?["']?${SIGNING_KEY_VARIABLE}["']?\\s*[=:][^\\S\\n]*(?!["']{0,2}\\s*(?:#.*)?$)`,
  'im',
)

/** Null where the key stays where it is, or was nowhere. */
export function movedPrimary(
  planned: readonly PlannedFile[],
  others: readonly OtherFile[],
  stale: readonly OtherFile[],
): PrimaryMove | null {
  const signers = planned.filter(({ signerOf }) => signerOf !== null)
  const to = signers[0]?.signerOf ?? null
  const named = signers.map(({ path, signerOf }) => nodeInFileName(path) ?? signerOf)
  const losing = planned.filter(({ signerOf, old }) => signerOf === null && holdsSigningKey(old))
  // Another node's file, which this run does not write, matters once this run gives the key to a node.
  const elsewhere = others.filter((other) => holdsSigningKey(other) && (to !== null || stale.includes(other)))
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
    const refused = (how: string, hint: string) =>
      new WcnError('PRIMARY_RULE', `${target} was edited by hand and would be kept ${how}`, {
        hint,
        details: { path: target },
      })
    if (signerOf === null && holdsSigningKey(old)) {
      throw refused(
        `with the signing key in it, and node ${node} is not the primary`,
        'take the key out of it, or replace the file with --force',
      )
    }
    if (signerOf !== null && move !== null && !holdsSigningKey(old)) {
      throw refused(
        `without the signing key, which goes from node ${move.from} to node ${node}`,
        'replace the file with --force, or put the key into it',
      )
    }
  }
}

/** The node that a file with secrets is for, as its name says; null for other files. */
function nodeInFileName(path: string): string | null {
  const [, inEnvFile, inManifest] = NODE_FILE.exec(path) ?? []
  return inEnvFile ?? inManifest ?? null
}

/** What an earlier run wrote, or somebody by hand. */
function holdsSigningKey(file: Pick<OldFile, 'text'> | null): boolean {
  return file?.text != null && SET.test(file.text)
}
