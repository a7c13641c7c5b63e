import { beforeEach, describe, expect, it } from 'vitest'
import { run as list } from '../../src/clients/clients-list.js'
import { run as remove } from '../../src/clients/clients-remove.js'
import { run as set } from '../../src/clients/clients-set.js'
import { peerId, placeholderId } from '../support/nodes.js'
import { SAMPLE_PEER_ID } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'
import { blob, OPERATOR, OWN_NODES, useRealCluster } from '../support/use-real-cluster.js'

const { services, stored, ownerWrites, transactionCount } = useRealCluster()
const client = (n: number, ...namespaces: number[]) => ({ peerId: peerId(n), namespaces })
const known = [client(5, 1, 2), client(6)]
beforeEach(() => ownerWrites(blob('member 0', OWN_NODES, known)))

async function refusal(action: typeof set | typeof remove, input: object) {
  const { services: all, sent } = services()
  const error = await rejectedBy(action(all, input))
  expect(sent).toEqual([])
  return error
}

describe('clients list', () => {
  it('needs neither key', async () => {
    const { services: all } = services({ privateKey: null, operator: OPERATOR, encryptionKey: null })
    expect((await list(all)).data).toMatchObject({
      operator: OPERATOR,
      clients: [
        { peer_id: peerId(5), authorized_namespaces: [1, 2] },
        { peer_id: peerId(6), authorized_namespaces: [] },
      ],
    })
  })
})

describe('clients set', () => {
  it('adds a client, with its namespaces in order and once each', async () => {
    const { data } = await set(services().services, { client: peerId(7), namespace: ['255', '0', '7', '0'] })
    expect((await stored()).clients).toEqual([...known, client(7, 0, 7, 255)])
    expect(data.changes).toEqual([
      {
        op: 'add',
        path: 'clients[2]',
        before: null,
        after: { peer_id: peerId(7), authorized_namespaces: [0, 7, 255] },
      },
    ])
    expect((await stored()).nodes).toEqual(OWN_NODES)
  })

  it('replaces the namespaces of a client in its place', async () => {
    const { data } = await set(services().services, { client: peerId(5), namespace: ['9'] })
    expect((await stored()).clients).toEqual([client(5, 9), client(6)])
    expect(data.changes).toMatchObject([{ op: 'update', path: 'clients[0]' }])
  })

  it('takes the peer ID as the Rust tool does', async () => {
    await set(services().services, { peerId: peerId(6), namespace: ['1'] })
    expect((await stored()).clients).toEqual([client(5, 1, 2), client(6, 1)])
  })

  it('to what they are is nothing to do', async () => {
    const before = await transactionCount()
    const { data } = await set(services().services, { client: peerId(5), namespace: ['2', '1'] })
    expect(data.changed).toBe(false)
    expect(await transactionCount()).toBe(before)
  })

  it('takes all namespaces away only when told to', async () => {
    for (const input of [{ client: peerId(5) }, { client: peerId(5), namespace: [] }]) {
      const error = await refusal(set, input)
      expect(error.code).toBe('REVOKES_EVERYTHING')
      expect(error.hint).toContain('--revoke-all')
    }
    await set(services().services, { client: peerId(5), revokeAll: true })
    expect((await stored()).clients).toEqual([client(5), client(6)])
  })

  it('changes a client without a key that is on chain, and adds none', async () => {
    await ownerWrites(blob('x', OWN_NODES, [{ peerId: placeholderId(1), namespaces: [1] }]))
    await set(services().services, { client: placeholderId(1), namespace: ['2'] })
    expect((await stored()).clients).toEqual([{ peerId: placeholderId(1), namespaces: [2] }])
  })

  it.each([
    [
      'the sample',
      { client: SAMPLE_PEER_ID, namespace: ['1'] },
      'PEER_ID_NOT_A_KEY',
      /^clients\[2\]\.peer_id is 12D3Kpo/,
    ],
    ['no peer ID', { client: 'me', namespace: ['1'] }, 'PEER_ID_INVALID', /^the client/],
    ['nobody', { namespace: ['1'] }, 'USAGE', /which client/],
    ['two', { client: peerId(5), peerId: peerId(6), namespace: ['1'] }, 'USAGE', /twice/],
    ['both ways', { client: peerId(5), namespace: ['1'], revokeAll: true }, 'USAGE', /contradict/],
    ['a namespace of 256', { client: peerId(5), namespace: ['256'] }, 'NAMESPACE_INVALID', /--namespace/],
    ['a namespace of -1', { client: peerId(5), namespace: ['-1'] }, 'NAMESPACE_INVALID', /--namespace/],
    ['an empty namespace', { client: peerId(5), namespace: [''] }, 'NAMESPACE_INVALID', /--namespace/],
    ['a namespace written 1e1', { client: peerId(5), namespace: ['1e1'] }, 'NAMESPACE_INVALID', /--namespace/],
  ])('refuses: %s', async (_, input, code, sentence) => {
    const error = await refusal(set, input)
    expect(error.code).toBe(code)
    expect(error.message).toMatch(sentence)
  })
})

describe('clients remove', () => {
  it.each([
    ['by argument', { client: peerId(5) }],
    ['by flag', { peerId: peerId(5) }],
  ])('%s takes it out and leaves the others', async (_, input) => {
    const { data } = await remove(services().services, input)
    expect((await stored()).clients).toEqual([client(6)])
    expect(data.changes).toMatchObject([{ op: 'remove', path: 'clients[0]', after: null }])
  })

  it('refuses one that is not there, or not said', async () => {
    expect((await refusal(remove, { client: peerId(9) })).code).toBe('SELECTOR_NO_MATCH')
    expect((await refusal(remove, {})).code).toBe('USAGE')
    expect((await refusal(remove, { client: 'me' })).code).toBe('PEER_ID_INVALID')
  })
})
