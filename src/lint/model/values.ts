/**
 * Parses the values of a service's variables, each once: a value that can't be parsed is reported here and is missing to every
 * other rule, so that one mistake is reported once (docs/dev/network/node-protocol.md, "Refuses to start", "Starts without a
 * word").
 */
import { type Address, parseAddress } from '../../base/address.js'
import { parseEncryptionKey } from '../../base/keys/encryption-key.js'
import { keypairFromSecret } from '../../base/keys/node-keypair.js'
import { type OperatorPrivateKey, parseOperatorPrivateKey } from '../../base/keys/operator-key.js'
import type { PeerId } from '../../base/keys/peer-id.js'
import { requireUnpublishedKey } from '../../base/keys/published-key.js'
import type { Secret } from '../../base/secret.js'
import {
  type Grammar,
  knownNames,
  SERVICE_VARIABLES,
  type ServiceVariable,
  SIGNING_KEY_VARIABLE,
} from '../../deploy/model/service-variables.js'
import { GRAMMARS } from '../../deploy/model/variable-grammars.js'
import { WcnError } from '../../errors/wcn-error.js'
import { type Complaint, fail, type Rule } from './finding.js'
import type { FoundService, FoundVariable } from './found.js'

/** A value that could be read, and where it stands. */
export interface ParsedVariable<T> {
  readonly value: T
  readonly variable: FoundVariable
}

/** Missing: not there, not known from the files, or not readable. */
export type Values = {
  readonly [Name in ServiceVariable]?: ParsedVariable<
    ReturnType<(typeof GRAMMARS)[(typeof SERVICE_VARIABLES)[Name]['grammar']]>
  >
} & {
  readonly peerId?: ParsedVariable<PeerId>
  /** The account of the signing key. */
  readonly signer?: ParsedVariable<Address>
}

export type AddressOf = (key: OperatorPrivateKey) => Promise<Address>

/** In the order of their rules: the rule, what its pass says, and the grammar whose values it judges. */
const RULES: readonly (readonly [id: string, passed: string, grammar?: Grammar])[] = [
  ['quoted-value', 'no value has quotes around it'],
  ['port', 'every port is a plain number from 1 to 65535', 'port'],
  ['secret-key', 'every SECRET_KEY is one of 32 bytes, and none is the published example', 'node-key'],
  ['database-address', 'the database is reached at an IPv4 address', 'ipv4'],
  ['database-peer-id', 'DATABASE_PEER_ID is one that a database can have', 'peer-id'],
  ['contract-address', 'the contract address is one', 'address'],
  ['encryption-key', 'the encryption key is 64 hex digits', 'encryption-key'],
  ['rpc-url', 'RPC_PROVIDER_URL is a WebSocket URL', 'websocket-url'],
  ['signing-key', 'the signing key is the key of an account', 'signing-key'],
  ['rocksdb-dir', 'ROCKSDB_DIR is an absolute path', 'absolute-path'],
  ['optional-variable', 'every optional variable has a value of its kind'],
]

/** Settings of this tool, under both vocabularies' names (docs/dev/command-line.md, "Settings"); each may be left out. */
const SETTINGS: readonly Wanted[] = [
  ['SMART_CONTRACT_ADDRESS', 'contract-address', parseAddress],
  ['WCN_CLUSTER_SMART_CONTRACT_ADDRESS', 'contract-address', parseAddress],
  ['SMART_CONTRACT_ENCRYPTION_KEY', 'encryption-key', parseEncryptionKey],
  ['WCN_CLUSTER_SMART_CONTRACT_ENCRYPTION_KEY', 'encryption-key', parseEncryptionKey],
  [SIGNING_KEY_VARIABLE, 'signing-key', parseOperatorPrivateKey],
  ['WCN_NODE_OPERATOR_PRIVATE_KEY', 'signing-key', parseOperatorPrivateKey],
  ['WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY', 'signing-key', parseOperatorPrivateKey],
]

/** `parse` throws WcnErrors whose sentences show no secrets. */
type Wanted = readonly [name: string, rule: string, parse: (text: string, source: string) => unknown]

export interface Reading {
  readonly values: Values
  /** The rules that had something to judge, with what they found. */
  readonly judged: ReadonlyMap<string, readonly Complaint[]>
}

export const VALUE_RULES = RULES.map(
  ([id, passed]): Rule<{ readonly readings: readonly Reading[] }> => ({
    id,
    passed,
    judge({ readings }) {
      if (!readings.some(({ judged }) => judged.has(id))) return null
      return readings.flatMap(({ judged }) => judged.get(id) ?? [])
    },
  }),
)

/** `effective`: by names in capitals. `isDamaged`: whether a reader said already that the value is not as it was meant. */
export async function readValues(
  { kind, name: service }: FoundService,
  effective: ReadonlyMap<string, FoundVariable>,
  isDamaged: (variable: FoundVariable) => boolean,
  addressOf: AddressOf,
): Promise<Reading> {
  const values: Record<string, ParsedVariable<unknown>> = {}
  const judged = new Map<string, Complaint[]>()
  const judgedBy = (id: string) => {
    const complaints = judged.get(id) ?? []
    judged.set(id, complaints)
    return complaints
  }
  for (const [name, rule, parse] of kind === 'settings' ? SETTINGS : knownNames(kind).map(wantedOf)) {
    const variable = effective.get(name)
    if (!variable?.value || isDamaged(variable)) continue
    const source = `${name} of ${service}`
    const [ofQuotes, ofValue] = [judgedBy('quoted-value'), judgedBy(rule)]
    if (/^["']|["']$/.test(variable.value)) {
      const hint = 'take them off: as this file is read, they are part of the value'
      ofQuotes.push(fail(variable.place, `the value of ${source} has quotes around it`, hint))
      continue
    }
    try {
      const value = parse(variable.value, source)
      values[name] = { value, variable }
      if (name === 'SECRET_KEY') {
        const { peerId } = await keypairFromSecret(value as Secret<Uint8Array>)
        values.peerId = { value: requireUnpublishedKey(peerId, source), variable }
      } else if (name === SIGNING_KEY_VARIABLE && kind === 'node')
        values.signer = { value: await addressOf(value as OperatorPrivateKey), variable }
    } catch (error) {
      if (!(error instanceof WcnError)) throw error
      ofValue.push(fail(variable.place, error.message, error.hint ?? null))
    }
  }
  return { values, judged }
}

function wantedOf(name: string): Wanted {
  const { grammar, required } = SERVICE_VARIABLES[name as ServiceVariable]
  const rule = required || name === SIGNING_KEY_VARIABLE ? RULES.find(([, , judged]) => judged === grammar)?.[0] : null
  return [name, rule ?? 'optional-variable', GRAMMARS[grammar]]
}
