/**
 * Signs with a key in AWS KMS that never leaves it. The SDK is an optional dependency, since only owners of clusters
 * need it and it is large; it finds region and credentials as every AWS tool does.
 */
import type { Deadline } from '../base/deadline.js'
import { hexToBytes } from '../base/hex.js'
import type { Signer } from '../chain/transaction.js'
import { WcnError } from '../errors/wcn-error.js'
import { addressOfSpki, ethereumSignature } from './kms-encoding.js'
import { failed, kmsError, unsuitableKey } from './kms-errors.js'

type Sdk = Pick<typeof import('@aws-sdk/client-kms'), 'KMSClient' | 'GetPublicKeyCommand' | 'SignCommand'>

interface KmsOptions {
  readonly deadline?: Deadline | undefined
  readonly loadSdk?: () => Promise<Sdk>
}

/** Signing twice harms nothing, so that the SDK may try again; all of its tries together are bounded too. */
const ATTEMPTS = 3
const CONNECT_TIMEOUT_MS = 3000
const REQUEST_TIMEOUT_MS = 5000
const TOTAL_TIMEOUT_MS = 20_000

/**
 * `keyId`: ID, ARN or alias. Asks for the public key at once. This and signing throw KMS_ERROR; besides it throws
 * SIGNER_UNSUITABLE for a key of another kind, and DEPENDENCY_MISSING without the SDK.
 */
export async function kmsSigner(
  keyId: string,
  { deadline, loadSdk = () => import('@aws-sdk/client-kms') }: KmsOptions = {},
): Promise<Signer> {
  const { KMSClient, GetPublicKeyCommand, SignCommand } = await requireSdk(loadSdk)
  const client = new KMSClient({
    ...regionOf(keyId),
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  })
  const ask = async <T>(request: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> => {
    try {
      return await withTimeout(Math.min(TOTAL_TIMEOUT_MS, deadline?.remainingMs() ?? Infinity), keyId, request)
    } catch (error) {
      throw kmsError(error, keyId)
    }
  }

  const key = await ask((options) => client.send(new GetPublicKeyCommand({ KeyId: keyId }), options))
  const address = key.KeySpec === 'ECC_SECG_P256K1' && key.PublicKey ? addressOfSpki(key.PublicKey) : null
  if (address === null || key.KeyUsage !== 'SIGN_VERIFY') throw unsuitableKey(keyId)
  // An alias may be pointed at another key between two requests; the ARN in the answer stays with this one.
  const KeyId = key.KeyId ?? keyId

  return {
    address,
    async signDigest(digest) {
      const request = {
        KeyId,
        Message: hexToBytes(digest),
        MessageType: 'DIGEST',
        SigningAlgorithm: 'ECDSA_SHA_256',
      } as const
      const { Signature } = await ask((options) => client.send(new SignCommand(request), options))
      const signature = Signature && ethereumSignature(Signature, digest, address)
      if (signature) return signature
      throw failed(keyId, `what it answered is not a signature by ${address}`)
    },
  }
}

async function requireSdk(load: () => Promise<Sdk>): Promise<Sdk> {
  try {
    return await load()
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new WcnError('DEPENDENCY_MISSING', 'signing with AWS KMS takes a package that is not installed', {
      hint: 'npm install @aws-sdk/client-kms, with -g where wcn was installed with -g',
    })
  }
}

/** An ARN names the region, and no other has the key. */
function regionOf(keyId: string): { readonly region?: string } {
  const region = /^arn:[^:]+:kms:([^:]+):/.exec(keyId)?.[1]
  return region === undefined ? {} : { region }
}

/** Also bounds what the SDK does before it sends anything: looking for credentials ignores its signal. */
async function withTimeout<T>(
  ms: number,
  keyId: string,
  work: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(failed(keyId, 'it did not answer in time', 'run the command again, or give it a longer --timeout'))
      controller.abort()
    }, ms)
  })
  try {
    return await Promise.race([work({ abortSignal: controller.signal }), expired])
  } finally {
    clearTimeout(timer)
  }
}
