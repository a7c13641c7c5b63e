/**
 * What the keys would lose if one operator's database went down, as all others answer now. Silence proves nothing where
 * nobody else is heard at all: then it may be this machine, and whoever is silent may well be there.
 */
import type { ClusterSnapshot } from '../../chain/chain.js'
import { type KnownLive, shardsAtStake } from '../../cluster/quorum.js'
import { createReplicas } from '../../cluster/replicas.js'
import { isLive, operatorState } from '../model/node-standing.js'
import type { ClusterStandings, Surveyor } from './survey-cluster.js'

/** Null: the network's nodes reject the keyspace. Throws what the survey throws. */
export async function quorumWithout(surveyor: Pick<Surveyor, 'survey'>, snapshot: ClusterSnapshot, slot: number) {
  const replicas = createReplicas()(snapshot.view)
  return replicas && shardsAtStake(replicas, slot, knownWithout(await surveyor.survey(snapshot), slot))
}

export function knownWithout(standings: ClusterStandings, own: number): KnownLive {
  const states = [...standings].map(([slot, nodes]) => {
    const silent = nodes?.some(({ state }) => state === 'silent') ?? false
    return { slot, silent, live: isLive(operatorState(nodes)) }
  })
  const alone = !states.some(({ slot, live }) => slot !== own && live)
  const unknown = states.filter(({ slot, silent, live }) => live === null || (alone && silent && !live && slot !== own))
  return {
    live: new Set(states.filter(({ live }) => live).map(({ slot }) => slot)),
    unknown: new Set(unknown.map(({ slot }) => slot)),
  }
}
