/** The nodes file and what is on chain: whether `nodes update -f` would change anything. */
import { type Check, check } from '../../base/check.js'
import { shellWord } from '../../base/shell-word.js'
import { run as nodesDiff } from '../../nodes/nodes-diff.js'
import { readNodesFile } from '../../read/read-nodes-file.js'
import type { DoctorContext } from '../doctor-context.js'

export async function nodesFile({
  services,
  input: { file },
  slot,
  encryptionKey,
}: DoctorContext): Promise<readonly Check[]> {
  const id = 'nodes-file'
  if (file === undefined)
    return [
      check(
        id,
        'skip',
        'no nodes file was given to compare the chain with',
        'give it with -f FILE; `wcn nodes export` writes one',
      ),
    ]
  // Whatever else can't be looked at, what is wrong with it is said.
  await readNodesFile(services, file)
  await Promise.all([slot(), encryptionKey()])
  // It is compared, and nothing of it is going to be written: no bound on what it takes away.
  const { changes } = (
    await nodesDiff(services, { file, maxRemovals: '99999', revokeAll: true, dropTrailingBytes: true })
  ).data
  if (changes.length === 0) return [check(id, 'pass', `what is on chain is what ${file} says`)]
  const shown = changes.slice(0, 3).map(({ op, path }) => `${op} ${path}`)
  const rest = changes.length - shown.length
  const word = shellWord(file)
  return [
    check(
      id,
      'fail',
      `what is on chain is not what ${file} says: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
      `see \`wcn nodes diff -f ${word}\`, then \`wcn nodes update -f ${word}\` or correct the file`,
    ),
  ]
}
