// Fills a development chain's cluster, up to 256 operators of 78 nodes each: the largest view there can be.
import { randomBytes } from 'node:crypto'
import { encodeFunctionData, parseAbi } from 'viem'

const ABI = parseAbi([
  'struct NodeOperator { address addr; bytes data; }',
  'function addNodeOperator(NodeOperator operator)',
  'function updateNodeOperatorData(address operatorAddress, bytes data)',
])
const OPERATORS = 256
const NODES = 78

/** The largest one. Bytes of all operators' data. */
export async function bigCluster(env) {
  const all = Array.from({ length: OPERATORS }, (_, slot) => operatorData(slot).toString('hex'))
  await fillCluster(
    env,
    all.map((hex) => `0x${hex}`),
  )
  return all.reduce((sum, hex) => sum + hex.length / 2, 0)
}

/** Operators with this data, in hex. Owner's writes, unsigned: the development chain lets anybody speak for an account. */
export async function fillCluster(env, operators) {
  const rpc = async (method, params) => {
    const answer = await fetch(env.RPC_PROVIDER_URL.replace(/^ws/, 'http'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
    const { result, error } = await answer.json()
    if (error) throw new Error(`${method}: ${error.message}`)
    return result
  }
  const owner = `0x${(await rpc('eth_call', [{ to: env.SMART_CONTRACT_ADDRESS, data: '0x8da5cb5b' }, 'latest'])).slice(-40)}`
  await rpc('anvil_impersonateAccount', [owner])
  await rpc('anvil_setBalance', [owner, `0x${(10n ** 24n).toString(16)}`])
  for (const [slot, hex] of operators.entries()) {
    const known = env[`WCN_DEVNET_OPERATOR_${slot}_ADDRESS`]
    const input = known
      ? encodeFunctionData({ abi: ABI, functionName: 'updateNodeOperatorData', args: [known, hex] })
      : encodeFunctionData({
          abi: ABI,
          functionName: 'addNodeOperator',
          args: [{ addr: `0x${randomBytes(20).toString('hex')}`, data: hex }],
        })
    await rpc('eth_sendTransactionSync', [
      { from: owner, to: env.SMART_CONTRACT_ADDRESS, data: input, gas: '0x5f5e100' },
    ])
  }
}

/** Schema 1: name, nodes, no clients (spec: operator data blob); the addresses are any 4 bytes. */
function operatorData(slot) {
  const name = Buffer.from(`operator ${slot}`)
  const node = () =>
    Buffer.concat([
      Buffer.from('26002408011220', 'hex'),
      randomBytes(32 + 4),
      Buffer.from('01', 'hex'),
      randomBytes(4),
      Buffer.from('c217c317', 'hex'),
    ])
  return Buffer.concat([
    Buffer.from([1, name.length]),
    name,
    Buffer.from([NODES]),
    ...Array.from({ length: NODES }, node),
    Buffer.from([0]),
  ])
}
