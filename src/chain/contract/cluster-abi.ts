/** The part of the cluster contract's ABI that the tool uses (docs/dev/network/contract.md). Literal, so that nothing is parsed at start-up. */
const NODE_OPERATOR = [
  { name: 'addr', type: 'address' },
  { name: 'data', type: 'bytes' },
] as const

const SETTINGS = [
  { name: 'maxOperatorDataBytes', type: 'uint16' },
  { name: 'minOperators', type: 'uint8' },
  { name: 'extra', type: 'bytes' },
] as const

/** The same bytes, with the address as a number (see decode-get-view.ts). */
const NUMBERED_OPERATOR = [
  { name: 'addr', type: 'uint160' },
  { name: 'data', type: 'bytes' },
] as const

export const GET_VIEW_ABI = [
  {
    type: 'function',
    name: 'getView',
    stateMutability: 'view',
    inputs: [],
    outputs: [
      {
        name: '',
        type: 'tuple',
        components: [
          { name: 'owner', type: 'uint160' },
          { name: 'settings', type: 'tuple', components: SETTINGS },
          { name: 'version', type: 'uint128' },
          { name: 'keyspaceVersion', type: 'uint64' },
          { name: 'operatorSlots', type: 'tuple[]', components: NUMBERED_OPERATOR },
          {
            name: 'keyspaces',
            type: 'tuple[2]',
            components: [
              { name: 'operatorBitmask', type: 'uint256' },
              { name: 'replicationStrategy', type: 'uint8' },
            ],
          },
          {
            name: 'migration',
            type: 'tuple',
            components: [
              { name: 'id', type: 'uint64' },
              { name: 'startedAt', type: 'uint64' },
              { name: 'abortedAt', type: 'uint64' },
              { name: 'pullingOperatorBitmask', type: 'uint256' },
            ],
          },
          { name: 'maintenanceSlot', type: 'uint160' },
        ],
      },
    ],
  },
] as const

export const WRITE_ABI = [
  {
    type: 'function',
    name: 'initialize',
    stateMutability: 'nonpayable',
    inputs: [
      { name: 'initialSettings', type: 'tuple', components: SETTINGS },
      { name: 'initialOperators', type: 'tuple[]', components: NODE_OPERATOR },
    ],
    outputs: [],
  },
  {
    type: 'function',
    name: 'addNodeOperator',
    stateMutability: 'nonpayable',
    inputs: [{ name: 'operator', type: 'tuple', components: NODE_OPERATOR }],
    outputs: [],
  },
  {
    type: 'function',
    name: 'updateNodeOperatorData',
    stateMutability: 'nonpayable',
    inputs: [
      { name: 'operatorAddress', type: 'address' },
      { name: 'data', type: 'bytes' },
    ],
    outputs: [],
  },
  {
    type: 'function',
    name: 'setMaintenance',
    stateMutability: 'nonpayable',
    inputs: [{ name: 'active', type: 'bool' }],
    outputs: [],
  },
] as const

export const MAINTENANCE_TOGGLED_ABI = [
  {
    type: 'event',
    name: 'MaintenanceToggled',
    inputs: [
      { name: 'operator', type: 'address', indexed: true },
      { name: 'active', type: 'bool', indexed: false },
      { name: 'version', type: 'uint128', indexed: false },
    ],
  },
] as const

/** What changes an operator's data. */
export const OPERATOR_EVENTS_ABI = [
  {
    type: 'event',
    name: 'NodeOperatorAdded',
    inputs: [
      { name: 'operator', type: 'address', indexed: true },
      { name: 'slot', type: 'uint8', indexed: true },
      { name: 'operatorData', type: 'bytes', indexed: false },
      { name: 'version', type: 'uint128', indexed: false },
    ],
  },
  {
    type: 'event',
    name: 'NodeOperatorUpdated',
    inputs: [
      { name: 'operator', type: 'address', indexed: true },
      { name: 'slot', type: 'uint8', indexed: true },
      { name: 'operatorData', type: 'bytes', indexed: false },
      { name: 'version', type: 'uint128', indexed: false },
    ],
  },
  {
    type: 'event',
    name: 'NodeOperatorRemoved',
    inputs: [
      { name: 'operator', type: 'address', indexed: true },
      { name: 'slot', type: 'uint8', indexed: true },
      { name: 'version', type: 'uint128', indexed: false },
    ],
  },
] as const
