/** Effective settings: flag > environment > --env-file > context > default. Getters throw SETTING_* and the parsers' errors. */
import type { Address } from '../base/address.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'
import type { ProviderSettings } from '../chain/rpc-providers.js'
import type { Finality } from '../chain/transaction.js'
import type { SigningKey } from '../signers/signing-key.js'

export interface Settings {
  contractAddress(): Address
  /** Where that came from, as `describe` says it. Throws SETTING_MISSING. */
  contractSource(): string
  /** Null when none is configured: addresses stay encrypted. */
  encryptionKey(): Promise<EncryptionKey | null>
  requireEncryptionKey(): Promise<EncryptionKey>
  /** The operator meant: --operator, else the signing key's account. */
  operator(): Promise<Address>
  /** The raw key, for the one place that hands it on: the primary node's configuration. What signs is a `Signer`. */
  privateKey(): Promise<OperatorPrivateKey>
  /** What the configured signer signs with; a keystore is opened here. Throws SETTING_MISSING where there is none. */
  signingKey(): Promise<SigningKey>
  chainId(): number
  /** The first provider's URL: what a node's configuration gets. It may hold a token: never shown. */
  rpcUrl(): string
  providers(): Promise<ProviderSettings>
  /** Where nothing else is said, a development chain's nodes may have any address that a machine can have. */
  allowPrivateAddresses(): boolean
  /** The file with the secret key of one of the operator's nodes, as which nodes are looked at; null: as a stranger. */
  nodeKeyFile(): string | null
  /** --timeout, for the whole command; null where none was given. */
  timeoutMs(): number | null
  finality(): Finality
  /** --max-fee, in wei per gas; null: what is usual (chain/fee-limits.ts). */
  maxFeePerGas(): bigint | null
  /** --max-cost in wei, of one transaction; null: what is usual. */
  maxCostWei(): bigint | null
  /** --min in wei: what the account should hold; null: nothing is demanded. */
  minFundsWei(): bigint | null
  /** Where journals, locks and memories of contracts are kept. */
  stateDirectory(): string
  /** Every setting as it takes effect and where it came from, for `config show`. Reads no key. */
  describe(): readonly EffectiveSetting[]
}

export interface EffectiveSetting {
  /** As contexts and JSON name it: `contract_address`. */
  readonly name: string
  readonly title: string
  /** Null where it is not set. Secrets and URLs' tokens are redacted. */
  readonly value: string | null
  /** `--contract-address`, `SMART_CONTRACT_ADDRESS`, `WCN_OPERATOR in .env`, `context eu`, `default`; null where it is not set. */
  readonly source: string | null
  /** What is wrong with it, in a sentence: two names that differ, a value that can't be read. */
  readonly problem: string | null
}
