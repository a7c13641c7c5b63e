/** Compiled code is kept where nobody else can put any, or nowhere. */
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { isClosed } from '../support/is-closed.js'

const { cacheFolder, keepCompiledCode } = createRequire(import.meta.url)('../../bin/compile-cache.js') as {
  readonly cacheFolder: (environment: Readonly<Record<string, string>>) => string | null
  readonly keepCompiledCode: (environment: Readonly<Record<string, string>>) => void
}

/** Not in the system's temporary folder, which is shared. */
const PLACE = fileURLToPath(new URL('../../node_modules', import.meta.url))
const own = mkdtempSync(join(PLACE, '.test-home-'))
const shared = mkdtempSync(join(tmpdir(), 'wcn-test-'))
afterAll(() => {
  for (const folder of [own, shared]) rmSync(folder, { recursive: true, force: true })
})
let home = ''
beforeEach(() => {
  home = mkdtempSync(join(own, 'home-'))
})

describe.runIf(isClosed(own))('in a home that is this user’s', () => {
  it('it is kept in the cache folder, which only this user can enter', () => {
    expect(cacheFolder({ HOME: home })).toBe(join(home, '.cache/wcn'))
    expect(lstatSync(join(home, '.cache/wcn')).mode & 0o777).toBe(0o700)
    // And again.
    expect(cacheFolder({ HOME: home })).toBe(join(home, '.cache/wcn'))
    expect(cacheFolder({ HOME: '/nowhere', XDG_CACHE_HOME: home })).toBe(join(home, 'wcn'))
  })

  it.each([0o755, 0o770, 0o777])('it is not kept where others can look: %o', (mode) => {
    mkdirSync(join(home, '.cache/wcn'), { recursive: true })
    chmodSync(join(home, '.cache/wcn'), mode)
    expect(cacheFolder({ HOME: home })).toBeNull()
  })

  it('it is not kept where others could put another folder', () => {
    mkdirSync(join(home, '.cache'))
    chmodSync(join(home, '.cache'), 0o1777)
    expect(cacheFolder({ HOME: home })).toBeNull()
    chmodSync(home, 0o775)
    expect(cacheFolder({ HOME: home })).toBeNull()
  })

  it('it is not kept where a link leads into a shared folder', () => {
    symlinkSync(shared, join(home, '.cache'))
    expect(cacheFolder({ HOME: home })).toBeNull()
  })
})

it.each([
  ['a shared folder', { HOME: shared }],
  ['a cache in a shared folder', { HOME: own, XDG_CACHE_HOME: shared }],
])('nothing is made in %s', (_, environment) => {
  const before = readdirSync(shared)
  expect(cacheFolder(environment)).toBeNull()
  expect(readdirSync(shared).filter((name) => !before.includes(name))).toEqual([])
})

it.each([{}, { HOME: '' }, { HOME: '.' }, { HOME: '/nowhere/at/all' }, { XDG_CACHE_HOME: 'cache', HOME: '' }])(
  'nor anything where there is no home: %o',
  (environment: Readonly<Record<string, string>>) => {
    expect(cacheFolder(environment)).toBeNull()
    expect(existsSync('/nowhere')).toBe(false)
  },
)

it('nor anything where Node is told to keep none', () => {
  keepCompiledCode({ HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' })
  expect(readdirSync(home)).toEqual([])
})
