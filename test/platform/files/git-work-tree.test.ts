/** Git is asked whether it would take a file up; when in doubt, it would. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Environment, gitTreeThatTracks } from '../../../src/platform/files/git-work-tree.js'
import { type Sandbox, sandbox } from '../../support/cli.js'

let box: Sandbox
let tree: string
beforeEach(() => {
  box = sandbox()
  mkdirSync(box.path('tree'))
  tree = realpathSync(box.path('tree'))
  git('init', '--quiet')
})
afterEach(() => box.remove())

const environment = { PATH: process.env.PATH, HOME: '/nonexistent' }
const git = (...args: string[]) => execFileSync('git', args, { cwd: tree, env: environment, stdio: 'pipe' })
const tracks = (path: string, env: Environment = environment) => gitTreeThatTracks(path, env)

describe('gitTreeThatTracks', () => {
  it('is null outside of a work tree', async () => {
    expect(await tracks(box.path('key'))).toBeNull()
    expect(await tracks(box.path('not/yet/there/key'))).toBeNull()
  })

  it('names the work tree around a path, there or not', async () => {
    expect(await tracks(`${tree}/key`)).toBe(tree)
    expect(await tracks(`${tree}/not/yet/there/key`)).toBe(tree)
  })

  it('is null for what is ignored', async () => {
    writeFileSync(`${tree}/.gitignore`, '*.env\n/out/\n!keep.env\n')
    expect(await tracks(`${tree}/a.env`)).toBeNull()
    expect(await tracks(`${tree}/deep/er/a.env`)).toBeNull()
    expect(await tracks(`${tree}/out/anything`)).toBeNull()
    expect(await tracks(`${tree}/keep.env`)).toBe(tree)
    expect(await tracks(`${tree}/a.key`)).toBe(tree)
  })

  it('counts what is committed already, ignored or not', async () => {
    writeFileSync(`${tree}/a.env`, '')
    git('add', 'a.env')
    writeFileSync(`${tree}/.gitignore`, '*.env\n')
    expect(await tracks(`${tree}/a.env`)).toBe(tree)
  })

  it('sees through links on the way', async () => {
    symlinkSync(tree, box.path('link'))
    expect(await tracks(box.path('link/key'))).toBe(tree)
    mkdirSync(box.path('outside'))
    symlinkSync(box.path('outside'), `${tree}/out`)
    expect(await tracks(`${tree}/out/key`)).toBeNull()
  })

  it('knows linked work trees, whose .git is a file', async () => {
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', '-m', 'x')
    git('worktree', 'add', '--quiet', '../linked')
    const linked = realpathSync(box.path('linked'))
    expect(await tracks(`${linked}/key`)).toBe(linked)
  })

  it('assumes the worst without git', async () => {
    writeFileSync(`${tree}/.gitignore`, '*.env\n')
    expect(await tracks(`${tree}/a.env`, { PATH: '/nonexistent' })).toBe(tree)
  })

  it('assumes the worst of a damaged repository', async () => {
    writeFileSync(`${tree}/.gitignore`, '*.env\n')
    writeFileSync(`${tree}/.git/config`, '[core')
    expect(await tracks(`${tree}/a.env`)).toBe(tree)
  })

  it('does not run what a repository asks for', async () => {
    writeFileSync(`${tree}/.gitignore`, '*.env\n')
    git('config', 'core.fsmonitor', `touch ${box.path('ran')}; false`)
    expect(await tracks(`${tree}/a.env`)).toBeNull()
    expect(existsSync(box.path('ran'))).toBe(false)
  })

  it('takes a name with a dash in front for a name', async () => {
    expect(await tracks(`${tree}/--help`)).toBe(tree)
  })
})
