/**
 * The composition root: wires the services an action asks for, runs it, and turns its result or error into output and
 * an exit code. The one place where floors meet.
 */
import type { Command } from 'commander'
import type { EvmChain } from '../adapters/evm/evm-chain.js'
import { environment } from '../config/environment.js'
import { once } from '../config/once.js'
import type { Role } from '../config/settings.js'
import type { Flags } from '../config/sources.js'
import { createDeadline } from '../core/deadline.js'
import { looksLikeKey } from '../core/key-like.js'
import type { Chain } from '../core/ports/chain.js'
import type { Conversation } from '../core/ports/conversation.js'
import type { Services } from '../core/ports/services.js'
import type { Settings } from '../core/ports/settings.js'
import { exitCodeOf } from '../errors/exit-codes.js'
import { createConversation } from '../ui/conversation.js'
import { createPaint } from '../ui/paint.js'
import { createRedactor, type Redactor } from '../ui/redact.js'
import { asWcnError, humanFailure, jsonFailure, jsonSuccess } from '../ui/sink.js'
import { isTerminal } from '../ui/terminal.js'
import type { CommandRun } from './command-run.js'
import { type Interruption, watchInterruption } from './interruption.js'

/** Names of settings in the environment. */
const OWN_VARIABLE = /^(?:WCN_|SMART_CONTRACT_|RPC_|OPTIMISM_)/
const REQUEST_TIMEOUT_MS = 15_000

/** Runs one command from its parsed command line to its exit code. Never throws. */
export async function runCommand<T>({ command, loadAction, loadView, role }: CommandRun<T>): Promise<void> {
  const input = inputOf(command)
  const json = input.json === true
  const redactor = createRedactor()
  // A key where its path belongs: the system's own errors repeat it.
  // A transaction's hash looks like one, and is none.
  for (const [name, values] of Object.entries(input))
    for (const value of [values].flat())
      if (name !== 'hash' && typeof value === 'string' && looksLikeKey(value)) redactor.register(value)
  for (const [name, value] of Object.entries(environment))
    if (value && OWN_VARIABLE.test(name) && looksLikeKey(value)) redactor.register(value)
  const interruption = watchInterruption()
  let close = () => {}
  let shown = false
  try {
    const { services, ...rest } = await createServices({
      flags: input,
      role,
      commandWords: wordsOf(command),
      takesSettings: command.options.some(({ long }) => long === '--env-file'),
      redactor,
      interruption,
    })
    close = rest.close
    const [{ run }, view] = await Promise.all([loadAction(), json ? null : loadView()])
    const { data, exitCode, until } = await Promise.race([run(services, input as never), interruption.raised])
    process.stdout.write(view ? view(data, await createPaint(wantsColour(1, input))) : jsonSuccess(data))
    process.exitCode = exitCode ?? 0
    shown = true
    await until?.()
  } catch (thrown) {
    // One document on stdout, also where what was shown comes to an end that nobody wanted.
    await reportFailure(thrown, {
      json: json && !shown,
      debug: input.debug === true,
      redactor,
      colour: wantsColour(2, input),
    })
  } finally {
    interruption.dispose()
    close()
  }
}

/** Sets the exit code and says what happened: to scripts on stdout with `--json`, else to people on stderr. */
export async function reportFailure(
  thrown: unknown,
  { json, debug, redactor, colour }: { json: boolean; debug: boolean; redactor: Redactor; colour: boolean },
): Promise<void> {
  const error = asWcnError(thrown)
  process.exitCode = exitCodeOf(error.code)
  if (json) process.stdout.write(jsonFailure(error, redactor))
  if (!json || debug) process.stderr.write(humanFailure(error, await createPaint(colour), redactor, debug))
}

export function wantsColour(fd: 1 | 2, flags: Flags): boolean {
  if (flags.color === false || environment.NO_COLOR) return false
  if (environment.FORCE_COLOR && environment.FORCE_COLOR !== '0') return true
  return environment.TERM !== 'dumb' && isTerminal(fd)
}

/** Flags and positional arguments by their names, as an action's `Input` declares them. */
function inputOf(command: Command): Readonly<Record<string, unknown>> {
  const positional = command.registeredArguments.map((argument, index) => [
    argument.name().replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    command.processedArgs[index],
  ])
  return { ...command.optsWithGlobals(), ...Object.fromEntries(positional) }
}

/** Such as `nodes add`. */
function wordsOf(command: Command): string {
  return command.parent?.parent ? `${wordsOf(command.parent)} ${command.name()}` : command.name()
}

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
  readonly redactor: Redactor
  readonly interruption: Interruption
}

async function createServices({ flags, role, commandWords, takesSettings, redactor, interruption }: Wiring) {
  const interactive = isTerminal(0) && isTerminal(2) && !environment.CI && flags.json !== true && flags.input !== false
  const conversation = createConversation({
    interactive,
    consented: flags.yes === true || flags.autoApprove === true,
    quiet: flags.quiet === true,
    animated: isTerminal(2),
    write: (text) => process.stderr.write(redactor.scrub(text)),
    paint: await createPaint(wantsColour(2, flags)),
  })
  const talk: Conversation = {
    ...conversation,
    async askHidden(...question) {
      const answer = await deadline.paused(() => conversation.askHidden(...question))
      redactor.register(answer)
      return answer
    },
  }
  const { createFiles } = await import('../adapters/files/local-files.js')
  const files = createFiles({
    stdin: { [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() },
    credentialsDirectory: environment.CREDENTIALS_DIRECTORY,
    insecurePermissions: flags.insecurePermissions === true,
    warn: talk.warn,
    onSecret: redactor.register,
    environment,
  })
  const addressOf: Services['addressOf'] = async (key) =>
    (await import('../adapters/signers/private-key-signer.js')).addressOfPrivateKey(key)
  const keystores = async () => (await import('../adapters/signers/keystore.js')).keystores
  const settings = takesSettings
    ? await (await import('../config/load-settings.js')).loadSettings({
        flags,
        environment,
        role,
        files,
        addressOf,
        registerSecret: redactor.register,
        warn: talk.warn,
        askHidden: talk.askHidden,
        note: talk.note,
        keystores,
      })
    : NO_SETTINGS
  const clock = { now: () => Math.floor(Date.now() / 1000), sleep }
  // Not the wall clock, which may be set while a command runs.
  const deadline = createDeadline(() => performance.now(), takesSettings ? settings.timeoutMs() : null)
  let connection: Promise<EvmChain> | undefined
  const connect = async (): Promise<EvmChain> => {
    const { connectChain } = await import('../adapters/evm/evm-chain.js')
    const chain = await connectChain(
      {
        providers: await settings.providers(),
        chainId: settings.chainId(),
        contract: settings.contractAddress,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        deadline,
        warn: talk.warn,
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
  const state = once(async () => {
    const { createState } = await import('../adapters/files/state.js')
    const { hostname } = await import('node:os')
    return createState({
      directory: settings.stateDirectory(),
      host: hostname(),
      command: commandWords,
      now: clock.now,
    })
  })
  const services: Services = {
    settings,
    files,
    clock,
    deadline,
    talk,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    chain: () => {
      connection ??= connect()
      return connection
    },
    state,
    deployment: async () => (await import('../adapters/evm/cluster-deployment.js')).clusterDeployment,
    callDecoder: async () => (await import('../adapters/evm/decode-call.js')).callDecoder,
    rawTransactions: async () => (await import('../adapters/evm/raw-transactions.js')).rawTransactions,
    typedData: async () => (await import('../adapters/evm/typed-data.js')).typedData,
    signer: once(async () => {
      const { createSigner } = await import('../adapters/signers/create-signer.js')
      return createSigner(await settings.signingKey(), { deadline })
    }),
    keystores,
    addressOf,
    developmentChain: async () => (await import('../devnet/development-chain.js')).developmentChain,
    sending: interruption.sending,
    settled: interruption.settled,
    interrupted: interruption.signal,
  }
  return {
    services,
    close: () => void connection?.then((chain) => chain.close()).catch(() => {}),
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
