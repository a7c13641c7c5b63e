/** A look of the exporter that finds all there can be. */
import type { ExporterLook } from '../../src/exporter/model/samples.js'

const node = (index: number, more: object) => ({
  ...{ index, peer_id: `12D3${index}`, state: 'up', caught_up: true, database: true, software_version: 260209.1 },
  ...more,
})
const STATUS = {
  checked_at: 1_790_000_000,
  cluster: {
    version: '18446744073709551616',
    keyspace_version: 3,
    block: { number: 7, hash: '0x' },
    max_operator_data_bytes: 4096,
  },
  operators: [
    {
      slot: 0,
      name: 'a "b"\\\n',
      live: true,
      data_bytes: 162,
      nodes: [node(0, {}), node(1, { state: 'silent', caught_up: null })],
    },
    {
      slot: 3,
      name: null,
      live: null,
      data_bytes: 0,
      nodes: [node(0, { state: 'unknown', caught_up: null, database: null })],
    },
  ],
  quorum: {
    replicas: { five: 10, four: 2, three: 1, fewer: 0 },
    without_reads: { shards: 0 },
    without_writes: { shards: 4 },
    one_outage: { shards: 1 },
  },
  maintenance: { holder: '0x1', name: 'a', since: { kind: 'at', time: 1_789_999_000, block: 1 } },
  migration: { pulling: [{ slot: 3, name: null, shards_to_pull: 12 }] },
}
const provider = (host: string, number: number, latencyMs: number) => ({
  host,
  found: { chainId: 10, block: { number, time: 1_789_999_990 }, latencyMs },
  problem: null,
})
export const FULL_LOOK = {
  status: STATUS,
  providers: [
    provider('rpc.example.com', 100, 250),
    { host: 'rpc.example.net', found: null, problem: 'it is silent' },
    provider('rpc.example.com', 93, 20),
  ],
  funds: { account: '0xa1', balanceEth: 0.25, writesLeft: 400 },
} as unknown as ExporterLook
