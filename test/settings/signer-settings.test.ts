/** What signs: one of private key, keystore and KMS; passwords; what is refused and why. */
import { execFile, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { createFiles } from '../../src/platform/files/files.js'
import { sandbox } from '../support/cli.js'
import { keystoreVector } from '../support/keystore-vectors.js'
import { KMS_ALIAS, KMS_ARN, KMS_KEY_ID } from '../support/kms-stand-in.js'
import { lightKeystore } from '../support/light-keystore.js'
import { rejectedBy } from '../support/rejected.js'
import { standardInput } from '../support/services.js'
import { type Given, resolve } from '../support/settings.js'

const KEY = 'c0ffee'.padEnd(64, '1')
const OTHER = `0x${'12'.repeat(20)}`
/** They open in milliseconds; one states its address, the other does not. */
const stated = keystoreVector('geth, with its address')
const silent = keystoreVector('geth, a key of 31 bytes')
const FILES = { 'op.json': stated.text, 'silent.json': silent.text, pw: `${stated.password}\n`, 'op.key': KEY }

const given = (more: Given): Given => ({ ...more, files: { ...FILES, ...more.files } })
const withFiles = (more: Given) => resolve(given(more))

describe('a keystore', () => {
  it.each<[string, Given]>([
    ['flags', { flags: { keystore: 'op.json', passwordFile: 'pw' } }],
    ['variables', { env: { WCN_KEYSTORE: 'op.json', WCN_PASSWORD_FILE: 'pw' } }],
    ['a flag and a variable', { flags: { keystore: 'op.json' }, env: { WCN_KEYSTORE_PASSWORD: stated.password } }],
    ['an env file', { envFile: `WCN_KEYSTORE=op.json\nWCN_KEYSTORE_PASSWORD=${stated.password}` }],
    ['somebody who types', { flags: { keystore: 'op.json' }, typed: stated.password }],
    [
      'variables of the owner',
      { role: 'owner', env: { WCN_OWNER_KEYSTORE: 'op.json', WCN_OWNER_PASSWORD_FILE: 'pw' } },
    ],
    [
      'a variable of the owner with the password',
      { role: 'owner', flags: { keystore: 'op.json' }, env: { WCN_OWNER_KEYSTORE_PASSWORD: stated.password } },
    ],
  ])('from %s gives its key to what signs and to what hands it on', async (_, more) => {
    const { settings, secrets, warnings, notes } = withFiles(more)
    expect((await settings.privateKey()).reveal()).toBe(stated.private_key)
    const signingKey = await settings.signingKey()
    expect(signingKey.kind === 'private-key' && signingKey.key.reveal()).toBe(stated.private_key)
    expect(secrets).toEqual(expect.arrayContaining([stated.password, stated.private_key]))
    expect(warnings).toEqual([])
    // Once, however often its key is asked for: it takes a second.
    expect(notes).toEqual(['opening the keystore op.json'])
  })

  it('is opened once, and its password asked for once', async () => {
    const { settings, asked } = withFiles({ flags: { keystore: 'op.json' }, typed: stated.password })
    await Promise.all([settings.privateKey(), settings.signingKey(), settings.operator()])
    expect(asked).toEqual(['Password of op.json'])
  })

  it('tells the operator without its password where it states the address', async () => {
    const { settings, asked, notes } = withFiles({ flags: { keystore: 'op.json' } })
    expect(await settings.operator()).toBe(stated.address)
    expect([asked, notes]).toEqual([[], []])
  })

  it('tells the operator with it where it does not', async () => {
    const { settings } = withFiles({ flags: { keystore: 'silent.json' }, typed: silent.password })
    expect(await settings.operator()).toBe(silent.address)
    const error = await rejectedBy(withFiles({ flags: { keystore: 'silent.json' } }).settings.operator())
    expect(error.code).toBe('INPUT_REQUIRED')
  })

  it('whose password nobody can be asked for comes with every way to give it', async () => {
    const ways = [
      [{ flags: { keystore: 'op.json' } }, ['--password-file', 'WCN_PASSWORD_FILE', 'WCN_KEYSTORE_PASSWORD']],
      [
        { role: 'owner', flags: { keystore: 'op.json' }, env: { WCN_KEYSTORE_PASSWORD: stated.password } },
        ['--password-file', 'WCN_OWNER_PASSWORD_FILE', 'WCN_OWNER_KEYSTORE_PASSWORD'],
      ],
    ] as const
    for (const [more, names] of ways) {
      const error = await rejectedBy(withFiles(more).settings.privateKey())
      expect(error.code).toBe('INPUT_REQUIRED')
      for (const name of names) expect(error.hint?.split(' ')).toContain(name)
    }
  })

  it.each<[string, Given, string]>([
    ['typed', { typed: 'wrong' }, 'the prompt'],
    ['in a file', { flags: { passwordFile: 'pw' }, files: { pw: 'wrong' } }, '--password-file'],
    ['in a variable', { env: { WCN_KEYSTORE_PASSWORD: 'wrong' } }, 'WCN_KEYSTORE_PASSWORD'],
  ])('does not open with another password, %s', async (_, more, source) => {
    const { settings } = withFiles({ ...more, flags: { ...more.flags, keystore: 'op.json' } })
    const error = await rejectedBy(settings.signingKey())
    expect(error.code).toBe('PASSWORD_WRONG')
    expect(error.message).toBe(`the password from ${source} does not open the keystore op.json`)
    expect(`${error.message} ${error.hint}`).not.toContain('wrong')
  })

  it('that states the address of another key is refused once it is open', async () => {
    const forged = JSON.stringify({ ...stated.keystore, address: OTHER })
    const { settings } = withFiles({ flags: { keystore: 'op.json', passwordFile: 'pw' }, files: { 'op.json': forged } })
    expect(await settings.operator()).toBe(OTHER)
    const error = await rejectedBy(settings.signingKey())
    expect(error.code).toBe('KEYSTORE_INVALID')
    expect(error.details).toEqual({ stated: OTHER, actual: stated.address })
  })

  it('that is none is refused before a password is asked for', async () => {
    const { settings, asked } = withFiles({ flags: { keystore: 'x' }, files: { x: '{"version":3}' }, typed: 'x' })
    expect((await rejectedBy(settings.privateKey())).code).toBe('KEYSTORE_INVALID')
    expect(asked).toEqual([])
  })
})

describe('on the disk', () => {
  const box = sandbox()
  afterAll(box.remove)
  const disk = () => createFiles({ stdin: standardInput(stated.password) })
  const write = (name: string, text: string, mode = 0o600) => {
    writeFileSync(box.path(name), text, { mode })
    return box.path(name)
  }

  it('a keystore of more than 64 KiB is not read', async () => {
    const keystore = write('long.json', stated.text.padEnd(64 * 1024 + 1))
    const error = await rejectedBy(resolve({ flags: { keystore }, disk: disk() }).settings.operator())
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringContaining('65536 bytes') })
  })

  it('a password that others can read is refused; a keystore, which is encrypted, is not', async () => {
    const keystore = write('op.json', stated.text, 0o644)
    const passwordFile = write('pw', stated.password, 0o644)
    const error = await rejectedBy(resolve({ flags: { keystore, passwordFile }, disk: disk() }).settings.privateKey())
    expect([error.code, error.details]).toEqual(['FILE_PERMISSIONS', { path: passwordFile, mode: '0644' }])
  })

  describe('an empty password that was given is one', () => {
    const keystore = () => write('empty.json', lightKeystore(`0x${KEY}`, ''))
    const key = async (given: Given, stdin = '') =>
      (await resolve({ ...given, disk: createFiles({ stdin: standardInput(stdin) }) }).settings.privateKey()).reveal()

    it.each<[string, () => Given]>([
      ['as an empty file', () => ({ flags: { passwordFile: write('none', '') } })],
      ['as a file with an empty line', () => ({ env: { WCN_PASSWORD_FILE: write('line', '\n') } })],
      ['as an empty variable', () => ({ env: { WCN_KEYSTORE_PASSWORD: '' } })],
      ['as an empty variable, where somebody could type', () => ({ env: { WCN_KEYSTORE_PASSWORD: '' }, typed: 'x' })],
      ['as an empty variable of an env file', () => ({ envFile: 'WCN_KEYSTORE_PASSWORD=' })],
      ["as the owner's empty variable", () => ({ role: 'owner', env: { WCN_OWNER_KEYSTORE_PASSWORD: '' } })],
      ['by somebody who types', () => ({ typed: '' })],
    ])('%s', async (_, given) => {
      const { flags, ...more } = given()
      expect(await key({ flags: { keystore: keystore(), ...flags }, ...more })).toBe(`0x${KEY}`)
    })

    it('and does not open what has another', async () => {
      const given = { flags: { keystore: write('other.json', stated.text) }, env: { WCN_KEYSTORE_PASSWORD: '' } }
      const error = await rejectedBy(key(given))
      expect([error.code, error.message]).toEqual([
        'PASSWORD_WRONG',
        expect.stringContaining('the password from WCN_KEYSTORE_PASSWORD does not open'),
      ])
    })

    it('but an empty variable gives way to a file', async () => {
      const passwordFile = write('pw2', stated.password)
      const flags = { keystore: write('third.json', stated.text), passwordFile }
      expect(await key({ flags, env: { WCN_KEYSTORE_PASSWORD: '' } })).toBe(stated.private_key)
    })

    it('but nothing at all from a pipe or standard input is none: whoever writes to it may have failed', async () => {
      const error = await rejectedBy(key({ flags: { keystore: keystore(), passwordFile: '-' } }))
      expect([error.code, error.message]).toEqual(['FILE_UNREADABLE', 'standard input is empty or closed'])
      execFileSync('mkfifo', [box.path('fifo')])
      const pipe = key({ flags: { keystore: keystore(), passwordFile: box.path('fifo') } })
      execFile('sh', ['-c', ': > "$0"', box.path('fifo')])
      expect((await rejectedBy(pipe)).code).toBe('FILE_UNREADABLE')
    })
  })

  it('standard input is for one of the two', async () => {
    const keystore = write('again.json', stated.text)
    const { settings } = resolve({ flags: { keystore, passwordFile: '-' }, disk: disk() })
    expect((await settings.privateKey()).reveal()).toBe(stated.private_key)
    const both = resolve({
      flags: { keystore: '-', passwordFile: '-' },
      disk: createFiles({ stdin: standardInput(stated.text) }),
    })
    const error = await rejectedBy(both.settings.privateKey())
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringContaining('twice') })
  })
})

describe('one in the place of the other', () => {
  it('a keystore given as a key file', async () => {
    const error = await rejectedBy(withFiles({ flags: { privateKeyFile: 'op.json' } }).settings.privateKey())
    expect(error.code).toBe('KEY_INVALID')
    expect(error.hint).toContain('--keystore or WCN_KEYSTORE')
  })

  it('a key file given as a keystore', async () => {
    const { settings, secrets } = withFiles({ flags: { keystore: 'op.key' } })
    const error = await rejectedBy(settings.operator())
    expect(error).toMatchObject({ code: 'KEYSTORE_INVALID', hint: expect.stringContaining('--private-key-file') })
    expect(secrets).toContain(KEY)
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('c0ffee')
  })
})

describe('exactly one of them', () => {
  const flags = { privateKey: KEY, privateKeyFile: 'op.key', keystore: 'op.json', kmsKeyId: KMS_KEY_ID }
  const variables = {
    WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: KEY,
    WCN_OWNER_PRIVATE_KEY_FILE: 'op.key',
    WCN_OWNER_KEYSTORE: 'op.json',
    WCN_OWNER_KMS_KEY_ID: KMS_KEY_ID,
  }
  const flagNames = ['--private-key', '--private-key-file', '--keystore', '--kms-key-id']
  const pairs = (names: readonly string[]) => names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const))
  const pick = (all: Record<string, string>, names: readonly string[]) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)))

  it.each(pairs(Object.keys(flags)))('flags: %s, %s', async (a, b) => {
    const { settings } = withFiles({ role: 'owner', flags: pick(flags, [a, b]) })
    const error = await rejectedBy(settings.signingKey())
    expect(error.code).toBe('SETTINGS_CONFLICT')
    for (const name of [a, b]) expect(error.message.split(' ')).toContain(flagNames[Object.keys(flags).indexOf(name)])
  })

  it.each(pairs(Object.keys(variables)))('variables: %s, %s', async (a, b) => {
    const { settings } = withFiles({ role: 'owner', env: pick(variables, [a, b]) })
    const error = await rejectedBy(settings.signingKey())
    expect(error.code).toBe('SETTINGS_CONFLICT')
    for (const name of [a, b]) expect(error.message.split(' ')).toContain(name)
  })

  it('a flag beats every variable, whatever its form', async () => {
    const env = pick(variables, ['WCN_OWNER_PRIVATE_KEY_FILE', 'WCN_OWNER_KEYSTORE'])
    const kms = withFiles({ role: 'owner', flags: { kmsKeyId: KMS_ALIAS }, env })
    expect(await kms.settings.signingKey()).toEqual({ kind: 'kms', keyId: KMS_ALIAS })
    const keystore = withFiles({
      role: 'owner',
      flags: { keystore: 'op.json' },
      env: variables,
      typed: stated.password,
    })
    expect((await keystore.settings.privateKey()).reveal()).toBe(stated.private_key)
  })

  it('and of two passwords', async () => {
    const env = { WCN_PASSWORD_FILE: 'pw', WCN_KEYSTORE_PASSWORD: 'x' }
    const { settings } = withFiles({ flags: { keystore: 'op.json' }, env })
    const error = await rejectedBy(settings.privateKey())
    expect(error.code).toBe('SETTINGS_CONFLICT')
    for (const name of Object.keys(env)) expect(error.message.split(' ')).toContain(name)
    const flag = withFiles({ flags: { keystore: 'op.json', passwordFile: 'pw' }, env: { WCN_KEYSTORE_PASSWORD: 'x' } })
    expect((await flag.settings.privateKey()).reveal()).toBe(stated.private_key)
  })

  it('an operator that is named needs none of them', async () => {
    const { settings } = withFiles({ flags: { operator: OTHER, keystore: 'gone.json', privateKeyFile: 'gone.key' } })
    expect(await settings.operator()).toBe(OTHER)
  })
})

describe('a key in KMS', () => {
  it.each<[string, Given]>([
    [KMS_KEY_ID, { flags: { kmsKeyId: KMS_KEY_ID } }],
    [KMS_ALIAS, { env: { WCN_OWNER_KMS_KEY_ID: KMS_ALIAS } }],
    [KMS_ARN, { env: { WCN_CLUSTER_SMART_CONTRACT_OWNER_KMS_KEY_ARN: KMS_ARN } }],
    ['mrk-1234abcd12ab34cd56ef1234567890ab', { flags: { kmsKeyArn: 'mrk-1234abcd12ab34cd56ef1234567890ab' } }],
  ])('signs for the owner: %s', async (keyId, more) => {
    expect(await resolve({ ...more, role: 'owner' }).settings.signingKey()).toEqual({ kind: 'kms', keyId })
  })

  it.each(['a b', KEY, `0x${KEY}`, '{"a":1}', '../x', 'alias/', Buffer.from(KEY, 'hex').toString('base64')])(
    'is not named by %j, which is not repeated where it may be a key',
    async (kmsKeyId) => {
      const error = await rejectedBy(resolve({ role: 'owner', flags: { kmsKeyId } }).settings.signingKey())
      expect(error.code).toBe('SETTING_INVALID')
      expect(error.message).toContain('--kms-key-id')
      expect(JSON.stringify([error.message, error.hint])).not.toMatch(/c0ffee|wP\/u/)
    },
  )

  it('has no private key to hand on', async () => {
    const { settings } = resolve({ role: 'owner', flags: { kmsKeyId: KMS_KEY_ID } })
    expect((await rejectedBy(settings.privateKey())).code).toBe('SIGNER_UNSUITABLE')
  })

  it.each<[string, Given]>([
    ['a flag', { flags: { kmsKeyId: KMS_KEY_ID } }],
    ['a variable', { env: { WCN_KMS_KEY_ID: KMS_KEY_ID } }],
    ['a variable besides a key', { flags: { privateKeyFile: 'op.key' }, env: { WCN_KMS_KEY_ID: KMS_KEY_ID } }],
    ['a flag where the operator is named', { flags: { kmsKeyId: KMS_KEY_ID, operator: OTHER } }],
  ])('is no signer for an operator, whose primary node signs too: %s', async (_, more) => {
    const { settings } = withFiles(more)
    for (const ask of [settings.operator, settings.privateKey, settings.signingKey]) {
      const error = await rejectedBy(ask())
      expect(error.code).toBe('SIGNER_UNSUITABLE')
      expect(error.message).toContain("the primary node signs with the operator's key, so it must be exportable")
    }
  })

  it("is not the operator's when it is the owner's", async () => {
    const env = { WCN_OWNER_KMS_KEY_ID: KMS_KEY_ID }
    const { settings } = withFiles({ flags: { privateKeyFile: 'op.key' }, env })
    expect((await settings.privateKey()).reveal()).toBe(`0x${KEY}`)
  })
})

it.each<[Given, string[]]>([
  [
    {},
    // One command, not every name that it has.
    ['`wcn', 'context', 'add', 'NAME', '--private-key-file', 'WCN_PRIVATE_KEY_FILE'],
  ],
  [
    { role: 'owner' },
    [
      '--private-key-file',
      '--keystore',
      '--kms-key-id',
      'WCN_OWNER_PRIVATE_KEY_FILE',
      'WCN_OWNER_KEYSTORE',
      'WCN_OWNER_KMS_KEY_ID',
    ],
  ],
])('where nothing signs, it is said what to do: %j', async (more, ways) => {
  const { settings } = resolve(more)
  for (const ask of [settings.privateKey, settings.signingKey]) {
    const error = await rejectedBy(ask())
    expect(error.code).toBe('SETTING_MISSING')
    for (const way of ways) expect(error.hint?.split(/[ ,]+/)).toContain(way)
    expect(error.hint?.split(/[ ,]+/)).not.toContain('--private-key')
    if (more.role !== 'owner') expect(error.hint).not.toMatch(/kms/i)
  }
})
