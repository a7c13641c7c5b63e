/** Looks at nodes from outside: what `nodes check`, `doctor`, rollouts and whatever else waits for nodes have in common. */

import type { Address } from '../base/address.js'
import type { PeerId } from '../base/keys/peer-id.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import { nodeKeyFile, readNodeKeypair } from '../key/node-secret.js'
import { keepMemoryLow } from '../platform/processes/keep-memory-low.js'
import { lookAtNode } from './look-at-node.js'
import type { ExpectedNode } from './model/expected-node.js'
import type { MetricsSighting } from './model/metrics-health.js'
import { type NodeHealth, nodeHealth } from './model/node-health.js'
import { whosePeerId } from './model/whose-peer-id.js'
import { type ProbeFlags, parseProbeFlags, requireKnownNodes } from './probe-flags.js'
import { MANY_NODES, portLimiter } from './probe-port.js'
import { createReferenceCluster } from './reference-cluster.js'

/** Flags of `probeOptions`. */
export interface ExaminerInput extends ProbeFlags {
  readonly nodeKeyFile?: string
}

export type Examiner = Awaited<ReturnType<typeof openExaminer>>

/** Throws SETTING_INVALID, USAGE, PORT_INVALID, KEY_INVALID, FILE_*: what is wrong with the flags. */
export async function openExaminer(services: Services, input: ExaminerInput) {
  const flags = parseProbeFlags(input)
  const keyFile = nodeKeyFile(services, input)
  const identity = keyFile === null ? null : await readNodeKeypair(services, keyFile)
  const probe = await services.nodeProbe(identity)
  const limiter = portLimiter(flags.concurrency, probe.openFiles)
  return {
    /** Why no identity can be proven here, in a sentence; null where it can. */
    unproven: probe.unproven,
    /** Whether nodes are asked as one of their own, so that metrics and databases can be told. */
    identified: identity !== null && probe.unproven === null,
    /**
     * In the order of `nodes`; never throws for a node. `snapshot` is what they are held against, `operator` whose they
     * are. `shown`: whoever waits sees how far it is. Throws SELECTOR_NO_MATCH where --metrics names a node that is none
     * of the operator's.
     */
    async examine(
      nodes: readonly ExpectedNode[],
      { snapshot, operator }: { readonly snapshot: ClusterSnapshot; readonly operator: Address },
      { shown = false }: { readonly shown?: boolean } = {},
    ): Promise<readonly NodeHealth[]> {
      if (nodes.length > MANY_NODES) keepMemoryLow()
      requireKnownNodes(flags.sources, nodes, snapshot.view, operator)
      const whose = whosePeerId(snapshot.view, operator)
      const reference = createReferenceCluster(services, snapshot)
      const isListed = (peerId: PeerId) => whose(peerId).kind !== 'nobody'
      const refusal = identity && refusalOf(identity.peerId, isListed(identity.peerId))
      const context = { services, probe, limiter, flags, reference, refusal, isListed }
      const look = async (node: ExpectedNode) => nodeHealth(await lookAtNode(context, node), reference.view(), whose)
      if (!shown) return Promise.all(nodes.map(look))
      return waiting(services, { what: 'looking at nodes', counted: true }, (wait) => {
        let done = 0
        return Promise.all(
          nodes.map(async (node) => {
            const health = await look(node)
            wait.see(`${++done} of ${nodes.length}`)
            return health
          }),
        )
      })
    },
  }
}

/** Nodes give their metrics to every node on chain: what it means that one does not. */
function refusalOf(peerId: PeerId, listed: boolean): MetricsSighting {
  return listed
    ? {
        kind: 'none',
        status: 'fail',
        problem: `refuses its metrics to ${peerId}, although that is a node on chain: it works with an older list, or with another cluster`,
        hint: 'a node knows new ones within a minute: look again then; if it stays so, read its log and restart it',
      }
    : {
        kind: 'none',
        status: 'warn',
        problem: `does not give its metrics to ${peerId}, the peer ID of the node key given here: nobody has it on chain`,
        hint: 'give --node-key-file the SECRET_KEY of one of the nodes on chain: `wcn nodes list` shows their peer IDs, `wcn key inspect` that of a key',
      }
}
