/** What readers of `config check` would have found of a sound deployment, and one edit of it at a time. */

import type { CheckTools } from '../../src/lint/model/checked-service.js'
import type { Finding } from '../../src/lint/model/finding.js'
import type { Found, FoundService, FoundVariable } from '../../src/lint/model/found.js'
import { checkOffline } from '../../src/lint/model/rules.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { CONTRACT, databaseKey, ENCRYPTION_KEY, nodeKeys, OPERATOR_KEY, RPC_URL, secretOf } from './deployment.js'

export type Values = Readonly<Record<string, string | null>>

const SERVICE = { machine: null, image: null, published: [], reachedByPorts: false, surges: [] } as const

/** One variable a line, from line 1; the file is called like the service. */
export function service(kind: FoundService['kind'], name: string, values: Values): FoundService {
  return { ...SERVICE, kind, name, variables: variablesOf(name, values), place: { file: name, line: null } }
}

export function variablesOf(file: string, values: Values): readonly FoundVariable[] {
  return Object.entries(values).map(([name, value], index) => ({ name, value, place: { file, line: index + 1 } }))
}

export const DATABASE: Values = {
  SECRET_KEY: secretOf(databaseKey),
  PRIMARY_RPC_SERVER_PORT: '3000',
  SECONDARY_RPC_SERVER_PORT: '3001',
  METRICS_SERVER_PORT: '3002',
  ROCKSDB_DIR: '/wcn/rocksdb',
}

export function nodeValues(key: string): Values {
  return {
    SECRET_KEY: key,
    PRIMARY_RPC_SERVER_PORT: '3010',
    SECONDARY_RPC_SERVER_PORT: '3011',
    METRICS_SERVER_PORT: '3012',
    DATABASE_RPC_SERVER_ADDRESS: '10.0.10.5',
    DATABASE_PEER_ID: databaseKey.peerId,
    DATABASE_PRIMARY_RPC_SERVER_PORT: '3000',
    DATABASE_SECONDARY_RPC_SERVER_PORT: '3001',
    SMART_CONTRACT_ADDRESS: CONTRACT,
    SMART_CONTRACT_ENCRYPTION_KEY: ENCRYPTION_KEY,
    RPC_PROVIDER_URL: RPC_URL,
  }
}

export const N0: Values = { ...nodeValues(secretOf(nodeKeys[0])), SMART_CONTRACT_SIGNER_PRIVATE_KEY: OPERATOR_KEY }
export const N1: Values = nodeValues(secretOf(nodeKeys[1]))

/** Of a variable of the sound deployment, counted from 1. */
export function lineOf(values: Values, name: string): number {
  return Object.keys(values).indexOf(name) + 1
}

export interface Edit {
  readonly db?: Values
  readonly n0?: Values
  readonly n1?: Values
}

/** The sound deployment with other values; a value of undefined takes the variable out. */
export function deployment({ db, n0, n1 }: Edit = {}): Found {
  return found([
    service('database', 'db.env', { ...DATABASE, ...db }),
    service('node', 'n0.env', { ...N0, ...n0 }),
    service('node', 'n1.env', { ...N1, ...n1 }),
  ])
}

export function found(services: readonly FoundService[], rest: Partial<Found> = {}): Found {
  return { services, files: [], remarks: [], ...rest }
}

export function without(values: Values, ...names: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)))
}

export const TOOLS: CheckTools = {
  nearest: () => null,
  addressOf: async (key) => privateKeySigner(key).address,
  operator: null,
  allowPrivateAddresses: false,
}

export async function checks(what: Found, tools: Partial<CheckTools> = {}): Promise<readonly Finding[]> {
  return (await checkOffline(what, { ...TOOLS, ...tools })).findings
}

/** `status id file:line` of everything that is no pass and no skip. */
export async function faults(what: Found, tools: Partial<CheckTools> = {}): Promise<readonly string[]> {
  return (await checks(what, tools)).filter(({ status }) => status === 'fail' || status === 'warn').map(inShort)
}

export function inShort({ status, id, file, line }: Finding): string {
  return `${status} ${id} ${file ?? '-'}:${line ?? '-'}`
}
