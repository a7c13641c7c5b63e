/** What a bug report has to say, whatever is missing. */
import { beforeAll, expect, it } from 'vitest'
import type { DevelopmentChain } from '../../src/anvil/development-chain.js'
import { plainPaint } from '../../src/cli/paint.js'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.js'
import { DEFAULT_SETTINGS, encodeSettingsData } from '../../src/cluster/codec/settings-data.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { NodeProbe } from '../../src/peer/node-probe.js'
import { JOURNAL_DOCUMENT } from '../../src/platform/state/journal-file.js'
import { run, SCHEMAS } from '../../src/version/version.js'
import { versionText } from '../../src/version/view.js'
import { type Overrides, testServices } from '../support/services.js'

beforeAll(() => {
  // The build's.
  Object.assign(globalThis, { WCN_VERSION: '1.2.3' })
})

const probe = (unproven: string | null) => async () => ({ unproven }) as NodeProbe
const chain = (program: DevelopmentChain['program']) => async () => ({ program }) as DevelopmentChain
const THERE: Overrides = {
  nodeProbe: probe(null),
  developmentChain: chain(() => ({ path: '/opt/anvil', version: '1.7.1' })),
  stateDirectory: () => '/home/me/.local/state/wcn',
}

it('tells what there is', async () => {
  const { data } = await run(testServices(THERE))
  expect(data).toEqual({
    version: '1.2.3',
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    quic_addon: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/), loaded: true, reason: null },
    anvil: { path: '/opt/anvil', version: '1.7.1', reason: null, hint: null },
    schemas: SCHEMAS,
    state: { directory: '/home/me/.local/state/wcn', reason: null },
  })
  expect(versionText(data, plainPaint)).toMatch(
    /^wcn +1\.2\.3\nNode\.js .*\nQUIC addon +1\.1\.8, loaded\nanvil +1\.7\.1, /,
  )
})

it('tells why something is missing, and does not fail for it', async () => {
  const missing = (code: 'DEPENDENCY_MISSING' | 'SETTING_MISSING', message: string) => () => {
    throw new WcnError(code, message, { hint: 'do this' })
  }
  const { data } = await run(
    testServices({
      nodeProbe: probe('the QUIC addon @x/quic is not installed'),
      developmentChain: chain(missing('DEPENDENCY_MISSING', 'no anvil')),
      stateDirectory: missing('SETTING_MISSING', 'no home'),
    }),
  )
  expect(data).toMatchObject({
    quic_addon: { loaded: false, reason: 'the QUIC addon @x/quic is not installed' },
    anvil: { path: null, version: null, reason: 'no anvil', hint: 'do this' },
    state: { directory: null, reason: 'no home' },
  })
  const text = versionText(data, plainPaint)
  for (const words of ['QUIC addon  @x/quic is not installed\n', 'no anvil\n            do this\n', 'nowhere: no home'])
    expect(text).toContain(words)
})

it('names the schemas that are written', () => {
  const last = (versions: readonly number[]) => versions.at(-1)
  expect(encodeOperatorData({ name: 'a', nodes: [], clients: [] })[0]).toBe(last(SCHEMAS.operator_data))
  expect(encodeSettingsData(DEFAULT_SETTINGS)[0]).toBe(last(SCHEMAS.settings_data))
  expect(JOURNAL_DOCUMENT.version).toBe(last(SCHEMAS.journal))
})
