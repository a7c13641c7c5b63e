/** `admin operator set OPERATOR -f FILE`: gives an operator the nodes, name and clients that a file says, and keeps the rest. */
import type { Services } from '../cli/services.js'
import type { VerifyInput } from '../health/require-answering.js'
import { applyNodesFile } from '../nodes/nodes-apply.js'
import type { EditInput } from '../write/edit-operator.js'
import { ownerAsAuthor } from './owner-edit.js'
import type { OwnerInput } from './owner-write.js'

type Input = OwnerInput & EditInput & VerifyInput & { readonly operator: string; readonly file: string }

/** Clients that the file does not name stay. Throws what ownerAsAuthor and applyNodesFile throw. */
export async function run(services: Services, input: Input) {
  return applyNodesFile(services, input, await ownerAsAuthor(services, input))
}
