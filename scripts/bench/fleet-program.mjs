// Bundled and run by node-fleet.mjs: serves nodes, tells where on one line of stdout, reads the cluster anew for each line
// of its stdin, and ends with that.

import { createInterface } from 'node:readline'
import { parseAddress } from '../../src/base/address.ts'
import { createDeadline } from '../../src/base/deadline.ts'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.ts'
import { encodeNodeSecretKey } from '../../src/base/keys/node-keypair.ts'
import { encodeCall } from '../../src/chain/calls.ts'
import { connectChain } from '../../src/chain/evm-chain.ts'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.ts'
import { storeNode } from '../../src/cluster/plain-node.ts'
import { plainOf, startTestDatabase, startTestNode } from '../../test/support/stand-ins.ts'

/** Operators that a node knows of: the first has the key by which it is asked. */
const KNOWN = 2
const { count, own, perOperator } = JSON.parse(process.argv[2])
const { RPC_PROVIDER_URL, SMART_CONTRACT_ADDRESS, SMART_CONTRACT_ENCRYPTION_KEY } = process.env
const operator = process.env.WCN_DEVNET_OPERATOR_0_ADDRESS
const contract = parseAddress(SMART_CONTRACT_ADDRESS, 'the env file')

let view = own ? null : await clusterNow()
const served = []
const chain = {
  rpcUrl: RPC_PROVIDER_URL,
  contract: SMART_CONTRACT_ADDRESS,
  encryptionKey: SMART_CONTRACT_ENCRYPTION_KEY,
}
let database = own ? await startTestDatabase() : undefined
// A thousand that follow the chain would measure the chain.
for (let n = 0; n < count; n++) {
  if (perOperator && n % perOperator === 0) database = await startTestDatabase()
  served.push(await (own ? startTestNode(chain, { database }) : startTestNode(() => view, { database })))
}
const nodes = served.map(plainOf)
if (own) {
  const call = encodeCall(contract, {
    fn: 'updateNodeOperatorData',
    operator: parseAddress(operator, 'the env file'),
    data: dataOf('acme', nodes),
  })
  await rpc('anvil_impersonateAccount', [operator])
  await rpc('eth_sendTransactionSync', [{ from: operator, gas: '0x989680', ...call }])
}
const [first] = served
const secretKey = encodeNodeSecretKey(first.keypair.secretKey)
const listed = nodes.map(({ peerId, ipv4Addr, primaryPort, secondaryPort }) => ({
  peer_id: peerId,
  ipv4_addr: ipv4Addr,
  primary_port: primaryPort,
  secondary_port: secondaryPort,
}))
const operators = Array.from({ length: perOperator ? count / perOperator : 0 }, (_, index) => {
  const its = nodes.slice(index * perOperator, (index + 1) * perOperator)
  return `0x${Buffer.from(dataOf(`of ${its[0].peerId.slice(-8)}`, its)).toString('hex')}`
})
process.stdout.write(`${JSON.stringify({ nodes: listed, secretKey, operators })}\n`)
for await (const _ of createInterface(process.stdin)) {
  // A node tells of each connection to each other one: of all of them it would be megabytes.
  const { operators: all, ...now } = await clusterNow()
  view = { ...now, operators: all.slice(0, KNOWN) }
  process.stdout.write('\n')
}
process.exit()

/** As the chain stores it, in hex. */
function dataOf(name, some) {
  const key = parseEncryptionKey(SMART_CONTRACT_ENCRYPTION_KEY, 'the env file')
  return encodeOperatorData({ name, nodes: some.map((one) => storeNode(one, key)), clients: [] })
}

async function clusterNow() {
  const providers = [{ url: RPC_PROVIDER_URL, headers: {}, proxy: null }]
  const chain = await connectChain(
    {
      providers: { providers, quorum: 1, certificateAuthorities: null },
      chainId: 31337,
      contract: () => contract,
      requestTimeoutMs: 10_000,
      deadline: createDeadline(() => 0, null),
      warn: () => {},
    },
    { sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
  )
  const { view: now } = await chain.readCluster()
  chain.close()
  return now
}

async function rpc(method, params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const answer = await fetch(RPC_PROVIDER_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  const { error } = await answer.json()
  if (error) throw new Error(`${method}: ${error.message}`)
}
