/** What an applicant wants on chain: from a nodes file or from flags, checked as far as that goes without a chain. */

import type { Services } from '../cli/services.js'
import type { OperatorData, StoredClient } from '../cluster/codec/operator-data.js'
import { type PlainNode, storeNode } from '../cluster/plain-node.js'
import { WcnError } from '../errors/wcn-error.js'
import { parseNodeArgument } from '../nodes/node-argument.js'
import { readNodesFile } from '../read/read-nodes-file.js'
import { requireNewOperator } from './register-admission.js'

export interface RegisterDataInput {
  readonly file?: string
  readonly name?: string
  readonly node?: readonly string[]
}

interface Wanted {
  readonly name: string | undefined
  readonly nodes: readonly PlainNode[]
  readonly clients: readonly StoredClient[]
}

/**
 * Null where no nodes are given. Throws USAGE, the parsers' errors, what the rules for operator data say, and
 * SETTING_MISSING without an encryption key. The size limit is the chain's to tell.
 */
export async function registerData(services: Services, input: RegisterDataInput): Promise<OperatorData | null> {
  const wanted = await wantedData(services, input)
  if (!wanted) return null
  const { name, nodes, clients } = wanted
  if (name === undefined || name === '')
    throw new WcnError('USAGE', 'the operator has no name', { hint: 'give --name NAME, or `name` in the nodes file' })
  const key = await services.settings.requireEncryptionKey()
  const data = { name, nodes: nodes.map((node) => storeNode(node, key)), clients }
  requireNewOperator(services, data, key, null)
  return data
}

async function wantedData(services: Services, { file, name, node: flags }: RegisterDataInput): Promise<Wanted | null> {
  if (file !== undefined && flags !== undefined)
    throw new WcnError('USAGE', 'the nodes are given twice, with --file and with --node', { hint: 'use one of them' })
  if (flags !== undefined) {
    const nodes = flags.map((text, index) => parseNodeArgument(text, `--node number ${index + 1}`))
    return { name, nodes, clients: [] }
  }
  if (file === undefined) return null
  const wanted = await readNodesFile(services, file)
  return { name: name ?? wanted.name, nodes: wanted.nodes, clients: wanted.clients ?? [] }
}
