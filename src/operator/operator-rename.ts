/** `operator rename NAME`. */
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import { type EditInput, editOperator } from '../write/edit-operator.js'

/** `name`: the Rust tool's `-n/--name`. */
type Input = EditInput & { readonly newName?: string; readonly name?: string }

/** Throws USAGE and what editOperator throws. */
export async function run(services: Services, input: Input) {
  if (input.newName !== undefined && input.name !== undefined && input.newName !== input.name)
    throw new WcnError('USAGE', 'two different names were given', { hint: 'give one' })
  const wanted = input.newName ?? input.name
  if (wanted === undefined) throw new WcnError('USAGE', 'the new name is missing', { hint: 'wcn operator rename NAME' })
  // A shell variable that was not set, as a rule; joining demands a name too.
  if (wanted === '') throw new WcnError('USAGE', 'the new name is empty', { hint: 'wcn operator rename NAME' })
  return editOperator(services, input, {
    title: `rename the operator to ${JSON.stringify(wanted)}`,
    encrypts: false,
    apply: ({ data }) => ({ ...data, name: wanted }),
  })
}
