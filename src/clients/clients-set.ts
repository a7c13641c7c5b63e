/** `clients set`: adds a client or replaces its namespaces, which are always explicit. */
import { parsePeerId } from '../base/keys/parse-peer-id.js'
import { parseNamespace } from '../base/namespace.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { type EditInput, editOperator } from '../write/edit-operator.js'
import { type ClientFlags, requireClient } from './clients-remove.js'

type Input = EditInput & ClientFlags & { readonly namespace?: readonly string[] }

/** Throws USAGE, NAMESPACE_INVALID and what editOperator throws. */
export async function run(services: Services, input: Input) {
  const peerId = parsePeerId(requireClient(input), 'the client')
  const given = (input.namespace ?? []).map((text) => parseNamespace(text, '--namespace'))
  if (given.length > 0 && input.revokeAll)
    throw new WcnError('USAGE', '--revoke-all and --namespace contradict each other', { hint: 'give one of them' })
  const client = { peerId, namespaces: [...new Set(given)].sort((a, b) => a - b) }
  return editOperator(services, input, {
    title: `set the namespaces of client ${peerId}`,
    encrypts: false,
    apply: ({ data }) => {
      const known = data.clients.some((other) => other.peerId === peerId)
      const clients = known
        ? data.clients.map((other) => (other.peerId === peerId ? client : other))
        : [...data.clients, client]
      return { ...data, clients }
    },
  })
}
