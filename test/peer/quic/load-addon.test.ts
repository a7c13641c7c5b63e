/** Only bytes that are known are run: those of other platforms, and altered ones, count as a missing addon. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { ADDON_VERSION, KNOWN_ADDONS } from '../../../src/peer/quic/known-addons.js'
import { loadAddon, loadFor } from '../../../src/peer/quic/load-addon.js'
import { createNodeProbe } from '../../../src/peer/quic/node-probe.js'
import { addonFile } from '../../support/addon-file.js'
import { sandbox } from '../../support/cli.js'

const box = sandbox()
afterAll(box.remove)
let folders = 0

/** A place beside which packages of these platforms are installed, with these bytes, and what was run of them. */
function installed(packages: Readonly<Record<string, string | Uint8Array>>): NodeJS.Require {
  const folder = box.path(`place-${++folders}`)
  for (const [target, bytes] of Object.entries(packages)) {
    const home = `${folder}/node_modules/@chainsafe/libp2p-quic-${target}`
    mkdirSync(home, { recursive: true })
    writeFileSync(`${home}/package.json`, '{"main":"addon.node"}')
    writeFileSync(`${home}/addon.node`, bytes)
  }
  return createRequire(pathToFileURL(`${folder}/main.js`))
}

describe('of the addon', () => {
  const lock = JSON.parse(readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8'))
  const entries = Object.entries<{ version: string; integrity?: string }>(lock.packages).flatMap(([path, entry]) => {
    const target = /^node_modules\/@chainsafe\/libp2p-quic-(.*)$/.exec(path)?.[1]
    return target === undefined ? [] : [{ target, ...entry }]
  })

  it('every platform is in the table, in the version that is locked', () => {
    expect(entries.map(({ target }) => target).sort()).toEqual(Object.keys(KNOWN_ADDONS).sort())
    expect(new Set(entries.map(({ version }) => version))).toEqual(new Set([ADDON_VERSION]))
  })

  it('bytes are known wherever the lock file knows their package’s', () => {
    for (const { target, integrity } of entries)
      expect(typeof KNOWN_ADDONS[target], target).toBe(integrity === undefined ? 'object' : 'string')
  })

  it.runIf(addonFile !== null)('the one that is installed here is loaded', async () => {
    const addon = await loadAddon()
    expect([addon.Client, addon.Server, addon.QuinnConfig].map((one) => typeof one)).toEqual(Array(3).fill('function'))
  })
})

describe('an addon', () => {
  const refused = (platform: string, from: NodeJS.Require) => {
    try {
      loadFor(platform, from)
    } catch (error) {
      return error as NodeJS.ErrnoException
    }
    throw new Error('it was loaded')
  }
  const message = (platform: string, from: NodeJS.Require) => refused(platform, from).message

  it('with other bytes is not run', () => {
    const from = installed({ 'linux-x64-gnu': 'not the addon' })
    expect(message('linux-x64', from)).toBe(
      `is not loaded: the bytes installed for linux-x64-gnu are not those of its version ${ADDON_VERSION}`,
    )
    expect(Object.keys(from.cache).some((path) => path.includes('addon.node'))).toBe(false)
  })

  it.runIf(addonFile !== null)('with one byte changed is not run either', () => {
    const { target, path } = addonFile ?? { target: '', path: '' }
    const bytes = readFileSync(path)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    expect(message(target, installed({ [target]: bytes }))).toContain('are not those of its version')
  })

  it.each(Object.keys(KNOWN_ADDONS).filter((target) => KNOWN_ADDONS[target] === null))(
    'for %s is not run, since nobody knows its bytes',
    (target) => {
      const from = installed({ [target]: 'anything' })
      expect(message(target, from)).toBe(`is not loaded: this version of wcn does not know its bytes for ${target}`)
    },
  )

  it.each(['sunos-x64', 'linux-ia32', 'linux-x64'])('that is not installed is absent: %s', (platform) => {
    expect(refused(platform, installed({})).code).toBe('MODULE_NOT_FOUND')
  })

  it('that was refused leaves nodes unproven, and says why', async () => {
    const probe = await createNodeProbe(null, async () => loadFor('darwin-arm64', installed({ 'darwin-arm64': 'x' })))
    expect(probe.unproven).toBe(
      'the QUIC addon @chainsafe/libp2p-quic is not loaded: this version of wcn does not know its bytes for darwin-arm64',
    )
  })
})
