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
  const read = (name: string) => JSON.parse(readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8'))
  const PACKAGE = '@chainsafe/libp2p-quic-'

  it('exactly the packages whose bytes are known are installed, in their version', () => {
    const known = Object.keys(KNOWN_ADDONS).map((target) => [PACKAGE + target, ADDON_VERSION])
    expect(read('package.json').optionalDependencies).toEqual(Object.fromEntries(known))
    const { packages } = read('package-lock.json')
    const locked = Object.keys(packages).filter((path) => path.includes('libp2p-quic'))
    expect(locked.sort()).toEqual(known.map(([name]) => `node_modules/${name}`).sort())
    for (const path of locked)
      expect(packages[path]).toMatchObject({ version: ADDON_VERSION, integrity: expect.stringMatching(/^sha512-/) })
  })

  it.runIf(addonFile !== null)('the one that is installed here is loaded', async () => {
    const addon = await loadAddon()
    expect([addon.Client, Reflect.get(addon, 'Server'), addon.QuinnConfig].map((one) => typeof one)).toEqual(
      Array(3).fill('function'),
    )
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

  it.each(['darwin-arm64', 'darwin-x64', 'linux-arm64', 'win32-x64', 'sunos-x64', 'linux-ia32'])(
    'for %s is not run, since nobody knows its bytes',
    (platform) => {
      const targets = [platform, `${platform}-gnu`, `${platform}-musl`, `${platform}-msvc`]
      const from = installed(Object.fromEntries(targets.map((target) => [target, 'anything'])))
      for (const place of [from, installed({})])
        expect(message(platform, place)).toBe(
          `is not loaded: this version of wcn does not know its bytes for ${platform}`,
        )
    },
  )

  it('that is not installed is absent', () => {
    expect(refused('linux-x64', installed({})).code).toBe('MODULE_NOT_FOUND')
  })

  it('that was refused leaves nodes unproven, and says why', async () => {
    const probe = await createNodeProbe(null, async () => loadFor('darwin-arm64', installed({ 'darwin-arm64': 'x' })))
    expect(probe.unproven).toBe(
      'the QUIC addon @chainsafe/libp2p-quic is not loaded: this version of wcn does not know its bytes for darwin-arm64',
    )
  })
})
