/** What is set, and the keys among it: whether they can be read, whose they are, and who else can read them. */

import { checksumAddress } from '../../base/address.js'
import { type Check, check, checkThat, type Verdict } from '../../base/check.js'
import { ifSet } from '../../base/if-set.js'
import { shellWord } from '../../base/shell-word.js'
import { WcnError } from '../../errors/wcn-error.js'
import { GIVE_NODE_KEY } from '../../health/model/advice.js'
import type { EffectiveSetting } from '../../settings/describe-settings.js'
import { addressOfKey } from '../../signers/address-of-key.js'
import { type DoctorContext, type Group, orNull } from '../context.js'

/** Without these nothing but files can be looked at. */
const NEEDED: Readonly<Record<string, string>> = {
  contract_address: 'set SMART_CONTRACT_ADDRESS or --contract-address; `wcn init` leads through everything',
  rpc_urls: 'set RPC_PROVIDER_URL or --rpc-url; --env-file FILE takes it from one of your nodes',
}
/** Any of these says who the operator is. */
const OF_OPERATOR = ['operator', 'private_key', 'private_key_file', 'keystore']

const isSet = (described: readonly EffectiveSetting[], names: readonly string[]) =>
  described.some(({ name, value, problem }) => names.includes(name) && (value !== null || problem !== null))

export const settings: Group = {
  async settings({ services }) {
    const described = services.settings.describe()
    const findings = [
      ...described.flatMap(({ name, title, problem }) =>
        problem === null
          ? []
          : [
              check(
                name,
                'fail',
                `${title}: ${problem}`,
                '`wcn config show` shows every setting and where it comes from',
              ),
            ],
      ),
      ...Object.entries(NEEDED).flatMap(([name, hint]) => {
        const title = described.find((one) => one.name === name)?.title ?? name
        return isSet(described, [name]) ? [] : [check(name, 'fail', `${title} is not set`, hint)]
      }),
    ]
    if (findings.length > 0) return findings
    const given = described.filter(({ value, source }) => value !== null && source !== 'default')
    return ['pass', `${given.length} settings are set, and all can be read`]
  },
  async operator({ services }) {
    if (isSet(services.settings.describe(), OF_OPERATOR)) return null
    return [
      'skip',
      'which operator is yours is not set: its nodes, funds and place in the cluster are not looked at',
      'set WCN_OPERATOR or --operator to its address',
    ]
  },
}

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
async function signingAccount({ services: { settings, configured } }: DoctorContext): Promise<string | null> {
  const set = new Map(settings.describe().map(({ name, value }) => [name, value]))
  const keystore = set.get('keystore') ?? null
  if (keystore === null && (set.get('private_key') ?? set.get('private_key_file')) == null) return null
  const account =
    keystore === null
      ? await addressOfKey(await settings.privateKey())
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
