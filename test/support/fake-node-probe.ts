/** UDP ports that a test makes up: what is met at each `ip:port`, by the API that is asked for. */

import type { PeerId } from '../../src/base/keys/peer-id.js'
import type { ApiName, ApiReport, NodeProbe, PortReport, RpcAnswer } from '../../src/peer/node-probe.js'

type Met = PortReport | ((api: ApiName) => PortReport)

export interface FakeNodeProbe extends NodeProbe {
  /** `ip:port api` in the order of asking. */
  readonly asked: readonly string[]
  /** Sessions that were opened and not closed, and how many were open at most. */
  readonly open: () => { readonly now: number; readonly most: number }
}

export function fakeNodeProbe(
  met: Readonly<Record<string, Met>>,
  { unproven = null }: { unproven?: string | null } = {},
): FakeNodeProbe {
  const asked: string[] = []
  let [now, most] = [0, 0]
  return {
    asked,
    open: () => ({ now, most }),
    unproven,
    openFiles: 1024,
    async reach({ host, port, api }) {
      asked.push(`${host}:${port} ${api}`)
      const found = met[`${host}:${port}`]
      const report = (typeof found === 'function' ? found(api) : found) ?? { kind: 'silent', tcpOpen: false }
      if (report.kind !== 'answers' || report.api.kind !== 'accepted') return report
      const { session } = report.api
      most = Math.max(most, ++now)
      return { ...report, api: { kind: 'accepted', session: { ...session, close: () => void now-- } } }
    },
    close: () => undefined,
  }
}

export function answers(peerId: PeerId, api: ApiReport): PortReport {
  return { kind: 'answers', peerId, handshakeMs: 12.3, api }
}

export const refused: ApiReport = { kind: 'refused', status: null }

/** A session that answers every question with what `call` says. */
export function accepted(call: (request: unknown) => RpcAnswer | Promise<RpcAnswer>): ApiReport {
  return {
    kind: 'accepted',
    session: {
      call: async (rpc, request) => (rpc === 0 ? call(request) : { kind: 'none', why: 'closed' }),
      async *listen() {},
      rttMs: () => 4.56,
      close: () => undefined,
    },
  }
}
