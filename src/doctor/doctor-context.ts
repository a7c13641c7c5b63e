/** What the groups of `doctor` share. Each member reads something, once, and throws for whoever asks where that fails. */
import type { Address } from '../base/address.js'
import { ifSet } from '../base/if-set.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { NodeKeypair } from '../base/keys/node-keypair.js'
import type { WriteSnapshot } from '../chain/chain.js'
import type { ProviderProbe } from '../chain/provider-probe.js'
import type { ProviderVerdict } from '../chain/provider-verdicts.js'
import type { Services } from '../cli/services.js'
import type { OperatorSlot } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import type { Examiner, ExaminerInput } from '../health/examiner.js'
import type { NodeHealth } from '../health/model/node-health.js'
import type { Finding } from '../lint/model/finding.js'
import type { DoctorGroup } from './model/groups.js'

export interface DoctorInput extends ExaminerInput {
  /** Of services' files, as for `config check`. */
  readonly paths: readonly string[]
  /** The nodes as they should be on chain. */
  readonly file?: string
  readonly database?: readonly string[]
  readonly insecurePermissions?: boolean
}

/** The operator's nodes, as a peer of the network sees them. */
export interface Examination {
  readonly examiner: Pick<Examiner, 'unproven' | 'identified'>
  readonly nodes: readonly NodeHealth[]
}

export interface DoctorContext {
  /** Says nothing on its way, and reads the chain once. */
  readonly services: Services
  readonly input: DoctorInput
  readonly selected: ReadonlySet<DoctorGroup>
  /** The account that is configured. */
  readonly operator: () => Promise<Address>
  /** Cluster and account at one block; of the contract's own account where no operator is known. */
  readonly snapshot: () => Promise<WriteSnapshot>
  readonly slot: () => Promise<OperatorSlot>
  /** Null where none is set. */
  readonly nodeKey: () => Promise<NodeKeypair | null>
  readonly probes: () => Promise<readonly ProviderProbe[]>
  readonly verdicts: () => Promise<readonly ProviderVerdict[]>
  /** What is set, and nothing that is known speaks against it. */
  readonly encryptionKey: () => Promise<{ readonly key: EncryptionKey; readonly proven: boolean }>
  /** Null where no files were named. */
  readonly findings: () => Promise<readonly Finding[] | null>
  readonly nodes: () => Promise<Examination>
  /** Which group has to say what went wrong; null: whoever met it. */
  readonly responsibleGroup: (error: unknown) => DoctorGroup | null
}

/** Null where it can't be had: whoever is responsible for it says so. */
export async function orNull<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await ifSet(look)
  } catch (error) {
    if (error instanceof WcnError) return null
    throw error
  }
}
