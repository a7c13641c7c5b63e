/** The nodes file that a command is given. */
import { type NodesFile, parseNodesFile } from '../config/nodes-file.js'
import type { Services } from '../core/ports/services.js'
import { sourceName } from '../core/source-name.js'

/** Throws DOCUMENT_INVALID, the parsers' errors, and what reading files throws. */
export async function readNodesFile({ files }: Pick<Services, 'files'>, file: string): Promise<NodesFile> {
  return parseNodesFile(await files.readText(file), sourceName(file))
}
