/**
 * `nodes rotate NODE`: another key or address for a node without a gap. The new one is added, waited for, and only then
 * the old one removed. Killed anywhere and run again, it goes on from what the chain shows (nodes/model/node-rotation.ts).
 */

import { snakeJson } from '../base/snake-json.js'
import type { Services } from '../cli/services.js'
import { type Examiner, openExaminer } from '../health/examiner.js'
import { requireProof } from '../health/model/advice.js'
import { expectedNode } from '../health/model/expected-node.js'
import type { NodeHealthJson } from '../health/model/node-health.js'
import { requireAnswering, whyUnverified } from '../health/require-answering.js'
import { parseWaitLimits } from '../health/wait-until-operational.js'
import { editOperator } from '../write/edit-operator.js'
import { type WriteJson, writeJson } from '../write/write-json.js'
import { addSuccessor, nodeInWords, placeOf, type Rotation, removePredecessor } from './model/node-rotation.js'
import { awaitSuccessor, withBothListed } from './rotate/await-successor.js'
import { agreeOnRotation, beginRotation, type NodesRotateInput, type StartedRotation } from './rotate/begin.js'

/**
 * Throws PROBE_UNAVAILABLE, NODE_UNVERIFIED with --verify, what beginRotation, agreeOnRotation and editOperator throw;
 * once both are listed also what awaitSuccessor throws, then with what to type in the hint.
 */
export async function run(services: Services, input: NodesRotateInput) {
  const waits = parseWaitLimits(input)
  const examiner = await openExaminer(services, input)
  requireProof(examiner)
  const begun = await beginRotation(services, input)
  const { stage, snapshot, operator, key } = begun
  if (stage.kind === 'done') {
    services.talk.note(`nodes[${stage.index}] is the new node, and the old one is gone`)
    const { data } = await editOperator(services, input, {
      title: 'rotate nothing',
      encrypts: false,
      apply: (now) => now.data,
    })
    return { data: rotated(null, null, data) }
  }
  const { rotation } = stage
  if (stage.kind === 'add') await lookAhead(services, examiner, begun, rotation, input.verify === true)
  else services.talk.note(`${nodeInWords(rotation.next)} is on chain already: going on from there`)
  const dryRun = input.dryRun === true
  const changes = await agreeOnRotation(services, begun, rotation, dryRun)
  if (dryRun) {
    const unsent = { dryRun, changes, sent: null, now: snapshot, overwritten: [] }
    return { data: rotated(null, null, writeJson(services, unsent, { operator, key })) }
  }
  const added = stage.kind === 'add' ? await add(services, input, rotation) : null
  const index = placeOfNext(begun, rotation, added)
  const listed = { rotation, index, added: added?.transaction ?? null }
  try {
    const health = await awaitSuccessor(services, examiner, begun, listed, waits)
    const { data: removed } = await editOperator(services, input, {
      title: `step 2 of 2: remove ${nodeInWords(rotation.old)}`,
      encrypts: true,
      unasked: true,
      apply: (now) => removePredecessor(now.data, rotation, now.key),
    })
    return { data: rotated(added, removed, removed, snakeJson(health)) }
  } catch (error) {
    throw withBothListed(error, input.node, begun.data, listed)
  }
}

/** What does not answer yet may be about to be started; that it is awaited should be no surprise. */
async function lookAhead(
  services: Services,
  examiner: Examiner,
  begun: StartedRotation,
  { next }: Rotation,
  verify: boolean,
): Promise<void> {
  const seen = await examiner.examine([expectedNode(next, null, 'the new node')], begun, { shown: true })
  if (verify) return requireAnswering(services, seen)
  for (const health of seen) {
    const met = whyUnverified(health)
    if (met !== null) services.talk.warn(`${met}; it is added all the same, and waited for then (--verify refuses)`)
  }
}

async function add(services: Services, input: NodesRotateInput, rotation: Rotation): Promise<WriteJson> {
  const { data } = await editOperator(services, input, {
    title: `step 1 of 2: add ${nodeInWords(rotation.next)}`,
    encrypts: true,
    unasked: true,
    apply: (now) => addSuccessor(now.data, rotation, now.key),
  })
  services.talk.tell('the new node is on chain beside the old one; the old one goes once the new one is operational')
  return data
}

function placeOfNext({ data, key }: StartedRotation, { next }: Rotation, added: WriteJson | null): number {
  const before = placeOf(data, next, key)
  if (before >= 0) return before
  const nodes = added?.operator && 'nodes' in added.operator ? added.operator.nodes : []
  const now = nodes.findLastIndex(({ peer_id, ipv4_addr }) => peer_id === next.peerId && ipv4_addr === next.ipv4Addr)
  return now >= 0 ? now : data.nodes.length
}

/** As any write, but with two transactions, null where not sent by this run. `last` says how the operator is in the end. */
function rotated(
  added: WriteJson | null,
  removed: WriteJson | null,
  last: WriteJson,
  node: NodeHealthJson | null = null,
) {
  const writes = [added, removed].filter((write) => write !== null)
  return {
    changed: writes.some(({ changed }) => changed),
    dry_run: last.dry_run,
    changes: last.dry_run ? last.changes : writes.flatMap(({ changes }) => changes),
    transactions: { add: added?.transaction ?? null, remove: removed?.transaction ?? null },
    /** The new node before the old one was removed; null where it was not looked at. */
    node,
    cluster: last.cluster,
    version: last.version,
    operator: last.operator,
    overwritten: writes.flatMap(({ overwritten }) => overwritten),
  }
}
