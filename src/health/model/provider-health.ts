/** How a node's own RPC provider does, by what the node shows of it over `Cluster2` (docs/dev/network/node-protocol.md). */
import { type Check, check } from '../../base/check.js'
import { quoteHeard } from '../../base/quote-heard.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import type { RpcAnswer } from '../../peer/node-probe.js'
import { parseClusterAnswer, showsCluster } from './cluster-answer.js'
import type { ProviderHealth } from './node-health.js'

/** So many versions behind are what a write a moment ago makes; more are a provider that is stuck. */
const BEARABLE_LAG = 2

export function providerOfAnswer(answer: RpcAnswer, view: ClusterView): ProviderHealth {
  if (answer.kind === 'error') return withProblem(`its RPC provider fails: ${quoteHeard(answer.message)}`)
  if (answer.kind === 'none') return withProblem(NO_ANSWER[answer.why])
  const shown = parseClusterAnswer(answer.value)
  if (shown === null) return withProblem('it shows no cluster, but something that this tool does not understand')
  const behind = versionsBehind(shown.version, view.version)
  return { problem: null, sameCluster: showsCluster(shown, view), clusterVersion: shown.version, behind }
}

/** For a primary port at which the node itself refuses to be asked. */
export function providerUnasked(): ProviderHealth {
  return withProblem('it refuses the API `Cluster2`, which a node serves to everybody at its primary port')
}

/** 0 for what is newer. */
export function versionsBehind(theirs: bigint, ours: bigint): number {
  return theirs >= ours ? 0 : Number(ours - theirs)
}

export function providerCheck(label: string, provider: ProviderHealth, view: ClusterView): Check {
  const id = `${label}.provider`
  const { problem, sameCluster, clusterVersion, behind } = provider
  if (problem !== null)
    return check(
      id,
      'fail',
      `${label}: its access to the chain does not work: ${problem}`,
      'look at the provider that RPC_PROVIDER_URL in its environment names, and at its log; that has to be ws:// or wss://',
    )
  if (sameCluster === false)
    return check(
      id,
      'fail',
      `${label}: works with another cluster than the one asked about`,
      'compare SMART_CONTRACT_ADDRESS in its environment with `wcn config show`',
    )
  if (behind !== null && behind > 0)
    return check(
      id,
      behind > BEARABLE_LAG ? 'fail' : 'warn',
      `${label}: its RPC provider is ${versions(behind)} behind: it shows ${clusterVersion} instead of ${view.version}`,
      'after a write a moment ago that passes by itself; else take another provider for RPC_PROVIDER_URL',
    )
  if (clusterVersion !== null && clusterVersion > view.version)
    return check(
      id,
      'warn',
      `${label}: its RPC provider shows version ${clusterVersion}, which is newer than what this tool reads (${view.version})`,
      'the RPC provider of this tool lags: `wcn doctor --only providers` compares them',
    )
  return check(id, 'pass', `${label}: its RPC provider shows this cluster at version ${clusterVersion}`)
}

export function versions(count: number): string {
  return count === 1 ? '1 version' : `${count} versions`
}

const NO_ANSWER = {
  timeout: 'the node does not answer in time, as when its RPC provider does not',
  closed: 'the node ends the question without an answer',
  garbage: 'the node answers in no form that is known',
  'too-large': 'the node answers with more than any cluster has',
} as const satisfies Record<Extract<RpcAnswer, { kind: 'none' }>['why'], string>

function withProblem(problem: string): ProviderHealth {
  return { problem, sameCluster: null, clusterVersion: null, behind: null }
}
