import { expect, it } from 'vitest'
import { parseEncryptionKey } from '../../../src/base/keys/encryption-key.js'
import { storeNode } from '../../../src/cluster/plain-node.js'
import { nodeMark } from '../../../src/nodes/model/node-mark.js'
import { ip, node } from '../../support/nodes.js'

const KEY = parseEncryptionKey('42'.repeat(32), 'the test')
const markOf = (...parameters: Parameters<typeof node>) => nodeMark(storeNode(node(...parameters), KEY))

it('a node has the same mark as long as it is the same', () => {
  expect(markOf(0)).toBe(markOf(0))
  expect(markOf(0)).toMatch(/^0x[0-9a-f]{64}$/)
})

it.each([
  ['another key', () => markOf(1, { ipv4Addr: ip('20.0.0.1') })],
  ['another address', () => markOf(0, { ipv4Addr: ip('20.0.0.2') })],
  ['a private address', () => markOf(0, { privateIpv4Addr: ip('10.0.0.1') })],
  ['another primary port', () => markOf(0, { primaryPort: 3009 })],
  ['another secondary port', () => markOf(0, { secondaryPort: 3012 })],
])('%s is another mark', (_, changed) => {
  expect(changed()).not.toBe(markOf(0))
})
