/** `admin operator remove OPERATOR`: takes an operator out of the cluster once it stores nothing any more. */
import type { Services } from '../cli/services.js'
import type { ClusterView, OperatorSlot } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import { memberInWords, requireMember } from './named-member.js'
import { type OwnerInput, ownerWrite } from './owner-write.js'

type Input = OwnerInput & { readonly operator: string }

/**
 * Throws OPERATOR_NOT_FOUND, TOO_FEW_OPERATORS, OPERATOR_IN_KEYSPACE, MAINTENANCE_TAKEN where it holds the slot, which
 * it could then never give back (docs/dev/network/contract.md, "Maintenance"), and what ownerWrite throws.
 */
export async function run(services: Services, input: Input) {
  return ownerWrite(services, input, {
    does: 'remove an operator',
    plan: async ({ view }) => {
      const member = requireMember(view, input.operator, 'the operator')
      requireRemovable(view, member)
      const { slot, id, decoded } = member
      return {
        title: `remove ${memberInWords(member)}`,
        changes: [
          { op: 'remove', path: `operators[${slot}]`, before: { id, name: decoded?.name ?? null }, after: null },
        ],
        call: { fn: 'removeNodeOperator', operator: id },
      }
    },
  })
}

function requireRemovable(view: ClusterView, { slot, id }: OperatorSlot): void {
  const { minOperators } = view.settings
  const count = view.operators.length
  if (count <= minOperators)
    throw new WcnError(
      'TOO_FEW_OPERATORS',
      `the cluster has ${count} operators, and the contract keeps at least ${minOperators}`,
      { hint: 'let another operator join first' },
    )
  const [serves, willServe] = [view.keyspace, view.newKeyspace ?? []].map((slots) => slots.includes(slot))
  if (serves || willServe)
    throw new WcnError(
      'OPERATOR_IN_KEYSPACE',
      `${id} in slot ${slot} ${serves ? 'stores data of the keyspace' : 'is in the keyspace that the migration leads to'}`,
      {
        hint: view.newKeyspace
          ? 'wait until the migration has ended, which `wcn cluster view` tells'
          : `\`wcn admin migration start --remove ${slot}\` moves its data away first`,
      },
    )
  if (view.maintenance === id)
    throw new WcnError('MAINTENANCE_TAKEN', `${id} holds the maintenance slot, and could not give it back afterwards`, {
      hint: 'wait until it has, or free it with `wcn admin maintenance release`',
      details: { holder: id },
    })
}
