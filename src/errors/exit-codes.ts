/**
 * Every error code of the tool and the exit code a process ends with because of it.
 * Both are a promise to scripts: codes are added, never renamed or moved.
 */
const EXIT = {
  internal: 1,
  usage: 2,
  confirmation: 3,
  refused: 4,
  network: 5,
  unknownOutcome: 6,
  busy: 7,
  checkFailed: 8,
  settledOtherwise: 9,
  commandFailed: 11,
  interrupted: 130,
} as const

/** Exit status of `--detailed-exitcode` when there are changes; not an error. */
export const EXIT_CHANGES_PRESENT = 10
/** Exit status of a verification that ran and found faults. */
export const EXIT_CHECK_FAILED = EXIT.checkFailed

const EXIT_CODES = {
  INTERNAL: EXIT.internal,

  USAGE: EXIT.usage,
  SETTING_MISSING: EXIT.usage,
  SETTING_INVALID: EXIT.usage,
  SETTINGS_CONFLICT: EXIT.usage,
  KEY_INVALID: EXIT.usage,
  PEER_ID_INVALID: EXIT.usage,
  ADDRESS_INVALID: EXIT.usage,
  IP_ADDRESS_INVALID: EXIT.usage,
  PORT_INVALID: EXIT.usage,
  NAMESPACE_INVALID: EXIT.usage,
  DOCUMENT_INVALID: EXIT.usage,
  FILE_UNREADABLE: EXIT.usage,
  FILE_UNWRITABLE: EXIT.usage,
  FILE_EXISTS: EXIT.usage,
  FILE_PERMISSIONS: EXIT.usage,
  VALUE_NOT_ENCODABLE: EXIT.usage,
  DEPENDENCY_MISSING: EXIT.usage,
  JOURNAL_INVALID: EXIT.usage,
  KEYSTORE_INVALID: EXIT.usage,
  PASSWORD_WRONG: EXIT.usage,
  PROBE_UNAVAILABLE: EXIT.usage,
  COMMAND_NOT_RUNNABLE: EXIT.usage,
  OUTPUT_LOST: EXIT.usage,
  CLOCK_WRONG: EXIT.usage,
  RESOURCES_EXHAUSTED: EXIT.usage,

  INPUT_REQUIRED: EXIT.confirmation,
  CONFIRMATION_REQUIRED: EXIT.confirmation,
  DECLINED: EXIT.confirmation,

  PEER_ID_NOT_A_KEY: EXIT.refused,
  ADDRESS_NOT_ROUTABLE: EXIT.refused,
  NAME_TOO_LONG: EXIT.refused,
  NAME_INVALID: EXIT.refused,
  TOO_FEW_NODES: EXIT.refused,
  DUPLICATE_NODE: EXIT.refused,
  PORTS_COLLIDE: EXIT.refused,
  DATA_TOO_LARGE: EXIT.refused,
  DATA_UNDECODABLE: EXIT.refused,
  DATA_TRAILING_BYTES: EXIT.refused,
  DATA_NOT_CANONICAL: EXIT.refused,
  SELECTOR_NO_MATCH: EXIT.refused,
  SELECTOR_AMBIGUOUS: EXIT.refused,
  STATE_CHANGED: EXIT.refused,
  TOO_MANY_REMOVALS: EXIT.refused,
  REVOKES_EVERYTHING: EXIT.refused,
  OPERATOR_NOT_FOUND: EXIT.refused,
  OPERATOR_EXISTS: EXIT.refused,
  CLUSTER_FULL: EXIT.refused,
  TOO_FEW_OPERATORS: EXIT.refused,
  OPERATOR_IN_KEYSPACE: EXIT.refused,
  NOT_THE_OWNER: EXIT.refused,
  WRONG_SIGNER: EXIT.refused,
  WRONG_CHAIN: EXIT.refused,
  NOT_A_CONTRACT: EXIT.refused,
  NOT_A_CLUSTER: EXIT.refused,
  CLUSTER_INVALID: EXIT.refused,
  ENCRYPTION_KEY_WRONG: EXIT.refused,
  MIGRATION_IN_PROGRESS: EXIT.refused,
  INSUFFICIENT_FUNDS: EXIT.refused,
  CALL_REVERTS: EXIT.refused,
  PRIMARY_RULE: EXIT.refused,
  OUTPUT_UNSAFE: EXIT.refused,
  REQUEST_INVALID: EXIT.refused,
  FEE_TOO_HIGH: EXIT.refused,
  TRANSACTION_OPEN: EXIT.refused,
  TRANSACTION_INVALID: EXIT.refused,
  SIGNER_UNSUITABLE: EXIT.refused,
  NODE_UNVERIFIED: EXIT.refused,
  AVAILABILITY_AT_RISK: EXIT.refused,

  NETWORK: EXIT.network,
  RPC_ERROR: EXIT.network,
  PROVIDERS_DISAGREE: EXIT.network,
  KMS_ERROR: EXIT.network,

  OUTCOME_UNKNOWN: EXIT.unknownOutcome,
  SLOT_NOT_GIVEN_BACK: EXIT.unknownOutcome,
  RESULT_LOST: EXIT.unknownOutcome,

  MAINTENANCE_TAKEN: EXIT.busy,
  ACCOUNT_BUSY: EXIT.busy,
  ACCOUNT_LOCKED: EXIT.busy,

  CHECK_FAILED: EXIT.checkFailed,
  NODE_NOT_OPERATIONAL: EXIT.checkFailed,
  SLOT_KEPT: EXIT.checkFailed,

  REVERTED: EXIT.settledOtherwise,
  REPLACED: EXIT.settledOtherwise,
  DROPPED: EXIT.settledOtherwise,
  SETTLED_OTHERWISE: EXIT.settledOtherwise,

  COMMAND_FAILED: EXIT.commandFailed,

  INTERRUPTED: EXIT.interrupted,
} as const satisfies Record<string, number>

export type ErrorCode = keyof typeof EXIT_CODES
/** Every one there is, that of success and of changes included. */
export type ExitCode = 0 | typeof EXIT_CHANGES_PRESENT | (typeof EXIT_CODES)[ErrorCode]

export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[code]
}
