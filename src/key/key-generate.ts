/** `key generate`: ed25519 keypairs for nodes and databases, shown once or kept in files. */
import { keypairJson, type NodeKeypair, type NodeKeypairJson } from '../base/keys/node-keypair.js'
import type { PeerId } from '../base/keys/peer-id.js'
import { Secret } from '../base/secret.js'
import type { ActionResult, Services } from '../cli/services.js'
import { waiting } from '../cli/wait.js'
import { WcnError } from '../errors/wcn-error.js'
import { nativeNodeKeypair } from '../signers/native-node-keypair.js'
import { fileIn, isDirectoryTarget, warnIfTracked } from './secret-file-target.js'

export interface Input {
  readonly count?: string
  readonly out?: string
}

/** What is shown of a keypair whose secret is in a file. */
export interface KeyFileJson {
  readonly public_key: string
  readonly peer_id: PeerId
  readonly file: string
}

/** A list exactly when `--count` was given. */
export type KeyGenerateData = NodeKeypairJson | KeyFileJson | readonly NodeKeypairJson[] | readonly KeyFileJson[]

const MAX_COUNT = 100_000
/** Keys made at a time: in between progress moves, and Ctrl-C is heard. */
const BATCH = 1000

/** Throws USAGE and FILE_* errors. Files are written one by one; those that are there when one fails stay. */
export async function run(services: Services, { count, out }: Input): Promise<ActionResult<KeyGenerateData>> {
  const wanted = count === undefined ? 1 : parseCount(count)
  const place = out === undefined ? null : await placeOf(services, out, wanted)
  const made: (NodeKeypairJson | KeyFileJson)[] = []
  await waiting(services, { what: 'making keys', counted: true }, async (wait) => {
    while (made.length < wanted) {
      const keypair = nativeNodeKeypair(new Secret(services.randomBytes(32)))
      made.push(place === null ? keypairJson(keypair) : await keep(services, keypair, place(keypair)))
      if (made.length % BATCH > 0) continue
      wait.see(`${made.length} of ${wanted}`)
      await services.clock.sleep(0)
    }
  })
  const [only] = made
  // All of one kind: `place` is null for every key or for none.
  return { data: (count === undefined && only ? only : made) as KeyGenerateData }
}

async function keep({ files }: Services, keypair: NodeKeypair, file: string): Promise<KeyFileJson> {
  const { secret_key, public_key, peer_id } = keypairJson(keypair)
  await files.createPrivate(file, `${secret_key}\n`)
  return { public_key, peer_id, file }
}

async function placeOf(services: Services, out: string, count: number): Promise<(keypair: NodeKeypair) => string> {
  const { files } = services
  if (out === '') throw new WcnError('USAGE', '--out is empty: the name of a file or directory is expected')
  if (count === 1 && !(await isDirectoryTarget(files, out))) {
    await warnIfTracked(services, out)
    return () => out
  }
  await files.makeDirectory(out, 0o700)
  await warnIfTracked(services, fileIn(out, 'new.key'))
  return ({ peerId }) => fileIn(out, `${peerId}.key`)
}

function parseCount(text: string): number {
  const count = /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : Number.NaN
  if (count <= MAX_COUNT) return count
  throw new WcnError('USAGE', `--count is not a whole number from 1 to ${MAX_COUNT}`, {
    hint: 'write it in decimal digits, for example --count 3',
  })
}
