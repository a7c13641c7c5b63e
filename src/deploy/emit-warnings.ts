/** What an emission has to say besides its result: on stderr, whoever reads stdout. */

import type { Services } from '../cli/services.js'
import type { Deployment, DeploymentNode } from './model/deployment.js'
import type { Placement } from './place-files.js'

/** Of files that are not as described, and of a signing key that moves. */
export function warnOfPlacement(
  { talk }: Services,
  { files, stale, primaryMoved }: Placement,
  { nodes }: Deployment,
): void {
  for (const { path, status } of files)
    if (status === 'kept') talk.warn(`${path} was edited by hand and is kept as it is; --force replaces it`)
  for (const path of stale)
    talk.warn(
      `${path} was made by an earlier run and belongs to nothing any more: delete it, and the keys in it if any`,
    )
  if (primaryMoved === null) return
  const { from, to } = primaryMoved
  const first = nodes.some(({ name }) => name === from)
    ? `restart ${from} with its new file, without the signing key`
    : `stop ${from}, which is not described any more`
  // Two signers would each take the other's nonces (docs/dev/network/node-protocol.md, "Starts without a word").
  talk.warn(
    to === null
      ? `THE PRIMARY GOES: node ${from} had the signing key, and no file here has it now. Restart it without the key, and see that the old process is gone, before another node gets it`
      : `THE PRIMARY MOVES from node ${from} to node ${to}. First ${first}; see that no process with the old environment is left; only then start ${to}. Two nodes must never have the key at once`,
  )
}

/** A node dials every on-chain node at its own PUBLIC_ADDRESS through 127.0.0.1 (docs/dev/network/node-protocol.md). */
export function warnOfLoopback({ talk }: Services, nodes: readonly DeploymentNode[]): void {
  for (const node of nodes) {
    const own = node.extra.get('PUBLIC_ADDRESS')
    const other = nodes.find(
      (one) => one !== node && own !== undefined && one.ipv4Addr === own && one.host !== node.host,
    )
    if (other) {
      talk.warn(
        `node ${node.name} has PUBLIC_ADDRESS ${own}, so it looks for node ${other.name}, which shares that address, on its own machine`,
      )
    }
  }
}
