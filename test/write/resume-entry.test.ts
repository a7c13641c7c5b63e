import { describe, expect, it } from 'vitest'
import type { Chain } from '../../src/chain/chain.js'
import { run as enter } from '../../src/maintenance/maintenance-enter.js'
import { run as rename } from '../../src/operator/operator-rename.js'
import { run as cancel } from '../../src/tx/tx-cancel.js'
import { memoryState } from '../support/memory-state.js'
import { rejectedBy } from '../support/rejected.js'
import { enterCall, renameCall, signedWrite } from '../support/signed-write.js'
import { blob, OPERATOR, OWN_NODES, useRealCluster } from '../support/use-real-cluster.js'

const { services, view, stored, ownerWrites, transactionCount } = useRealCluster()

function fresh(options: Parameters<typeof services>[0] = {}) {
  const state = memoryState()
  return { state, made: services({ state, ...options }) }
}
const statesIn = (state: ReturnType<typeof memoryState>) =>
  [...state.files.values()].flatMap(({ entries }) => entries.map((entry) => entry.state.kind))

describe('a write after a run that was killed', () => {
  it('finishes what that one left first', async () => {
    const { made, state } = fresh()
    const { hash } = await signedWrite(made, renameCall('first'))
    const { data } = await rename(made.services, { newName: 'second' })
    expect(data).toMatchObject({
      changed: true,
      changes: [{ before: 'first', after: 'second' }],
      transaction: { nonce: 1 },
    })
    expect(made.said).toContainEqual(expect.stringContaining(`transaction ${hash} (rename) of an earlier run is open`))
    expect(made.said).toContainEqual(
      expect.stringMatching(new RegExp(`^transaction ${hash} of the earlier run was included in block \\d+$`)),
    )
    expect(statesIn(state)).toEqual(['included', 'included'])
  })

  it('sends a cancellation that it left, not what that was to cancel', async () => {
    const killed = (chain: Chain): Chain => ({ ...chain, broadcast: () => Promise.reject(new Error('killed')) })
    const { made, state } = fresh({ wrap: killed })
    const { hash } = await signedWrite(made, renameCall('given up'))
    await expect(cancel(made.services, { hash })).rejects.toThrow('killed')
    const { data } = await rename(services({ state }).services, { newName: 'second' })
    expect(data.changes).toMatchObject([{ before: 'member 0', after: 'second' }])
    expect(statesIn(state)).toEqual(['replaced', 'included', 'included'])
    expect(await transactionCount()).toBe(2)
  })

  it('sends nothing where that one must be decided upon first', async () => {
    const { made, state } = fresh()
    const { hash } = await signedWrite(made, enterCall, { kind: 'maintenance-enter' })
    const error = await rejectedBy(rename(made.services, { newName: 'second' }))
    expect(error.code).toBe('TRANSACTION_OPEN')
    expect(error.hint).toContain(`wcn tx cancel ${hash}`)
    expect(made.sent).toEqual([])
    expect((await stored()).name).toBe('member 0')
    expect(statesIn(state)).toEqual(['open'])
  })

  it('sends nothing where that one was made for another state', async () => {
    const { made } = fresh()
    await signedWrite(made, renameCall('yesterday'))
    await ownerWrites(blob('fixed today', OWN_NODES))
    expect((await rejectedBy(rename(made.services, { newName: 'second' }))).code).toBe('STATE_CHANGED')
    expect((await stored()).name).toBe('fixed today')
    expect(made.sent).toEqual([])
  })

  it('that enters maintenance sends the very transaction that was left', async () => {
    const { made } = fresh()
    const { hash } = await signedWrite(made, enterCall, { kind: 'maintenance-enter' })
    const { data } = await enter(made.services, {})
    expect(data).toMatchObject({ changed: true, transaction: { hash } })
    expect((await view()).maintenance).toBe(OPERATOR)
    expect(await transactionCount()).toBe(1)
  })
})
