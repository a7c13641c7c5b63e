/** What `ok-to-stop` is asked about, and how each is looked at: nodes as rollouts look, the database as maintenance does. */
import type { Address } from '../base/address.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { type Objection, whyDatabaseMustStay, whyNodesMustStay, whyOperatorMustStay } from '../cluster/may-stop.js'
import { selectNode } from '../cluster/select-node.js'
import { WcnError } from '../errors/wcn-error.js'
import { type ExaminerInput, openExaminer } from '../health/examiner.js'
import { requireProof } from '../health/model/advice.js'
import { expectedNodes } from '../health/model/expected-node.js'
import { isUp, type NodeHealth, whyNotUp } from '../health/model/node-health.js'
import { requireTrueAddresses } from '../health/require-true-addresses.js'
import { quorumWithout } from '../health/survey/quorum-without.js'
import { openSurveyor } from '../health/survey/survey-cluster.js'
import { maintenanceOf } from '../maintenance/maintenance-status.js'
import { requireDifferentNodes } from '../nodes/model/different-nodes.js'
import { readCluster, requireDecoded, requireOperator } from '../read/read-operator.js'
import { positiveInteger } from '../settings/setting-values.js'

export interface QuestionInput extends ExaminerInput {
  /** Nodes, or one of the two words. */
  readonly what: readonly string[]
  readonly primary?: string
  readonly maxUnavailable?: string
  readonly duringMigration?: boolean
}

const WORDS = ['database', 'operator'] as const

interface Found {
  readonly what: 'nodes' | 'database' | 'operator'
  readonly operator: Address
  /** Those that were asked about. */
  readonly nodes: readonly { readonly index: number; readonly peer_id: string }[]
  /** All of the operator's, where they were looked at. `problem` may quote untrusted text. */
  readonly own_nodes: readonly { readonly index: number; readonly up: boolean; readonly problem: string | null }[]
  /** Of the database: how many shards are in it, of how many it is needed, and how many lack their quorum already. */
  readonly shards: { readonly stored: number; readonly lost: number; readonly without: number } | null
  readonly maintenance: Pick<Awaited<ReturnType<typeof maintenanceOf>>, 'name' | 'since'> & {
    readonly holder: Address | null
  }
  readonly snapshot: ClusterSnapshot
  readonly objections: readonly Objection[]
}

interface Question {
  readonly what: Found['what']
  readonly words: string
  readonly look: () => Promise<Found>
}

/** Throws USAGE, SETTING_*, PROBE_UNAVAILABLE, and what opening the probe throws. */
export async function openQuestion(services: Services, input: QuestionInput): Promise<Question> {
  const [first, ...others] = input.what
  if (first === undefined)
    throw new WcnError('USAGE', 'nothing is named that is to stop', {
      hint: 'name nodes (`wcn ok-to-stop 0`), `database`, or `operator`, which is for leaving for good',
    })
  const word = WORDS.find((one) => input.what.includes(one))
  if (word !== undefined && others.length > 0)
    throw new WcnError('USAGE', `${word} is asked about by itself`, { hint: `wcn ok-to-stop ${word}` })
  if (word === undefined) return openNodes(services, input)
  for (const [flag, value] of Object.entries({
    '--primary': input.primary,
    '--max-unavailable': input.maxUnavailable,
    '--during-migration': input.duringMigration,
  }))
    if (value !== undefined)
      throw new WcnError('USAGE', `${flag} is about nodes, and none is named`, { hint: 'name a node, or leave it out' })
  return word === 'database' ? openDatabase(services, input) : openOperator(services)
}

/** The cluster now, and what all answers have. */
async function readNow(services: Services) {
  const [operator, snapshot] = [await services.settings.operator(), await readCluster(services)]
  const slot = requireOperator(snapshot.view, operator)
  const { maintenance: holder, name, since } = await maintenanceOf(services, snapshot)
  const facts = { operator, nodes: [], own_nodes: [], shards: null, maintenance: { holder, name, since }, snapshot }
  return { operator, snapshot, view: snapshot.view, slot, facts }
}

async function openNodes(services: Services, input: QuestionInput): Promise<Question> {
  const { duringMigration = false } = input
  const most = input.maxUnavailable
  const maxUnavailable = most === undefined ? Infinity : positiveInteger(most, '--max-unavailable', 'a number of nodes')
  const key = await services.settings.requireEncryptionKey()
  const examiner = await openExaminer(services, input)
  requireProof(examiner)
  const look = async (): Promise<Found> => {
    const { operator, snapshot, view, slot, facts } = await readNow(services)
    const stored = requireDecoded({ snapshot, slot, key }).nodes
    const placeOf = (selector: string) => selectNode(stored, selector, key)
    const places = [...new Set(input.what.map(placeOf))].sort((a, b) => a - b)
    const primary = input.primary === undefined ? null : placeOf(input.primary)
    await requireTrueAddresses(services, { snapshot, operator, key })
    const nodes = expectedNodes(stored, key)
    requireDifferentNodes(nodes)
    const seen = await examiner.examine(nodes, { snapshot, operator })
    const down = new Set(seen.flatMap((health, place) => (isUp(health) ? [] : [place])))
    const situation = { total: stored.length, down, primary, migrating: view.pullingOperators !== null }
    return {
      ...facts,
      what: 'nodes',
      nodes: places.map((index) => ({ index, peer_id: stored[index]?.peerId ?? '' })),
      own_nodes: seen.map(ownNode),
      objections: whyNodesMustStay(situation, { maxUnavailable, duringMigration }, places),
    }
  }
  return { what: 'nodes', words: input.what.join(', '), look }
}

function ownNode(health: NodeHealth, index: number) {
  return { index, up: isUp(health), problem: isUp(health) ? null : whyNotUp(health) }
}

async function openDatabase(services: Services, input: QuestionInput): Promise<Question> {
  const surveyor = await openSurveyor(services, input)
  const look = async (): Promise<Found> => {
    const { operator, snapshot, view, slot, facts } = await readNow(services)
    const shards = await quorumWithout(surveyor, snapshot, slot.slot)
    const objections = whyDatabaseMustStay({
      holder: view.maintenance === null ? 'nobody' : view.maintenance === operator ? 'own' : 'other',
      migrating: view.pullingOperators !== null,
      shardsLost: shards?.lost ?? null,
    })
    return { ...facts, what: 'database', shards, objections }
  }
  return { what: 'database', words: 'the database', look }
}

async function openOperator(services: Services): Promise<Question> {
  const look = async (): Promise<Found> => {
    const { operator, view, slot, facts } = await readNow(services)
    const [serving, next] = [view.keyspace.includes(slot.slot), view.newKeyspace?.includes(slot.slot) ?? false]
    const objections = whyOperatorMustStay({
      inKeyspace: serving || next,
      pulledFrom: serving && view.pullingOperators !== null,
      pulls: view.pullingOperators?.includes(slot.slot) ?? false,
      holdsSlot: view.maintenance === operator,
    })
    return { ...facts, what: 'operator', objections }
  }
  return { what: 'operator', words: 'the operator', look }
}
