/** What the tool remembers of a contract, and what it makes of that at the next write. */
import { describe, expect, it } from 'vitest'
import type { Address } from '../../src/base/address.js'
import type { Chain } from '../../src/chain/chain.js'
import { run as update } from '../../src/nodes/nodes-update.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { memoryState } from '../support/memory-state.js'
import { rejectedBy } from '../support/rejected.js'
import { OWN_NODES, useRealCluster, WRONG_KEY } from '../support/use-real-cluster.js'

const { services, stored } = useRealCluster()
const nodesFile = (ip = '20.8.8.8') => ({
  'nodes.json': JSON.stringify({
    nodes: OWN_NODES.map((node, index) => ({
      peer_id: node.peerId,
      ipv4_addr: index === 0 ? ip : `20.0.${index}.1`,
      primary_port: node.primaryPort,
      secondary_port: node.secondaryPort,
    })),
  }),
})
const file = { file: 'nodes.json' }

describe('the code behind the proxy', () => {
  const running = (implementation: Address) => (chain: Chain) => ({
    ...chain,
    readClusterForWrite: async (...all: Parameters<Chain['readClusterForWrite']>) => ({
      ...(await chain.readClusterForWrite(...all)),
      implementation,
    }),
  })
  const [old, changed] = [`0x${'a1'.repeat(20)}`, `0x${'b2'.repeat(20)}`] as [Address, Address]

  it('is reported when it is another than at the last write, once', async () => {
    const state = memoryState()
    const write = async (implementation: Address, newName: string) => {
      const { services: all, said } = services({ state, wrap: running(implementation) })
      await rename(all, { newName })
      return said.filter((text) => text.startsWith('warning:'))
    }
    expect(await write(old, 'a')).toEqual([])
    expect(await write(old, 'b')).toEqual([])
    expect(await write(changed, 'c')).toEqual([expect.stringContaining(`${old} → ${changed}`)])
    expect(await write(changed, 'd')).toEqual([])
  })

  it('is reported again where that write was not made', async () => {
    const state = memoryState()
    await rename(services({ state, wrap: running(old) }).services, { newName: 'a' })
    const declined = services({ state, wrap: running(changed), confirm: () => false })
    await rejectedBy(rename(declined.services, { newName: 'b' }))
    const { services: all, said } = services({ state, wrap: running(changed) })
    await rename(all, { newName: 'c' })
    expect(said.join('\n')).toContain(`${old} → ${changed}`)
  })
})

describe('the encryption key', () => {
  it('that was proven once is the only one that writes', async () => {
    const state = memoryState()
    const { data } = await update(services({ state, files: nodesFile('20.9.9.9') }).services, file)
    expect(data.changed).toBe(true)
    const [memory] = [...state.memories.values()]
    expect(memory?.keyFingerprint).toMatch(/^0x[0-9a-f]{64}$/)

    const wrong = services({ state, encryptionKey: WRONG_KEY, files: nodesFile() })
    const error = await rejectedBy(update(wrong.services, file))
    expect(error).toMatchObject({ code: 'ENCRYPTION_KEY_WRONG' })
    expect(error.message).toContain('another encryption key was proven')
    expect((await update(wrong.services, { ...file, forceEncryptionKey: true })).data.changed).toBe(true)
  })

  it('is proven by an address that the file and the chain agree on', async () => {
    const state = memoryState()
    await update(services({ state, files: nodesFile('20.9.9.9') }).services, file)
    expect([...state.memories.values()].map(({ keyFingerprint }) => keyFingerprint)).not.toContain(null)
    expect((await stored()).nodes).toHaveLength(OWN_NODES.length)
  })

  it('is contradicted where no own node is where the file says', async () => {
    const { services: all, sent } = services({ encryptionKey: WRONG_KEY, files: nodesFile() })
    expect((await rejectedBy(update(all, file))).code).toBe('ENCRYPTION_KEY_WRONG')
    expect(sent).toEqual([])
  })
})
