import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { ContextsDocument } from '../../src/settings/contexts.js'
import { contextsDirectory } from '../../src/settings/directories.js'
import { createContexts } from '../../src/settings/local-contexts.js'
import { sandbox } from '../support/cli.js'
import { rejectedBy } from '../support/rejected.js'

const box = sandbox()
afterAll(box.remove)

const ADDRESS = '0x5f304828A451158E44Dfd584fbDe3e6af592c2f5'
const TOKEN = 'wss://provider.example/v2/canary'
const DOCUMENT: ContextsDocument = {
  current: 'eu',
  contexts: { eu: { contract_address: ADDRESS, rpc_urls: [TOKEN] } },
}
let runs = 0
let directory: string
let file: string

const contexts = (more: { insecurePermissions?: boolean; platform?: NodeJS.Platform } = {}) =>
  createContexts({ directory, insecurePermissions: false, command: 'context add', ...more })
const modeOf = (path: string) => statSync(path).mode & 0o777
const write = () => contexts().update(() => DOCUMENT)

beforeEach(() => {
  directory = box.path(`config-${++runs}/wcn`)
  file = join(directory, 'contexts.json')
})

describe('contexts on the disk', () => {
  it('are none where there is no file, and none is made by looking', async () => {
    expect(await contexts().read()).toEqual({ current: null, contexts: {} })
    expect(existsSync(directory)).toBe(false)
  })

  it('are read as they were written, by their owner alone', async () => {
    const before = process.umask(0)
    await write().finally(() => process.umask(before))
    expect(await contexts().read()).toEqual(DOCUMENT)
    expect([modeOf(directory), modeOf(file)]).toEqual([0o700, 0o600])
    expect(contexts().path).toBe(file)
  })

  it('are changed upon what is there, or not at all', async () => {
    await write()
    await contexts().update(({ contexts: known }) => ({
      current: null,
      contexts: { ...known, na: { contract_address: 'x' } },
    }))
    expect(await contexts().read()).toEqual({
      current: null,
      contexts: { ...DOCUMENT.contexts, na: { contract_address: 'x' } },
    })
    const text = readFileSync(file, 'utf8')
    const refusal = contexts().update(() => {
      throw new WcnError('FILE_EXISTS', 'no')
    })
    expect((await rejectedBy(refusal)).code).toBe('FILE_EXISTS')
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(readdirSync(directory).sort()).toEqual(['contexts.json', 'contexts.lock'])
  })

  it('lose nothing to others who change them at the same time', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `c${i}`)
    await Promise.all(
      names.map((name) =>
        contexts().update((document) => ({
          ...document,
          contexts: { ...document.contexts, [name]: { contract_address: 'x' } },
        })),
      ),
    )
    expect(Object.keys((await contexts().read()).contexts).sort()).toEqual(names)
  })

  it('are not read where others can', async () => {
    await write()
    for (const mode of [0o640, 0o604, 0o620, 0o602]) {
      chmodSync(file, mode)
      const error = await rejectedBy(contexts().read())
      expect([error.code, error.hint]).toEqual(['FILE_PERMISSIONS', `chmod 600 ${file}`])
      expect(JSON.stringify([error.message, error.details])).not.toContain('canary')
      expect((await rejectedBy(write())).code).toBe('FILE_PERMISSIONS')
    }
    expect(await contexts({ insecurePermissions: true }).read()).toEqual(DOCUMENT)
    expect(await contexts({ platform: 'win32' }).read()).toEqual(DOCUMENT)
  })

  it('are not read from a link, nor written through one', async () => {
    await write()
    renameSync(file, `${file}.real`)
    symlinkSync(`${file}.real`, file)
    const error = await rejectedBy(contexts().read())
    expect([error.code, error.message]).toEqual(['FILE_UNREADABLE', expect.stringContaining('symbolic link')])
    expect((await rejectedBy(write())).code).toBe('OUTPUT_UNSAFE')
  })

  it('are read in a directory that is a link, as those who keep their settings elsewhere have it', async () => {
    await write()
    const link = box.path(`link-${runs}`)
    symlinkSync(directory, link)
    expect(await createContexts({ directory: link, insecurePermissions: false, command: 'x' }).read()).toEqual(DOCUMENT)
  })

  it.each<[string, () => void, string]>([
    ['a directory', () => mkdirSync(file, { recursive: true }), 'FILE_UNREADABLE'],
    ['too long', () => writeText('x'.repeat(1024 * 1024 + 1)), 'FILE_UNREADABLE'],
    ['torn', () => writeText('{"type":"wcn-contexts","ver'), 'DOCUMENT_INVALID'],
    ['empty', () => writeText(''), 'DOCUMENT_INVALID'],
  ])('are refused where the file is %s', async (_, make, code) => {
    make()
    expect((await rejectedBy(contexts().read())).code).toBe(code)
  })

  it('that are damaged are not replaced', async () => {
    writeText('{"type":"wcn-contexts","ver')
    expect((await rejectedBy(write())).code).toBe('DOCUMENT_INVALID')
    expect(readFileSync(file, 'utf8')).toBe('{"type":"wcn-contexts","ver')
  })

  it.each(['/dev/null', '/dev/null/wcn'])('are none where there can be none: %s', async (nowhere) => {
    const none = createContexts({ directory: nowhere, insecurePermissions: false, command: 'x' })
    expect(await none.read()).toEqual({ current: null, contexts: {} })
    const error = await rejectedBy(none.update(() => DOCUMENT))
    expect(error.code).toBe('FILE_UNWRITABLE')
    expect(error.hint).toContain('WCN_CONFIG_DIR')
    expect(error.hint).not.toContain('WCN_STATE_DIR')
  })

  it('have no place without a home directory', async () => {
    const none = createContexts({ directory: null, insecurePermissions: false, command: 'x' })
    expect(none.path).toBeNull()
    expect(await none.read()).toEqual({ current: null, contexts: {} })
    const error = await rejectedBy(none.update(() => DOCUMENT))
    expect([error.code, error.hint]).toEqual(['SETTING_MISSING', 'set WCN_CONFIG_DIR'])
  })
})

function writeText(text: string): void {
  mkdirSync(directory, { recursive: true })
  writeFileSync(file, text, { mode: 0o600 })
}

describe('where they are', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a variable', { WCN_CONFIG_DIR: '/c', XDG_CONFIG_HOME: '/x', HOME: '/h' }, '/c'],
    ['the desktop convention', { WCN_CONFIG_DIR: '', XDG_CONFIG_HOME: '/x', HOME: '/h' }, '/x/wcn'],
    ['the home directory', { HOME: '/h' }, '/h/.config/wcn'],
    ['that, where the convention is given a relative path', { XDG_CONFIG_HOME: 'x', HOME: '/h' }, '/h/.config/wcn'],
    ['the system, where HOME is not set', {}, join(homedir(), '.config/wcn')],
  ])('says %s', (_, environment, expected) => expect(contextsDirectory(environment)).toBe(expected))

  // Which would be one in whatever folder a command is run in.
  it('is nowhere where HOME is relative', () => expect(contextsDirectory({ HOME: 'h' })).toBeNull())

  it('is not what looks like a key', () => {
    for (const key of ['c0ffee'.padEnd(64, '1'), `0x${'c0ffee'.padEnd(64, '1')}`])
      expect(() => contextsDirectory({ WCN_CONFIG_DIR: key })).toThrow(/^WCN_CONFIG_DIR looks like a key/)
  })
})
