// The history of a month with 10 000 events, told by a provider that gives 10 000 blocks at a time: read, and read again.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { encodeAbiParameters, encodeEventTopics, encodeFunctionResult, parseAbi } from 'viem'
import { wcn } from './processes.mjs'
import { ms, row } from './table.mjs'

const EVENTS = 10_000
/** Of 2 s each: a month. */
const BLOCKS = 1_296_000
const MOST_BLOCKS = 10_000
const OPERATORS = 20
const NODES = 8
const CONTRACT = `0x${'12'.repeat(20)}`
const EVERY = Math.floor(BLOCKS / (EVENTS + 1))

const ABI = parseAbi([
  'struct Settings { uint16 maxOperatorDataBytes; uint8 minOperators; bytes extra; }',
  'struct NodeOperator { address addr; bytes data; }',
  'struct Keyspace { uint256 operatorBitmask; uint8 replicationStrategy; }',
  'struct Migration { uint64 id; uint64 startedAt; uint64 abortedAt; uint256 pullingOperatorBitmask; }',
  'struct ClusterView { address owner; Settings settings; uint128 version; uint64 keyspaceVersion; NodeOperator[] operatorSlots; Keyspace[2] keyspaces; Migration migration; address maintenanceSlot; }',
  'function getView() view returns (ClusterView)',
  'event NodeOperatorUpdated(address indexed operator, uint8 indexed slot, bytes operatorData, uint128 version)',
])
const UPDATED = [{ type: 'bytes' }, { type: 'uint128' }]

export async function history(folder) {
  const logs = Array.from({ length: EVENTS }, (_, index) => logOf(index + 1))
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const asked = JSON.parse(text)
    const answer = ({ id, method, params }) => ({ jsonrpc: '2.0', id, ...replyTo(method, params, logs) })
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(Array.isArray(asked) ? asked.map(answer) : answer(asked)))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const env = {
    RPC_PROVIDER_URL: `http://127.0.0.1:${server.address().port}`,
    SMART_CONTRACT_ADDRESS: CONTRACT,
    SMART_CONTRACT_ENCRYPTION_KEY: digest('key').toString('hex'),
    WCN_STATE_DIR: join(folder, 'history'),
  }
  try {
    const what = `\`wcn cluster history\`, ${EVENTS} events, ${MOST_BLOCKS} blocks at a time`
    await measured(what, env, { seconds: 10, mebibytes: 320 })
    await measured('the same again, with what was kept of it', env, { seconds: 1, mebibytes: 320 })
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

async function measured(what, env, { seconds, mebibytes }) {
  const args = ['cluster', 'history', '--since', '1', '--json']
  const { wallMs, cpuMs, peakMiB, stdout } = await wcn(args, { env, metered: true })
  const { events, complete } = JSON.parse(stdout).data
  if (events.length !== EVENTS || !complete) throw new Error(`${events.length} events are told`)
  row(what, `${(wallMs / 1000).toFixed(2)} s, CPU ${ms(cpuMs)}, ${Math.round(peakMiB)} MiB`, {
    value: Math.max(wallMs / 1000 / seconds, peakMiB / mebibytes),
    goal: 1,
    unit: ` of ${seconds} s and of ${mebibytes} MiB`,
  })
}

function replyTo(method, params, logs) {
  const at = (tag) => (tag === 'latest' ? BLOCKS : Number(tag))
  if (method === 'eth_chainId') return { result: hex(10) }
  if (method === 'eth_getBlockByNumber') {
    const number = at(params[0])
    return { result: { number: hex(number), hash: hashOf(number), timestamp: hex(1_700_000_000 + 2 * number) } }
  }
  if (method === 'eth_call') return { result: viewAt(at(params[1])) }
  const [from, to] = [at(params[0].fromBlock), at(params[0].toBlock)]
  if (to - from + 1 > MOST_BLOCKS)
    return { error: { code: -32602, message: `block range is limited to ${MOST_BLOCKS}` } }
  return { result: logs.slice(eventsUpTo(from - 1), eventsUpTo(to)) }
}

/** Event n, from 1 on, is in block n × EVERY, and is about the operators in turn. */
function eventsUpTo(block) {
  return Math.min(EVENTS, Math.max(0, Math.floor(block / EVERY)))
}

function logOf(n) {
  const slot = n % OPERATORS
  return {
    address: CONTRACT,
    topics: encodeEventTopics({
      abi: ABI,
      eventName: 'NodeOperatorUpdated',
      args: { operator: addressOf(slot), slot },
    }),
    data: encodeAbiParameters(UPDATED, [operatorData(slot, n), BigInt(n + 1)]),
    blockNumber: hex(n * EVERY),
    blockHash: hashOf(n * EVERY),
    blockTimestamp: hex(1_700_000_000 + 2 * n * EVERY),
    transactionHash: `0x${digest(`transaction ${n}`).toString('hex')}`,
    transactionIndex: '0x1',
    logIndex: '0x0',
    removed: false,
  }
}

function viewAt(block) {
  const made = eventsUpTo(block)
  const lastOf = (slot) => Math.max(0, made - ((((made - slot) % OPERATORS) + OPERATORS) % OPERATORS))
  return encodeFunctionResult({
    abi: ABI,
    functionName: 'getView',
    result: {
      owner: addressOf(100),
      settings: { maxOperatorDataBytes: 4096, minOperators: 5, extra: '0x0100' },
      version: BigInt(made + 1),
      keyspaceVersion: 0n,
      operatorSlots: Array.from({ length: OPERATORS }, (_, slot) => ({
        addr: addressOf(slot),
        data: operatorData(slot, lastOf(slot)),
      })),
      keyspaces: [
        { operatorBitmask: 31n, replicationStrategy: 0 },
        { operatorBitmask: 0n, replicationStrategy: 0 },
      ],
      migration: { id: 0n, startedAt: 0n, abortedAt: 0n, pullingOperatorBitmask: 0n },
      maintenanceSlot: `0x${'0'.repeat(40)}`,
    },
  })
}

/** Schema 1: name, nodes, no clients (spec: operator data blob). With each revision a node has another address. */
function operatorData(slot, revision) {
  const name = Buffer.from(`operator ${slot}`)
  const nodes = Array.from({ length: NODES }, (_, index) =>
    Buffer.concat([
      Buffer.from('26002408011220', 'hex'),
      digest(`node ${slot} ${index}`),
      digest(`nonce ${slot} ${index}`).subarray(0, 4),
      Buffer.from('01', 'hex'),
      digest(`address ${slot} ${index} ${index === 0 ? revision : 0}`).subarray(0, 4),
      Buffer.from('c217c317', 'hex'),
    ]),
  )
  const whole = [Buffer.from([1, name.length]), name, Buffer.from([NODES]), ...nodes, Buffer.from([0])]
  return `0x${Buffer.concat(whole).toString('hex')}`
}

function addressOf(slot) {
  return `0x${digest(`operator ${slot}`).subarray(0, 20).toString('hex')}`
}

function hashOf(block) {
  return `0x${digest(`block ${block}`).toString('hex')}`
}

function digest(text) {
  return createHash('sha256').update(text).digest()
}

function hex(value) {
  return `0x${value.toString(16)}`
}
