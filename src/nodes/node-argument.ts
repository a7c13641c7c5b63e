/** `--node PEER_ID,IPV4,PRIMARY,SECONDARY[,private=IPV4]`: a whole node in one argument. */

import { parseIpv4 } from '../base/ipv4.js'
import { parsePeerId } from '../base/keys/parse-peer-id.js'
import { parsePort } from '../base/port.js'
import type { PlainNode } from '../cluster/plain-node.js'
import { WcnError } from '../errors/wcn-error.js'

/** `source` is the argument's name in sentences. Throws USAGE, PEER_ID_INVALID, IP_ADDRESS_INVALID, PORT_INVALID. */
export function parseNodeArgument(text: string, source: string): PlainNode {
  const [peerId, ipv4, primary, secondary, last, ...rest] = text.split(',')
  const privateIpv4 = last === undefined ? null : /^private=(.*)$/.exec(last)?.[1]
  if (peerId === undefined || ipv4 === undefined || primary === undefined || secondary === undefined)
    throw malformed(`${source} has ${text.split(',').length} parts instead of 4`)
  if (privateIpv4 === undefined || rest.length > 0) throw malformed(`${source} has more parts than it should`)
  return {
    peerId: parsePeerId(peerId, `the peer ID of ${source}`),
    ipv4Addr: parseIpv4(ipv4, `the address of ${source}`),
    privateIpv4Addr: privateIpv4 === null ? null : parseIpv4(privateIpv4, `the private address of ${source}`),
    primaryPort: parsePort(primary, `the primary port of ${source}`),
    secondaryPort: parsePort(secondary, `the secondary port of ${source}`),
  }
}

function malformed(sentence: string): WcnError {
  return new WcnError('USAGE', sentence, {
    hint: 'write --node PEER_ID,IPV4,PRIMARY_PORT,SECONDARY_PORT, and ,private=IPV4 after it where there is one',
  })
}
