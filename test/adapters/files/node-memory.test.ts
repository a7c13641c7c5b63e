import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { createNodeMemory } from '../../../src/adapters/files/node-memory.js'
import type { RememberedNode } from '../../../src/core/ports/state.js'
import { sandbox } from '../../support/cli.js'
import { peerId } from '../../support/nodes.js'

const box = sandbox()
afterAll(box.remove)

let runs = 0
let folder: string
let path: string
beforeEach(() => {
  folder = box.path(`state-${++runs}`)
  path = `${folder}/nodes.json`
})

const nodes: readonly RememberedNode[] = [0, 1, 2].map((index) => ({ index, peerId: peerId(index) }))
const memory = () => createNodeMemory(path)

it('remembers nodes in their order, where only their owner can read them', async () => {
  expect(await memory().recallNodes()).toBeNull()
  await memory().rememberNodes(nodes)
  expect(await memory().recallNodes()).toEqual(nodes)
  expect([statSync(path).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700])
  expect(readdirSync(folder)).toEqual(['nodes.json'])
})

it('what was seen last takes the place of what was seen before', async () => {
  await memory().rememberNodes(nodes)
  await memory().rememberNodes(nodes.slice(0, 1))
  expect(await memory().recallNodes()).toEqual(nodes.slice(0, 1))
  await memory().rememberNodes([])
  expect(await memory().recallNodes()).toEqual([])
})

it('the same nodes again are not written again', async () => {
  await memory().rememberNodes(nodes)
  const { ino } = statSync(path)
  await memory().rememberNodes(nodes)
  expect(statSync(path).ino).toBe(ino)
})

it.each([
  ['no JSON', '["12D3'],
  ['another shape', '{"nodes":[]}'],
  ['what is no peer ID', JSON.stringify([peerId(0), '$(touch x)'])],
  ['numbers', '[1]'],
  ['nothing', ''],
  ['too much', `["${peerId(0)}"]${' '.repeat(300_000)}`],
])('%s in its file is nothing, and the next view repairs it', async (_, text) => {
  await memory().rememberNodes([])
  writeFileSync(path, text)
  expect(await memory().recallNodes()).toBeNull()
  await memory().rememberNodes(nodes)
  expect(await memory().recallNodes()).toEqual(nodes)
})

it('fails nobody where it cannot write, and writes through no link', async () => {
  mkdirSync(folder)
  writeFileSync(box.path('elsewhere'), 'kept')
  symlinkSync(box.path('elsewhere'), path)
  await memory().rememberNodes(nodes)
  expect(readFileSync(box.path('elsewhere'), 'utf8')).toBe('kept')
  const inFile = createNodeMemory(`${box.path('elsewhere')}/nodes.json`)
  await inFile.rememberNodes(nodes)
  expect(await inFile.recallNodes()).toBeNull()
})
