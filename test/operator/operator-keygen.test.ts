/** `operator keygen` and `operator address`: the key is in a file, its address is what is shown. */
import { statSync } from 'node:fs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { checksumAddress } from '../../src/base/address.js'
import { parseOperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import { plainPaint } from '../../src/cli/paint.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { run as runAddress } from '../../src/operator/operator-address.js'
import { run } from '../../src/operator/operator-keygen.js'
import { addressView, keygenView } from '../../src/operator/view.js'
import { createFiles } from '../../src/platform/files/files.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { keystores } from '../../src/signers/keystore.js'
import { parseKeystore } from '../../src/signers/keystore-file.js'
import { sandbox } from '../support/cli.js'
import { OPERATOR, world } from '../support/onboarding.js'
import { rejectionOf } from '../support/rejection.js'

describe('operator keygen', () => {
  it('writes the key and prints its address', async () => {
    const { services, files } = await world()
    const { data } = await run(services, { out: 'operator.key' })
    const text = files.contents.get('operator.key') ?? ''
    expect(text).toMatch(/^0x[0-9a-f]{64}\n$/)
    const address = privateKeySigner(parseOperatorPrivateKey(text.trim(), 'test')).address
    expect(data).toEqual({ address, file: 'operator.key' })
    expect(keygenView(data, plainPaint)).toContain(checksumAddress(address))
    expect(keygenView(data, plainPaint) + JSON.stringify(data)).not.toContain(text.trim().slice(2))
  })

  it('names the file itself in a directory', async () => {
    const { services, files } = await world()
    const { data } = await run(services, { out: 'keys/' })
    expect(data.file).toBe(`keys/operator-${data.address}.key`)
    expect([...files.contents.keys()]).toEqual([data.file])
  })

  it('overwrites nothing, prints no key, and takes no number outside the curve', async () => {
    const { services } = await world({ taken: 'x' })
    expect((await rejectionOf(run(services, { out: 'taken' }))).code).toBe('FILE_EXISTS')
    expect((await rejectionOf(run(services, { out: '-' }))).code).toBe('USAGE')
    expect((await rejectionOf(run(services, { out: '' }))).code).toBe('USAGE')
    const zeros = { ...services, randomBytes: (length: number) => new Uint8Array(length) }
    expect((await rejectionOf(run(zeros, { out: 'zero.key' }))).code).toBe('KEY_INVALID')
  })
})

describe('operator keygen --keystore', () => {
  const password = 'correct horse'
  /** `typed`: what somebody types, one answer after the other; without it nobody can be asked. */
  const encrypting = async (contents: Readonly<Record<string, string>> = {}, typed: string[] | null = null) => {
    const made = await world(contents)
    const talk = {
      ...made.services.talk,
      askHidden: async (question: string, instead: string) => {
        made.asked.push(question)
        const answer = typed?.shift()
        if (answer === undefined) throw new WcnError('INPUT_REQUIRED', 'nobody can be asked', { hint: instead })
        return answer
      },
    }
    return { ...made, services: { ...made.services, talk } }
  }

  it('writes a keystore that its password opens, and nothing of the key besides', async () => {
    const { services, files, said } = await encrypting({ pw: `${password}\n` })
    const { data } = await run(services, { out: 'operator.json', keystore: true, passwordFile: 'pw' })
    const text = files.contents.get('operator.json') ?? ''
    const keystore = parseKeystore(text, 'operator.json')
    const key = await keystores.open(keystore, password)
    if (key === null) throw new Error('it does not open')
    expect(data).toEqual({ address: privateKeySigner(key).address, file: 'operator.json' })
    expect(keystore.address).toBe(data.address)
    expect(keystore.kdf).toEqual({ name: 'scrypt', n: 262_144, r: 8, p: 1 })
    expect(said).toEqual(['encrypting the key', 'opening the keystore again, to be sure'])
    const shown = [text, keygenView(data, plainPaint), JSON.stringify(data), ...said].join('\n')
    expect(shown).not.toContain(key.reveal().slice(2))
    expect(shown).not.toContain(password)
  })

  it("gets geth's name in a directory, mode 0600, and only where nothing is", async () => {
    const box = sandbox()
    try {
      const { services } = await encrypting({}, [password, password, password, password])
      const real = { ...services, files: createFiles({ stdin: (async function* () {})() }) }
      const { data } = await run(real, { out: box.path('keys/'), keystore: true })
      expect(data.file).toBe(`${box.path('keys')}/UTC--2026-09-21T14-13-20.000000000Z--${data.address.slice(2)}`)
      expect(statSync(data.file).mode & 0o777).toBe(0o600)
      expect((await rejectionOf(run(real, { out: data.file, keystore: true }))).code).toBe('FILE_EXISTS')
    } finally {
      box.remove()
    }
  })

  it('asks for the password twice, and only where there is something to write to', async () => {
    const { services, asked } = await encrypting({}, [password, password])
    await run(services, { out: 'operator.json', keystore: true })
    expect(asked).toEqual(['Password for the new keystore', 'The same password again'])

    const taken = await encrypting({}, [password])
    const files = { ...taken.files, checkWritable: () => Promise.reject(new WcnError('FILE_EXISTS', 'a test')) }
    const error = await rejectionOf(run({ ...taken.services, files }, { out: 'taken', keystore: true }))
    expect([error.code, taken.asked]).toEqual(['FILE_EXISTS', []])
  })

  it.each<[string, string[] | null, string]>([
    ['two that differ', [password, `${password}!`], 'PASSWORD_WRONG'],
    ['an empty one', [''], 'USAGE'],
    ['none, where nobody can be asked', null, 'INPUT_REQUIRED'],
  ])('takes no password but a good one: %s', async (_, typed, code) => {
    const { services, files } = await encrypting({}, typed)
    const error = await rejectionOf(run(services, { out: 'operator.json', keystore: true }))
    expect(error.code).toBe(code)
    if (code === 'INPUT_REQUIRED') expect(error.hint).toContain('--password-file')
    expect(files.contents.size).toBe(0)
  })

  it('does not let a password be given for a key that is not encrypted', async () => {
    const { services, files } = await encrypting({ pw: password })
    expect((await rejectionOf(run(services, { out: 'operator.key', passwordFile: 'pw' }))).code).toBe('USAGE')
    expect(files.contents.has('operator.key')).toBe(false)
  })

  it('says so when the file does not give the key back', async () => {
    const { services } = await encrypting({ pw: password })
    const open = vi.spyOn(keystores, 'open').mockResolvedValueOnce(null)
    onTestFinished(() => open.mockRestore())
    const error = await rejectionOf(run(services, { out: 'operator.json', keystore: true, passwordFile: 'pw' }))
    expect(error.code).toBe('KEYSTORE_INVALID')
    expect(error.message).toContain('does not give the key back')
  })
})

describe('operator address', () => {
  it('is lower case for scripts and checksummed for people', async () => {
    const { services } = await world()
    const { data } = await runAddress(services)
    expect(data).toEqual({ address: OPERATOR })
    expect(addressView(data)).toBe(`${checksumAddress(OPERATOR)}\n`)
  })
})
