/**
 * `nodes rotate NODE`: another key or address for a node without a gap. The new one is added, waited for, and only then
 * the old one removed. Killed anywhere and run again, it goes on from what the chain shows (nodes/model/node-rotation.ts).
 */

import { snakeJson } from '../base/snake-json.js'
import type { ActionResult, Services } from '../cli/services.js'
import type { Change } from '../cluster/operator-changes.js'
import { plainNode, sameNode } from '../cluster/plain-node.js'
import { type Examiner, openExaminer } from '../health/examiner.js'
import { requireProof } from '../health/model/advice.js'
import { expectedNode } from '../health/model/expected-node.js'
import type { NodeHealthJson } from '../health/model/node-health.js'
import { requireAnswering, whyUnverified } from '../health/require-answering.js'
import { parseWaitLimits, type WaitLimits } from '../health/wait-until-operational.js'
import { editOperator } from '../write/edit-operator.js'
import { type TransactionJson, type WriteJson, writeJson } from '../write/write-json.js'
import { addSuccessor, removePredecessor } from './model/node-rotation.js'
import { agreeOnRotation } from './rotate/agree.js'
import { awaitSuccessor, type Listed, withBothListed } from './rotate/await-successor.js'
import { beginRotation, type NodesRotateInput, nodeInWords, oldNode, type StartedRotation } from './rotate/begin.js'

/** As any write, but with two transactions; null: not sent by this run. */
export interface NodesRotateJson extends Omit<WriteJson, 'transaction' | 'unsigned'> {
  readonly transactions: { readonly add: TransactionJson | null; readonly remove: TransactionJson | null }
  /** The new node before the old one was removed; null where it was not looked at. */
  readonly node: NodeHealthJson | null
}

/**
 * Throws PROBE_UNAVAILABLE, NODE_UNVERIFIED with --verify, what beginRotation, agreeOnRotation and editOperator throw;
 * once both are listed also what awaitSuccessor throws, then with what to type in the hint.
 */
export async function run(services: Services, input: NodesRotateInput): Promise<ActionResult<NodesRotateJson>> {
  const waits = parseWaitLimits(input)
  const examiner = await openExaminer(services, input)
  requireProof(examiner)
  const begun = await beginRotation(services, input)
  const { stage } = begun
  if (stage.kind === 'done') {
    services.talk.note(`nodes[${stage.index}] is the new node, and the old one is gone`)
    const { data } = await editOperator(services, input, {
      title: 'rotate nothing',
      encrypts: false,
      apply: (state) => state.data,
    })
    return { data: rotated(null, null, data) }
  }
  if (stage.kind === 'add') await lookAhead(services, examiner, begun, input.verify === true)
  else services.talk.note(`${nodeInWords(stage.rotation.next)} is on chain already: going on from there`)
  const dryRun = input.dryRun === true
  const changes = await agreeOnRotation(services, begun, stage.rotation, dryRun)
  if (dryRun) return { data: rehearsed(services, begun, changes) }
  const added = stage.kind === 'add' ? await add(services, input, begun) : null
  const listed = { rotation: stage.rotation, index: placeOfNext(begun, added), added: added?.transaction ?? null }
  return {
    data: await withBothListed(
      finish(services, examiner, { input, begun, listed, waits, added }),
      input,
      begun,
      listed,
    ),
  }
}

/** What does not answer yet may be about to be started; that it is awaited should be no surprise. */
async function lookAhead(
  services: Services,
  examiner: Examiner,
  begun: StartedRotation,
  verify: boolean,
): Promise<void> {
  if (begun.stage.kind === 'done') return
  const node = expectedNode(begun.stage.rotation.next, null, 'the new node')
  const seen = await examiner.examine([node], begun, { shown: true })
  if (verify) return requireAnswering(services, seen)
  for (const health of seen) {
    const met = whyUnverified(health)
    if (met !== null) services.talk.warn(`${met}; it is added all the same, and waited for then (--verify refuses)`)
  }
}

async function add(services: Services, input: NodesRotateInput, { stage }: StartedRotation): Promise<WriteJson> {
  if (stage.kind === 'done') throw new Error('there is nothing to add')
  const { rotation } = stage
  const { data } = await editOperator(services, input, {
    title: `step 1 of 2: add ${nodeInWords(rotation.next)}`,
    encrypts: true,
    unasked: true,
    apply: ({ data: now, key }) => addSuccessor(now, rotation, key),
  })
  services.talk.tell('the new node is on chain beside the old one; the old one goes once the new one is operational')
  return data
}

interface Course {
  readonly input: NodesRotateInput
  readonly begun: StartedRotation
  readonly listed: Listed
  readonly waits: WaitLimits
  readonly added: WriteJson | null
}

async function finish(services: Services, examiner: Examiner, course: Course): Promise<NodesRotateJson> {
  const { input, begun, listed, waits, added } = course
  const { rotation } = listed
  const health = await awaitSuccessor(services, examiner, begun, listed, waits)
  const { data: removed } = await editOperator(services, input, {
    title: `step 2 of 2: remove ${oldNode(rotation, begun.key)}`,
    encrypts: true,
    unasked: true,
    apply: ({ data, key }) => removePredecessor(data, rotation, key),
  })
  return { ...rotated(added, removed, removed), node: snakeJson(health) }
}

function placeOfNext({ data, key, stage }: StartedRotation, added: WriteJson | null): number {
  if (stage.kind === 'done') return stage.index
  const { next } = stage.rotation
  const before = data.nodes.findIndex((node) => sameNode(plainNode(node, key), next))
  if (before >= 0) return before
  const nodes = added?.operator && 'nodes' in added.operator ? added.operator.nodes : []
  const now = nodes.findLastIndex(({ peer_id, ipv4_addr }) => peer_id === next.peerId && ipv4_addr === next.ipv4Addr)
  return now >= 0 ? now : data.nodes.length
}

function rehearsed(
  services: Services,
  { snapshot, operator, key }: StartedRotation,
  changes: readonly Change[],
): NodesRotateJson {
  const unsent = { dryRun: true, changes, sent: null, now: snapshot, overwritten: [] }
  const rehearsal = writeJson(services, unsent, { operator, key })
  return { ...rotated(null, null, rehearsal), dry_run: true, changes }
}

/** `last`: what says how the operator is in the end. */
function rotated(added: WriteJson | null, removed: WriteJson | null, last: WriteJson): NodesRotateJson {
  const writes = [added, removed].filter((write) => write !== null)
  return {
    changed: writes.some(({ changed }) => changed),
    dry_run: false,
    changes: writes.flatMap(({ changes }) => changes),
    transactions: { add: added?.transaction ?? null, remove: removed?.transaction ?? null },
    node: null,
    cluster: last.cluster,
    version: last.version,
    operator: last.operator,
    overwritten: writes.flatMap(({ overwritten }) => overwritten),
  }
}
