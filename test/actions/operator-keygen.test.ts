/** `operator keygen` and `operator address`: the key is in a file, its address is what is shown. */
import { describe, expect, it } from 'vitest'
import { run as runAddress } from '../../src/actions/operator-address.js'
import { run } from '../../src/actions/operator-keygen.js'
import { addressOfPrivateKey } from '../../src/adapters/signers/private-key-signer.js'
import { checksumAddress } from '../../src/core/address.js'
import { parseOperatorPrivateKey } from '../../src/core/keys/operator-key.js'
import { plainPaint } from '../../src/ui/paint.js'
import { addressView, keygenView } from '../../src/ui/views/operator-keys.js'
import { OPERATOR, world } from '../support/onboarding.js'
import { rejectionOf } from '../support/rejection.js'

describe('operator keygen', () => {
  it('writes the key and prints its address', async () => {
    const { services, files } = await world()
    const { data } = await run(services, { out: 'operator.key' })
    const text = files.contents.get('operator.key') ?? ''
    expect(text).toMatch(/^0x[0-9a-f]{64}\n$/)
    const address = addressOfPrivateKey(parseOperatorPrivateKey(text.trim(), 'test'))
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

describe('operator address', () => {
  it('is lower case for scripts and checksummed for people', async () => {
    const { services } = await world()
    const { data } = await runAddress(services)
    expect(data).toEqual({ address: OPERATOR })
    expect(addressView(data)).toBe(`${checksumAddress(OPERATOR)}\n`)
  })
})
