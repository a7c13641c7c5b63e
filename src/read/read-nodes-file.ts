/** The nodes file that a command is given. */

import { sourceName } from '../base/source-name.js'
import type { Services } from '../cli/services.js'
import { type NodesFile, parseNodesFile } from '../cluster/nodes-file.js'

/** Throws DOCUMENT_INVALID, the parsers' errors, and what reading files throws. */
export async function readNodesFile({ files }: Pick<Services, 'files'>, file: string): Promise<NodesFile> {
  return parseNodesFile(await files.readText(file), sourceName(file))
}
