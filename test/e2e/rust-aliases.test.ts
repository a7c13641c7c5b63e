/** Scripts written for the Rust tool keep running: its commands, flags and variables (docs/dev/command-line.md, README). */
import { afterAll, expect, it } from 'vitest'
import { sandbox } from '../support/cli.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'
import { wcnInProcess as wcn, wcnJsonInProcess as wcnJson } from '../support/in-process.js'
import { peerId } from '../support/nodes.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

/** Its vocabulary, over a WebSocket as its users have it. */
function rustVariables({ privateKey }: Account): Variables {
  return {
    WCN_CLUSTER_SMART_CONTRACT_ADDRESS: net.contract,
    WCN_CLUSTER_SMART_CONTRACT_ENCRYPTION_KEY: net.encryptionKey.replace(/^0x/, ''),
    WCN_NODE_OPERATOR_PRIVATE_KEY: privateKey,
    OPTIMISM_RPC_PROVIDER_URL: net.rpcUrl.replace(/^http/, 'ws'),
    WCN_CHAIN_ID: '31337',
    WCN_ALLOW_PRIVATE_ADDRESSES: '1',
  }
}

async function ok(args: readonly string[], env: Variables): Promise<string> {
  const { code, stdout, stderr } = await wcn(args, { env })
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr })
  return stdout
}

it('the node and client commands, their short flags and --auto-approve', async () => {
  const env = rustVariables(net.operators[0] as Account)
  const [node, client] = [peerId(3), peerId(4)]
  await ok(['node', 'add', '-i', node, '-a', '20.4.0.1', '-p', '3010', '-s', '3011', '--auto-approve'], env)
  expect(await ok(['node', 'list'], env)).toContain('20.4.0.1')
  const flags = [
    '--ip-address',
    '20.4.0.2',
    '--private-ip-address',
    '10.4.0.2',
    '--primary-port',
    '3020',
    '--secondary-port',
    '3021',
  ]
  await ok(['node', 'update', '-i', '2', ...flags, '--auto-approve'], env)
  const changed = await wcnJson(['node', 'list'], { env })
  expect(changed.data.nodes[2]).toEqual({
    peer_id: node,
    ipv4_addr: '20.4.0.2',
    private_ipv4_addr: '10.4.0.2',
    primary_port: 3020,
    secondary_port: 3021,
  })
  await ok(['node', 'update', '-i', '2', '--private-ip-address', 'None', '--auto-approve'], env)
  expect((await wcnJson(['node', 'list'], { env })).data.nodes[2].private_ipv4_addr).toBeNull()
  await ok(['node', 'remove', '-i', '2', '--auto-approve'], env)
  expect(await ok(['node', 'list'], env)).not.toContain(node)

  await ok(['client', 'set', '-i', client, '-n', '5', '-n', '6', '--auto-approve'], env)
  expect(await ok(['client', 'list'], env)).toMatch(new RegExp(`${client} +5, 6`))
  // An exception, documented: it does not revoke everything by being short.
  const revoking = await wcn(['client', 'set', '-i', client, '--auto-approve'], { env })
  expect(revoking).toMatchObject({ code: 4, stderr: expect.stringContaining('--revoke-all') })
  await ok(['client', 'remove', '-i', client, '--auto-approve'], env)
  expect(await ok(['client', 'list'], env)).not.toContain(client)
})

it('view, rename and maintenance at the top level', async () => {
  const env = rustVariables(net.operators[1] as Account)
  expect(await ok(['view'], env)).toContain('Bluefin')
  await ok(['rename', '-n', 'Redfin', '--auto-approve'], env)
  expect(await ok(['view'], env)).toContain('Redfin')
  await ok(['maintenance', 'start', '--auto-approve'], env)
  expect(await ok(['maintenance', 'status'], env)).toContain('(Redfin)')
  await ok(['maintenance', 'finish', '--auto-approve'], env)
  expect(await ok(['maintenance', 'status'], env)).toContain('nobody is in maintenance')
  // An exception, documented: nothing is sent without consent.
  const before = await net.state()
  for (const args of [
    ['rename', '-n', 'Other'],
    ['maintenance', 'start'],
  ])
    expect(await wcn(args, { env })).toMatchObject({ code: 3, stderr: expect.stringContaining('--yes') })
  expect(await net.state()).toEqual(before)
})

it('every setting as a flag, with a warning for keys that everybody can see', async () => {
  const operator = net.operators[2] as Account
  const { code, stdout, stderr } = await wcn([
    'view',
    ...['--rpc-provider-url', net.rpcUrl.replace(/^http/, 'ws'), '--chain-id', '31337'],
    ...['--contract-address', net.contract, '--encryption-key', net.encryptionKey],
    ...['--private-key', operator.privateKey],
  ])
  expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(stdout).toContain('Cascadia Nodes')
  expect(stdout).toContain('203.0.113.14')
  expect(stderr).toContain('--private-key shows the key in the process list')
  expect(stderr).toContain('--encryption-key shows the key in the process list')
  for (const secret of [operator.privateKey, net.encryptionKey]) expect(stdout + stderr).not.toContain(secret.slice(2))
})

it('key validate -s, with the same warning', async () => {
  const { secret_key, public_key, peer_id } = (await wcnJson(['key', 'generate'])).data
  const { code, stdout, stderr } = await wcn(['key', 'validate', '-s', secret_key])
  expect(code).toBe(0)
  expect(stdout).toContain(peer_id)
  expect(stdout).toContain(public_key)
  expect(stderr).toContain('--secret-key shows the key in the process list')
  expect(stdout + stderr).not.toContain(secret_key)
})

it('both vocabularies at once, as long as they agree', async () => {
  const operator = net.operators[3] as Account
  const env = { ...rustVariables(operator), ...net.signedBy(operator) }
  const agreeing = {
    ...env,
    OPTIMISM_RPC_PROVIDER_URL: net.rpcUrl,
    WCN_CLUSTER_SMART_CONTRACT_ENCRYPTION_KEY: net.encryptionKey,
  }
  expect(await ok(['view'], agreeing)).toContain('Drifthaus')
  const other = { ...agreeing, WCN_CLUSTER_SMART_CONTRACT_ADDRESS: `0x${'12'.repeat(20)}` }
  const refused = await wcn(['view'], { env: other })
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain('SMART_CONTRACT_ADDRESS and WCN_CLUSTER_SMART_CONTRACT_ADDRESS')
})

it('deploy, as an owner', async () => {
  const env = {
    ...net.cluster,
    SMART_CONTRACT_ADDRESS: '',
    WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.owner.privateKey,
  }
  const founders = net.operators.map(({ address }) => address)
  const deployed = await wcnJson(['admin', 'deploy', '-o', ...founders, '--auto-approve'], { env })
  expect(deployed, deployed.stdout).toMatchObject({ code: 0, data: { owner: net.owner.address, version: 1 } })
  const { contract } = deployed.data
  const view = await wcnJson(['cluster', 'view', '--contract-address', contract], { env })
  expect(view.data.operators.map(({ id }: { id: string }) => id)).toEqual(founders)
  expect(view.data.owner).toBe(net.owner.address)
})
