/** Nodes on chain that nobody can ever dial: they are told by what is written there, and no packet is sent. */
import { isDocumentation, isNoHostAddress } from '../../base/ipv4.js'
import { describePeerId } from '../../base/keys/peer-id.js'
import type { PortReport } from '../../peer/node-probe.js'
import type { PortSighting } from './diagnose-port.js'
import type { ExpectedNode } from './node-health.js'

/** Null where the port can be asked. */
export function unaskable({ peerId, ipv4Addr }: ExpectedNode, port: number): PortSighting | null {
  if (describePeerId(peerId) === 'no-key')
    return notReached(
      'it is a placeholder without a key, as new deployments have',
      '`wcn nodes update -f FILE` puts your nodes in the place of the placeholders',
    )
  if (isNoHostAddress(ipv4Addr))
    return notReached(
      `no machine has the address ${ipv4Addr}`,
      'is the encryption key that of this cluster? `wcn doctor --only encryption-key` tells',
    )
  if (isDocumentation(ipv4Addr))
    return notReached(
      'that is a documentation address: nobody answers there, and nothing was sent',
      'put the real address on chain: `wcn nodes update NODE --ip-address IPV4`',
    )
  return port === 0 ? notReached('there is no port 0', 'put the real port on chain: `wcn nodes update`') : null
}

export function sighting(report: PortReport, rttMs: number | null): PortSighting {
  return { report, rttMs, swapped: false, isDatabase: false, hint: null }
}

export function notReached(reason: string, hint: string): PortSighting {
  return { ...sighting({ kind: 'unreachable', reason }, null), hint }
}
