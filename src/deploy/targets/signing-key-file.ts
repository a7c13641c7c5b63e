/** Which node's file on disk holds the signing key: what an earlier run wrote, or somebody by hand. */
import { SIGNING_KEY_VARIABLE } from '../model/service-variables.js'

const NODE_FILE = /(?:^|\/)(?:wcn_node_([^/]+)\.env|secrets\/wcn-node-([^/]+)\.yaml)$/
/** Set to something: variables are told apart without regard to case (docs/dev/network/node-protocol.md). */
const SET = new RegExp(
  `^\\s*(?:export\\s+|-\\s+)?["']?${SIGNING_KEY_VARIABLE}["']?\\s*[=:][^\\S\\n]*(?!["']{0,2}\\s*(?:#.*)?$)`,
  'im',
)

/** The node that a file with secrets is for, as its name says; null for other files. */
export function nodeInFileName(path: string): string | null {
  const [, inEnvFile, inManifest] = NODE_FILE.exec(path) ?? []
  return inEnvFile ?? inManifest ?? null
}

export function holdsSigningKey(text: string): boolean {
  return SET.test(text)
}
