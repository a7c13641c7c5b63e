/** What is told of a path before anything is done with it: every kind of thing, whose it is, and what lies in a folder. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFiles } from '../../../src/platform/files/files.js'
import { type Sandbox, sandbox } from '../../support/cli.js'
import { rejectionOf } from '../../support/rejection.js'
import { standardInput } from '../../support/services.js'

let box: Sandbox
beforeEach(() => {
  box = sandbox()
})
afterEach(() => {
  vi.restoreAllMocks()
  box.remove()
})

const files = createFiles({ stdin: standardInput('') })

describe('inspect', () => {
  it('tells files, directories, links and all else apart, and follows nothing', async () => {
    writeFileSync(box.path('file'), 'grüße')
    mkdirSync(box.path('folder'))
    symlinkSync('file', box.path('link'))
    symlinkSync('nowhere', box.path('dangling'))
    execFileSync('mkfifo', [box.path('pipe')])
    const kindOf = async (name: string) => (await files.inspect(box.path(name)))?.kind
    expect(await kindOf('file')).toBe('file')
    expect(await kindOf('folder')).toBe('directory')
    expect(await kindOf('link')).toBe('link')
    expect(await kindOf('dangling')).toBe('link')
    expect(await kindOf('pipe')).toBe('other')
    expect((await files.inspect(box.path('file')))?.bytes).toBe(7)
  })

  it('tells the mode with its sticky bit', async () => {
    writeFileSync(box.path('file'), '')
    chmodSync(box.path('file'), 0o640)
    mkdirSync(box.path('folder'))
    chmodSync(box.path('folder'), 0o1777)
    expect((await files.inspect(box.path('file')))?.mode).toBe(0o640)
    expect((await files.inspect(box.path('folder')))?.mode).toBe(0o1777)
  })

  it("tells whether it is another user's, to root too", async () => {
    writeFileSync(box.path('file'), '')
    expect((await files.inspect(box.path('file')))?.foreign).toBe(false)
    const own = process.geteuid?.() ?? 0
    for (const other of [0, own + 1].filter((uid) => uid !== own)) {
      vi.spyOn(process, 'geteuid').mockReturnValue(other)
      expect((await files.inspect(box.path('file')))?.foreign).toBe(true)
    }
  })

  it('tells neither mode nor owner where there are none', async () => {
    writeFileSync(box.path('file'), '')
    const windows = createFiles({ stdin: standardInput(''), platform: 'win32' })
    expect(await windows.inspect(box.path('file'))).toEqual({ kind: 'file', mode: null, foreign: null, bytes: 0 })
  })

  it('is null where there is nothing', async () => {
    writeFileSync(box.path('file'), '')
    expect(await files.inspect(box.path('none'))).toBeNull()
    expect(await files.inspect(box.path('none/deeper'))).toBeNull()
    expect(await files.inspect(box.path('file/deeper'))).toBeNull()
  })

  it('says what is wrong with a path that no file can have', async () => {
    symlinkSync('b', box.path('a'))
    symlinkSync('a', box.path('b'))
    for (const path of ['a\0b', box.path('x'.repeat(300)), box.path('a/file')])
      expect((await rejectionOf(files.inspect(path))).code).toBe('FILE_UNREADABLE')
  })
})

describe('list', () => {
  it('gives all names, links and hidden files too, in the order of their code points', async () => {
    mkdirSync(box.path('folder'))
    symlinkSync('nowhere', box.path('folder/link'))
    for (const name of ['b', 'B', 'a10', 'a2', '.hidden', 'é', '\uff5a', '\u{1f600}'])
      writeFileSync(box.path(`folder/${name}`), '')
    expect(await files.list(box.path('folder'))).toEqual([
      '.hidden',
      'B',
      'a10',
      'a2',
      'b',
      'link',
      'é',
      '\uff5a',
      '\u{1f600}',
    ])
    expect(await files.list(`${box.path('folder')}/`)).toHaveLength(9)
  })

  it('says what is wrong where there is no directory', async () => {
    writeFileSync(box.path('file'), '')
    for (const name of ['none', 'file']) {
      const error = await rejectionOf(files.list(box.path(name)))
      expect(error.code).toBe('FILE_UNREADABLE')
      expect(error.message).toContain(box.path(name))
    }
  })
})
