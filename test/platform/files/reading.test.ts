/** Reading text and secrets: every kind of thing a path can be, and who may read it. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, closeSync, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WcnError } from '../../../src/errors/wcn-error.js'
import { createFiles, type FilesOptions } from '../../../src/platform/files/files.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { rejectionOf } from '../../support/rejection.js'
import { standardInput } from '../../support/services.js'

let box: Sandbox
beforeEach(() => {
  box = sandbox()
})
afterEach(() => box.remove())

const files = (options: Partial<FilesOptions> = {}) => createFiles({ stdin: standardInput(''), ...options })

function put(name: string, content: string | Uint8Array, mode = 0o600): string {
  writeFileSync(box.path(name), content)
  chmodSync(box.path(name), mode)
  return box.path(name)
}

/** Made, and fed by a command of its own. */
async function pipe(command: string): Promise<void> {
  execFileSync('mkfifo', ['-m', '666', box.path('pipe')])
  const feed = spawn('sh', ['-c', `${command} > "$0"`, box.path('pipe')], { stdio: 'ignore' })
  await once(feed, 'exit')
}

describe('readText', () => {
  it('reads UTF-8, through links too, without a byte order mark', async () => {
    const path = put('a', '\ufeffgrüße ✓\n', 0o644)
    symlinkSync(path, box.path('link'))
    expect(await files().readText(path)).toBe('grüße ✓\n')
    expect(await files().readText(box.path('link'))).toBe('grüße ✓\n')
    expect(await files().readText(put('empty', ''))).toBe('')
  })

  it.each([
    ['a missing file', () => box.path('none'), 'no such file or directory'],
    ['a directory', () => box.path('.'), 'it is a directory'],
    ['a path below a file', () => `${put('f', 'x')}/g`, 'a part of the path is not a directory'],
    ['a device', () => '/dev/full', 'it is a device; use - for standard input'],
    ['other encodings', () => put('latin', Uint8Array.of(0x67, 0xfc)), 'is not text in UTF-8'],
    ['a name no file can have', () => 'a\0b', 'that is not a file name'],
    ['an empty name', () => '', 'no such file or directory'],
  ])('says what is wrong with %s', async (_, path, why) => {
    const error = await rejectionOf(files().readText(path()))
    expect(error.code).toBe('FILE_UNREADABLE')
    expect(error.message).toContain(why)
  })

  it('says what is wrong with links in a circle', async () => {
    symlinkSync('b', box.path('a'))
    symlinkSync('a', box.path('b'))
    expect((await rejectionOf(files().readText(box.path('a')))).message).toContain('go round in a circle')
  })

  it('reads no more than asked for', async () => {
    const path = put('long', 'x'.repeat(200_000))
    expect((await files().readText(path)).length).toBe(200_000)
    expect(await files().readText(path, { maxBytes: 200_000 })).toHaveLength(200_000)
    expect((await rejectionOf(files().readText(path, { maxBytes: 199_999 }))).message).toContain(
      'longer than the 199999',
    )
    expect((await rejectionOf(files().readText(put('huge', 'x'.repeat(1024 * 1024 + 1))))).code).toBe('FILE_UNREADABLE')
  })

  it('reads pipes to their end, once for all who ask', async () => {
    const feed = pipe('{ printf one; printf two; }')
    const one = files()
    const [first, second] = await Promise.all([one.readText(box.path('pipe')), one.readSecret(box.path('pipe'))])
    expect([first, second, await one.readText(box.path('pipe'))]).toEqual(['onetwo', 'onetwo', 'onetwo'])
    await feed
  })

  it('says when nothing comes through a pipe', async () => {
    const feed = pipe(':')
    expect((await rejectionOf(files().readSecret(box.path('pipe'), { mayBeEmpty: true }))).message).toContain(
      'is empty',
    )
    await feed
  })

  it('asks before it reads a pipe', async () => {
    execFileSync('mkfifo', [box.path('pipe')])
    const refuse = () => {
      throw new WcnError('USAGE', 'no pipes')
    }
    const one = files()
    for (let i = 0; i < 2; i++)
      expect((await rejectionOf(one.readText(box.path('pipe'), { onPipe: refuse }))).message).toBe('no pipes')
    expect(await one.readText(put('file', 'x'), { onPipe: refuse })).toBe('x')
  })

  it('waits for a pipe as long as there is time', async () => {
    execFileSync('mkfifo', [box.path('pipe')])
    const held = openSync(box.path('pipe'), 'r+')
    writeSync(held, 'a beginning')
    for (const path of [box.path('pipe'), '-']) {
      const one = files({ stdin: new PassThrough(), remainingMs: () => 20 })
      const error = await rejectionOf(one.readText(path))
      expect(error.code).toBe('FILE_UNREADABLE')
      expect(error.message).toContain('did not come within the time given with --timeout')
    }
    closeSync(held)
  })

  it('does not show a key that was given in place of a path', async () => {
    for (const key of [`0x${'ab12'.repeat(16)}`, 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=']) {
      const error = await rejectionOf(files().readText(key))
      expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain(key)
      expect(error.message).toContain('looks like a key')
    }
  })
})

describe('standard input', () => {
  it('is read once, to its end', async () => {
    const one = files({ stdin: standardInput('from a pipe\n') })
    expect(await one.readSecret('-')).toBe('from a pipe')
    expect((await rejectionOf(one.readText('-'))).message).toContain('asked for twice')
  })

  it('that is empty or closed gets a sentence', async () => {
    const error = await rejectionOf(files().readText('-'))
    expect(error.code).toBe('FILE_UNREADABLE')
    expect(error.message).toBe('standard input is empty or closed')
  })

  it('that breaks gets a sentence', async () => {
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Uint8Array.of(1)
      throw Object.assign(new Error('x'), { code: 'EISDIR' })
    }
    expect((await rejectionOf(files({ stdin: broken() }).readText('-'))).message).toBe(
      'cannot read standard input: EISDIR',
    )
  })

  it('is bounded', async () => {
    expect(
      (await rejectionOf(files({ stdin: standardInput('x'.repeat(100)) }).readText('-', { maxBytes: 99 }))).code,
    ).toBe('FILE_UNREADABLE')
  })
})

describe('readSecret', () => {
  it('takes off one line break and tells who asked', async () => {
    const seen: string[] = []
    const read = (path: string) => files({ onSecret: (text) => void seen.push(text) }).readSecret(path)
    expect(await read(put('unix', 'abc\n'))).toBe('abc')
    expect(await read(put('dos', 'abc\r\n'))).toBe('abc')
    expect(await read(put('two', 'abc\n\n'))).toBe('abc\n')
    expect(seen).toEqual(['abc', 'abc', 'abc\n'])
  })

  it('refuses an empty file', async () => {
    for (const text of ['', '\n'])
      expect((await rejectionOf(files().readSecret(put('e', text)))).message).toContain('is empty')
  })

  it.each([
    [0o640, 'its group'],
    [0o620, 'its group'],
    [0o604, 'everybody'],
    [0o644, 'everybody'],
    [0o777, 'everybody'],
  ])('refuses mode %o, with the command that mends it', async (mode, whom) => {
    const path = put('key', 'abc', mode)
    const error = await rejectionOf(files().readSecret(path))
    expect(error.code).toBe('FILE_PERMISSIONS')
    expect(error.message).toContain(whom)
    expect(error.hint).toBe(`chmod 600 ${path}`)
    expect(await files({ insecurePermissions: true }).readSecret(path)).toBe('abc')
    execFileSync('sh', ['-c', error.hint ?? 'false'])
    expect(await files().readSecret(path)).toBe('abc')
  })

  it('writes the command so that a shell takes it', async () => {
    const path = put("it's a key", 'abc', 0o644)
    const error = await rejectionOf(files().readSecret(path))
    execFileSync('sh', ['-c', error.hint ?? 'false'])
    expect(await files().readSecret(path)).toBe('abc')
  })

  it.each([0o600, 0o400, 0o700])('accepts mode %o', async (mode) => {
    expect(await files().readSecret(put('key', 'abc', mode))).toBe('abc')
  })

  it('looks at the file, not at the link', async () => {
    symlinkSync(put('key', 'abc', 0o644), box.path('link'))
    expect((await rejectionOf(files().readSecret(box.path('link')))).code).toBe('FILE_PERMISSIONS')
  })

  it("exempts systemd's credentials, and nothing that only looks like them", async () => {
    mkdirSync(box.path('credentials'))
    mkdirSync(box.path('credentials-of-others'))
    const options = { credentialsDirectory: box.path('credentials') }
    expect(await files(options).readSecret(put('credentials/key', 'abc', 0o444))).toBe('abc')
    expect((await rejectionOf(files(options).readSecret(put('credentials-of-others/key', 'abc', 0o444)))).code).toBe(
      'FILE_PERMISSIONS',
    )
    symlinkSync(put('elsewhere', 'abc', 0o444), box.path('credentials/link'))
    expect((await rejectionOf(files(options).readSecret(box.path('credentials/link')))).code).toBe('FILE_PERMISSIONS')
  })

  it('exempts pipes', async () => {
    const feed = pipe('echo abc')
    expect(await files().readSecret(box.path('pipe'))).toBe('abc')
    await feed
  })

  it('says on Windows that it did not look', async () => {
    const warnings: string[] = []
    const path = put('key', 'abc', 0o644)
    expect(await files({ platform: 'win32', warn: (text) => void warnings.push(text) }).readSecret(path)).toBe('abc')
    expect(warnings).toHaveLength(1)
  })
})

describe('paths', () => {
  it('are relative to the file that holds them', () => {
    const { resolveFrom } = files()
    expect(resolveFrom('/etc/wcn/deployment.yaml', 'keys/n0.key')).toBe('/etc/wcn/keys/n0.key')
    expect(resolveFrom('/etc/wcn/deployment.yaml', '/keys/n0.key')).toBe('/keys/n0.key')
    expect(resolveFrom('-', 'n0.key')).toBe(`${process.cwd()}/n0.key`)
    expect(resolveFrom('/etc/x', '-')).toBe('-')
    expect(resolveFrom('/etc/x', '~/n0.key')).toMatch(/^\/.*\/n0\.key$/)
  })

  it('are looked up', async () => {
    symlinkSync('nowhere', box.path('dangling'))
    expect(await files().exists(put('a', ''))).toBe(true)
    expect(await files().exists(box.path('dangling'))).toBe(true)
    expect(await files().exists(box.path('none'))).toBe(false)
    expect(await files().exists(`${box.path('a')}/b`)).toBe(false)
    expect(await files().isDirectory(box.path('.'))).toBe(true)
    expect(await files().isDirectory(box.path('a'))).toBe(false)
    expect(await files().isDirectory(box.path('none'))).toBe(false)
  })
})
