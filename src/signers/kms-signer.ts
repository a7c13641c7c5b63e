/**
 * Signs with a key in AWS KMS that never leaves it. The SDK is an optional dependency, since only owners of clusters
 * need it and it is large; it finds region and credentials as every AWS tool does.
 */
import type { Deadline } from '../base/deadline.js'
import { hexToBytes } from '../base/hex.js'
import type { Signer } from '../chain/transaction.js'
import { WcnError } from '../errors/wcn-error.js'
import { addressOfSpki, ethereumSignature } from './kms-encoding.js'

type Sdk = Pick<typeof import('@aws-sdk/client-kms'), 'KMSClient' | 'GetPublicKeyCommand' | 'SignCommand'>

/** Signing twice harms nothing, so that the SDK may try again; all of its tries together are bounded too. */
const ATTEMPTS = 3
const CONNECT_TIMEOUT_MS = 3000
const REQUEST_TIMEOUT_MS = 5000
const TOTAL_TIMEOUT_MS = 20_000

/**
 * What went wrong, as a sentence. The service's own messages are not passed on: of a refused signature they repeat the
 * request, access key and all.
 */
const REASONS: readonly (readonly [names: string, why: string, hint?: string])[] = [
  [
    'AccessDeniedException AccessDenied',
    'access is denied',
    'allow kms:GetPublicKey and kms:Sign on this key to the credentials in use',
  ],
  [
    'NotFoundException',
    'there is no such key in this account and region',
    'check the key ID and AWS_REGION; an ARN names the region itself',
  ],
  [
    'InvalidArnException ValidationException',
    'it does not take that for the name of a key',
    'give its ID (a UUID), its ARN, or an alias such as alias/wcn-owner',
  ],
  ['DisabledException', 'the key is disabled', 'enable it in KMS'],
  ['KMSInvalidStateException', 'the key is in a state in which it signs nothing, such as pending deletion'],
  [
    'ThrottlingException Throttling TooManyRequestsException LimitExceededException',
    'it is asked too often',
    'wait a moment and run the command again',
  ],
  [
    'CredentialsProviderError TokenProviderError',
    'no AWS credentials were found',
    'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run it where a role is given',
  ],
  ['ExpiredTokenException ExpiredToken', 'the AWS credentials are expired', 'renew them'],
  [
    'UnrecognizedClientException InvalidSignatureException InvalidClientTokenId SignatureDoesNotMatch MissingAuthenticationTokenException IncompleteSignature',
    'it does not accept the AWS credentials',
    'check them, and the clock of this machine',
  ],
  ['TimeoutError AbortError', 'it did not answer in time', 'run the command again'],
]

/** Of keys that can't do what is asked of them. */
const UNSUITABLE = ['UnsupportedOperationException', 'InvalidKeyUsageException']

/**
 * `keyId`: ID, ARN or alias. Asks for the public key at once. This and signing throw KMS_ERROR; besides it throws
 * SIGNER_UNSUITABLE for a key of another kind, and DEPENDENCY_MISSING without the SDK.
 */
export async function kmsSigner(
  keyId: string,
  deadline?: Deadline,
  loadSdk: () => Promise<Sdk> = () => import('@aws-sdk/client-kms'),
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

function kmsError(thrown: unknown, keyId: string): WcnError {
  if (thrown instanceof WcnError) return thrown
  const { name, message } = thrown instanceof Error ? thrown : { name: '', message: '' }
  if (UNSUITABLE.includes(name)) return unsuitableKey(keyId)
  // The one that has no name of its own.
  if (message === 'Region is missing')
    return failed(keyId, 'no AWS region is set', 'set AWS_REGION, or give the key by its ARN, which names the region')
  const { code } = thrown as { readonly code?: unknown }
  // Before its name: to the SDK a connection that was cut is a TimeoutError.
  if (typeof code === 'string' && /^E[A-Z_]{3,40}$/.test(code)) return failed(keyId, `the connection failed (${code})`)
  const [, why = otherReason(thrown, name), hint] = REASONS.find(([names]) => names.split(' ').includes(name)) ?? []
  return failed(keyId, why, hint)
}

function unsuitableKey(keyId: string): WcnError {
  return new WcnError('SIGNER_UNSUITABLE', `the key ${keyId} in AWS KMS is not one that signs for Ethereum`, {
    hint: 'it takes a key of usage SIGN_VERIFY and spec ECC_SECG_P256K1',
  })
}

function failed(keyId: string, why: string, hint?: string): WcnError {
  return new WcnError('KMS_ERROR', `AWS KMS did not sign with ${keyId}: ${why}; nothing was sent`, { hint })
}

function otherReason(thrown: unknown, name: string): string {
  const status = (thrown as { $metadata?: { httpStatusCode?: unknown } }).$metadata?.httpStatusCode
  const called = /^[A-Za-z]{3,60}$/.test(name) && name !== 'Error' ? name : 'an error that has no name'
  return typeof status === 'number' ? `it answered ${called} (HTTP ${status})` : `it ended with ${called}`
}
