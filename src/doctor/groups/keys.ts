/** Keys: whether they can be read, whose they are, and who else can read them. */
import { checksumAddress } from '../../base/address.js'
import { type Check, check, checkThat, type Verdict } from '../../base/check.js'
import { ifSet } from '../../base/if-set.js'
import { shellWord } from '../../base/shell-word.js'
import { WcnError } from '../../errors/wcn-error.js'
import { GIVE_NODE_KEY } from '../../health/model/advice.js'
import { type DoctorContext, type Group, orNull } from '../context.js'

const FILES: readonly string[] = [
  'private_key_file',
  'encryption_key_file',
  'keystore',
  'password_file',
  'node_key_file',
]
const WHERE = '`wcn config show` shows where it is set'
/** Permission bits of everybody but the file's owner. */
const OTHERS = 0o077

export const keys: Group = {
  'signing-key': (context) =>
    keyVerdict(
      () => signingAccount(context),
      'no signing key is set: nothing can be written from here',
      'where you write: set --private-key-file or --keystore',
    ),
  'encryption-key': ({ services: { settings } }) =>
    keyVerdict(
      async () => ((await settings.encryptionKey()) === null ? null : 'the encryption key can be read'),
      "the cluster's encryption key is not set: no address of a node is known",
      'set SMART_CONTRACT_ENCRYPTION_KEY or --encryption-key-file',
    ),
  'node-key': ({ nodeKey }) =>
    keyVerdict(
      async () => {
        const pair = await nodeKey()
        return pair && `the node key is that of ${pair.peerId}`
      },
      'no node key is set: what nodes and their database say of themselves is not asked',
      GIVE_NODE_KEY,
    ),
  /** Nobody else sees them, and they are not on their way into a repository. */
  async 'key-files'({ services, input }) {
    const held = services.settings.describe().filter(({ name, value }) => FILES.includes(name) && value !== '-')
    const found = await Promise.all(
      held.flatMap(({ name, value: path }) =>
        path === null ? [] : [placeFaults(services.files, name, path, input.insecurePermissions === true)],
      ),
    )
    if (found.length === 0) return null
    const faults = found.flat()
    return faults.length > 0 ? faults : ['pass', `${found.length} key files are where nobody else sees them`]
  },
}

/** A password that would have to be typed is no fault: it is for whoever signs. */
async function keyVerdict(read: () => Promise<string | null>, unset: string, ways: string): Promise<Verdict> {
  try {
    const summary = await ifSet(read)
    return summary === null ? ['skip', unset, ways] : ['pass', summary]
  } catch (error) {
    if (!(error instanceof WcnError)) throw error
    const { code, message, hint } = error
    return code === 'INPUT_REQUIRED' ? ['skip', message, hint ?? null] : ['fail', message, hint ?? WHERE]
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
  const mine = `the signing key is that of ${checksumAddress(account)}`
  if (operator === account) return mine
  throw new WcnError('WRONG_SIGNER', `${mine}, and the operator that is set is ${checksumAddress(operator)}`, {
    hint: 'give the key of that operator, or leave --operator and WCN_OPERATOR out; `wcn config show` shows them',
  })
}

async function placeFaults(
  files: DoctorContext['services']['files'],
  name: string,
  path: string,
  insecurePermissions: boolean,
): Promise<readonly Check[]> {
  const id = 'key-files'
  // Others are read, and refused, where they are used; an encrypted keystore is read whatever its mode.
  const isPassword = name === 'password_file'
  const password =
    isPassword && (await checkThat(id, () => files.readSecret(path, { mayBeEmpty: true }).then(() => '')))
  // Where it can't be told, whoever reads it says why.
  const mode = name === 'keystore' || insecurePermissions ? (await orNull(() => files.inspect(path)))?.mode : undefined
  const tree = await files.gitTreeThatTracks(path)
  const warn = (summary: string, hint: string) => check(id, 'warn', summary, hint)
  return [
    ...(password && password.status === 'fail' ? [password] : []),
    ...((mode ?? 0) & OTHERS
      ? [warn(`${path} can be read by group or others`, `\`chmod 600 ${shellWord(path)}\``)]
      : []),
    ...(tree === null
      ? []
      : [
          warn(
            `${path} is in the git work tree ${tree}, which does not ignore it`,
            'move it elsewhere, or have it ignored, before `git add` takes it up',
          ),
        ]),
  ]
}
