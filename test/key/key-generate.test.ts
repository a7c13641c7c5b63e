/** `key generate`: the onboarding document's JSON, or files that hold the secrets. */
import { describe, expect, it } from 'vitest'
import { keypairFromSecret, parseNodeSecretKey } from '../../src/base/keys/node-keypair.js'
import { plainPaint } from '../../src/cli/paint.js'
import { run } from '../../src/key/key-generate.js'
import { keyGenerateView } from '../../src/key/view.js'
import { world } from '../support/onboarding.js'
import { rejectionOf } from '../support/rejection.js'

const paint = plainPaint

describe('key generate', () => {
  it('prints the document that onboarding shows', async () => {
    const { services, files } = await world()
    const { data } = await run(services, {})
    expect(Object.keys(data)).toEqual(['secret_key', 'public_key', 'peer_id'])
    const text = keyGenerateView(data, paint)
    expect(text).toMatch(
      /^\{\n {2}"secret_key": "[^"]{44}",\n {2}"public_key": "[^"]{44}",\n {2}"peer_id": "12D3KooW[^"]+"\n\}\n$/,
    )
    const { secret_key, peer_id } = JSON.parse(text)
    expect((await keypairFromSecret(parseNodeSecretKey(secret_key, 'test'))).peerId).toBe(peer_id)
    expect(files.contents.size).toBe(0)
  })

  it('makes a list of different keys when asked for a number, be it one', async () => {
    const { services } = await world()
    expect((await run(services, { count: '1' })).data).toHaveLength(1)
    const { data } = await run(services, { count: '250' })
    const ids = [data].flat().map(({ peer_id }) => peer_id)
    expect(new Set(ids).size).toBe(250)
    expect(JSON.parse(keyGenerateView(data, paint))).toEqual(data)
  })

  it('writes a secret to a file and shows what is public', async () => {
    const { services, files } = await world()
    const { data } = await run(services, { out: 'node-1.key' })
    const secret = files.contents.get('node-1.key') ?? ''
    expect(secret).toMatch(/^[^\n]{44}\n$/)
    const { peerId } = await keypairFromSecret(parseNodeSecretKey(secret.trim(), 'test'))
    expect(data).toEqual({ public_key: expect.any(String), peer_id: peerId, file: 'node-1.key' })
    expect(JSON.stringify(data) + keyGenerateView(data, paint)).not.toContain(secret.trim())
  })

  it.each([
    ['an existing directory', { out: 'keys' }, 'keys/'],
    ['a slash at the end', { out: 'new/' }, 'new/'],
    ['several keys', { out: 'many', count: '3' }, 'many/'],
  ])('takes %s for a directory', async (_, input, prefix) => {
    const { services, files } = await world()
    files.directories.add('keys')
    const { data } = await run(services, input)
    const written = [data].flat() as { peer_id: string; file: string }[]
    expect(written.map(({ file }) => file)).toEqual(written.map(({ peer_id }) => `${prefix}${peer_id}.key`))
    expect([...files.contents.keys()]).toEqual(written.map(({ file }) => file))
  })

  it('overwrites nothing', async () => {
    const { services, files } = await world({ 'node-1.key': 'mine\n' })
    expect((await rejectionOf(run(services, { out: 'node-1.key' }))).code).toBe('FILE_EXISTS')
    expect(files.contents.get('node-1.key')).toBe('mine\n')
  })

  it('warns of a work tree that would publish the secret', async () => {
    const { services, said } = await world()
    const files = { ...services.files, gitTreeThatTracks: async () => '/src/repo' }
    await run({ ...services, files }, { out: 'node-1.key' })
    expect(said.join()).toMatch(/warning: node-1\.key is in the git work tree \/src\/repo/)
  })

  it.each(['0', '-1', '1e3', '1000000000', '100001', '', ' 3', '0x10', 'three', '2.5'])(
    'refuses --count %j',
    async (count) => {
      const { services } = await world()
      const error = await rejectionOf(run(services, { count, out: 'keys/' }))
      expect([error.code, error.message]).toEqual(['USAGE', '--count is not a whole number from 1 to 100000'])
    },
  )
})
