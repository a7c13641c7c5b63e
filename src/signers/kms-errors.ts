/**
 * What went wrong with AWS KMS, as a sentence. The service's own messages are not passed on: of a refused signature
 * they repeat the request, access key and all.
 */
import { WcnError } from '../errors/wcn-error.js'

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

export function kmsError(thrown: unknown, keyId: string): WcnError {
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

export function unsuitableKey(keyId: string): WcnError {
  return new WcnError('SIGNER_UNSUITABLE', `the key ${keyId} in AWS KMS is not one that signs for Ethereum`, {
    hint: 'it takes a key of usage SIGN_VERIFY and spec ECC_SECG_P256K1',
  })
}

export function failed(keyId: string, why: string, hint?: string): WcnError {
  return new WcnError('KMS_ERROR', `AWS KMS did not sign with ${keyId}: ${why}; nothing was sent`, { hint })
}

function otherReason(thrown: unknown, name: string): string {
  const status = (thrown as { $metadata?: { httpStatusCode?: unknown } }).$metadata?.httpStatusCode
  const called = /^[A-Za-z]{3,60}$/.test(name) && name !== 'Error' ? name : 'an error that has no name'
  return typeof status === 'number' ? `it answered ${called} (HTTP ${status})` : `it ended with ${called}`
}
