/**
 * A stand-in for AWS KMS on loopback: its JSON 1.1 protocol, real secp256k1 signatures, and failures on demand. `env`
 * leads the SDK there, in this process or in one of the built tool, and keeps it from the machine's own AWS settings.
 */
import { createECDH, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { privateKeyToAddress, sign } from 'viem/accounts'

type Hex = `0x${string}`

export const KMS_KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab'
export const KMS_ALIAS = 'alias/wcn-owner'
export const KMS_ARN = `arn:aws:kms:eu-central-1:111122223333:key/${KMS_KEY_ID}`
/** What must turn up in no message. */
export const AWS_SECRETS = {
  AWS_ACCESS_KEY_ID: 'AKIACANARYACCESSKEY1',
  AWS_SECRET_ACCESS_KEY: 'canary/secret+access+key',
}

/** secp256k1's order. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

export type KmsFault =
  /** An error of the service. `message` may hold anything, such as the request. */
  { readonly type: string; readonly status?: number; readonly message?: string } | 'drop' | 'hang' | 'garbage'

interface Answers {
  /** Which of the two equivalent signatures it gives. */
  s: 'low' | 'high'
  keySpec: string
  keyUsage: string
  /** Instead of the key's own. */
  publicKey: Uint8Array | null
  /** What becomes of a signature on its way out. */
  tamper: (der: Buffer) => Buffer
}

export interface KmsStandIn {
  readonly address: Hex
  readonly env: Readonly<Record<string, string>>
  /** Names of the operations that were asked for, and of what key. */
  readonly asked: { readonly operation: string; readonly keyId: string }[]
  /** What it answers; change it at will. */
  readonly answers: Answers
  /** Befall the next requests, one each. */
  readonly faults: KmsFault[]
  close(): Promise<void>
}

export async function startKms(privateKey: Hex): Promise<KmsStandIn> {
  const asked: KmsStandIn['asked'] = []
  const faults: KmsFault[] = []
  const answers: Answers = {
    s: 'low',
    keySpec: 'ECC_SECG_P256K1',
    keyUsage: 'SIGN_VERIFY',
    publicKey: null,
    tamper: (der) => der,
  }

  const operate = async (operation: string, body: SignRequest): Promise<object> => {
    const { s, keySpec, keyUsage, publicKey, tamper } = answers
    if (![KMS_KEY_ID, KMS_ALIAS, KMS_ARN].includes(body.KeyId)) throw { type: 'NotFoundException' } satisfies KmsFault
    const about = { KeyId: KMS_ARN, KeySpec: keySpec, KeyUsage: keyUsage }
    if (operation === 'GetPublicKey')
      return { ...about, PublicKey: base64(publicKey ?? spkiOf(privateKey)), SigningAlgorithms: ['ECDSA_SHA_256'] }
    if (operation !== 'Sign' || body.MessageType !== 'DIGEST' || body.SigningAlgorithm !== 'ECDSA_SHA_256')
      throw { type: 'ValidationException' } satisfies KmsFault
    const digest = Buffer.from(body.Message, 'base64')
    if (digest.length !== 32) throw { type: 'ValidationException' } satisfies KmsFault
    const der = await derSignature(`0x${digest.toString('hex')}`, privateKey, s)
    return { KeyId: KMS_ARN, Signature: base64(tamper(der)), SigningAlgorithm: 'ECDSA_SHA_256' }
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = ''
    for await (const chunk of request) text += chunk
    const operation = /^TrentService\.(\w+)$/.exec(String(request.headers['x-amz-target']))?.[1] ?? ''
    const body = JSON.parse(text) as SignRequest
    asked.push({ operation, keyId: body.KeyId })
    const fault = faults.shift()
    if (fault === 'drop') return void request.socket.destroy()
    if (fault === 'hang') return
    if (fault === 'garbage') return void response.writeHead(502).end('<html>bad gateway</html>')
    try {
      if (fault) throw fault
      if (!String(request.headers.authorization).includes(`Credential=${AWS_SECRETS.AWS_ACCESS_KEY_ID}/`))
        throw { type: 'MissingAuthenticationTokenException' } satisfies KmsFault
      const answer = await operate(operation, body)
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer))
    } catch (error) {
      const { type, status = 400, message = '' } = error as Exclude<KmsFault, string>
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ __type: type, message }))
    }
  }

  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: privateKeyToAddress(privateKey).toLowerCase() as Hex,
    env: {
      ...isolatedAws(),
      ...AWS_SECRETS,
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${port}`,
    },
    asked,
    answers,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** No profile, no configuration files, no questions to the machine's own metadata service. */
export function isolatedAws(): Record<string, string> {
  const nowhere = '/nonexistent/aws'
  return {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_PROFILE: '',
  }
}

/** The public key of a curve that is not Ethereum's. */
export function p256PublicKey(): Uint8Array {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' })
}

/** ECDSA-Sig-Value: each integer as short as it can be, with a zero in front where it would look negative. */
export function encodeDer(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([derInteger(r), derInteger(s)])
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}

interface SignRequest {
  readonly KeyId: string
  readonly Message: string
  readonly MessageType: string
  readonly SigningAlgorithm: string
}

async function derSignature(hash: Hex, privateKey: Hex, which: 'low' | 'high'): Promise<Buffer> {
  const signature = await sign({ hash, privateKey })
  const s = BigInt(signature.s)
  return encodeDer(BigInt(signature.r), which === 'high' ? ORDER - s : s)
}

function derInteger(value: bigint): Buffer {
  const digits = value.toString(16)
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes
  return Buffer.concat([Buffer.from([0x02, positive.length]), positive])
}

/** Made by OpenSSL. */
function spkiOf(privateKey: Hex): Uint8Array {
  const ecdh = createECDH('secp256k1')
  ecdh.setPrivateKey(privateKey.slice(2), 'hex')
  const point = ecdh.getPublicKey()
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url')) as [
    string,
    string,
  ]
  return createPublicKey({ key: { kty: 'EC', crv: 'secp256k1', x, y }, format: 'jwk' }).export({
    format: 'der',
    type: 'spki',
  })
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
