/**
 * What signs: keystores of this tool and of others, a key from standard input, and AWS KMS, each up to a transaction on
 * chain; and what is refused before anything is signed.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type Applicant, applicant, requestOf } from '../support/applicant.js'
import { type CliOptions, type Sandbox, sandbox } from '../support/cli.js'
import { DESCRIPTION, OPERATOR, OPERATOR_KEY, putDeployment, putSecret } from '../support/deployment.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'
import { wcnInProcess as wcn, wcnJsonInProcess as wcnJson } from '../support/in-process.js'
import { KEYSTORE_VECTORS, keystoreVector } from '../support/keystore-vectors.js'
import {
  AWS_SECRETS,
  KMS_ALIAS,
  KMS_ARN,
  KMS_KEY_ID,
  type KmsFault,
  type KmsStandIn,
  p256PublicKey,
  startKms,
} from '../support/kms-stand-in.js'
import { lightKeystore, openKeystore } from '../support/light-keystore.js'
import { CTRL_C, ENTER, wcnInTerminal } from '../support/pty.js'
import { expectRefusal, type Refusal } from '../support/refusals.js'

const PASSWORD = 'correct horse canary staple'
/** The prompt library's key for showing what is typed. */
const CTRL_T = '\u0014'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

let operator: Account
/** Files of that operator: `light.json` opens with `password`, and not with `wrong`. */
const file = (name: string) => box.path(name)
let runs = 0
let stateDirectory: string

beforeAll(() => {
  operator = net.operators[0] as Account
  put('light.json', lightKeystore(operator.privateKey, PASSWORD))
  put('password', `${PASSWORD}\n`)
  put('wrong', 'incorrect horse\n')
})
beforeEach(() => {
  stateDirectory = box.path(`state-${++runs}`)
})

function put(name: string, text: string): string {
  writeFileSync(file(name), text, { mode: 0o600 })
  return file(name)
}

const environment = (more: CliOptions['env'] = {}) => ({ ...net.cluster, WCN_STATE_DIR: stateDirectory, ...more })
const nameOnChain = async ({ address }: Account) =>
  (await wcnJson(['operator', 'view', '--operator', address], { env: net.cluster })).data.operator.name
const renamed = (name: string) => ({ code: 0, data: { changed: true, operator: { id: operator.address, name } } })

/** Neither whole nor so much of it that the rest could be guessed. */
function expectNoPassword(text: string, password = PASSWORD): void {
  for (const part of [password, password.slice(0, 8)]) expect(text).not.toContain(part)
}

describe('a new keystore', () => {
  it('asks for its password twice and never shows it', async () => {
    const keygen = wcnInTerminal(['operator', 'keygen', '--keystore', '--out', 'mine.json'], { cwd: file('.') })
    await keygen.until('Password for the new keystore')
    keygen.type(`${PASSWORD}${CTRL_T}${ENTER}`)
    await keygen.until('The same password again')
    keygen.type(`${PASSWORD}${CTRL_T}${ENTER}`)
    await keygen.until('operator ID')
    expect(await keygen.ended).toBe(0)
    expectNoPassword(keygen.screen)
    const [address = ''] = /0x[0-9a-fA-F]{40}/.exec(keygen.text) ?? []

    expect(statSync(file('mine.json')).mode & 0o777).toBe(0o600)
    const text = readFileSync(file('mine.json'), 'utf8')
    expect(JSON.parse(text)).toMatchObject({
      version: 3,
      address: address.slice(2).toLowerCase(),
      crypto: { cipher: 'aes-128-ctr', kdf: 'scrypt', kdfparams: { n: 262_144, r: 8, p: 1, dklen: 32 } },
    })
    // Other software opens it, and it is the key of that address.
    const key = openKeystore(text, PASSWORD)
    for (const shown of [text, keygen.screen]) expect(shown).not.toContain(key.slice(2))
    put('mine.key', `${key}\n`)
    expect(await wcnJson(['operator', 'address', '--private-key-file', file('mine.key')])).toMatchObject({
      data: { address: address.toLowerCase() },
    })
  })

  it('takes its password from standard input, into a folder, and opens with it', async () => {
    const args = ['operator', 'keygen', '--keystore', '--out', `${file('keys')}/`, '--password-file']
    const made = await wcnJson([...args, '-'], { input: `${PASSWORD}\n` })
    expect(made, made.stdout).toMatchObject({ code: 0 })
    expectNoPassword(made.stdout + made.stderr)
    const [name] = readdirSync(file('keys'))
    expect(name).toMatch(/^UTC--\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{9}Z--[0-9a-f]{40}$/)
    expect(made.data.file).toBe(`${file('keys')}/${name}`)
    const opened = await wcnJson(['operator', 'address', '--keystore', made.data.file], {
      env: { WCN_PASSWORD_FILE: file('password') },
    })
    expect(opened).toMatchObject({ code: 0, data: { address: made.data.address } })
  })

  it('is not made where the two passwords differ, where one is empty, or at Ctrl-C', async () => {
    const keygen = () => wcnInTerminal(['operator', 'keygen', '--keystore', '--out', 'never.json'], { cwd: file('.') })
    const differing = keygen()
    await differing.until('Password for the new keystore')
    differing.type(`${PASSWORD}${ENTER}`)
    await differing.until('The same password again')
    differing.type(`${PASSWORD}!${ENTER}`)
    expect(await differing.ended).toBe(2)
    expect(differing.text).toContain('the two passwords are not the same; nothing was written')
    expectNoPassword(differing.screen)

    const empty = keygen()
    await empty.until('Password for the new keystore')
    empty.type(ENTER)
    expect(await empty.ended).toBe(2)
    expect(empty.text).toContain('an empty password protects nothing')

    const left = keygen()
    await left.until('Password for the new keystore')
    left.type(`${PASSWORD}${CTRL_C}`)
    expect(await left.ended).toBe(130)
    expectNoPassword(left.screen)
    expect(existsSync(file('never.json'))).toBe(false)
  })

  const keygen = ['operator', 'keygen', '--out', 'input']
  it.each<Refusal>([
    {
      what: 'over another file',
      args: [...keygen, '--keystore', '--password-file', 'word'],
      files: (path) => {
        writeFileSync(path('input'), 'mine', { mode: 0o600 })
        writeFileSync(path('word'), PASSWORD, { mode: 0o600 })
      },
      exit: 2,
      code: 'FILE_EXISTS',
      says: ['"input"', 'not overwritten'],
    },
    {
      what: 'where nobody can be asked',
      args: [...keygen, '--keystore'],
      exit: 3,
      code: 'INPUT_REQUIRED',
      says: ['--password-file'],
    },
    {
      what: 'with a password that others can read',
      args: [...keygen, '--keystore', '--password-file', 'word'],
      files: (path) => writeFileSync(path('word'), PASSWORD, { mode: 0o644 }),
      exit: 2,
      code: 'FILE_PERMISSIONS',
      says: ['"word"', 'chmod 600'],
    },
    {
      what: 'with an empty password file',
      args: [...keygen, '--keystore', '--password-file', 'word'],
      files: (path) => writeFileSync(path('word'), '\n', { mode: 0o600 }),
      exit: 2,
      code: 'FILE_UNREADABLE',
      says: ['"word" is empty'],
    },
    {
      what: 'of which the password would be for nothing',
      args: [...keygen, '--password-file', 'word'],
      exit: 2,
      code: 'USAGE',
      says: ['--password-file does nothing without --keystore', 'add --keystore'],
    },
  ])('is not made $what', (row) => expectRefusal(row, net, box, {}))
})

describe('a keystore of other software', () => {
  describe.concurrent('opens', () => {
    it.each(KEYSTORE_VECTORS.filter(({ password }) => password !== ''))(
      '$name',
      async ({ name, keystore, password, address }) => {
        const args = ['operator', 'address', '--keystore', put(`${name}.json`, JSON.stringify(keystore))]
        const shown = await wcnJson([...args, '--password-file', put(`${name}.password`, password)])
        expect(shown, shown.stdout).toMatchObject({ code: 0, data: { address } })
        expectNoPassword(shown.stdout + shown.stderr, password)
      },
    )
  })

  it('opens with an empty password, where that is typed', async () => {
    const { text, address } = keystoreVector('geth, with an empty password')
    const args = ['operator', 'address', '--keystore', put('empty.json', text)]
    const asked = wcnInTerminal(args)
    await asked.until('Password of')
    asked.type(ENTER)
    expect(await asked.ended).toBe(0)
    expect(asked.text.toLowerCase()).toContain(address)
  })

  it('takes its account into the cluster and signs its writes there', async () => {
    const { text, password, private_key: key, address } = keystoreVector('the shape of cast')
    const who = await applicant(net, box, key)
    const signer = ['--keystore', put('cast.json', text), '--password-file', put('cast.password', password)]
    const requested = await wcnJson([...who.register, ...signer, '--out', who.path('request.json')], {
      env: environment(),
    })
    expect(requested, requested.stdout).toMatchObject({ code: 0, data: { operator: address } })
    const owner = environment({ WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.owner.privateKey })
    const approved = await wcnJson(['admin', 'operator', 'approve', who.path('request.json'), '--yes'], { env: owner })
    expect(approved, approved.stdout).toMatchObject({ code: 0, data: { operator: { id: address } } })
    const written = await wcnJson(['operator', 'rename', 'cast', '--yes', ...signer], { env: environment() })
    expect(written, written.stdout).toMatchObject({ code: 0, data: { operator: { id: address, name: 'cast' } } })
    const { hash } = written.data.transaction
    expect(await net.rpc('eth_getTransactionByHash', hash)).toMatchObject({ from: address })
  })
})

describe('a write signed with a keystore', () => {
  it.each<readonly [string, readonly string[], () => Variables]>([
    ['flags', ['--keystore', 'light.json', '--password-file', 'password'], () => ({})],
    ['variables', [], () => ({ WCN_KEYSTORE: file('light.json'), WCN_PASSWORD_FILE: file('password') })],
    ['the password itself', [], () => ({ WCN_KEYSTORE: file('light.json'), WCN_KEYSTORE_PASSWORD: PASSWORD })],
    [
      // A flag beats variables, whatever they name.
      'flags in spite of variables',
      ['--keystore', 'light.json', '--password-file', 'password'],
      () => ({ SMART_CONTRACT_SIGNER_PRIVATE_KEY: `0x${'11'.repeat(32)}`, WCN_KEYSTORE_PASSWORD: 'another' }),
    ],
  ])('that is given by %s', async (what, flags, variables) => {
    const args = ['operator', 'rename', `by ${what}`, '--yes', ...flags]
    const written = await wcnJson(args, { env: environment(variables()), cwd: file('.') })
    expect(written, written.stdout).toMatchObject(renamed(`by ${what}`))
    expectNoPassword(written.stdout + written.stderr)
    expect((written.stdout + written.stderr).toLowerCase()).not.toContain(operator.privateKey.slice(2))
  })

  it('asks for the password once, before it asks to send', async () => {
    const args = ['operator', 'rename', 'by a prompt', '--keystore', 'light.json']
    const asked = wcnInTerminal(args, { env: environment(), cwd: file('.') })
    await asked.until('by a prompt')
    await asked.until('Password of light.json')
    asked.type(`${PASSWORD}${CTRL_T}${ENTER}`)
    await asked.until('Send this transaction?')
    asked.type(`y${ENTER}`)
    expect(await asked.ended).toBe(0)
    expect(asked.text.match(/✔ Password of/g)).toHaveLength(1)
    expectNoPassword(asked.screen)
    expect(await nameOnChain(operator)).toBe('by a prompt')
  })

  it('is not sent with a wrong password that is typed', async () => {
    const before = await net.state()
    const args = ['operator', 'rename', 'never', '--keystore', 'light.json', '--yes']
    const asked = wcnInTerminal(args, { env: environment(), cwd: file('.') })
    await asked.until('Password of light.json')
    asked.type(`${PASSWORD.toUpperCase()}${ENTER}`)
    expect(await asked.ended).toBe(2)
    expect(asked.text).toContain('the password from the prompt does not open the keystore light.json')
    expectNoPassword(asked.screen, PASSWORD.toUpperCase())
    expect(await net.state()).toEqual(before)
    expect(await wcnJson(['tx', 'list'], { env: environment() })).toMatchObject({ data: { transactions: [] } })
  })

  const rename = ['operator', 'rename', 'never', '--yes']
  const both =
    (keystore: string, password = PASSWORD) =>
    (path: (name: string) => string) => {
      writeFileSync(path('ks.json'), keystore, { mode: 0o600 })
      writeFileSync(path('word'), password, { mode: 0o600 })
    }
  const own = () => lightKeystore(operator.privateKey, PASSWORD)
  const withKeystore = [...rename, '--keystore', 'ks.json', '--password-file', 'word']
  const rows: readonly (Omit<Refusal, 'files'> & { readonly files?: () => Refusal['files'] })[] = [
    {
      what: 'a wrong password',
      args: withKeystore,
      files: () => both(own(), 'incorrect horse'),
      exit: 2,
      code: 'PASSWORD_WRONG',
      says: ['the password from --password-file does not open the keystore ks.json', 'check the password'],
    },
    {
      what: 'a password that nobody can be asked for',
      args: [...rename, '--keystore', 'ks.json'],
      files: () => both(own()),
      exit: 3,
      code: 'INPUT_REQUIRED',
      says: ['the password of ks.json', '--password-file or WCN_KEYSTORE_PASSWORD or WCN_PASSWORD_FILE'],
    },
    {
      what: 'an address that is not its own',
      args: withKeystore,
      files: () => both(own().replace(/"address":"\w{8}/, '"address":"00000000')),
      // Nothing shows that it lies before it is opened.
      env: { WCN_OPERATOR: undefined },
      exit: 4,
      code: 'OPERATOR_NOT_FOUND',
      says: ['is not an operator of this cluster'],
    },
    {
      what: 'the address of another operator',
      args: withKeystore,
      files: () => both(own().replace(/"address":"\w{40}/, `"address":"${net.operators[1]?.address.slice(2)}`)),
      exit: 2,
      code: 'KEYSTORE_INVALID',
      says: ['ks.json states the address', 'but holds the key of', 'somebody or something changed the file'],
    },
    {
      what: 'a damaged ciphertext',
      args: withKeystore,
      files: () => both(own().replace(/"ciphertext":"\w{8}/, '"ciphertext":"00000000')),
      exit: 2,
      code: 'PASSWORD_WRONG',
      says: ['ks.json', 'the file is damaged'],
    },
    {
      what: 'half of it',
      args: withKeystore,
      files: () => both(own().slice(0, 200)),
      exit: 2,
      code: 'KEYSTORE_INVALID',
      says: ['ks.json'],
    },
    {
      what: 'a bare key in its place',
      args: withKeystore,
      files: () => both(`${operator.privateKey}\n`),
      exit: 2,
      code: 'KEYSTORE_INVALID',
      says: ['ks.json holds a bare private key', '--private-key-file'],
    },
    {
      what: 'itself in the place of a bare key',
      args: [...rename, '--private-key-file', 'ks.json'],
      files: () => both(own()),
      exit: 2,
      code: 'KEY_INVALID',
      says: ['ks.json', '--keystore'],
    },
    { what: 'no file', args: withKeystore, exit: 2, code: 'FILE_UNREADABLE', says: ['"ks.json"', 'no such file'] },
    {
      what: 'both flags',
      args: [...withKeystore, '--private-key-file', 'word'],
      files: () => both(own()),
      exit: 2,
      code: 'SETTINGS_CONFLICT',
      says: ['both --private-key-file and --keystore are set', 'remove one of them'],
    },
    {
      what: 'both variables',
      args: rename,
      env: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: `0x${'11'.repeat(32)}`, WCN_KEYSTORE: 'ks.json' },
      exit: 2,
      code: 'SETTINGS_CONFLICT',
      says: ['SMART_CONTRACT_SIGNER_PRIVATE_KEY', 'WCN_KEYSTORE'],
    },
    {
      what: 'a password and its file',
      args: rename,
      env: { WCN_KEYSTORE: 'ks.json', WCN_KEYSTORE_PASSWORD: 'x', WCN_PASSWORD_FILE: 'word' },
      files: () => both(own()),
      exit: 2,
      code: 'SETTINGS_CONFLICT',
      says: ['WCN_KEYSTORE_PASSWORD', 'WCN_PASSWORD_FILE'],
    },
    {
      what: 'both from standard input',
      args: [...rename, '--keystore', '-', '--password-file', '-'],
      input: PASSWORD,
      exit: 2,
      code: 'USAGE',
      says: ['--keystore and --password-file are both to be read from standard input'],
    },
    {
      what: 'the key of another account than the operator that is named',
      args: () => [...withKeystore, '--operator', net.operators[1]?.address ?? ''],
      files: () => both(own()),
      exit: 4,
      code: 'WRONG_SIGNER',
      says: ['the configured key is of account 0x', 'leave --operator out'],
    },
  ]
  describe.concurrent('is refused', () => {
    it.each(rows)('$what', async ({ files, ...row }) => {
      const made = files?.()
      await expectRefusal({ ...row, ...(made && { files: made }) }, net, box, net.cluster)
    })
  })

  const hostile: readonly (readonly [string, object])[] = [
    ['n that takes 4 GiB', { n: 2 ** 22 }],
    ['n beyond all memory', { n: 2 ** 52 }],
    ['n that is no power of two', { n: 262_145 }],
    ['n of 1', { n: 1 }],
    ['a negative n', { n: -1024 }],
    ['n in words', { n: '262144' }],
    ['a huge r', { r: 2 ** 31 }],
    ['a huge p', { p: 2 ** 31 }],
    ['p that takes hours', { n: 262_144, p: 16 }],
    ['another dklen', { dklen: 2 ** 31 }],
    ['no salt', { salt: '' }],
    ['a long salt', { salt: '00'.repeat(30_000) }],
  ]
  describe.concurrent('never works through hostile parameters', () => {
    it.each(hostile)('%s', async (what, changes) => {
      const keystore = put(`${what}.json`, lightKeystore(operator.privateKey, PASSWORD, changes))
      const before = await net.state()
      const args = [...rename, '--keystore', keystore, '--password-file', file('password')]
      const run = await wcn(args, { env: environment() })
      expect(run, run.stderr).toMatchObject({ code: 2, stdout: '' })
      expect(run.stderr).toMatch(/^error: the keystore is not sound: .*\.json:1: crypto\.kdfparams\./m)
      // Refused by what the file says: it was not begun.
      expect(run.stderr).not.toContain('opening the keystore')
      expect(await net.state()).toEqual(before)
    })
  })

  it('never works through ten thousand million iterations either', async () => {
    const { keystore } = keystoreVector('the definition, pbkdf2')
    const hostile = JSON.stringify(keystore).replace(/"c":\d+/, '"c":10000000000')
    const args = ['operator', 'address', '--keystore', put('hostile.json', hostile)]
    const run = await wcnJson([...args, '--password-file', file('password')])
    expect(run, run.stdout).toMatchObject({ code: 2, error: { code: 'KEYSTORE_INVALID' } })
    expect(run.stderr).not.toContain('opening the keystore')
  })
})

describe('a key from standard input', () => {
  it('signs', async () => {
    const args = ['operator', 'rename', 'by a pipe', '--yes', '--private-key-file', '-']
    const written = await wcnJson(args, { env: environment(), input: `${operator.privateKey}\n` })
    expect(written, written.stdout).toMatchObject(renamed('by a pipe'))
    expect(written.stdout + written.stderr).not.toContain(operator.privateKey.slice(2))
  })

  it('is a keystore where that is said', async () => {
    const args = [
      'operator',
      'rename',
      'by a piped keystore',
      '--yes',
      '--keystore',
      '-',
      '--password-file',
      'password',
    ]
    const input = lightKeystore(operator.privateKey, PASSWORD)
    const written = await wcnJson(args, { env: environment(), cwd: file('.'), input })
    expect(written, written.stdout).toMatchObject(renamed('by a piped keystore'))
  })
})

describe('config emit', () => {
  const boxes: Sandbox[] = []
  afterAll(() => boxes.forEach((one) => void one.remove()))

  /** A deployment whose operator's key is in a keystore, and nowhere else. */
  function deployment(password = PASSWORD) {
    const home = sandbox()
    boxes.push(home)
    const { operator_key_file: _, ...description } = DESCRIPTION
    putDeployment(home, stringify(description))
    writeFileSync(home.path('keys/operator.key'), 'not this one', { mode: 0o600 })
    putSecret(home, 'keystore.json', lightKeystore(OPERATOR_KEY, password))
    putSecret(home, 'password', PASSWORD)
    return home
  }
  const args = ['config', 'emit', '-f', 'deployment.yaml', '--out', 'out']
  const opening = ['--keystore', 'keystore.json', '--password-file', 'password']
  const signingKeys = (home: Sandbox) =>
    readdirSync(home.path('out')).filter((name) =>
      readFileSync(home.path(`out/${name}`), 'utf8').includes(`SMART_CONTRACT_SIGNER_PRIVATE_KEY=${OPERATOR_KEY}\n`),
    )

  it("writes the decrypted key for the primary node, which can't open keystores, and shows it nowhere", async () => {
    const home = deployment()
    const emitted = await wcn([...args, ...opening, '--debug'], { cwd: home.path('.') })
    expect(emitted, emitted.stderr).toMatchObject({ code: 0 })
    expect(signingKeys(home)).toEqual(['wcn_node_n0.env'])
    expect(statSync(home.path('out/wcn_node_n0.env')).mode & 0o777).toBe(0o600)
    expectNoPassword(emitted.stdout + emitted.stderr)
    expect(emitted.stdout + emitted.stderr).not.toContain(OPERATOR_KEY.slice(2))
  })

  it('opens it for nobody else', async () => {
    const home = deployment()
    // Without a password, and nobody is asked.
    const emitted = await wcn([...args, '--keystore', 'keystore.json', '--node', 'n1'], { cwd: home.path('.') })
    expect(emitted, emitted.stderr).toMatchObject({ code: 0 })
    expect(readdirSync(home.path('out'))).toEqual(['wcn_node_n1.env'])
    expect(signingKeys(home)).toEqual([])
  })

  it('takes a keystore before the key file that the description names', async () => {
    const home = deployment()
    writeFileSync(home.path('deployment.yaml'), stringify(DESCRIPTION))
    const emitted = await wcn([...args, ...opening], { cwd: home.path('.') })
    expect(emitted, emitted.stderr).toMatchObject({ code: 0 })
    expect(signingKeys(home)).toEqual(['wcn_node_n0.env'])
  })

  it.each<readonly [string, readonly string[], string, number, string]>([
    ['a wrong password', opening, 'another', 2, 'PASSWORD_WRONG'],
    ['a key that never leaves KMS', ['--kms-key-id', KMS_ALIAS], PASSWORD, 4, 'SIGNER_UNSUITABLE'],
    ['both', [...opening, '--private-key-file', 'keys/operator.key'], PASSWORD, 2, 'SETTINGS_CONFLICT'],
  ])('writes nothing for %s', async (_, flags, password, exit, code) => {
    const home = deployment(password)
    const emitted = await wcnJson([...args, ...flags], { cwd: home.path('.') })
    expect(emitted, emitted.stdout).toMatchObject({ code: exit, error: { code } })
    expect(existsSync(home.path('out'))).toBe(false)
  })

  it('writes nothing for the key of another account', async () => {
    const home = deployment()
    putSecret(home, 'keystore.json', lightKeystore(operator.privateKey, PASSWORD))
    const emitted = await wcnJson([...args, ...opening], { cwd: home.path('.') })
    expect(emitted, emitted.stdout).toMatchObject({ code: 4, error: { code: 'WRONG_SIGNER' } })
    expect(emitted.error.message.toLowerCase()).toContain(OPERATOR.toLowerCase())
    expect(existsSync(home.path('out'))).toBe(false)
  })
})

describe("AWS KMS with the owner's key", () => {
  let kms: KmsStandIn
  /** Somebody whom no test adds. */
  let who: Applicant
  let request: string
  beforeAll(async () => {
    kms = await startKms(net.owner.privateKey as `0x${string}`)
    who = await applicant(net, box)
    request = await requestOf(net, who)
  })
  afterAll(() => kms.close())
  afterEach(() => {
    kms.asked.length = 0
    kms.faults.length = 0
    Object.assign(kms.answers, { s: 'low', keySpec: 'ECC_SECG_P256K1', keyUsage: 'SIGN_VERIFY', publicKey: null })
    kms.answers.tamper = (der) => der
  })

  const approve = (file: string, ...flags: readonly string[]) =>
    wcnJson(['admin', 'operator', 'approve', file, '--yes', ...flags], { env: environment(kms.env) })
  const secrets = () => [...Object.values(AWS_SECRETS), net.owner.privateKey.slice(2)]

  it.each([
    ['its ID', KMS_KEY_ID, 'low'],
    ['an alias', KMS_ALIAS, 'high'],
    ['its ARN', KMS_ARN, 'high'],
  ] as const)('adds an operator, the key named by %s', async (_, keyId, s) => {
    kms.answers.s = s
    const before = await net.nonceOf(net.owner)
    const added = await applicant(net, box)
    const approved = await approve(await requestOf(net, added), '--kms-key-id', keyId)
    expect(approved, approved.stdout).toMatchObject({
      code: 0,
      data: { changed: true, operator: { id: added.address }, transaction: { nonce: before } },
    })
    expect(await net.rpc('eth_getTransactionByHash', approved.data.transaction.hash)).toMatchObject({
      from: net.owner.address,
    })
    expect(kms.asked).toEqual([
      { operation: 'GetPublicKey', keyId },
      { operation: 'Sign', keyId: KMS_ARN },
    ])
    for (const secret of secrets()) expect(approved.stdout + approved.stderr).not.toContain(secret)
  })

  it('signs for a terminal and by variables too', async () => {
    const env = environment({ ...kms.env, WCN_OWNER_KMS_KEY_ID: KMS_ALIAS })
    const added = await requestOf(net, await applicant(net, box))
    const asked = wcnInTerminal(['admin', 'operator', 'approve', added], { env })
    await asked.until('Send this transaction?')
    expect(kms.asked.map(({ operation }) => operation)).toEqual(['GetPublicKey'])
    asked.type(`y${ENTER}`)
    expect(await asked.ended).toBe(0)
    for (const secret of secrets()) expect(asked.screen).not.toContain(secret)
  })

  const faults: readonly (readonly [string, KmsFault, string | RegExp])[] = [
    ['denies access', { type: 'AccessDeniedException', message: JSON.stringify(AWS_SECRETS) }, 'access is denied'],
    ['has no such key', { type: 'NotFoundException' }, 'there is no such key'],
    ['says that the key is disabled', { type: 'DisabledException' }, 'the key is disabled'],
    ['does not know the credentials', { type: 'UnrecognizedClientException' }, 'does not accept the AWS credentials'],
    ['drops the connection', 'drop', /the connection failed|did not answer/],
    ['answers with a page', 'garbage', 'AWS KMS did not sign'],
  ]
  it.each(faults)('sends nothing where KMS %s', async (_, fault, says) => {
    // As often as the SDK tries, and at signing too.
    kms.faults.push(fault, fault, fault)
    const before = await net.state()
    const refused = await approve(request, '--kms-key-id', KMS_KEY_ID)
    expect(refused, refused.stdout).toMatchObject({ code: 5, error: { code: 'KMS_ERROR' } })
    expect(refused.error.message).toMatch(says)
    expect(refused.error.message).toContain(KMS_KEY_ID)
    for (const secret of secrets()) expect(refused.stdout + refused.stderr).not.toContain(secret)
    expect(await net.state()).toEqual(before)
  })

  it("sends nothing that is not the key's own signature", async () => {
    kms.answers.tamper = (der) => Buffer.from([...der.subarray(0, -1), (der.at(-1) ?? 0) ^ 1])
    const before = await net.state()
    expect(await approve(request, '--kms-key-id', KMS_KEY_ID)).toMatchObject({ code: 5, error: { code: 'KMS_ERROR' } })
    expect(await net.state()).toEqual(before)
    expect(await wcnJson(['tx', 'list'], { env: environment() })).toMatchObject({ data: { transactions: [] } })
  })

  it('refuses a key of another curve, and of another account', async () => {
    const before = await net.state()
    Object.assign(kms.answers, { keySpec: 'ECC_NIST_P256', publicKey: p256PublicKey() })
    expect(await approve(request, '--kms-key-id', KMS_KEY_ID)).toMatchObject({
      code: 4,
      error: { code: 'SIGNER_UNSUITABLE', message: expect.stringContaining(KMS_KEY_ID) },
    })
    const other = await startKms(operator.privateKey as `0x${string}`)
    try {
      const args = ['admin', 'operator', 'approve', request, '--yes', '--kms-key-id', KMS_KEY_ID]
      const refused = await wcnJson(args, { env: environment(other.env) })
      expect(refused, refused.stdout).toMatchObject({ code: 4, error: { code: 'NOT_THE_OWNER' } })
    } finally {
      await other.close()
    }
    expect(await net.state()).toEqual(before)
  })

  const exportable = ["the primary node signs with the operator's key", 'exportable', 'wcn operator keygen']
  it.each<Refusal>([
    {
      what: 'register',
      args: ['operator', 'register', '--name', 'x', '--kms-key-id', 'alias/x', '--out', 'request.json'],
      exit: 4,
      code: 'SIGNER_UNSUITABLE',
      says: ['--kms-key-id', ...exportable],
    },
    {
      what: 'register, by a variable',
      args: ['operator', 'register', '--name', 'x', '--out', 'request.json'],
      env: { WCN_KMS_KEY_ID: KMS_ARN },
      exit: 4,
      code: 'SIGNER_UNSUITABLE',
      says: ['WCN_KMS_KEY_ID', ...exportable],
    },
    {
      what: 'rename',
      args: ['operator', 'rename', 'x', '--yes', '--kms-key-id', KMS_KEY_ID],
      exit: 4,
      code: 'SIGNER_UNSUITABLE',
      says: ['--kms-key-id', ...exportable],
    },
  ])('is refused for an operator: $what', async ({ args, ...row }) => {
    const more = row.what.startsWith('register') ? who.register.slice(4) : []
    await expectRefusal({ ...row, args: [...(args as readonly string[]), ...more] }, net, box, {
      ...net.cluster,
      ...kms.env,
    })
    expect(kms.asked).toEqual([])
  })

  it('is refused beside another signer', async () => {
    const row = { exit: 2, code: 'SETTINGS_CONFLICT', says: ['--private-key-file', '--kms-key-id'] }
    const args = ['admin', 'operator', 'approve', request, '--yes', '--kms-key-id', KMS_KEY_ID]
    await expectRefusal({ what: '', args: [...args, '--private-key-file', file('password')], ...row }, net, box, {
      ...net.cluster,
      ...kms.env,
    })
  })
})
