/**
 * A rehearsal network, and folders in which operators type what help and handbook say: `wcn` is the built tool, services
 * are stand-ins, and what deploys them (docker, ssh, kubectl, …) restarts these.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, expect } from 'vitest'
import { freePorts } from '../../src/devnet/stand-in/free-ports.js'
import { BIN, type CliResult, cleanEnvironment, type Sandbox, sandbox, wcn } from './cli.js'
import { inertProgram } from './inert-program.js'

type Variables = Readonly<Record<string, string>>

/** The ports that the handbook speaks of. */
const PORTS = [3000, 3001, 3002, 3010, 3011, 3012, 3020, 3021, 3022, 3030, 3031, 3032]
const DEADLINE_MS = 120_000

export interface Rehearsal {
  /** Of the network, as `devnet up` wrote them. */
  readonly variables: Variables
  /** What whoever takes part exports: no key is in it. */
  readonly cluster: Variables
  readonly envFile: string
  /** A folder that is empty but for what is on its PATH. */
  folder(): Promise<Folder>
}

export interface Folder extends Sandbox {
  /** What a line's ports are here, where those of the handbook may be others'. */
  ported(text: string): string
  port(port: number): number
  read(name: string): string
  write(name: string, text: string): void
  /** A script of sh -eu. `until`: a command that goes on by itself; it is interrupted when it has said that. */
  run(script: string, options?: { readonly env?: Variables; readonly until?: string | undefined }): Promise<CliResult>
  /** The same, which has to end with 0; what it said on stdout, without the line's end. */
  ok(script: string, env?: Variables): Promise<string>
  /** Starts the service of an env file anew. */
  restart(name: string): Promise<unknown>
}

/** Registers start and end with the test file. */
export function useRehearsal(): Rehearsal {
  const box = sandbox()
  const envFile = box.path('devnet.env')
  const folders: Sandbox[] = []
  let variables: Variables = {}
  beforeAll(async () => {
    expect(await wcn(['devnet', 'up', '--detach', '--out', envFile])).toMatchObject({ code: 0, stderr: '' })
    variables = parseEnv(readFileSync(envFile, 'utf8')) as Variables
  })
  afterAll(async () => {
    const down = await wcn(['devnet', 'down', envFile])
    for (const one of [...folders, box]) one.remove()
    expect(down).toMatchObject({ code: 0 })
  })
  return {
    envFile,
    get variables() {
      return variables
    },
    get cluster() {
      const shared = ['SMART_CONTRACT_ADDRESS', 'RPC_PROVIDER_URL']
      return Object.fromEntries(shared.map((name) => [name, variables[name] ?? '']))
    },
    async folder() {
      const made = await makeFolder(envFile, variables)
      folders.push(made)
      return made
    },
  }
}

/** What only a rehearsal needs, and a reader of the handbook would not set. */
const REHEARSAL = ['WCN_CHAIN_ID', 'WCN_ALLOW_PRIVATE_ADDRESSES', 'WCN_DEVNET_STATE_DIR']

async function makeFolder(envFile: string, variables: Variables): Promise<Folder> {
  const box = sandbox()
  const free = await freePorts(PORTS.length)
  const ports = new Map(PORTS.map((port, index) => [port, free[index] ?? 0]))
  const write = (name: string, text: string) => {
    writeFileSync(box.path(name), text, { mode: 0o600 })
    if (text.startsWith('#!')) chmodSync(box.path(name), 0o700)
  }
  mkdirSync(box.path('bin'))
  write('bin/wcn', WRAPPER(await commandsThatAsk()))
  write('bin/restart', RESTART(envFile))
  write('bin/deployer', DEPLOYER)
  for (const name of DEPLOYERS) symlinkSync('deployer', box.path(`bin/${name}`))
  const always = Object.fromEntries(REHEARSAL.map((name) => [name, variables[name] ?? '']))
  const known = cleanEnvironment({ HOME: box.path('.'), WCN_STATE_DIR: undefined, WCN_CONFIG_DIR: box.path('config') })
  const env = { ...known, ...always, PATH: `${box.path('bin')}:${known.PATH}` }
  const run: Folder['run'] = (script, options = {}) =>
    runShell(script, { cwd: box.path('.'), env: { ...env, ...options.env }, until: options.until })
  const ok: Folder['ok'] = async (script, extra = {}) => {
    const result = await run(script, { env: extra })
    expect(result, `${script}\n${result.stderr}${result.stdout}`).toMatchObject({ code: 0 })
    return result.stdout.trim()
  }
  return {
    ...box,
    port: (port) => ports.get(port) ?? port,
    ported: (text) => text.replaceAll(/\b30[0-3]\d\b/g, (port) => String(ports.get(Number(port)) ?? port)),
    read: (name) => readFileSync(box.path(name), 'utf8'),
    write,
    run,
    ok,
    restart: (name) => ok(`restart ${name}`),
  }
}

interface Shell {
  readonly cwd: string
  readonly env: Variables
  readonly until?: string | undefined
}

function runShell(script: string, { cwd, env, until }: Shell): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    // What it starts is in its process group and is interrupted with it.
    const child = spawn('sh', ['-euc', until === undefined ? script : `exec ${script}`], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const signal = (name: NodeJS.Signals) => child.pid !== undefined && process.kill(-child.pid, name)
    const deadline = setTimeout(() => signal('SIGKILL'), DEADLINE_MS)
    const said = { stdout: '', stderr: '' }
    let interrupted = false
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] += text
        if (interrupted || until === undefined || !`${said.stdout}${said.stderr}`.includes(until)) return
        interrupted = true
        signal('SIGINT')
      })
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(deadline)
      resolve({ code, ...said })
    })
  })
}

/** Every way to name a command that asks before it acts. */
async function commandsThatAsk(): Promise<readonly string[]> {
  const found: string[] = []
  const walk = (command: Awaited<ReturnType<typeof inertProgram>>, words: readonly string[]): void => {
    if (command.options.some(({ long }) => long === '--yes')) found.push(words.join(' '))
    for (const child of command.commands)
      for (const name of [child.name(), ...child.aliases()]) walk(child, [...words, name])
  }
  // The build's.
  Object.assign(globalThis, { WCN_VERSION: '0.0.0' })
  walk(await inertProgram(), [])
  return found
}

/** Nobody is there to be asked: where a command would ask, --yes is typed. */
const WRAPPER = (asking: readonly string[]) => `#!/usr/bin/env sh
':' //; exec node -- "$0" "$@"
const args = process.argv.slice(2)
const end = args.indexOf('--') < 0 ? args.length : args.indexOf('--')
const own = args.slice(0, end)
const named = [3, 2, 1].map((count) => own.slice(0, count).join(' '))
if (named.some((words) => ${JSON.stringify(asking)}.includes(words)) && !own.includes('--yes')) own.push('--yes')
process.argv = [process.argv[0], ${JSON.stringify(BIN)}, ...own, ...args.slice(end)]
require(${JSON.stringify(BIN)})
`

/** Of systemd, docker and the like, what matters here: the service is started anew with its env file. */
const RESTART = (envFile: string) => `#!/bin/sh
cd "$(dirname "$0")/.." || exit 1
runs() { grep -q "env/$1.env" "/proc/$(cat "$1.pid")/cmdline"; } 2>/dev/null
runs "$1" && kill "$(cat "$1.pid")"
while runs "$1"; do sleep 0.05; done
setsid wcn devnet serve "env/$1.env" --devnet '${envFile}' >"$1.log" 2>&1 &
echo $! >"$1.pid"
until grep -q '^serving' "$1.log"; do
  kill -0 $! || { cat "$1.log" >&2; exit 1; }
  sleep 0.05
done
`

const DEPLOYERS = ['docker', 'ssh', 'kubectl', 'sudo', 'systemctl', 'ansible-playbook', 'journalctl']

/**
 * A stand-in for what deploys and for what shows logs: it looks for the service in its words, by the names that it has in
 * compose files, units and pods.
 */
const DEPLOYER = `#!/bin/sh
words="$(basename "$0") $*"
service=$(echo "$words" | grep -o 'wcn[_-]db\\|wcn[_-]node[_-]\\(node-\\)\\?[ab]' | tail -n 1 |
  sed 's/^wcn-db/wcn_db/; s/^wcn-node-/wcn_node_/')
case "$words" in
  *' show '*) echo "$service" ;;
  *logs*|*_SYSTEMD_INVOCATION_ID*) cat "$(dirname "$0")/../$service.log" ;;
  *' up '*--no-deps*|*restart*|*'delete pod'*|*ansible*) restart "$service" ;;
  *compose*config) cat "$(dirname "$0")/../deploy/compose.yaml" ;;
esac
`
