/**
 * Services for tests of actions: real files, nothing configured, nobody to ask, no chain. A test replaces what it is
 * about; whatever it did not expect to be used fails it.
 */

import { createDeadline } from '../../src/base/deadline.js'
import type { Conversation } from '../../src/cli/conversation.js'
import type { Services } from '../../src/cli/services.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { createFiles } from '../../src/platform/files/files.js'
import type { Settings } from '../../src/settings/settings.js'
import { neverInterrupted } from './interruption.js'
import { memoryContexts } from './memory-contexts.js'

export interface Overrides extends Partial<Omit<Services, 'settings' | 'talk'>> {
  readonly settings?: Partial<Settings>
  readonly talk?: Partial<Conversation>
  /** Text on standard input. */
  readonly stdin?: string
}

export interface TestServices extends Services {
  /** Notes, and warnings after `warning: `, in the order they were made. */
  readonly said: readonly string[]
}

export function testServices({ settings, talk, stdin = '', ...others }: Overrides = {}): TestServices {
  const said: string[] = []
  return {
    said,
    settings: { ...NOTHING_CONFIGURED, ...settings },
    files: createFiles({ stdin: standardInput(stdin), environment: process.env }),
    contexts: memoryContexts(),
    clock: { now: () => 1_790_000_000, monotonicMs: () => 0, sleep: async () => unexpected('sleep') },
    talk: {
      interactive: false,
      consented: false,
      note: (text) => void said.push(text),
      tell: (text) => void said.push(text),
      warn: (text) => void said.push(`warning: ${text}`),
      preview: () => unexpected('preview'),
      confirm: async () => unexpected('confirm'),
      askHidden: async (_, instead) => {
        throw new WcnError('INPUT_REQUIRED', 'a value is missing, and nobody can be asked here', { hint: instead })
      },
      ask: async (_, instead) => {
        throw new WcnError('INPUT_REQUIRED', 'a value is missing, and nobody can be asked here', { hint: instead })
      },
      choose: async (_, instead) => {
        throw new WcnError('INPUT_REQUIRED', 'a value is missing, and nobody can be asked here', { hint: instead })
      },
      line: null,
      ...talk,
    },
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    chain: async () => unexpected('chain'),
    probeProviders: async () => unexpected('probeProviders'),
    configured: async () => unexpected('configured'),
    state: async () => unexpected('state'),
    stateDirectory: () => unexpected('stateDirectory'),
    deadline: createDeadline(() => 0, null),
    metrics: async () => unexpected('metrics'),
    nodeProbe: async () => unexpected('nodeProbe'),
    processes: async () => unexpected('processes'),
    developmentChain: async () => unexpected('developmentChain'),
    signer: async () => unexpected('signer'),
    interruption: neverInterrupted({ sending: () => unexpected('sending'), settled: () => unexpected('settled') }),
    ...others,
  }
}

const NOTHING_CONFIGURED: Settings = {
  contractAddress: () => missing('contract address'),
  contractSource: () => missing('contract address'),
  encryptionKey: async () => null,
  requireEncryptionKey: async () => missing('encryption key'),
  operator: async () => missing('operator'),
  privateKey: async () => missing('private key'),
  chainId: () => 10,
  rpcUrl: () => missing('RPC URL'),
  proxyOf: async () => null,
  providers: async () => missing('RPC URL'),
  signingKey: async () => missing('private key'),
  allowPrivateAddresses: () => false,
  nodeKeyFile: () => null,
  timeoutMs: () => null,
  finality: () => 'included',
  maxFeePerGas: () => null,
  maxCostWei: () => null,
  minFundsWei: () => null,
  stateDirectory: () => missing('state directory'),
  describe: () => [],
}

export async function* standardInput(text: string): AsyncIterable<Uint8Array> {
  if (text !== '') yield Buffer.from(text)
}

function missing(what: string): never {
  throw new WcnError('SETTING_MISSING', `the ${what} is not set`)
}

function unexpected(what: string): never {
  throw new Error(`${what} was not expected to be used`)
}
