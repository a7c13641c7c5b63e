/**
 * The services an action gets, wired for one command: what it is told by flags and environment, and every adapter
 * behind its port, loaded when it is used.
 */

import { wallClockSeconds } from '../base/clock.js'
import { createDeadline } from '../base/deadline.js'
import { monotonicMs } from '../base/monotonic-ms.js'
import { once } from '../base/once.js'
import type { Chain } from '../chain/chain.js'
import type { EvmChain } from '../chain/evm-chain.js'
import { contextsDirectory, stateDirectoryOf } from '../settings/directories.js'
import { OWN_VARIABLE } from '../settings/environment.js'
import { createContexts } from '../settings/local-contexts.js'
import type { Settings } from '../settings/settings.js'
import type { Role } from '../settings/settings-table.js'
import type { Environment, Flags } from '../settings/sources.js'
import { createConversation, pausedConversation } from './conversation.js'
import type { Interruption } from './interruption.js'
import { createPaint } from './paint.js'
import type { Redactor } from './redact.js'
import type { Services } from './services.js'
import { createStatusLine } from './status-line.js'
import { isTerminal, movesCursor, wantsColour, widthOf } from './terminal.js'
import { fitText } from './wrap.js'

const REQUEST_TIMEOUT_MS = 15_000

const NO_SETTINGS = new Proxy({} as Settings, {
  get: () => {
    throw new Error('an action uses settings that its command does not take')
  },
})

interface Wiring {
  readonly flags: Flags
  readonly role: Role
  /** The command's name, without what it was given. */
  readonly commandWords: string
  /** What takes no settings, such as making keys, does not wait for their parsers either. */
  readonly takesSettings: boolean
  readonly environment: Environment
  readonly redactor: Redactor
  readonly interruption: Interruption
  /** Of one of several that are carried out side by side: stands before what it says. Nobody is asked for it. */
  readonly label?: string
  /** Of the command that carries this one out. */
  readonly outer?: Pick<Services, 'talk' | 'deadline'>
}

/** The caller calls `close` in the end. Throws what settings throw that are read at once: --timeout, --env-file, the context. */
export async function createServices(wiring: Wiring) {
  const { flags, role, commandWords, takesSettings, environment, redactor, interruption, label, outer } = wiring
  const asks = flags.json !== true && flags.input !== false && label === undefined
  const interactive = isTerminal(0) && isTerminal(2) && !environment.CI && asks
  // Shared with the deadline, or the clock would be stopped twice over.
  const shared = outer !== undefined && flags.timeout === undefined
  let lines = 0
  const write = (text: string) => {
    // What is drawn over itself is nothing that was said.
    if (text.endsWith('\n')) lines++
    // Laid out last: a secret that goes on in the next line would not be found.
    const said = label === undefined ? text : `${label}: ${text}`
    process.stderr.write(fitText(redactor.scrub(said), widthOf(2, flags)))
  }
  const draws = !outer && label === undefined && isTerminal(2) && movesCursor(environment)
  const line = draws ? createStatusLine(write, () => widthOf(2, {})) : null
  const conversation =
    outer?.talk ??
    createConversation({
      interactive,
      consented: flags.yes === true || flags.autoApprove === true,
      quiet: flags.quiet === true,
      line,
      write,
      paint: await createPaint(wantsColour(2, flags), () => widthOf(2, flags)),
      onSecret: redactor.register,
    })
  const talk = shared ? conversation : pausedConversation(conversation, () => deadline)
  const started = monotonicMs()
  let deadline = shared ? outer.deadline : createDeadline(monotonicMs, null)
  const limit = (timeoutMs: number | null) => {
    if (!shared) deadline = createDeadline(monotonicMs, timeoutMs && timeoutMs - (monotonicMs() - started))
  }
  const { createFiles } = await import('../platform/files/files.js')
  const files = createFiles({
    stdin: {
      [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator](),
      destroy: (error) => process.stdin.destroy(error),
    },
    remainingMs: () => deadline.remainingMs(),
    credentialsDirectory: environment.CREDENTIALS_DIRECTORY,
    insecurePermissions: flags.insecurePermissions === true,
    warn: talk.warn,
    onSecret: redactor.register,
    environment,
  })
  const contexts = createContexts({
    directory: contextsDirectory(environment),
    exported: environment.WCN_CONTEXT,
    insecurePermissions: flags.insecurePermissions === true,
    command: commandWords,
  })
  const settings = takesSettings
    ? await (await import('../settings/settings.js')).loadSettings({
        flags,
        environment,
        role,
        files,
        // What is carried out for another command is given all of its settings.
        contexts: outer === undefined ? contexts : null,
        registerSecret: redactor.register,
        limit,
        ...talk,
      })
    : NO_SETTINGS
  const clock = { now: () => wallClockSeconds(Date.now()), monotonicMs, sleep }
  // What shows settings says of this one, too, what is wrong with it.
  limit(takesSettings && commandWords !== 'config show' ? settings.timeoutMs() : null)
  let connection: Promise<EvmChain> | undefined
  const connect = async (): Promise<EvmChain> => {
    const { connectChain } = await import('../chain/evm-chain.js')
    const chain = await connectChain(
      {
        providers: await settings.providers(),
        chainId: settings.chainId(),
        contract: settings.contractAddress,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        deadline,
        warn: talk.warn,
        note: talk.note,
        scrub: redactor.scrub,
      },
      clock,
    )
    // Providers repeat what they were sent in their errors.
    const broadcast: Chain['broadcast'] = (transaction) => {
      redactor.register(transaction.raw)
      return chain.broadcast(transaction)
    }
    return { ...chain, broadcast }
  }
  const stateDirectory = () => (takesSettings ? settings.stateDirectory() : stateDirectoryOf(environment))
  const state = once(async () => {
    const { createState } = await import('../platform/state/local-state.js')
    const { hostname } = await import('node:os')
    return createState({
      directory: stateDirectory(),
      host: hostname(),
      command: commandWords,
      now: clock.now,
    })
  })
  const inner: (() => void)[] = []
  const services: Services = {
    settings,
    files,
    contexts,
    clock,
    deadline,
    talk,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    chain: () => {
      connection ??= connect()
      return connection
    },
    probeProviders: async () =>
      (await import('../chain/provider-probe.js')).probeProviders(await settings.providers(), {
        deadline,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        scrub: redactor.scrub,
      }),
    async configured(given) {
      const made = await createServices({
        ...wiring,
        flags: { ...talkingFlags(flags), stateDir: stateDirectory(), ...given },
        takesSettings: true,
        environment: withoutSettings(environment),
        outer: { talk, deadline },
      })
      inner.push(made.close)
      return made.services
    },
    state,
    stateDirectory,
    nodeProbe: async (identity) => {
      const probe = await (await import('../peer/quic/node-probe.js')).createNodeProbe(identity)
      inner.push(probe.close)
      return probe
    },
    processes: async () =>
      (await import('../platform/processes/processes.js')).localProcesses({
        environment,
        ownVariable: OWN_VARIABLE,
      }),
    metrics: async () => (await import('../peer/http-metrics.js')).httpMetrics(),
    signer: once(async () => {
      const { createSigner } = await import('../signers/create-signer.js')
      return createSigner(await settings.signingKey(), deadline)
    }),
    developmentChain: async () => (await import('../anvil/development-chain.js')).developmentChain(environment.PATH),
    interruption,
  }
  return {
    services,
    /** How often something was said on standard error so far. */
    said: () => lines,
    /** Nothing is drawn any more, and what was is gone. */
    hush: () => line?.close(),
    close: () => {
      for (const close of inner) close()
      void connection?.then((chain) => chain.close()).catch(() => {})
    },
  }
}

/** How the tool talks and reads key files, whatever it does. */
function talkingFlags(flags: Flags): Flags {
  const { json, quiet, input, color, insecurePermissions } = flags
  return { json, quiet, input, color, insecurePermissions }
}

/** Of this tool's own variables those that say how it works, and not on what. */
function withoutSettings(environment: Environment): Environment {
  const kept = ['WCN_CONFIG_DIR', 'WCN_RPC_CA_FILE']
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => kept.includes(name) || !OWN_VARIABLE.test(name)),
  )
}

/** Ends early, without an error, where `until` is aborted. */
async function sleep(ms: number, until?: AbortSignal): Promise<void> {
  const { setTimeout } = await import('node:timers/promises')
  await setTimeout(ms, undefined, { signal: until }).catch(() => {})
}
