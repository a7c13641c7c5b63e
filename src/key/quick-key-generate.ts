/** `wcn key generate` and no more than that on the command line: the same document, without grammar and services. */
import { keypairJson } from '../base/keys/node-keypair.js'
import { writeAtOnce } from '../cli/write-at-once.js'
import { newNodeKeypair } from '../signers/native-node-keypair.js'
import { keypairText } from './view.js'

export function quickKeyGenerate(): void {
  writeAtOnce(keypairText(keypairJson(newNodeKeypair())))
}
