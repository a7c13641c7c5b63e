/** How a node's own RPC provider does, by what the node shows of it over `Cluster2` (docs/dev/network/node-protocol.md). */
import type { Verdict } from '../../base/check.js'
import type { ClusterView } from '../../cluster/cluster-view.js'
import type { RpcAnswer } from '../../peer/node-probe.js'
import { parseClusterAnswer, showsCluster } from './cluster-answer.js'
import { heard } from './heard.js'

export interface ProviderHealth {
  /** Null where it answers; else what was met instead, in a sentence. */
  readonly problem: string | null
  /** Whether it shows this cluster; null where it shows nothing. */
  readonly sameCluster: boolean | null
  readonly clusterVersion: bigint | null
  /** Versions behind what this tool reads; 0 = not behind. */
  readonly behind: number | null
}

/** So many versions behind are what a write a moment ago makes; more are a provider that is stuck. */
const BEARABLE_LAG = 2

export function providerOfAnswer(answer: RpcAnswer, view: ClusterView): ProviderHealth {
  const found = heard(answer, {
    error: 'its RPC provider fails:',
    timeout: 'the node does not answer in time, as when its RPC provider does not',
    closed: 'the node ends the question without an answer',
    garbage: 'the node answers in no form that is known',
    'too-large': 'the node answers with more than any cluster has',
  })
  if ('problem' in found) return providerWith(found.problem)
  const shown = parseClusterAnswer(found.value)
  if (shown === null) return providerWith('it shows no cluster, but something that this tool does not understand')
  const behind = versionsBehind(shown.version, view.version)
  return { problem: null, sameCluster: showsCluster(shown, view), clusterVersion: shown.version, behind }
}

export function providerWith(problem: string): ProviderHealth {
  return { problem, sameCluster: null, clusterVersion: null, behind: null }
}

/** 0 for what is newer. */
export function versionsBehind(theirs: bigint, ours: bigint): number {
  return theirs >= ours ? 0 : Number(ours - theirs)
}

export function providerVerdict(provider: ProviderHealth, view: ClusterView): Verdict {
  const { problem, sameCluster, clusterVersion, behind } = provider
  if (problem !== null)
    return [
      'fail',
      `its access to the chain does not work: ${problem}`,
      'look at the provider that RPC_PROVIDER_URL in its environment names, and at its log; that has to be ws:// or wss://',
    ]
  if (sameCluster === false)
    return [
      'fail',
      'works with another cluster than the one asked about',
      'compare SMART_CONTRACT_ADDRESS in its environment with `wcn config show`',
    ]
  if (behind !== null && behind > 0)
    return [
      behind > BEARABLE_LAG ? 'fail' : 'warn',
      `its RPC provider is ${versions(behind)} behind: it shows ${clusterVersion} instead of ${view.version}`,
      'after a write a moment ago that passes by itself; else take another provider for RPC_PROVIDER_URL',
    ]
  if (clusterVersion !== null && clusterVersion > view.version)
    return [
      'warn',
      `its RPC provider shows version ${clusterVersion}, which is newer than what this tool reads (${view.version})`,
      'the RPC provider of this tool lags: `wcn doctor --only providers` compares them',
    ]
  return ['pass', `its RPC provider shows this cluster at version ${clusterVersion}`]
}

export function versions(count: number): string {
  return count === 1 ? '1 version' : `${count} versions`
}
