/**
 * The rules for what may be written as an operator's data, as a table: code, reference and tests share it. judge-write.ts
 * applies them. What is on chain already stays as it is: most rules are about what a write brings.
 */

interface WriteRule {
  /** What it refuses, in words. */
  readonly refuses: string
  /** The flag that allows it all the same; null: none does. */
  readonly override: string | null
  /** What it can't be judged without: the operator as it is on chain, the encryption key, the cluster's limit. */
  readonly needs: 'nothing' | 'chain' | 'key' | 'limit'
}

const rule = (refuses: string, needs: WriteRule['needs'] = 'nothing', override: string | null = null): WriteRule => {
  return { refuses, override, needs }
}
const PRIVATE = '--allow-private-addresses'

/** In the order in which they are told. */
export const WRITE_RULES = {
  undecodable: rule('to replace data on chain that does not decode', 'chain', '--replace-undecodable'),
  'trailing-bytes': rule('to lose bytes on chain that are not understood', 'chain', '--drop-trailing-bytes'),
  encoding: rule('data in another encoding than this tool gives it'),
  'name-length': rule('a name of more than 32 bytes'),
  'name-characters': rule('a new name that is blank, or holds control, formatting or invisible characters'),
  removals: rule('to remove several nodes at once where nobody watches', 'chain', '--max-removals'),
  'revoke-all': rule('to revoke all clients, or all namespaces of one', 'chain', '--revoke-all'),
  'node-count': rule('fewer than 2 nodes'),
  'node-peer-id': rule('a new node with a peer ID that no node can prove to have, or whose key everybody has'),
  'port-zero': rule('a new node with port 0'),
  'equal-ports': rule('a new node with one port for both servers'),
  'no-host-address': rule('a new node at an address that no machine has: 0.0.0.0/8, multicast, reserved', 'key'),
  'public-address': rule('a new node at an address that the internet does not route', 'key', PRIVATE),
  'private-address': rule('a new node whose private address is loopback, link local or the like', 'key', PRIVATE),
  'node-twice': rule('the same node twice'),
  'endpoint-twice': rule('a new node at an address and port of another node of the operator', 'key'),
  'client-peer-id': rule('a new client with a peer ID that nobody can prove to have, or whose key everybody has'),
  'client-twice': rule('the same client twice'),
  'data-size': rule('more bytes than the cluster allows an operator', 'limit'),
}

export type WriteRuleId = keyof typeof WRITE_RULES

export const ALL_RULES = Object.keys(WRITE_RULES) as readonly WriteRuleId[]
export const ADDRESS_RULES = ALL_RULES.filter((id) => WRITE_RULES[id].needs === 'key')
