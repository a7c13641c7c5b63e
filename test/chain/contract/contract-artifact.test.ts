/** The committed artifact is what the sources compile to, and its ABI is the network's (docs/dev/network/contract.md). */
import { readFileSync } from 'node:fs'
import { type Abi, type AbiParameter, parseAbi } from 'viem'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  artifactPath,
  artifactProblem,
  type CompiledContracts,
  compileContracts,
} from '../../../scripts/compile-contract.mjs'
import { Cluster, GasPriceOracle } from './cluster-fixture.js'

/** docs/dev/network/contract.md, line by line. */
const specified = parseAbi([
  'struct Settings { uint16 maxOperatorDataBytes; uint8 minOperators; bytes extra; }',
  'struct NodeOperator { address addr; bytes data; }',
  'struct Keyspace { uint256 operatorBitmask; uint8 replicationStrategy; }',
  'struct Migration { uint64 id; uint64 startedAt; uint64 abortedAt; uint256 pullingOperatorBitmask; }',
  'struct ClusterView { address owner; Settings settings; uint128 version; uint64 keyspaceVersion; NodeOperator[] operatorSlots; Keyspace[2] keyspaces; Migration migration; address maintenanceSlot; }',

  'function initialize(Settings, NodeOperator[])',
  'function startMigration(Keyspace newKeyspace)',
  'function completeMigration(uint64 id)',
  'function abortMigration(uint64 id)',
  'function addNodeOperator(NodeOperator)',
  'function updateNodeOperatorData(address operatorAddress, bytes)',
  'function removeNodeOperator(address)',
  'function setMaintenance(bool active)',
  'function updateSettings(Settings)',
  'function transferOwnership(address)',
  'function acceptOwnership()',
  'function renounceOwnership()',
  'function upgradeToAndCall(address, bytes) payable',

  'function getView() view returns (ClusterView)',
  'function getOperatorCount() view returns (uint16)',
  'function getOperatorAt(uint8) view returns (address)',
  'function isOperator(address) view returns (bool)',
  'function getAllOperators() view returns (address[])',
  'function getCurrentKeyspace() view returns (uint8[], uint8)',
  'function getMigrationStatus() view returns (uint64 id, uint16 remaining, bool inProgress)',
  'function getPullingOperators() view returns (uint8[])',
  'function settings() view returns (uint16, uint8, bytes)',
  'function version() view returns (uint128)',
  'function keyspaceVersion() view returns (uint64)',
  'function keyspaces(uint256) view returns (uint256, uint8)',
  'function migration() view returns (uint64, uint64, uint64, uint256)',
  'function maintenanceSlot() view returns (address)',
  'function operatorBitmask() view returns (uint256)',
  'function operatorSlotIndexes(address) view returns (uint8)',
  'function operatorSlots(uint256) view returns (address, bytes)',
  'function MAX_OPERATORS() view returns (uint16)',
  'function owner() view returns (address)',
  'function pendingOwner() view returns (address)',
  'function proxiableUUID() view returns (bytes32)',
  'function UPGRADE_INTERFACE_VERSION() view returns (string)',

  'event ClusterInitialized(NodeOperator[] operators, Settings settings, uint128 version)',
  'event MigrationStarted(uint64 indexed id, Keyspace newKeyspace, uint64 keyspaceVersion, uint128 version)',
  'event MigrationDataPullCompleted(uint64 indexed id, address indexed operator, uint128 version)',
  'event MigrationCompleted(uint64 indexed id, address indexed operator, uint128 version)',
  'event MigrationAborted(uint64 indexed id, uint128 version)',
  'event NodeOperatorAdded(address indexed operator, uint8 indexed slot, bytes operatorData, uint128 version)',
  'event NodeOperatorUpdated(address indexed operator, uint8 indexed slot, bytes operatorData, uint128 version)',
  'event NodeOperatorRemoved(address indexed operator, uint8 indexed slot, uint128 version)',
  'event MaintenanceToggled(address indexed operator, bool active, uint128 version)',
  'event SettingsUpdated(Settings newSettings, address indexed updatedBy, uint128 version)',
  'event Initialized(uint64 version)',
  'event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)',
  'event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)',
  'event Upgraded(address indexed implementation)',

  'error Unauthorized()',
  'error MigrationInProgress()',
  'error NoMigrationInProgress()',
  'error InvalidOperator()',
  'error OperatorNotFound()',
  'error OperatorNotPulling()',
  'error CallerNotOperator()',
  'error OperatorExists()',
  'error OperatorInKeyspace()',
  'error SameKeyspace()',
  'error WrongMigrationId()',
  'error InvalidOperatorData()',
  'error TooManyOperators()',
  'error InsufficientOperators()',
  'error MaintenanceInProgress()',
  'error OwnableUnauthorizedAccount(address)',
  'error OwnableInvalidOwner(address)',
  // OpenZeppelin's proxy errors
  'error InvalidInitialization()',
  'error NotInitializing()',
  'error UUPSUnauthorizedCallContext()',
  'error UUPSUnsupportedProxiableUUID(bytes32)',
  'error ERC1967InvalidImplementation(address)',
  'error ERC1967NonPayable()',
  'error AddressEmptyCode(address)',
  'error FailedCall()',
])

describe('the committed artifact', () => {
  const committed = readFileSync(artifactPath, 'utf8')
  let compiled: CompiledContracts
  beforeAll(() => {
    compiled = compileContracts()
  })

  it('is what the sources compile to', () => {
    expect(artifactProblem(committed, compiled)).toBeNull()
  })

  it('is told from an outdated one', () => {
    expect(artifactProblem(committed.replace('"MAX_OPERATORS"', '"MIN_OPERATORS"'), compiled)).toMatch(
      /npm run contract/,
    )
  })

  it('has the ABI of the deployed contract, no more and no less', () => {
    const canonical = (abi: Abi) => abi.map(signature).filter(Boolean).sort()
    expect(canonical(Cluster.abi)).toEqual(canonical(specified))
  })

  it('fits the code size limits of the chain', () => {
    const bytes = (hex: string) => (hex.length - 2) / 2
    expect(bytes(Cluster.bytecode)).toBeLessThan(24_576)
    expect(bytes(GasPriceOracle.deployedBytecode)).toBeLessThan(24_576)
  })
})

/** Type, name, types, struct fields, event parameter names, what is indexed, mutability. Without what no ABI pins down. */
function signature(item: Abi[number]): string | null {
  switch (item.type) {
    case 'function':
      return `function ${item.name}(${types(item.inputs)}) ${item.stateMutability} (${types(item.outputs)})`
    case 'event':
      return `event ${item.name}(${item.inputs.map((i) => `${type(i)}${i.indexed ? ' indexed' : ''} ${i.name}`)})`
    case 'error':
      return `error ${item.name}(${types(item.inputs)})`
    default:
      return null
  }
}

function types(parameters: readonly AbiParameter[]): string {
  return parameters.map(type).join(', ')
}

function type(parameter: AbiParameter): string {
  if (!('components' in parameter)) return parameter.type
  const fields = parameter.components.map((field) => `${type(field)} ${field.name}`)
  return `{ ${fields.join('; ')} }${parameter.type.slice('tuple'.length)}`
}
