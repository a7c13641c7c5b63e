/** The operator's nodes as they are now, as far as they can be looked at from here. */
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { OperatorSlot } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Examiner } from '../health/examiner.js'
import { expectedNodes } from '../health/model/expected-node.js'
import { isUp, whyNotUp } from '../health/model/node-health.js'
import { requireTrueAddresses } from '../health/require-true-addresses.js'
import type { NodesStanding } from './model/next-step.js'

interface SeenNodeJson {
  readonly index: number | null
  readonly peer_id: string
  readonly ipv4_addr: string
  /** Null: something answers at both ports, and who that is can't be proven here. */
  readonly up: boolean | null
  readonly problem: string | null
}

/** `slot` null: there is no operator to have any. Without an answer from the network it is an unknown, and no error. */
export async function lookAtNodes(
  services: Services,
  examiner: Examiner,
  snapshot: ClusterSnapshot,
  slot: OperatorSlot | null,
) {
  if (!slot?.decoded) return unknown(null, 'other', 'there are none that can be read')
  const stored = slot.decoded.nodes
  const key = await services.settings.encryptionKey()
  if (!key) return unknown(stored.length, 'key', 'their addresses are encrypted, and no encryption key is set')
  try {
    await requireTrueAddresses(services, { snapshot, operator: slot.id, key })
    const healths = await examiner.examine(expectedNodes(stored, key), { snapshot, operator: slot.id }, { shown: true })
    const { unproven } = examiner
    const json = healths.map(
      (health): SeenNodeJson => ({
        index: health.node.index,
        peer_id: health.node.peerId,
        ipv4_addr: health.node.ipv4Addr,
        up: isUp(health) ? true : answersUnproven(health) ? null : false,
        problem: isUp(health) || answersUnproven(health) ? null : whyNotUp(health),
      }),
    )
    const down = json.filter(({ up }) => up === false).map(({ index }) => `nodes[${index}]`)
    const standing: NodesStanding = { kind: 'checked', total: stored.length, down }
    return { standing, json: { total: stored.length, checked_at: services.clock.now(), list: json, unknown: unproven } }
  } catch (error) {
    if (!(error instanceof WcnError) || error.code === 'SELECTOR_NO_MATCH') throw error
    return unknown(stored.length, 'other', error.message)
  }
}

function answersUnproven({ primary, secondary }: Parameters<typeof isUp>[0]): boolean {
  return primary.diagnosis === 'unproven' && secondary.diagnosis === 'unproven'
}

function unknown(total: number | null, why: 'key' | 'other', reason: string) {
  const standing: NodesStanding = { kind: 'unknown', total, why }
  return { standing, json: { total, checked_at: null, list: [] as readonly SeenNodeJson[], unknown: reason } }
}
