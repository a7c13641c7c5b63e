/**
 * What the tool needs of the outside world, in the words of its own domain. Actions take these as `Services`;
 * adapters and ui implement them; create-services.ts is the one place that puts them together.
 */

import type { DevelopmentChain } from '../anvil/development-chain.js'
import type { Clock } from '../base/clock.js'
import type { Deadline } from '../base/deadline.js'
import type { NodeKeypair } from '../base/keys/node-keypair.js'
import type { Chain } from '../chain/chain.js'
import type { ProviderProbe } from '../chain/provider-probe.js'
import type { Signer } from '../chain/transaction.js'
import type { Metrics } from '../peer/http-metrics.js'
import type { NodeProbe } from '../peer/node-probe.js'
import type { Files } from '../platform/files/files.js'
import type { Processes } from '../platform/processes/processes.js'
import type { State } from '../platform/state/local-state.js'
import type { Contexts } from '../settings/local-contexts.js'
import type { Settings } from '../settings/settings.js'
import type { Conversation } from './conversation.js'
import type { Interruption } from './interruption.js'

export interface Services {
  readonly settings: Settings
  readonly files: Files
  readonly contexts: Contexts
  readonly clock: Clock
  /** Of the whole command: no wait goes on beyond it. */
  readonly deadline: Deadline
  readonly talk: Conversation
  readonly randomBytes: (length: number) => Uint8Array
  readonly chain: () => Promise<Chain>
  /** Looks at each of the configured providers by itself; in their order. */
  readonly probeProviders: () => Promise<readonly ProviderProbe[]>
  /**
   * The services that a command line with these flags would have, by their names in camel case: for what carries out
   * several commands one after the other. Settings come from the flags alone, not from the environment or a context.
   */
  readonly configured: (flags: Readonly<Record<string, unknown>>) => Promise<Services>
  readonly state: () => Promise<State>
  /** Where that is. Throws SETTING_MISSING for a user without a home directory. */
  readonly stateDirectory: () => string
  readonly metrics: () => Promise<Metrics>
  /** Looks at nodes as the peer with this key, or as a stranger. Closed with the command at the latest. */
  readonly nodeProbe: (identity: NodeKeypair | null) => Promise<NodeProbe>
  readonly processes: () => Promise<Processes>
  readonly signer: () => Promise<Signer>
  readonly interruption: Interruption
  readonly developmentChain: () => Promise<DevelopmentChain>
}

/** What a use case gives to its view and to `--json`. */
export type DataOf<Run extends (...input: never[]) => Promise<ActionResult<unknown>>> = Awaited<ReturnType<Run>>['data']

/** What an action gives back: data for `--json` and for its view, and an exit code that is not an error. */
export interface ActionResult<T> {
  readonly data: T
  readonly exitCode?: number
  /** What is shown after the data, one after the other, as it comes: with `--json` a document per line. */
  readonly more?: AsyncIterable<Pick<ActionResult<T>, 'data' | 'exitCode'>>
  /** What is shown again and again does not say when that was: whoever shows it does. */
  readonly stamped?: boolean
  /** What goes on after the data is shown. It is not cut off by Ctrl-C but ends by itself on `interruption.signal`. */
  readonly until?: () => Promise<void>
}
