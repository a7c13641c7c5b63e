/** Prints the list on chain as the YAML file that `nodes update -f` takes. */
import { escapeJson } from '../base/escape.js'
import type { DataOf } from '../cli/services.js'
import { nodesFileText } from '../cluster/nodes-file.js'
import type { run as nodesExport } from './nodes-export.js'

/** A name may be any text, so it is quoted as in JSON, which YAML reads; the rest is plain. */
export function nodesExportText({ name, nodes, clients }: DataOf<typeof nodesExport>): string {
  return `name: ${escapeJson(JSON.stringify(name))}\n${nodesFileText(nodes, { clients })}`
}
