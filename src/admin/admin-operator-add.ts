/** `admin operator add ADDRESS`: adds an operator without a join request, with the nodes of a file or with placeholders. */
import { checksumAddress, parseAddress, ZERO_ADDRESS } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { Services } from '../cli/services.js'
import { findOperator } from '../cluster/cluster-view.js'
import { encodeOperatorData, type OperatorData } from '../cluster/codec/operator-data.js'
import { requireWritable } from '../cluster/judge-write.js'
import { NOTHING_MORE } from '../cluster/judged-write.js'
import { namesAlike } from '../cluster/look-alikes.js'
import { operatorChanges } from '../cluster/operator-changes.js'
import { placeholderOperator } from '../cluster/placeholder-nodes.js'
import { readNodesFile } from '../deploy/read-nodes-file.js'
import { WcnError } from '../errors/wcn-error.js'
import { editFromFile } from '../nodes/nodes-apply.js'
import { requireClustersKey } from '../read/contract-knowledge.js'
import { warnOfProblems } from '../read/read-operator.js'
import { requireFreeSlot } from '../register/model/admission.js'
import { requireNewOperator } from '../register/require-admission.js'
import { type OwnerInput, ownerWrite } from './owner-write.js'

const PLACEHOLDER_RULES = ['name-length', 'name-characters', 'data-size'] as const

interface Input extends OwnerInput {
  readonly address: string
  readonly file?: string
  readonly name?: string
  readonly forceEncryptionKey?: boolean
}

/**
 * Throws USAGE, ADDRESS_INVALID, OPERATOR_EXISTS, CLUSTER_FULL, ENCRYPTION_KEY_WRONG, what reading the file, the rules for
 * operator data and ownerWrite throw.
 */
export async function run(services: Services, input: Input) {
  const operator = parseAddress(input.address, "the operator's address")
  if (operator === ZERO_ADDRESS)
    throw new WcnError('ADDRESS_INVALID', 'the zero address cannot be an operator', { hint: 'nobody holds its key' })
  const key = await services.settings.requireEncryptionKey()
  const data = await wantedData(services, input, key)
  return ownerWrite(services, input, {
    does: 'add an operator',
    about: { operator, key },
    plan: async (snapshot) => {
      const { view } = snapshot
      const there = findOperator(view, operator)
      if (there)
        throw new WcnError('OPERATOR_EXISTS', `${operator} is an operator already, in slot ${there.slot}`, {
          hint: '`wcn admin operator set` changes its data',
        })
      requireFreeSlot(view)
      const provenKey = await requireClustersKey(services, snapshot, key, {
        force: input.forceEncryptionKey === true,
        own: [],
      })
      const maxDataBytes = view.settings.maxOperatorDataBytes
      if (input.file !== undefined) requireNewOperator(services, data, key, maxDataBytes)
      // Placeholders are no nodes to be, and break the rules about those.
      else requireWritable({ slot: null, after: data, key, maxDataBytes, allowed: NOTHING_MORE }, PLACEHOLDER_RULES)
      warnOfProblems(services, view)
      for (const sentence of namesAlike(view.operators, { name: data.name, operator })) services.talk.warn(sentence)
      services.talk.warn(
        'nobody has proven to hold this account or these nodes; `wcn admin operator approve` takes a request that does',
      )
      return {
        title: `add operator ${JSON.stringify(data.name)} ${checksumAddress(operator)}`,
        changes: operatorChanges(null, data, key),
        provenKey,
        call: { fn: 'addNodeOperator', operator, data: encodeOperatorData(data) },
      }
    },
  })
}

async function wantedData(services: Services, { file, name }: Input, key: EncryptionKey): Promise<OperatorData> {
  const wanted = file === undefined ? null : await readNodesFile(services, file)
  const called = name ?? wanted?.name
  if (called === undefined || called === '')
    throw new WcnError('USAGE', 'the new operator has no name', { hint: 'give --name NAME, or `name` in the file' })
  if (wanted === null) return placeholderOperator(called, services.randomBytes(32), key)
  return editFromFile({ ...wanted, name: called, clients: wanted.clients ?? [] }, null, key)
}
