/** Starts a real chain for a test: the packaged anvil binary on loopback and a port of the system's choosing. */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'

export interface AnvilOptions {
  /** Seconds between blocks. Without it a block is mined for each transaction. */
  readonly blockTime?: number
  /** 31337 unless given. */
  readonly chainId?: number
  /** Further command-line arguments, e.g. `['--no-mining']`. */
  readonly args?: readonly string[]
}

export interface Anvil {
  readonly url: string
  readonly port: number
  /** One JSON-RPC call. A JSON-RPC error rejects with `AnvilError`. */
  rpc<T = unknown>(method: string, params?: readonly unknown[]): Promise<T>
  /** Ends the chain and resolves when its process is gone. May be called twice. */
  stop(): Promise<void>
}

/** A JSON-RPC error; `data` holds the revert data when a call reverted. */
export class AnvilError extends Error {
  readonly code: number
  readonly data: unknown
  constructor(method: string, error: { code: number; message: string; data?: unknown }) {
    super(`${method}: ${error.message}`)
    this.code = error.code
    this.data = error.data
  }
}

/**
 * A shell stands between us and the chain, because a killed test process can clean nothing up: our end of the pipe
 * closes whatever happens to us, and that is the shell's sign to end the chain. `exec 3<&0` since a background command
 * gets no stdin; the watcher goes first so that it can't hit a stranger who got the chain's process ID.
 */
const untilWeAreGone = `
exec 3<&0
"$@" </dev/null 3<&- & chain=$!
( read -r _ <&3; kill "$chain" ) >/dev/null 2>&1 & watcher=$!
wait "$chain"; code=$?
kill "$watcher" 2>/dev/null
exit "$code"`

/** Resolves when the chain listens. Rejects with anvil's output when it ends before that. */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const { blockTime, chainId = 31337, args = [] } = options
  const anvilArgs = ['--host', '127.0.0.1', '--port', '0', '--chain-id', String(chainId)]
  if (blockTime !== undefined) anvilArgs.push('--block-time', String(blockTime))
  const child = spawn('sh', ['-c', untilWeAreGone, 'sh', anvilBinary(), ...anvilArgs, ...args], { stdio: 'pipe' })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))

  const port = await new Promise<number>((resolve, reject) => {
    let output = ''
    let listening = false
    // The listeners stay: a full pipe would stop the chain.
    const onOutput = (chunk: Buffer) => {
      if (listening) return
      output += chunk.toString()
      const found = /Listening on 127\.0\.0\.1:(\d+)/.exec(output)
      if (!found) return
      listening = true
      resolve(Number(found[1]))
    }
    child.stdout.on('data', onOutput)
    child.stderr.on('data', onOutput)
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`anvil ended with code ${code} before it listened:\n${output}`)))
  })

  const url = `http://127.0.0.1:${port}`
  return {
    url,
    port,
    rpc: (method, params = []) => call(url, method, params),
    stop: () => {
      child.stdin.end()
      return exited
    },
  }
}

/** The binary comes in an optional package per platform, found from the package that depends on it. */
function anvilBinary(): string {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  const require = createRequire(import.meta.url)
  const fromAnvil = createRequire(require.resolve('@foundry-rs/anvil/package.json'))
  return fromAnvil.resolve(`@foundry-rs/anvil-${process.platform}-${arch}/bin/anvil`)
}

async function call<T>(url: string, method: string, params: readonly unknown[]): Promise<T> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const answer = (await response.json()) as { result: T; error?: { code: number; message: string; data?: unknown } }
  if (answer.error) throw new AnvilError(method, answer.error)
  return answer.result
}
