/** What a call of the cluster contract does, for people who have to agree to it. */
import { type Address, checksumAddress, ZERO_ADDRESS } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { DecodedCall, EncodedSettings } from '../chain/calls.js'
import { clientJson, nodeJson } from '../cluster/to-json.js'
import { readOperatorData, settingsDataJson } from './call-arguments.js'

/** `words`: what it does to what, in one line; `details`: what it brings, a line each. Names in them are untrusted. */
export function callInWords(call: DecodedCall, key: EncryptionKey | null) {
  const [words, details = []] = inWords(call, key)
  return { words, details }
}

function inWords(call: DecodedCall, key: EncryptionKey | null): readonly [string, (readonly string[])?] {
  switch (call.fn) {
    case 'initialize':
      return [
        `found a cluster of ${counted(call.operators.length, 'operator')}`,
        [
          ...settingsInWords(call.settings),
          ...call.operators.flatMap(({ id, data }) => [
            `operator ${checksumAddress(id)}`,
            ...dataInWords(data, key).map((line) => `  ${line}`),
          ]),
        ],
      ]
    case 'startMigration': {
      const operators = counted(call.slots.length, 'operator')
      return [`start a data migration to the keyspace of ${operators}: slots ${listed(call.slots)}`]
    }
    case 'completeMigration':
      return [`say that the sender has pulled its data in migration ${call.id}`]
    case 'abortMigration':
      return [`abort data migration ${call.id}`]
    case 'addNodeOperator':
      return [`add operator ${named(call.operator, call.data)}`, dataInWords(call.data, key)]
    case 'updateNodeOperatorData':
      return [`replace all data of operator ${named(call.operator, call.data)}`, dataInWords(call.data, key)]
    case 'removeNodeOperator':
      return [`remove operator ${checksumAddress(call.operator)} from the cluster`]
    case 'setMaintenance':
      return [call.active ? 'take the maintenance slot for the sender' : 'free the maintenance slot']
    case 'updateSettings':
      return ["replace the cluster's settings", settingsInWords(call.settings)]
    case 'transferOwnership': {
      const owner = checksumAddress(call.newOwner)
      return [
        call.newOwner === ZERO_ADDRESS
          ? "take back the offer of the cluster's ownership, if one was made"
          : `offer the cluster's ownership to ${owner}, who becomes the owner by accepting it`,
      ]
    }
    case 'acceptOwnership':
      return ["make the sender the cluster's owner, to whom that was offered"]
    case 'renounceOwnership':
      return ['leave the cluster without an owner for ever']
    case 'upgradeToAndCall':
      return [
        `replace the contract's code by that of ${checksumAddress(call.implementation)}`,
        call.data.length === 0 ? [] : [`and then call it with ${counted(call.data.length, 'byte')}`],
      ]
    case 'read':
      return [`only read (${call.signature})`]
  }
}

function named(operator: Address, data: Uint8Array): string {
  const { content } = readOperatorData(data)
  return `${checksumAddress(operator)}${content ? ` ${JSON.stringify(content.name)}` : ''}`
}

function dataInWords(data: Uint8Array, key: EncryptionKey | null): readonly string[] {
  const { content, reason } = readOperatorData(data)
  if (content === null) return [`${counted(data.length, 'byte')} that the network can't read: ${reason}`]
  const nodes = content.nodes.map((node) => {
    const { peer_id, ipv4_addr, private_ipv4_addr, primary_port, secondary_port } = nodeJson(node, key)
    const inner = private_ipv4_addr === null ? '' : ` (private ${private_ipv4_addr})`
    return `node ${peer_id} at ${ipv4_addr ?? 'an encrypted address'}${inner}, ports ${primary_port} and ${secondary_port}`
  })
  const clients = content.clients.map(clientJson).map(({ peer_id, authorized_namespaces }) => {
    return `client ${peer_id} for namespaces ${listed(authorized_namespaces)}`
  })
  return [
    `name ${JSON.stringify(content.name)}`,
    ...nodes,
    ...(clients.length === 0 ? ['no clients'] : clients),
    `${counted(data.length, 'byte')} in all`,
  ]
}

function settingsInWords(settings: EncodedSettings): readonly string[] {
  return Object.entries(settingsDataJson(settings)).map(([name, value]) => `${name} ${value}`)
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function listed(numbers: readonly number[]): string {
  return numbers.join(', ') || 'none'
}
