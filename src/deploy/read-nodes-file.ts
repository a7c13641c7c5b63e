/** Reads the nodes that a command is given: from a nodes file, or from the deployment description that they are part of. */
import { z } from 'zod'
import { sourceName } from '../base/source-name.js'
import type { Services } from '../cli/services.js'
import { type NodesFile, parseNodesFile } from '../cluster/nodes-file.js'
import type { PlainNode } from '../cluster/plain-node.js'
import { parseDocument } from '../documents/document.js'
import { isDescription } from '../documents/is-description.js'
import { WcnError } from '../errors/wcn-error.js'
import { contractAddress, serviceKeypair } from './cluster-values.js'
import { readDescription } from './deployment-file.js'
import { type DeploymentInput, openDeployment } from './deployment-input.js'
import type { DeploymentNode } from './model/deployment.js'

export interface ReadNodes extends NodesFile {
  /** Those of the nodes' keys that a description names and that are here. */
  readonly keyFiles: readonly string[]
}

type Reader = Pick<Services, 'files' | 'settings'>

/** Throws DOCUMENT_INVALID, the parsers' errors, what parseDeployment and serviceKeypair throw, and what reading files throws. */
export async function readNodesFile(services: Reader, file: string): Promise<ReadNodes> {
  const text = await services.files.readText(file)
  if (!isDescription(parseDocument(text, file, z.looseObject({}))))
    return { ...parseNodesFile(text, sourceName(file)), keyFiles: [] }
  // Where the database is does not concern the list on chain.
  const input = openDeployment(services, { file, allowPublicDatabase: true }, readDescription(text, file))
  if (input.deployment.contractAddress !== null) await contractAddress(services, input)
  const { name } = input.description
  const nodes: PlainNode[] = []
  const keyFiles = new Set<string>()
  for (const node of input.deployment.nodes) {
    const named = node.secretKeyFile === null ? null : services.files.resolveFrom(input.base, node.secretKeyFile)
    const isHere = named !== null && (await services.files.exists(named))
    if (isHere) keyFiles.add(named)
    nodes.push(await nodeOnChain(services, input, node, isHere))
  }
  return { ...(name === undefined ? {} : { name }), nodes, keyFiles: [...keyFiles] }
}

async function nodeOnChain(
  services: Reader,
  input: DeploymentInput,
  node: DeploymentNode,
  keyIsHere: boolean,
): Promise<PlainNode> {
  const { title, path, ipv4Addr, privateIpv4Addr, primaryPort, secondaryPort, peerId, secretKeyFile } = node
  const at = (field: string) => input.where([...path, field])
  if (ipv4Addr === null)
    throw new WcnError('DOCUMENT_INVALID', `${at('ipv4_addr')}: ${title} has no public address to go on chain`, {
      hint: 'give the address that the internet sees',
    })
  if (peerId === null && secretKeyFile === null)
    throw new WcnError('DOCUMENT_INVALID', `${at('peer_id')}: ${title} has neither peer_id nor secret_key_file`, {
      hint: 'give its peer ID; `wcn key inspect` on the host with its key prints it',
    })
  // What goes on chain is what the node will run with.
  const listed = peerId !== null && !keyIsHere ? peerId : (await serviceKeypair(services, input, node)).peerId
  return { peerId: listed, ipv4Addr, privateIpv4Addr, primaryPort, secondaryPort }
}
