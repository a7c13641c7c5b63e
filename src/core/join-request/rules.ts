/**
 * What is demanded of a new operator's data before anybody signs or approves it (spec/wire-format.md, "Limits";
 * spec/join-request.md, "Verification offline"). Each rule throws the error that says what is wrong.
 */
import { WcnError } from '../../errors/wcn-error.js'
import { nodeIdentity } from '../cluster/operator-changes.js'
import { plainNode } from '../cluster/plain-node.js'
import { requireDistinctEndpoints, requireUsableNode, requireValidOperatorData } from '../cluster/preconditions.js'
import type { JoinRequestTerms } from '../join-request.js'
import type { EncryptionKey } from '../keys/encryption-key.js'
import { requireNodePeerId } from '../keys/parse-peer-id.js'
import type { OperatorData } from '../onchain/operator-data.js'
import { parsePort } from '../port.js'
import { quote } from '../quote.js'

/** Clocks of two machines may differ by this. */
const CLOCK_TOLERANCE_SECONDS = 300
const NO_SIZE_LIMIT = { maxOperatorDataBytes: Number.MAX_SAFE_INTEGER }

/** `now` in Unix seconds. Throws REQUEST_INVALID. */
export function requireValidity(terms: JoinRequestTerms, now: number): void {
  const { created_at: createdAt, expires_at: expiresAt } = terms
  if (createdAt > now + CLOCK_TOLERANCE_SECONDS)
    throw disagrees(`it was made ${createdAt - now} s in the future`, 'check the clocks of both machines')
  if (expiresAt <= createdAt) throw disagrees('it expires before it was made', FORGED)
  if (expiresAt <= now) throw disagrees(`it expired on ${dateOf(expiresAt)}`, 'ask the applicant for a new one')
}

/**
 * What can be told without the encryption key. Throws NAME_TOO_LONG, TOO_FEW_NODES, PEER_ID_NOT_A_KEY, PORT_INVALID,
 * PORTS_COLLIDE, DUPLICATE_NODE.
 */
export function requireNewOperatorData(data: OperatorData): void {
  requireValidOperatorData(data, NO_SIZE_LIMIT)
  const seen = new Set<string>()
  data.nodes.forEach((node, index) => {
    const place = `nodes[${index}]`
    requireNodePeerId(node.peerId, `${place}.peer_id`)
    parsePort(node.primaryPort, `${place}.primary_port`)
    parsePort(node.secondaryPort, `${place}.secondary_port`)
    if (node.primaryPort === node.secondaryPort)
      throw new WcnError('PORTS_COLLIDE', `${place}: primary and secondary port are both ${node.primaryPort}`, {
        hint: 'the two RPC servers need a UDP port each',
      })
    if (seen.has(nodeIdentity(node)))
      throw new WcnError('DUPLICATE_NODE', `node ${node.peerId} is in the list twice`, {
        hint: 'leave one of them out',
      })
    seen.add(nodeIdentity(node))
  })
  for (const [index, { peerId }] of data.clients.entries()) requireNodePeerId(peerId, `clients[${index}].peer_id`)
}

/** What needs the encryption key. Throws ADDRESS_NOT_ROUTABLE, PORTS_COLLIDE, DUPLICATE_NODE. */
export function requireUsableAddresses(data: OperatorData, key: EncryptionKey, allowPrivateAddresses: boolean): void {
  const nodes = data.nodes.map((node, index) =>
    requireUsableNode(plainNode(node, key), allowPrivateAddresses, `nodes[${index}]`),
  )
  requireDistinctEndpoints(nodes)
}

/** The fields for people must say what the data says. Throws REQUEST_INVALID. */
export function requireAgreement(terms: JoinRequestTerms, data: OperatorData): void {
  if (terms.name !== data.name)
    throw disagrees(`"name" is ${quote(terms.name)}, and the data says ${quote(data.name)}`, FORGED)
  const listed = [...terms.peer_ids].sort()
  const stored: string[] = data.nodes.map(({ peerId }) => peerId).sort()
  const once = [...new Set(stored)]
  if (!sameList(listed, stored) && !sameList(listed, once))
    throw disagrees('"peer_ids" are not the peer IDs of the nodes in the data', FORGED)
}

const FORGED = 'somebody changed the file: ask the applicant for a new one'

function disagrees(sentence: string, hint: string): WcnError {
  return new WcnError('REQUEST_INVALID', sentence, { hint })
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index])
}

/** UTC, to the minute; a number where a calendar can't hold it. */
export function dateOf(unixSeconds: number): string {
  const date = new Date(unixSeconds * 1000)
  return Number.isNaN(date.getTime()) ? String(unixSeconds) : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
