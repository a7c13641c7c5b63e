import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { findAnvil } from '../../src/anvil/anvil-binary.js'
import { thrownBy } from '../support/thrown.js'

const folder = mkdtempSync(join(tmpdir(), 'wcn-test-'))
const alone = pathToFileURL(join(folder, 'alone', 'dist', 'main.js')).href
afterAll(() => rmSync(folder, { recursive: true }))

/** A folder for the PATH with a program that answers so. */
function pathWith(name: string, answer: string): string {
  const bin = join(folder, name)
  mkdirSync(bin)
  writeFileSync(join(bin, 'anvil'), `#!/bin/sh\n${answer}\n`)
  chmodSync(join(bin, 'anvil'), 0o755)
  return bin
}

it('names the command that installs it where it is missing', () => {
  const error = thrownBy(() => findAnvil('', alone))
  expect(error).toMatchObject({ code: 'DEPENDENCY_MISSING' })
  expect(error.message).toContain('neither installed beside wcn nor on the PATH')
  expect(error.hint).toContain('npm install --global @foundry-rs/anvil@1')
})

it('says so where the package holds nothing for this machine', () => {
  const packaged = join(folder, 'without', 'node_modules', '@foundry-rs', 'anvil')
  mkdirSync(packaged, { recursive: true })
  writeFileSync(join(packaged, 'package.json'), '{"name":"@foundry-rs/anvil","version":"1.0.0"}')
  const error = thrownBy(() => findAnvil('', pathToFileURL(join(folder, 'without', 'main.js')).href))
  expect(error).toMatchObject({ code: 'DEPENDENCY_MISSING' })
  expect(error.message).toContain('has no program for this machine')
})

it('finds the program that is installed beside it', () => {
  expect(findAnvil()).toEqual({
    path: expect.stringMatching(/anvil-\w+-\w+\/bin\/anvil/),
    version: expect.stringMatching(/^1\./),
  })
})

describe.skipIf(process.platform === 'win32')('on the PATH', () => {
  const good = pathWith('good', 'echo "anvil Version: 1.5.1-stable"; echo "Commit SHA: 00"')
  const old = pathWith('old', 'echo "anvil 0.2.0 (abc 2024-01-01)"')

  it.each([
    ['foundry’s', [good]],
    ['one after another that is too old', [old, good]],
    ['one after another that does not run', [pathWith('broken', 'exit 1'), good]],
    ['one after folders without any', [join(folder, 'nowhere'), '', good]],
  ])('is found: %s', (_, folders) => {
    expect(findAnvil(folders.join(delimiter), alone)).toEqual({ path: join(good, 'anvil'), version: '1.5.1' })
  })

  it('is the program itself where npm put a script', () => {
    const bin = join(folder, 'npm')
    mkdirSync(bin)
    symlinkSync(
      createRequire(import.meta.url)
        .resolve('@foundry-rs/anvil/package.json')
        .replace('package.json', 'bin.mjs'),
      join(bin, 'anvil'),
    )
    expect(findAnvil(bin, alone)).toEqual(findAnvil())
  })

  it('is not taken from where one happens to be', () => {
    const cwd = process.cwd()
    process.chdir(good)
    try {
      for (const path of ['', '.', `:${delimiter}:`, './'])
        expect(() => findAnvil(path, alone), path).toThrow('nor on the PATH')
    } finally {
      process.chdir(cwd)
    }
  })

  it('is named where it is too old', () => {
    const error = thrownBy(() => findAnvil(old, alone))
    expect(error.message).toBe(
      `the development chain needs the program anvil, version 1.4 or newer: "${join(old, 'anvil')}" is version 0.2.0`,
    )
  })
})
