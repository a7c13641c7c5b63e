/** A provider that refuses the block "pending": what cannot be known is said, and a write goes on where that is safe. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { run as enter } from '../../src/maintenance/maintenance-enter.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { type FaultProxy, type Reply, startFaultProxy } from '../support/fault-proxy.js'
import { rejectedBy } from '../support/rejected.js'
import { OWNER, useRealCluster } from '../support/use-real-cluster.js'

const { now, services, stored, transactionCount } = useRealCluster()
let proxy: FaultProxy
beforeAll(async () => {
  proxy = await startFaultProxy(() => now.chain.url)
})
beforeEach(() => {
  proxy.decide = () => async (exchange) => {
    const replies = await exchange.ask(exchange.calls)
    const refused = new Set(exchange.calls.filter(({ params }) => params.includes('pending')).map(({ id }) => id))
    const refusal = (id: number): Reply => ({
      jsonrpc: '2.0',
      id,
      error: { code: -32602, message: 'unknown block tag' },
    })
    exchange.reply(replies.map((reply) => (refused.has(reply.id) ? refusal(reply.id) : reply)))
  }
})
afterAll(() => proxy.stop())

it('a write says what it cannot see, and is included', async () => {
  const made = services({ url: proxy.url })
  await rename(made.services, { newName: 'unseen' })
  expect((await stored()).name).toBe('unseen')
  expect(made.said).toContainEqual(expect.stringMatching(/^warning: no RPC provider tells what waits in its pool/))
  await rename(made.services, { newName: 'unseen' })
  expect(made.said.filter((text) => text.includes('in its pool'))).toHaveLength(1)
})

it('what has nothing to see for does not say so', async () => {
  const made = services()
  await rename(made.services, { newName: 'seen' })
  expect(made.said.join()).not.toContain('pool')
})

it('while the primary node may be sending nothing is sent', async () => {
  await now.cluster.write(OWNER, 'addNodeOperator', [{ addr: `0x${'99'.repeat(20)}`, data: '0x01' }])
  await now.cluster.write(OWNER, 'startMigration', [{ operatorBitmask: 63n, replicationStrategy: 0 }])
  const made = services({ url: proxy.url })
  const error = await rejectedBy(rename(made.services, { newName: 'unseen' }))
  expect(error).toMatchObject({ code: 'MIGRATION_IN_PROGRESS', message: expect.stringContaining('your primary node') })
  expect((await rejectedBy(enter(made.services, {}))).code).toBe('MIGRATION_IN_PROGRESS')
  expect([made.sent, await transactionCount()]).toEqual([[], 0])
  await rename(services().services, { newName: 'seen' })
  expect((await stored()).name).toBe('seen')
})
