/** `clients remove CLIENT`. */
import { parsePeerId } from '../base/keys/parse-peer-id.js'
import { argumentOrFlag } from '../cli/argument-or-flag.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { type EditInput, editOperator } from '../write/edit-operator.js'

export interface ClientFlags {
  readonly client?: string
  /** The Rust tool's `-i/--peer-id`. */
  readonly peerId?: string
}

/** Throws SELECTOR_NO_MATCH and what editOperator throws. */
export async function run(services: Services, input: EditInput & ClientFlags) {
  const peerId = parsePeerId(requireClient(input), 'the client')
  // It was named: also where it is the last one, that is what is meant.
  return editOperator(
    services,
    { ...input, revokeAll: true },
    {
      title: `remove client ${peerId}`,
      encrypts: false,
      apply: ({ data }) => {
        if (!data.clients.some((client) => client.peerId === peerId))
          throw new WcnError('SELECTOR_NO_MATCH', `this operator has no client ${peerId}`, {
            hint: '`wcn clients list` shows them',
          })
        return { ...data, clients: data.clients.filter((client) => client.peerId !== peerId) }
      },
    },
  )
}

/** The client meant, by argument or by `--peer-id`. Throws USAGE. */
export function requireClient({ client, peerId }: ClientFlags): string {
  return argumentOrFlag(client, peerId, { noun: 'client', forms: 'its peer ID' })
}
