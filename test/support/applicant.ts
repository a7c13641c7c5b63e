/** Somebody who asks to join a development cluster: an account with some ETH, two nodes' keys in files, and a request. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { encodeNodeSecretKey, keypairFromSecret } from '../../src/base/keys/node-keypair.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { Secret } from '../../src/base/secret.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { type Sandbox, wcnJson } from './cli.js'
import type { Devnet } from './devnet.js'

export interface Applicant {
  readonly folder: string
  readonly path: (name: string) => string
  readonly address: string
  readonly privateKey: string
  readonly peerIds: readonly string[]
  /** Of `operator register`, without what signs and where to. */
  readonly register: readonly string[]
}

let applicants = 0

/** `privateKey`: a new one unless given. */
export async function applicant(
  net: Devnet,
  box: Sandbox,
  privateKey = `0x${randomBytes(32).toString('hex')}`,
): Promise<Applicant> {
  const number = ++applicants
  const folder = box.path(`applicant-${number}`)
  mkdirSync(folder)
  const path = (name: string) => `${folder}/${name}`
  const put = (name: string, text: string) => writeFileSync(path(name), `${text}\n`, { mode: 0o600 })
  put('operator.key', privateKey)
  const pairs = await Promise.all([1, 2].map(() => keypairFromSecret(new Secret(Uint8Array.from(randomBytes(32))))))
  for (const [index, pair] of pairs.entries()) put(`node-${index}.key`, encodeNodeSecretKey(pair.secretKey))
  const address = privateKeySigner(parseOperatorPrivateKey(privateKey, 'the test')).address
  await net.rpc('anvil_setBalance', address, '0x2386f26fc10000')
  const peerIds = pairs.map(({ peerId }) => peerId)
  return {
    folder,
    path,
    address,
    privateKey,
    peerIds,
    register: [
      ...['operator', 'register', '--name', `applicant ${number}`],
      ...peerIds.flatMap((id, index) => ['--node', `${id},20.9.${number}.${index + 1},3010,3011`]),
      ...peerIds.flatMap((_, index) => ['--secret-key-file', path(`node-${index}.key`)]),
    ],
  }
}

/** The file of a sound request, signed with the applicant's bare key. */
export async function requestOf(net: Devnet, who: Applicant): Promise<string> {
  const file = who.path('request.json')
  const signer = ['--private-key-file', who.path('operator.key')]
  const written = await wcnJson([...who.register, ...signer, '--out', file], { env: net.cluster })
  expect(written, written.stdout).toMatchObject({ code: 0, data: { status: 'written' } })
  return file
}
