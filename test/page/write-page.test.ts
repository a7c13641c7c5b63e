/** What is written where a provider tells no history: a page without it, unless that was asked for. */
import { expect, it } from 'vitest'
import type { Chain } from '../../src/chain/chain.js'
import { clusterJson } from '../../src/cluster/to-json.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { openPage } from '../../src/page/write-page.js'
import { snapshotAt } from '../support/cluster-at.js'
import { fakeClock } from '../support/fake-clock.js'
import { memoryFiles } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'
import { testServices } from '../support/services.js'

async function write(input: { readonly since?: string }) {
  const silent = async () => {
    throw new WcnError('RPC_ERROR', 'logs are for those who pay')
  }
  const snapshot = snapshotAt()
  const files = memoryFiles({})
  const services = testServices({
    files,
    clock: fakeClock(),
    chain: async () =>
      ({
        readCluster: async () => snapshot,
        ...{ blockSince: silent, blockHashes: silent, history: silent },
      }) as Partial<Chain> as Chain,
    settings: { encryptionKey: async () => null },
  })
  const page = await openPage(services, { html: 'page.html', ...input })
  return { services, files, written: page?.(snapshot, clusterJson(snapshot, null), null) ?? Promise.reject() }
}

it('is a page without history', async () => {
  const { services, files, written } = await write({})
  expect(await written).toMatchObject({ file: 'page.html', events: 0 })
  expect(services.said.join()).toContain('the page tells no history: logs are for those who pay')
  expect(files.contents.get('page.html')).not.toContain('id="history"')
})

it('is none where it was asked for', async () => {
  const { files, written } = await write({ since: '7d' })
  expect(await rejectedBy(written)).toMatchObject({ code: 'RPC_ERROR' })
  expect(files.contents.has('page.html')).toBe(false)
})
