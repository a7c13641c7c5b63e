/** The services of an action on a real chain: the real adapter, and settings and a conversation that a test decides. */

import type { Address } from '../../src/base/address.js'
import type { Clock } from '../../src/base/clock.js'
import { createDeadline } from '../../src/base/deadline.js'
import type { Hex } from '../../src/base/hex.js'
import type { EncryptionKey } from '../../src/base/keys/encryption-key.js'
import type { OperatorPrivateKey } from '../../src/base/keys/operator-key.js'
import type { Chain } from '../../src/chain/chain.js'
import { connectChain, type EvmChain } from '../../src/chain/evm-chain.js'
import type { ProviderSettings } from '../../src/chain/rpc/json-rpc.js'
import type { Finality } from '../../src/chain/transaction.js'
import type { Preview } from '../../src/cli/preview.js'
import type { Services } from '../../src/cli/services.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { State } from '../../src/platform/state/local-state.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { chainSettings, singleProvider } from './chain-settings.js'
import { fakeClock } from './fake-clock.js'
import { neverInterrupted } from './interruption.js'
import { memoryContexts } from './memory-contexts.js'
import { memoryState } from './memory-state.js'
import { type MemoryFiles, memoryFiles } from './onboarding.js'

export interface ChainServicesOptions {
  readonly url: string
  /** In place of the one at `url`. */
  readonly providers?: ProviderSettings
  readonly contract: Address
  /** Null: no key at hand. */
  readonly privateKey: OperatorPrivateKey | null
  /** As `--operator` says. */
  readonly operator?: Address
  readonly encryptionKey: EncryptionKey | null
  readonly chainId?: number
  readonly allowPrivateAddresses?: boolean
  readonly interactive?: boolean
  /** `--yes` was given. */
  readonly consented?: boolean
  /** Answers the question for consent. `--yes` unless given. */
  readonly confirm?: () => boolean | Promise<boolean>
  readonly timeoutMs?: number
  /** For each answer of a provider. */
  readonly requestTimeoutMs?: number
  readonly finality?: Finality
  readonly maxFeePerGas?: bigint
  readonly maxCostWei?: bigint
  readonly minFundsWei?: bigint
  /** What this tool remembers; nothing unless given. */
  readonly state?: State
  readonly files?: Readonly<Record<string, string>>
  readonly clock?: Clock
  /** Stands between the action and the real chain. */
  readonly wrap?: (chain: Chain) => Chain
}

export interface ChainServices {
  readonly services: Services
  readonly files: MemoryFiles
  /** Everything that people would see, in order: notes, `warning: …`, `preview: …`, `question: …`, `sending: …`. */
  readonly said: string[]
  readonly previews: Preview[]
  /** Hashes of what was sent. */
  readonly sent: Hex[]
  close(): void
}

export function chainServices(options: ChainServicesOptions): ChainServices {
  const { privateKey, encryptionKey, contract, chainId = 31337, wrap = (chain) => chain } = options
  const files = memoryFiles(options.files)
  const clock = options.clock ?? fakeClock()
  const deadline = createDeadline(() => 0, options.timeoutMs ?? null)
  const state = options.state ?? memoryState()
  const said: string[] = []
  const previews: Preview[] = []
  const sent: Hex[] = []
  let connection: Promise<EvmChain> | undefined
  const connect = () => {
    connection ??= connectChain(
      {
        ...chainSettings(options.url, () => contract),
        ...(options.providers && { providers: options.providers }),
        ...(options.requestTimeoutMs && { requestTimeoutMs: options.requestTimeoutMs }),
        chainId,
        deadline,
        warn: (text) => void said.push(`warning: ${text}`),
      },
      clock,
    )
    return connection
  }
  const missing = (what: string) => new WcnError('SETTING_MISSING', `${what} is not set`)
  const notHere = () => {
    throw new Error('not in this test')
  }

  const services: Services = {
    settings: {
      contractAddress: () => contract,
      contractSource: () => '--contract-address',
      encryptionKey: async () => encryptionKey,
      requireEncryptionKey: async () => {
        if (encryptionKey === null) throw missing('the encryption key')
        return encryptionKey
      },
      operator: async () => {
        if (options.operator) return options.operator
        if (privateKey === null) throw missing('the operator')
        return privateKeySigner(privateKey).address
      },
      privateKey: async () => {
        if (privateKey === null) throw missing('the private key')
        return privateKey
      },
      chainId: () => chainId,
      rpcUrl: () => options.url,
      proxyOf: async () => null,
      providers: async () => options.providers ?? singleProvider(options.url),
      allowPrivateAddresses: () => options.allowPrivateAddresses ?? false,
      nodeKeyFile: () => null,
      timeoutMs: () => options.timeoutMs ?? null,
      finality: () => options.finality ?? 'included',
      maxFeePerGas: () => options.maxFeePerGas ?? null,
      maxCostWei: () => options.maxCostWei ?? null,
      minFundsWei: () => options.minFundsWei ?? null,
      stateDirectory: () => notHere(),
      describe: () => notHere(),
      signingKey: async () => {
        if (privateKey === null) throw missing('the private key')
        return { kind: 'private-key', key: privateKey }
      },
    },
    files,
    contexts: memoryContexts(),
    clock,
    deadline,
    state: async () => state,
    talk: {
      interactive: options.interactive ?? false,
      consented: options.consented ?? false,
      note: (text) => void said.push(text),
      tell: (text) => void said.push(text),
      warn: (text) => void said.push(`warning: ${text}`),
      preview: async (preview) => {
        previews.push(preview)
        said.push(`preview: ${preview.title}`)
      },
      confirm: async (question) => {
        said.push(`question: ${question}`)
        return (await options.confirm?.()) ?? true
      },
      askHidden: notHere,
      ask: notHere,
      choose: notHere,
      line: null,
    },
    randomBytes: (length) => new Uint8Array(length),
    chain: async () => wrap(await connect()),
    probeProviders: notHere,
    configured: notHere,
    metrics: notHere,
    stateDirectory: notHere,
    developmentChain: notHere,
    signer: async () => {
      if (privateKey === null) throw missing('the private key')
      return privateKeySigner(privateKey)
    },
    interruption: neverInterrupted({
      sending: (hash) => {
        sent.push(hash)
        said.push(`sending: ${hash}`)
      },
      settled: () => void said.push('settled'),
    }),
    nodeProbe: async () => notHere(),
    processes: async () => notHere(),
  }
  return {
    services,
    files,
    said,
    previews,
    sent,
    close: () =>
      void connection?.then(
        (chain) => chain.close(),
        () => {},
      ),
  }
}
