// Bundled and run by node-fleet.mjs: serves nodes, tells where on one line of stdout, and ends with its stdin.

import { parseAddress } from '../../src/base/address.ts'
import { createDeadline } from '../../src/base/deadline.ts'
import { parseEncryptionKey } from '../../src/base/keys/encryption-key.ts'
import { encodeNodeSecretKey } from '../../src/base/keys/node-keypair.ts'
import { encodeCall } from '../../src/chain/calls.ts'
import { connectChain } from '../../src/chain/evm-chain.ts'
import { encodeOperatorData } from '../../src/cluster/codec/operator-data.ts'
import { storeNode } from '../../src/cluster/plain-node.ts'
import { plainOf, startTestDatabase, startTestNode } from '../../test/support/stand-ins.ts'

const { count, own } = JSON.parse(process.argv[2])
const { RPC_PROVIDER_URL, SMART_CONTRACT_ADDRESS, SMART_CONTRACT_ENCRYPTION_KEY } = process.env
const operator = process.env.WCN_DEVNET_OPERATOR_0_ADDRESS
const contract = parseAddress(SMART_CONTRACT_ADDRESS, 'the env file')

const view = own ? null : await clusterNow()
const served = []
const chain = {
  rpcUrl: RPC_PROVIDER_URL,
  contract: SMART_CONTRACT_ADDRESS,
  encryptionKey: SMART_CONTRACT_ENCRYPTION_KEY,
}
const database = own ? await startTestDatabase() : undefined
// A thousand that follow the chain would measure the chain.
for (let n = 0; n < count; n++)
  served.push(await (own ? startTestNode(chain, { database }) : startTestNode(() => view)))
const nodes = served.map(plainOf)
if (own) {
  const key = parseEncryptionKey(SMART_CONTRACT_ENCRYPTION_KEY, 'the env file')
  const data = encodeOperatorData({ name: 'acme', nodes: nodes.map((one) => storeNode(one, key)), clients: [] })
  const call = encodeCall(contract, {
    fn: 'updateNodeOperatorData',
    operator: parseAddress(operator, 'the env file'),
    data,
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
process.stdout.write(`${JSON.stringify({ nodes: listed, secretKey })}\n`)
process.stdin.resume().once('end', () => process.exit())

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
