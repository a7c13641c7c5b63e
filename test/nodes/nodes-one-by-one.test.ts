import { describe, expect, it } from 'vitest'
import { run as add } from '../../src/nodes/nodes-add.js'
import { run as remove } from '../../src/nodes/nodes-remove.js'
import { run as update } from '../../src/nodes/nodes-update.js'
import { ip, node, peerId, placeholder, placeholderId } from '../support/nodes.js'
import { SAMPLE_PEER_ID } from '../support/onboarding.js'
import { rejectedBy } from '../support/rejected.js'
import { blob, OPERATOR, OWN_NODES, useRealCluster, WRONG_KEY } from '../support/use-real-cluster.js'

const { services, stored, ownerWrites, transactionCount } = useRealCluster()
const given = { peerId: peerId(9), ipAddress: '20.0.9.1', primaryPort: '3010', secondaryPort: '3011' }

async function refusal(action: typeof add | typeof update | typeof remove, input: object, options = {}) {
  const { services: all, sent } = services(options)
  const error = await rejectedBy(action(all, input as never))
  expect(sent).toEqual([])
  expect(await transactionCount()).toBe(0)
  return error
}

describe('nodes add', () => {
  it('appends the node and leaves the others as they are', async () => {
    const { data } = await add(services().services, { ...given, privateIpAddress: '10.0.0.9' })
    const added = node(9, { privateIpv4Addr: ip('10.0.0.9') })
    expect((await stored()).nodes).toEqual([...OWN_NODES, added])
    expect(data.changes).toEqual([
      {
        op: 'add',
        path: 'nodes[3]',
        before: null,
        after: {
          peer_id: peerId(9),
          ipv4_addr: '20.0.9.1',
          private_ipv4_addr: '10.0.0.9',
          primary_port: 3010,
          secondary_port: 3011,
        },
      },
    ])
  })

  it('takes no private address by `None`', async () => {
    await add(services().services, { ...given, privateIpAddress: 'None' })
    expect((await stored()).nodes[3]).toEqual(node(9))
  })

  it('takes a peer ID that another node has, at another address', async () => {
    await add(services().services, { ...given, peerId: peerId(0) })
    expect((await stored()).nodes[3]).toEqual(node(0, { ipv4Addr: ip('20.0.9.1') }))
  })

  it.each([
    ['a part is missing', { secondaryPort: undefined }, 'USAGE', /two ports/],
    [
      "the onboarding document's sample",
      { peerId: SAMPLE_PEER_ID },
      'PEER_ID_NOT_A_KEY',
      /^nodes\[3\]\.peer_id is 12D3Kpo.*no ed25519/,
    ],
    ["a placeholder's peer ID", { peerId: placeholderId(3) }, 'PEER_ID_NOT_A_KEY', /no node can ever/],
    ['an EVM address', { peerId: OPERATOR }, 'PEER_ID_INVALID', /^--peer-id .*EVM address/],
    ['a private address', { ipAddress: '192.168.0.9' }, 'ADDRESS_NOT_ROUTABLE', /192\.168\.0\.9 is no public address/],
    ['IPv6', { ipAddress: '2001:db8::1' }, 'IP_ADDRESS_INVALID', /--ip-address.*IPv6/],
    ['a host name', { ipAddress: 'node.example.org' }, 'IP_ADDRESS_INVALID', /host name/],
    ['octal', { ipAddress: '020.0.9.1' }, 'IP_ADDRESS_INVALID', /octal/],
    ['a bad private address', { privateIpAddress: '10.0.0.256' }, 'IP_ADDRESS_INVALID', /--private-ip-address/],
    ['a port out of range', { primaryPort: '65536' }, 'PORT_INVALID', /--primary-port.*out of range/],
    ['port 0', { secondaryPort: '0' }, 'PORT_INVALID', /--secondary-port/],
    ['a port written 1e3', { primaryPort: '1e3' }, 'PORT_INVALID', /not a port/],
    ['one port for both', { secondaryPort: '3010' }, 'PORTS_COLLIDE', /both 3010/],
    ['a port in use at that address', { ipAddress: '20.0.1.1' }, 'PORTS_COLLIDE', /20\.0\.1\.1:3010/],
    ['a node that is there', { peerId: peerId(1), ipAddress: '20.0.1.1' }, 'DUPLICATE_NODE', /twice/],
  ])('refuses: %s', async (_, values, code, sentence) => {
    const error = await refusal(add, { ...given, ...values })
    expect(error.code).toBe(code)
    expect(error.message).toMatch(sentence)
  })

  it('takes a private address with permission', async () => {
    const { services: all } = services({ allowPrivateAddresses: true })
    await add(all, { ...given, ipAddress: '127.0.0.1' })
    // And goes on to work, although nearly no address of this cluster is a private one.
    await add(all, { ...given, ipAddress: '127.0.0.1', primaryPort: '4010', secondaryPort: '4011' })
    await add(all, { ...given, ipAddress: '127.0.0.1', primaryPort: '5010', secondaryPort: '5011' })
    expect((await stored()).nodes).toHaveLength(6)
  })

  it('takes the right key', async () => {
    expect((await refusal(add, given, { encryptionKey: null })).code).toBe('SETTING_MISSING')
    expect((await refusal(add, given, { encryptionKey: WRONG_KEY })).code).toBe('ENCRYPTION_KEY_WRONG')
  })

  it('next to placeholders', async () => {
    await ownerWrites(blob('new', [placeholder(1), placeholder(1)]))
    await add(services().services, given)
    expect((await stored()).nodes).toEqual([placeholder(1), placeholder(1), node(9)])
  })
})

describe('nodes update NODE', () => {
  it.each([
    ['a new peer ID, with which the addresses are encrypted anew', { peerId: peerId(9) }, { peerId: peerId(9) }],
    ['a new address', { ipAddress: '20.9.9.9' }, { ipv4Addr: ip('20.9.9.9') }],
    ['a private address', { privateIpAddress: '10.0.0.1' }, { privateIpv4Addr: ip('10.0.0.1') }],
    ['ports', { primaryPort: '4010', secondaryPort: '4011' }, { primaryPort: 4010, secondaryPort: 4011 }],
  ])('%s: the rest stays, and so does its place', async (_, flags, values) => {
    const { data } = await update(services().services, { node: '1', ...flags })
    expect((await stored()).nodes).toEqual([node(0), node(1, values), node(2)])
    expect(data.changes).toMatchObject([{ op: 'update', path: 'nodes[1]' }])
  })

  it.each([
    ['its index', { node: '2' }],
    ['its index by flag', { index: '2' }],
    ['its peer ID', { node: peerId(2) }],
    ['its endpoint', { node: '20.0.2.1:3010' }],
  ])('by %s', async (_, selector) => {
    await update(services().services, { ...selector, primaryPort: '4010' })
    expect((await stored()).nodes).toEqual([node(0), node(1), node(2, { primaryPort: 4010 })])
  })

  it('clears a private address', async () => {
    await ownerWrites(blob('x', [node(0, { privateIpv4Addr: ip('10.0.0.1') }), node(1)]))
    await update(services().services, { node: '0', privateIpAddress: 'none' })
    expect((await stored()).nodes).toEqual([node(0), node(1)])
  })

  it('to what it is already is nothing to do', async () => {
    const { data } = await update(services().services, { node: '1', primaryPort: '3010', peerId: peerId(1) })
    expect(data).toMatchObject({ changed: false, changes: [], transaction: null })
    expect(await transactionCount()).toBe(0)
  })

  it('makes a real node of a placeholder', async () => {
    await ownerWrites(blob('new', [placeholder(1), placeholder(1)]))
    await update(services().services, { node: '0', peerId: peerId(9), ipAddress: '20.0.9.1' })
    expect((await stored()).nodes).toEqual([node(9), placeholder(1)])
  })

  it.each([
    ['no such index', { node: '3', primaryPort: '1' }, 'SELECTOR_NO_MATCH', /no node/],
    ['no such peer ID', { node: peerId(30), primaryPort: '1' }, 'SELECTOR_NO_MATCH', /no node/],
    ['no selector', { primaryPort: '1' }, 'USAGE', /either one node, or -f FILE, or --plan FILE/],
    ['two selectors', { node: '1', index: '2', primaryPort: '1' }, 'USAGE', /given twice/],
    ['a selector and a file', { node: '1', file: 'x' }, 'USAGE', /either one node/],
    ['a file and a plan', { plan: 'y', file: 'x' }, 'USAGE', /either one node/],
    ['no new value', { node: '1' }, 'USAGE', /no new value/],
    [
      'the sample peer ID',
      { node: '1', peerId: SAMPLE_PEER_ID },
      'PEER_ID_NOT_A_KEY',
      /^nodes\[1\]\.peer_id is 12D3Kpo/,
    ],
    ['a private address', { node: '1', ipAddress: '10.0.0.1' }, 'ADDRESS_NOT_ROUTABLE', /^nodes\[1\] .*: 10\.0\.0\.1/],
    ["another node's endpoint", { node: '1', ipAddress: '20.0.0.1' }, 'PORTS_COLLIDE', /20\.0\.0\.1:3010/],
    ['another node', { node: '1', ipAddress: '20.0.0.1', peerId: peerId(0) }, 'DUPLICATE_NODE', /twice/],
    ['its own other port', { node: '1', secondaryPort: '3010' }, 'PORTS_COLLIDE', /both 3010/],
  ])('refuses: %s', async (_, input, code, sentence) => {
    const error = await refusal(update, input)
    expect(error.code).toBe(code)
    expect(error.message).toMatch(sentence)
  })

  it('refuses a selector that matches two nodes', async () => {
    await ownerWrites(blob('x', [node(0), node(0, { ipv4Addr: ip('20.9.9.9') })]))
    const error = await refusal(update, { node: peerId(0), primaryPort: '4010' })
    expect(error.code).toBe('SELECTOR_AMBIGUOUS')
    expect(error.details).toEqual({ matches: [0, 1] })
  })

  it('refuses to keep a placeholder while it changes it', async () => {
    await ownerWrites(blob('new', [placeholder(1), placeholder(1)]))
    const error = await refusal(update, { node: '0', ipAddress: '20.0.0.1' })
    expect(error.code).toBe('PEER_ID_NOT_A_KEY')
  })

  it('never hits a neighbour when the list changes before it is sent', async () => {
    const { services: all } = services({
      confirm: async () => {
        await remove(services().services, { node: '0' })
        return true
      },
    })
    const { data } = await update(all, { node: '1', primaryPort: '4010' })
    expect(data.changes).toMatchObject([{ op: 'update', path: 'nodes[0]', before: { peer_id: peerId(1) } }])
    expect((await stored()).nodes).toEqual([{ ...node(1), primaryPort: 4010 }, node(2)])
  })

  it.each([
    ['removed', { node: '1' }, remove],
    ['changed', { node: '1', primaryPort: '4999' }, update],
  ])('stops where another write %s that very node', async (_, input, write) => {
    const { services: all } = services({
      confirm: async () => {
        await write(services().services, input)
        return true
      },
    })
    const error = await rejectedBy(update(all, { node: '1', primaryPort: '4010' }))
    expect(error.code).toBe('STATE_CHANGED')
    expect(error.details).toMatchObject({ meant: { peer_id: peerId(1), primary_port: node(1).primaryPort } })
    expect(await transactionCount()).toBe(1)
  })
})

describe('nodes remove NODE', () => {
  it.each([
    ['an index', { node: '1' }],
    ['an index by flag', { index: '1' }],
    ['a peer ID', { node: peerId(1) }],
    ['an endpoint', { node: '20.0.1.1:3011' }],
  ])('by %s', async (_, input) => {
    const { data } = await remove(services().services, input)
    expect((await stored()).nodes).toEqual([node(0), node(2)])
    expect(data.changes).toMatchObject([
      { op: 'remove', path: 'nodes[1]', before: { peer_id: peerId(1) }, after: null },
    ])
  })

  it('takes no key by index or peer ID, and says so by endpoint', async () => {
    expect((await refusal(remove, { node: '20.0.1.1:3010' }, { encryptionKey: null })).code).toBe('SETTING_MISSING')
    await remove(services({ encryptionKey: null }).services, { node: '1' })
    expect((await stored()).nodes).toEqual([node(0), node(2)])
  })

  it('refuses to leave one node', async () => {
    await ownerWrites(blob('x', [node(0), node(1)]))
    const error = await refusal(remove, { node: '0' })
    expect(error.code).toBe('TOO_FEW_NODES')
    expect(error.message).toContain('would leave 1')
  })

  it.each([
    ['nothing matches', { node: '7' }, 'SELECTOR_NO_MATCH'],
    ['nothing is said', {}, 'USAGE'],
    ['two things are said', { node: '1', index: '2' }, 'USAGE'],
    ['nonsense is said', { node: 'abc' }, 'PEER_ID_INVALID'],
  ])('refuses: %s', async (_, input, code) => expect((await refusal(remove, input)).code).toBe(code))

  it('takes a placeholder away by its peer ID', async () => {
    await ownerWrites(blob('x', [placeholder(1), node(0), node(1)]))
    await remove(services().services, { node: placeholderId(1) })
    expect((await stored()).nodes).toEqual([node(0), node(1)])
  })
})
