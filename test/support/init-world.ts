/**
 * `wcn init` in memory but for its files: the cluster of onboarding.ts, a person who answers by a script, and providers
 * that a test decides.
 */
import { readFileSync } from 'node:fs'
import type { ProviderProbe } from '../../src/chain/provider-probe.js'
import type { Conversation } from '../../src/cli/conversation.js'
import type { Choice, Question } from '../../src/cli/prompts.js'
import type { Services } from '../../src/cli/services.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { Files } from '../../src/platform/files/files.js'
import { createFiles } from '../../src/platform/files/files.js'
import type { Contexts } from '../../src/settings/local-contexts.js'
import { privateKeySigner } from '../../src/signers/create-signer.js'
import { fakeNodeProbe } from './fake-node-probe.js'
import { memoryContexts } from './memory-contexts.js'
import { NOW, type World, world } from './onboarding.js'
import { resolve } from './settings.js'

/** A part of a question, and what is answered to it: for a choice the option's value, at the last the default. */
export type Script = readonly (readonly [question: string, answer: string])[]

/** Answers with what the question offers by itself. */
export const ENTER = '\r'

export interface InitWorld {
  readonly world: World
  readonly services: Services
  readonly files: Files
  /** Everything that was said to people. */
  readonly said: string[]
  /** Questions, in the order they were asked. */
  readonly asked: string[]
  /** What each probed provider is like, by its URL; healthy unless told. */
  readonly probes: Map<string, Partial<ProviderProbe>>
}

export interface InitOptions {
  /** Null: nobody can be asked. */
  readonly script: Script | null
  /** Files, such as ones that fail. */
  readonly files?: (files: Files) => Files
  /** Of an earlier run: the chain and the clock go on. */
  readonly world?: World
  readonly probes?: InitWorld['probes']
  /** Pressed instead of the answer to the question of this number, from 0. */
  readonly interruptedAt?: number
  readonly allowPrivateAddresses?: boolean
  /** What is met at `ip:port`; nothing unless told. */
  readonly ports?: Parameters<typeof fakeNodeProbe>[0]
  /** Why nobody's identity can be proven. */
  readonly unproven?: string
  readonly contexts?: Contexts
}

export async function initWorld({ script, ...options }: InitOptions): Promise<InitWorld> {
  const made = options.world ?? (await world())
  const real = createFiles({ stdin: { async *[Symbol.asyncIterator]() {} }, environment: process.env })
  const files = options.files?.(real) ?? real
  const said: string[] = []
  const asked: string[] = []
  const probes = options.probes ?? new Map()
  const scripted = person(script, asked, options.interruptedAt)
  const talk: Conversation = {
    ...made.services.talk,
    interactive: script !== null,
    note: (text) => void said.push(text),
    tell: (text) => void said.push(text),
    warn: (text) => void said.push(`warning: ${text}`),
    ...scripted,
  }
  const own: Services = {
    ...made.services,
    files,
    talk,
    settings: resolve({ flags: { allowPrivateAddresses: options.allowPrivateAddresses ?? false }, disk: files })
      .settings,
    contexts: contextsOf(made, options.contexts),
    nodeProbe: async () => fakeNodeProbe(options.ports ?? {}, { unproven: options.unproven ?? null }),
    metrics: async () => ({ read: async () => null }),
    async configured(flags) {
      const { settings } = resolve({ flags, disk: files })
      return {
        ...own,
        settings,
        signer: async () => privateKeySigner(await settings.privateKey()),
        probeProviders: async () =>
          (await settings.providers()).providers.map(({ url }) => ({ ...healthy(url), ...probes.get(url) })),
      }
    },
  }
  return { world: made, services: own, files, said, asked, probes }
}

function healthy(url: string): ProviderProbe {
  const { protocol, host } = new URL(url)
  return {
    host,
    websocket: protocol.startsWith('ws'),
    encrypted: protocol === 'wss:',
    local: false,
    found: { chainId: 10, block: { number: 100, time: NOW - 2 }, latencyMs: 20 },
    problem: null,
  }
}

/** Whoever is asked what the script does not know fails the test. */
function person(
  script: Script | null,
  asked: string[],
  interruptedAt: number | undefined,
): Pick<Conversation, 'ask' | 'choose' | 'askHidden'> {
  const used = new Map<string, number>()
  const answerTo = (text: string, instead: string): string => {
    if (script === null) throw new WcnError('INPUT_REQUIRED', 'nobody can be asked', { hint: instead })
    asked.push(text)
    if (asked.length - 1 === interruptedAt) throw new WcnError('INTERRUPTED', 'interrupted; nothing was sent')
    const answers = script.filter(([question]) => text.includes(question))
    const [key = ''] = answers[0] ?? []
    const count = used.get(key) ?? 0
    used.set(key, count + 1)
    const answer = answers[Math.min(count, answers.length - 1)]
    if (!answer) throw new Error(`not in the script: ${text}`)
    return answer[1]
  }
  return {
    askHidden: async (text, instead) => answerTo(text, instead),
    async ask({ text, default: usual, complaint }: Question, instead) {
      for (;;) {
        const typed = answerTo(text, instead)
        const answer = typed === ENTER ? (usual ?? '') : typed
        const fault = await complaint?.(answer)
        if (fault === null || fault === undefined) return answer
        asked.push(`refused: ${fault}`)
      }
    },
    async choose({ text, options, default: usual }: Choice, instead) {
      const typed = answerTo(text, instead)
      const answer = typed === ENTER ? (usual ?? options[0]?.value) : typed
      if (!options.some(({ value }) => value === answer)) throw new Error(`${answer} is no option of: ${text}`)
      return String(answer)
    },
  }
}

const known = new WeakMap<World, Contexts>()

/** Of one user, whose runs share them. */
function contextsOf(world: World, given = known.get(world) ?? memoryContexts()): Contexts {
  known.set(world, given)
  return given
}

/** The owner puts on chain what a request asks for. */
export function approve({ members }: World, requestFile: string): void {
  const { operator, data } = JSON.parse(readFileSync(requestFile, 'utf8'))
  members.push({ addr: operator, data })
}
