/** A chain of one's own for trying everything out: what `wcn devnet` needs of whatever runs it. */
import type { Address } from '../base/address.js'
import type { OperatorPrivateKey } from '../base/keys/operator-key.js'
import type { Chain } from '../chain/chain.js'
import type { Signer } from '../chain/transaction.js'
import type { AnvilProgram } from './anvil-binary.js'

export interface DevelopmentChain {
  /** What `start` would run. Throws DEPENDENCY_MISSING. */
  program(): AnvilProgram
  /**
   * Starts a chain on loopback. `port` null: any free one; `interrupted` ends it while it is being set up.
   * Throws DEPENDENCY_MISSING, PORT_INVALID where the port is taken, NETWORK where it does not come up.
   */
  start(options: { readonly port: number | null; readonly interrupted: AbortSignal }): Promise<RunningChain>
  /**
   * A chain started before: null where nothing answers at that URL, or another chain does. Throws STATE_CHANGED
   * where the chain runs but is not that process.
   */
  find(known: KnownChain): Promise<{ stop(): Promise<void> } | null>
  /** Removes the file that describes a chain that is gone; no error where there is none. */
  discard(envFile: string): Promise<void>
}

export interface KnownChain {
  readonly rpcUrl: string
  readonly pid: number
  readonly contract: Address
}

export interface ChainEnd {
  /** Somebody asked it to end, `devnet down` for one. */
  readonly orderly: boolean
  /** What it said last, or its status. */
  readonly how: string
}

export interface RunningChain {
  readonly rpcUrl: string
  readonly pid: number
  /** Resolves when the chain ends, however it does. */
  readonly ended: Promise<ChainEnd>
  /** Gives each account so much, in wei. */
  fund(accounts: readonly Address[], wei: bigint): Promise<void>
  /** The Chain port on it; `contract` is asked for when a cluster is read. */
  connect(contract: () => Address): Promise<Chain>
  signer(key: OperatorPrivateKey): Promise<Signer>
  /** From now on a block every so many seconds, instead of one at once for each transaction. */
  mineEvery(seconds: number): Promise<void>
  /** Lets this process end without it. */
  release(): void
  /** Resolves when its process is gone. */
  stop(): Promise<void>
}
