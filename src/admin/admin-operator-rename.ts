/** `admin operator rename OPERATOR NAME`. */
import type { Services } from '../cli/services.js'
import { type EditInput, editOperator } from '../write/edit-operator.js'
import { ownerAsAuthor } from './owner-edit.js'
import type { OwnerInput } from './owner-write.js'

type Input = OwnerInput & EditInput & { readonly operator: string; readonly newName: string }

/** Throws what ownerAsAuthor and editOperator throw. */
export async function run(services: Services, input: Input) {
  const { newName: name } = input
  const author = await ownerAsAuthor(services, input)
  return editOperator(services, input, {
    title: `rename operator ${author.operator} to ${JSON.stringify(name)}`,
    encrypts: false,
    author,
    apply: ({ data }) => ({ ...data, name }),
  })
}
