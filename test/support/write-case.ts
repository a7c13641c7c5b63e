/**
 * One write on a chain in a known state, through a provider that may fail, and the question that every test of writes
 * asks: did the chain change exactly once or not at all, and did the tool say which?
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { primaryPortOf, type Sighting, type WatchedChain } from './chain-watch.js'
import { BIN, type CliResult, cleanEnvironment } from './cli.js'
import { wcnInProcess } from './in-process.js'

export interface WriteCase {
  readonly chain: WatchedChain
  readonly operator: string
  /** Without RPC_PROVIDER_URL. */
  readonly env: Readonly<Record<string, string>>
  readonly stateDirectory: string
  /** What node 0's primary port is to be. */
  readonly port: number
}

export function environmentOf({ env, stateDirectory }: WriteCase, url: string): Record<string, string> {
  mkdirSync(stateDirectory, { recursive: true, mode: 0o700 })
  return { ...env, RPC_PROVIDER_URL: url, WCN_STATE_DIR: stateDirectory }
}

export function writeArguments({ port }: WriteCase, timeoutSeconds: number): readonly string[] {
  const flags = ['--yes', '--json', '--timeout', String(timeoutSeconds)]
  return ['nodes', 'update', '0', '--primary-port', String(port), ...flags]
}

/** What the chain did since `before`; any third possibility throws. */
export async function changeSince(one: WriteCase, before: Sighting): Promise<'changed' | 'unchanged'> {
  const now = await one.chain.settled(one.operator)
  if (now.waiting > 0) throw new Error(`${now.waiting} transactions wait in the pool`)
  if (now.nonce === before.nonce && now.data === before.data) return 'unchanged'
  if (now.nonce === before.nonce + 1 && primaryPortOf(now.data) === one.port && now.version === before.version + 1n)
    return 'changed'
  throw new Error(
    `neither one change nor none: nonce ${before.nonce} → ${now.nonce}, version ${before.version} → ${now.version}, port ${primaryPortOf(now.data)}`,
  )
}

interface Spoken {
  readonly ok: boolean
  readonly data: {
    readonly changed: boolean
    readonly transaction: { readonly hash: string } | null
  } | null
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null } | null
}

/** Null: what the tool said is true. Else what is wrong with it. */
export function untruth(
  result: CliResult,
  happened: 'changed' | 'unchanged',
  hashes: readonly string[],
): string | null {
  let said: Spoken
  try {
    said = JSON.parse(result.stdout) as Spoken
  } catch {
    return 'stdout is not one JSON document'
  }
  switch (result.code) {
    case 0:
      if (happened !== 'changed' || !said.ok || said.data?.changed !== true) return 'exit 0, but nothing changed'
      return hashes.includes(said.data.transaction?.hash ?? '') ? null : 'exit 0 with a hash that was never sent'
    case 2:
    case 3:
    case 4:
    case 5:
    case 7:
      return happened === 'unchanged' ? null : `exit ${result.code} says that nothing was sent, but the chain changed`
    case 6: {
      const text = `${said.error?.message} ${said.error?.hint}`
      return hashes.some((hash) => text.includes(hash)) ? null : 'exit 6 without the hash'
    }
    case 9:
      return happened === 'unchanged' ? null : 'exit 9 says that it did not end as wanted, but it did'
    default:
      return `exit ${result.code} should not happen`
  }
}

/** Through a sound provider. Throws with the whole output where the tool does not end well. */
export async function resume(one: WriteCase): Promise<CliResult> {
  const result = await wcnInProcess(['tx', 'resume', '--json', '--yes'], { env: environmentOf(one, one.chain.url) })
  if (result.code !== 0) throw new Error(`tx resume: ${JSON.stringify(result)}`)
  return result
}

/** As the journal on disk has them, oldest first; none where nothing was ever signed. */
export function statesInJournal({ stateDirectory }: WriteCase): readonly string[] {
  const folder = join(stateDirectory, 'journal')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { entries: { state: { kind: string } }[] })
    .flatMap(({ entries }) => entries.map(({ state }) => state.kind))
}

export interface Victim {
  kill(): void
  readonly ended: Promise<CliResult & { readonly signal: string | null }>
}

/** The tool in a process that is meant to be killed; one that is not ends by itself. */
export function startVictim(args: readonly string[], env: Readonly<Record<string, string>>): Victim {
  const stdio = ['ignore', 'pipe', 'pipe'] as const
  const child: ChildProcess = spawn(process.execPath, [BIN, ...args], {
    env: cleanEnvironment(env),
    timeout: 120_000,
    stdio: [...stdio],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  return {
    kill: () => void child.kill('SIGKILL'),
    ended: new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve({ code, signal, ...output }))
    }),
  }
}
