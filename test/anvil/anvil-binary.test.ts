import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { anvilBinary } from '../../src/anvil/anvil-binary.js'
import { thrownBy } from '../support/thrown.js'

const folder = mkdtempSync(join(tmpdir(), 'wcn-test-'))
const installed = pathToFileURL(join(folder, 'dist', 'main.js')).href
afterAll(() => rmSync(folder, { recursive: true }))

it('names the package to install where it is missing', () => {
  const error = thrownBy(() => anvilBinary(installed))
  expect(error).toMatchObject({ code: 'DEPENDENCY_MISSING' })
  expect(error.message).toContain('@foundry-rs/anvil')
  expect(error.hint).toContain('npm install --save-dev @foundry-rs/anvil')
})

it('says so where the package holds nothing for this machine', () => {
  const packaged = join(folder, 'node_modules', '@foundry-rs', 'anvil')
  mkdirSync(packaged, { recursive: true })
  writeFileSync(join(packaged, 'package.json'), '{"name":"@foundry-rs/anvil","version":"1.0.0"}')
  const error = thrownBy(() => anvilBinary(installed))
  expect(error).toMatchObject({ code: 'DEPENDENCY_MISSING' })
  expect(error.message).toContain('has no program for this machine')
})

it('finds the program that is installed', () => {
  expect(anvilBinary()).toMatch(/anvil-\w+-\w+\/bin\/anvil/)
})
