/** Writing: whole or not at all, never over or through anything, nothing left behind. */
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFiles } from '../../../src/platform/files/files.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { rejectionOf } from '../../support/rejection.js'
import { standardInput } from '../../support/services.js'

// What can't be brought about without special file systems: a full disk, one without hard links, one without modes.
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>()
  return {
    ...real,
    linkSync: vi.fn(real.linkSync),
    writeFileSync: vi.fn(real.writeFileSync),
    renameSync: vi.fn(real.renameSync),
    fchmodSync: vi.fn(real.fchmodSync),
  }
})

let box: Sandbox
beforeEach(() => {
  box = sandbox()
})
afterEach(() => {
  vi.mocked(fs.linkSync).mockClear()
  box.remove()
})

const files = createFiles({ stdin: standardInput(''), environment: process.env })
const modeOf = (path: string) => statSync(path).mode & 0o777
const errno = (code: string) => () => {
  throw Object.assign(new Error(code), { code })
}

describe('createPrivate', () => {
  it('makes a file of mode 0600, whatever the umask, and nothing else', async () => {
    for (const umask of [0o000, 0o777]) {
      const before = process.umask(umask)
      await files.createPrivate(box.path(`key-${umask}`), 'secret\n').finally(() => process.umask(before))
      expect(modeOf(box.path(`key-${umask}`))).toBe(0o600)
    }
    expect(readFileSync(box.path('key-0'), 'utf8')).toBe('secret\n')
    expect(readdirSync(box.path('.')).sort()).toEqual(['key-0', 'key-511'])
  })

  it('never overwrites', async () => {
    writeFileSync(box.path('key'), 'old')
    const error = await rejectionOf(files.createPrivate(box.path('key'), 'new'))
    expect(error.code).toBe('FILE_EXISTS')
    expect(readFileSync(box.path('key'), 'utf8')).toBe('old')
    expect(readdirSync(box.path('.'))).toEqual(['key'])
  })

  it('never overwrites what appears in the meantime', async () => {
    vi.mocked(fs.linkSync).mockImplementationOnce(errno('EEXIST'))
    expect((await rejectionOf(files.createPrivate(box.path('key'), 'new'))).code).toBe('FILE_EXISTS')
    expect(readdirSync(box.path('.'))).toEqual([])
  })

  it('never goes through a link, dangling or not', async () => {
    writeFileSync(box.path('target'), 'old')
    symlinkSync(box.path('target'), box.path('link'))
    symlinkSync(box.path('nowhere'), box.path('dangling'))
    for (const name of ['link', 'dangling']) {
      for (const overwrite of [false, true]) {
        const error = await rejectionOf(files.write(box.path(name), 'new', { mode: 0o600, overwrite }))
        expect(error.code).toBe('OUTPUT_UNSAFE')
      }
    }
    expect(readFileSync(box.path('target'), 'utf8')).toBe('old')
    expect(readdirSync(box.path('.')).sort()).toEqual(['dangling', 'link', 'target'])
  })

  it('lets one of many writers win', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => files.createPrivate(box.path('key'), `${i}`)),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(readdirSync(box.path('.'))).toEqual(['key'])
  })

  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the disk quota is used up'],
    ['EFBIG', 'larger than the system allows'],
    ['EIO', 'the disk reports an error'],
  ])('leaves nothing behind after %s', async (code, why) => {
    vi.mocked(fs.writeFileSync).mockImplementationOnce((fd) => {
      fs.writeSync(fd as number, 'half')
      errno(code)()
    })
    const error = await rejectionOf(files.createPrivate(box.path('key'), 'secret'))
    expect(error.code).toBe('FILE_UNWRITABLE')
    expect(error.message).toContain(why)
    expect(readdirSync(box.path('.'))).toEqual([])
  })

  it('works where there are no hard links', async () => {
    vi.mocked(fs.linkSync).mockImplementation(errno('EPERM'))
    await files.createPrivate(box.path('key'), 'secret')
    expect(readFileSync(box.path('key'), 'utf8')).toBe('secret')
    expect(modeOf(box.path('key'))).toBe(0o600)
    vi.mocked(fs.renameSync).mockImplementationOnce(errno('EIO'))
    expect((await rejectionOf(files.createPrivate(box.path('other'), 'secret'))).code).toBe('FILE_UNWRITABLE')
    expect(readdirSync(box.path('.'))).toEqual(['key'])
    vi.mocked(fs.linkSync).mockReset()
  })

  it('writes no secret where files cannot be kept private', async () => {
    vi.mocked(fs.fchmodSync).mockImplementationOnce((fd) => fs.fchmodSync(fd, 0o644))
    const error = await rejectionOf(files.createPrivate(box.path('key'), 'secret'))
    expect(error.code).toBe('FILE_PERMISSIONS')
    expect(readdirSync(box.path('.'))).toEqual([])
  })

  it.each([
    ['a missing directory', () => box.path('none/key'), 'no such file or directory'],
    ['a path below a file', () => `${box.path('file')}/key`, 'a part of the path is not a directory'],
    ['a directory', () => box.path('folder'), 'it is a directory'],
    ['a name that is too long', () => box.path('x'.repeat(300)), 'the name is too long'],
    ['an empty name', () => '', 'an empty text is not the name of a file'],
    ['a file system that takes no files', () => '/proc/wcn-key', ''],
  ])('says what is wrong with %s', async (_, path, why) => {
    writeFileSync(box.path('file'), '')
    mkdirSync(box.path('folder'))
    for (const overwrite of [false, true]) {
      const error = await rejectionOf(files.write(path(), 'secret', { mode: 0o600, overwrite }))
      expect(error.code).toBe('FILE_UNWRITABLE')
      expect(error.message).toContain(why)
    }
    expect(readdirSync(box.path('.')).sort()).toEqual(['file', 'folder'])
  })
})

describe('write with overwrite', () => {
  it('replaces the file whole, with the mode asked for', async () => {
    writeFileSync(box.path('a'), 'old')
    chmodSync(box.path('a'), 0o666)
    await files.write(box.path('a'), 'new', { mode: 0o600, overwrite: true })
    expect(readFileSync(box.path('a'), 'utf8')).toBe('new')
    expect(modeOf(box.path('a'))).toBe(0o600)
    await files.write(box.path('b'), 'new', { mode: 0o644, overwrite: true })
    expect(modeOf(box.path('b'))).toBe(0o644)
  })

  it('keeps the old one when the disk is full', async () => {
    writeFileSync(box.path('a'), 'old')
    vi.mocked(fs.writeFileSync).mockImplementationOnce(errno('ENOSPC'))
    expect((await rejectionOf(files.write(box.path('a'), 'new', { mode: 0o600, overwrite: true }))).code).toBe(
      'FILE_UNWRITABLE',
    )
    expect(readFileSync(box.path('a'), 'utf8')).toBe('old')
    expect(readdirSync(box.path('.'))).toEqual(['a'])
  })

  it('replaces regular files only', async () => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', box.path('pipe')])
    expect((await rejectionOf(files.write(box.path('pipe'), 'x', { mode: 0o600, overwrite: true }))).message).toContain(
      'not a regular file',
    )
  })

  it('does not follow other names of the old file', async () => {
    writeFileSync(box.path('a'), 'old')
    fs.linkSync(box.path('a'), box.path('same'))
    await files.write(box.path('a'), 'new', { mode: 0o600, overwrite: true })
    expect(readFileSync(box.path('same'), 'utf8')).toBe('old')
  })
})

describe('checkWritable', () => {
  it('says beforehand what writing would say, and writes nothing', async () => {
    writeFileSync(box.path('file'), '')
    symlinkSync('file', box.path('link'))
    const check = (name: string, overwrite = false) => files.checkWritable(box.path(name), { overwrite })
    await check('new')
    await check('not/yet/there')
    await check('file', true)
    expect((await rejectionOf(check('file'))).code).toBe('FILE_EXISTS')
    expect((await rejectionOf(check('link', true))).code).toBe('OUTPUT_UNSAFE')
    expect((await rejectionOf(check('file/new'))).code).toBe('FILE_UNWRITABLE')
    expect((await rejectionOf(check('.', true))).code).toBe('FILE_UNWRITABLE')
    expect(readdirSync(box.path('.')).sort()).toEqual(['file', 'link'])
  })
})

describe('makeDirectory', () => {
  it('makes it and its parents, and leaves one that is there alone', async () => {
    await files.makeDirectory(box.path('a/b'), 0o700)
    expect(modeOf(box.path('a'))).toBe(0o700)
    expect(modeOf(box.path('a/b'))).toBe(0o700)
    chmodSync(box.path('a'), 0o755)
    await files.makeDirectory(box.path('a'), 0o700)
    expect(modeOf(box.path('a'))).toBe(0o755)
  })

  it('takes from its owner nothing that is needed, whatever the umask', async () => {
    for (const [umask, mode] of [
      [0o000, 0o755],
      [0o027, 0o750],
      [0o777, 0o700],
    ] as const) {
      const before = process.umask(umask)
      await files.makeDirectory(box.path(`${umask}/a`), 0o755).finally(() => process.umask(before))
      expect([modeOf(box.path(`${umask}`)), modeOf(box.path(`${umask}/a`))]).toEqual([mode, mode])
    }
  })

  it('goes again where what it was made for could not be written, unless something is in it', async () => {
    await files.makeDirectory(box.path('a/b'), 0o700)
    await files.makeDirectory(box.path('c/d'), 0o700)
    await files.createPrivate(box.path('c/kept'), 'x')
    for (const folder of ['a/b', 'c/d']) {
      vi.mocked(fs.linkSync).mockImplementationOnce(errno('ENOSPC'))
      expect((await rejectionOf(files.createPrivate(box.path(`${folder}/x`), 'x'))).code).toBe('FILE_UNWRITABLE')
    }
    expect(readdirSync(box.path('.'))).toEqual(['c'])
    expect(readdirSync(box.path('c'))).toEqual(['kept'])
  })

  it('does not go through a link or over a file', async () => {
    mkdirSync(box.path('real'))
    symlinkSync(box.path('real'), box.path('link'))
    writeFileSync(box.path('file'), '')
    const error = await rejectionOf(files.makeDirectory(`${box.path('link')}/`, 0o700))
    expect(error.code).toBe('OUTPUT_UNSAFE')
    expect(error.hint).toContain('/real')
    expect((await rejectionOf(files.makeDirectory(box.path('file'), 0o700))).code).toBe('FILE_UNWRITABLE')
    expect((await rejectionOf(files.makeDirectory(box.path('file/a'), 0o700))).code).toBe('FILE_UNWRITABLE')
  })
})
