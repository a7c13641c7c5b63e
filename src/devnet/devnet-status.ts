/** `devnet status`: what of a rehearsal network runs, where, and what is broken in it on purpose. */
import { DEVELOPMENT_CHAIN_ID } from '../base/chain-ids.js'
import type { ActionResult, DataOf, Services } from '../cli/services.js'
import { EXIT_CHECK_FAILED } from '../errors/exit-codes.js'
import { findNetwork, type Network } from './find-network.js'
import { type StandInState, targetOf } from './model/stand-in-states.js'
import { residentBytes } from './stand-in/process-memory.js'

export interface Input {
  readonly out?: string
}

export type DevnetStatusJson = DataOf<typeof run>

/** Exit code 8 when the chain or a stand-in is not up. Memory is in bytes. Throws FILE_UNREADABLE, DOCUMENT_INVALID. */
export async function run(services: Services, { out }: Input) {
  const network = await findNetwork(services, out)
  const standIns = network.standIns.map((state) => standInJson(state, network.standIns))
  const pids = new Set(network.standIns.flatMap(({ record }) => record?.pid ?? []))
  const processes = [network.known.pid, ...pids].flatMap((pid) => {
    const memory = residentBytes(pid)
    return memory === null ? [] : [{ pid, memory_bytes: memory }]
  })
  const data = { env_file: network.envFile, chain: chainJson(network), stand_ins: standIns, processes }
  const isUp = data.chain.up && data.chain.fault === null && standIns.every(({ state }) => state === 'up')
  return { data, ...(isUp ? {} : { exitCode: EXIT_CHECK_FAILED }) } satisfies ActionResult<typeof data>
}

function chainJson({ known, snapshot, why, chainFault }: Network) {
  return {
    up: snapshot !== null,
    fault: chainFault,
    problem: why,
    rpc_url: known.rpcUrl,
    chain_id: DEVELOPMENT_CHAIN_ID,
    contract: known.contract,
    pid: known.pid,
    block: snapshot?.block.number ?? null,
  }
}

function standInJson(state: StandInState, all: readonly StandInState[]) {
  const { slot, operator, name, index, kind, peerId, condition, record } = state
  const database = record?.database_peer_id ?? null
  return {
    target: targetOf(state),
    slot,
    operator,
    name,
    kind,
    node_index: index,
    peer_id: peerId,
    state: condition,
    fault: record?.fault ?? null,
    problem: record?.problem ?? null,
    primary_port: record?.primary_port ?? null,
    secondary_port: record?.secondary_port ?? null,
    metrics_port: record?.metrics_port ?? null,
    /** How a node's database is, where somebody stands in for it. */
    database: all.find((one) => one.kind === 'database' && one.peerId === database)?.condition ?? null,
    pid: record?.pid ?? null,
    source: record?.source ?? null,
  }
}
