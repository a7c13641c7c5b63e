/** Stand-ins of one process share their connection to a provider, and each hears of it as of its own. */
import { expect, it, vi } from 'vitest'
import { parseAddress } from '../../../src/base/address.js'
import type { ClusterView } from '../../../src/cluster/cluster-view.js'
import type { followContract } from '../../../src/devnet/stand-in/follow-contract.js'
import { sharedFollow } from '../../../src/devnet/stand-in/shared-follow.js'
import { WcnError } from '../../../src/errors/wcn-error.js'
import { viewAt } from '../../support/cluster-at.js'
import { rejectedBy } from '../../support/rejected.js'

const CONTRACT = parseAddress(`0x${'11'.repeat(20)}`, 'the test')
const OTHER = parseAddress(`0x${'22'.repeat(20)}`, 'the test')
const view = viewAt()

function provider() {
  const listeners = new Set<(view: ClusterView) => unknown>()
  const close = vi.fn()
  let fail: (error: Error) => void = () => undefined
  const gone = new Promise<never>((_, reject) => {
    fail = reject
  })
  gone.catch(() => undefined)
  const follow = vi.fn<typeof followContract>(async () => ({
    view: () => view,
    readView: async () => view,
    onChange: (listener) => void listeners.add(listener),
    async *logs() {},
    gone,
    close,
  }))
  const change = () => {
    for (const tell of listeners) tell(view)
  }
  return { follow, close, change, lose: (source: string) => fail(new WcnError('NETWORK', `${source}: it is gone`)) }
}

it('one connection for one contract of one provider, which ends with the last that closes it', async () => {
  const { follow, close } = provider()
  const shared = sharedFollow(follow)
  const [first, second] = await Promise.all([shared('ws://a', CONTRACT, 'a.env'), shared('ws://a', CONTRACT, 'b.env')])
  expect(follow).toHaveBeenCalledOnce()
  expect(first.view()).toBe(second.view())
  await Promise.all([shared('ws://a', OTHER, 'c.env'), shared('ws://b', CONTRACT, 'd.env')])
  expect(follow).toHaveBeenCalledTimes(3)
  first.close()
  first.close()
  expect(close).not.toHaveBeenCalled()
  second.close()
  expect(close).toHaveBeenCalledOnce()
  await shared('ws://a', CONTRACT, 'a.env')
  expect(follow).toHaveBeenCalledTimes(4)
})

it('each hears what changes until it closes, and of the end in its own words', async () => {
  const { follow, change, lose } = provider()
  const shared = sharedFollow(follow)
  const heard: string[] = []
  const first = await shared('ws://a', CONTRACT, 'a.env')
  const second = await shared('ws://a', CONTRACT, 'b.env')
  first.onChange(() => heard.push('a'))
  second.onChange(() => heard.push('b'))
  change()
  first.close()
  change()
  expect(heard).toEqual(['a', 'b', 'b'])
  lose('a.env')
  expect(await rejectedBy(second.gone)).toMatchObject({ code: 'NETWORK', message: 'b.env: it is gone' })
  await shared('ws://a', CONTRACT, 'b.env')
  expect(follow).toHaveBeenCalledTimes(2)
})

it('a provider that can’t be reached is tried again by the next', async () => {
  const follow = vi.fn<typeof followContract>(async (_, __, source) => {
    throw new WcnError('NETWORK', `${source}: nobody there`)
  })
  const shared = sharedFollow(follow)
  const both = [shared('ws://a', CONTRACT, 'a.env'), shared('ws://a', CONTRACT, 'b.env')]
  expect(await Promise.all(both.map((one) => rejectedBy(one)))).toMatchObject([
    { message: 'a.env: nobody there' },
    { message: 'b.env: nobody there' },
  ])
  await rejectedBy(shared('ws://a', CONTRACT, 'c.env'))
  expect(follow).toHaveBeenCalledTimes(2)
})
