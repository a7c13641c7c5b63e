/** Keys: whether they can be read, whose they are, and who else can read them. */
import { checksumAddress } from '../../base/address.js'
import { type Check, check, checkThat } from '../../base/check.js'
import { ifSet } from '../../base/if-set.js'
import { shellWord } from '../../base/shell-word.js'
import { WcnError } from '../../errors/wcn-error.js'
import { GIVE_NODE_KEY } from '../../health/model/advice.js'
import { type DoctorContext, orNull } from '../doctor-context.js'

const KEY_FILES: readonly string[] = [
  'private_key_file',
  'encryption_key_file',
  'keystore',
  'password_file',
  'node_key_file',
]
const WHERE = '`wcn config show` shows where it is set'
/** Permission bits of everybody but the file's owner. */
const OTHERS = 0o077

export async function keys(context: DoctorContext): Promise<readonly Check[]> {
  const { services, nodeKey } = context
  return [
    ...(await Promise.all([
      keyCheck(
        'signing-key',
        'no signing key is set: nothing can be written from here',
        'where you write: set --private-key-file or --keystore',
        () => signingAccount(context),
      ),
      keyCheck(
        'encryption-key',
        "the cluster's encryption key is not set: no address of a node is known",
        'set SMART_CONTRACT_ENCRYPTION_KEY or --encryption-key-file',
        async () => ((await services.settings.encryptionKey()) === null ? null : 'the encryption key can be read'),
      ),
      keyCheck(
        'node-key',
        'no node key is set: what nodes and their database say of themselves is not asked',
        GIVE_NODE_KEY,
        async () => {
          const pair = await nodeKey()
          return pair && `the node key is that of ${pair.peerId}`
        },
      ),
    ])),
    ...(await placeChecks(context)),
  ]
}

/** A password that would have to be typed is no fault: it is for whoever signs. */
async function keyCheck(id: string, unset: string, ways: string, read: () => Promise<string | null>): Promise<Check> {
  try {
    const summary = await ifSet(read)
    return summary === null ? check(id, 'skip', unset, ways) : check(id, 'pass', summary)
  } catch (error) {
    if (error instanceof WcnError && error.code === 'INPUT_REQUIRED')
      return check(id, 'skip', error.message, error.hint ?? null)
    if (error instanceof WcnError) return check(id, 'fail', error.message, error.hint ?? WHERE)
    throw error
  }
}

/** Null where none is set. Throws WRONG_SIGNER where another operator is named. */
async function signingAccount({
  services: { settings, addressOf, configured },
}: DoctorContext): Promise<string | null> {
  const set = new Map(settings.describe().map(({ name, value }) => [name, value]))
  const keystore = set.get('keystore') ?? null
  if (keystore === null && (set.get('private_key') ?? set.get('private_key_file')) == null) return null
  const account =
    keystore === null
      ? await addressOf(await settings.privateKey())
      : await (await configured({ keystore, passwordFile: set.get('password_file') ?? undefined })).settings.operator()
  const operator = await settings.operator()
  if (operator === account) return `the signing key is that of ${checksumAddress(account)}`
  throw new WcnError(
    'WRONG_SIGNER',
    `the signing key is that of ${checksumAddress(account)}, and the operator that is set is ${checksumAddress(operator)}`,
    { hint: 'give the key of that operator, or leave --operator and WCN_OPERATOR out; `wcn config show` shows them' },
  )
}

/** Nobody else sees it, and it is not on its way into a repository. */
async function placeChecks({ services, input }: DoctorContext): Promise<readonly Check[]> {
  const { files } = services
  const set = services.settings
    .describe()
    .flatMap(({ name, value }) => (value === null || value === '-' ? [] : [[name, value] as const]))
  const held = set.filter(([name]) => KEY_FILES.includes(name))
  const found = await Promise.all(
    held.map(async ([name, path]): Promise<readonly Check[]> => {
      // Others are read, and refused, where they are used; an encrypted keystore is read whatever its mode.
      const password = name === 'password_file' ? await checkThat('key-files', () => readable(files, path)) : null
      const mode = name === 'keystore' || input.insecurePermissions ? await modeOf(files, path) : null
      const tree = await files.gitTreeThatTracks(path)
      return [
        ...(password?.status === 'fail' ? [password] : []),
        ...(mode !== null && (mode & OTHERS) !== 0
          ? [check('key-files', 'warn', `${path} can be read by group or others`, `\`chmod 600 ${shellWord(path)}\``)]
          : []),
        ...(tree === null
          ? []
          : [
              check(
                'key-files',
                'warn',
                `${path} is in the git work tree ${tree}, which does not ignore it`,
                'move it elsewhere, or have it ignored, before `git add` takes it up',
              ),
            ]),
      ]
    }),
  )
  const faults = found.flat()
  if (faults.length > 0 || held.length === 0) return faults
  return [check('key-files', 'pass', `${held.length} key files are where nobody else sees them`)]
}

async function readable(files: DoctorContext['services']['files'], path: string): Promise<string> {
  await files.readSecret(path, { mayBeEmpty: true })
  return path
}

/** Null where it can't be told: whoever reads it says why. */
async function modeOf(files: DoctorContext['services']['files'], path: string): Promise<number | null> {
  return (await orNull(() => files.inspect(path)))?.mode ?? null
}
