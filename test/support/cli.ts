/** Runs the built tool as a user's shell or CI job does: its own process, no terminal, a clean environment. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireFittingDocuments } from './json-schemas.js'
import { stateFolder } from './state-folder.js'

/** The program as it is installed. */
export const INSTALLED = fileURLToPath(new URL('../../bin/wcn.js', import.meta.url))
/** The same, held to loopback. */
export const BIN = fileURLToPath(new URL('wcn.cjs', import.meta.url))

/** What runs the tool: another Node than the one that runs the tests, for `npm run test:nodes`. */
const NODE = process.env.WCN_TEST_NODE ?? process.execPath

/** Less than a test's own: a tool that hangs is ended, and the test says what it had printed. */
const DEADLINE_MS = 120_000

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  readonly cwd?: string
}

/** Nothing of the test's own environment but where to find programs. */
export function cleanEnvironment(extra: CliOptions['env'] = {}): Record<string, string> {
  const state = stateFolder()
  const env = {
    PATH: `${dirname(NODE)}${delimiter}${process.env.PATH}`,
    HOME: tmpdir(),
    WCN_STATE_DIR: state,
    WCN_CONFIG_DIR: join(state, 'config'),
    ...extra,
  }
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

export function wcn(args: readonly string[], { env, input = '', cwd }: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(NODE, [BIN, ...args], { env: cleanEnvironment(env), cwd, timeout: DEADLINE_MS })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) =>
      requireFittingDocuments(args, stdout).then(() => resolve({ code, stdout, stderr }), reject),
    )
    // A tool that ends without reading its input is no failure of the test.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

export interface Envelope {
  readonly schema: number
  readonly ok: boolean
  // biome-ignore lint/suspicious/noExplicitAny: documents differ from command to command, tests say what they expect
  readonly data: any
  readonly error: {
    readonly code: string
    readonly message: string
    readonly hint: string | null
    readonly details: object
  }
}

/** What comes after `--` belongs to somebody else. */
export function withFlags(args: readonly string[], ...flags: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return args.toSpliced(end < 0 ? args.length : end, 0, ...flags)
}

/** The same with `--json`: the one document on stdout. */
export async function wcnJson(args: readonly string[], options?: CliOptions): Promise<CliResult & Envelope> {
  const result = await wcn(withFlags(args, '--json'), options)
  return { ...result, ...(JSON.parse(result.stdout) as Envelope) }
}

export interface Sandbox {
  readonly path: (name: string) => string
  readonly remove: () => void
}

export function sandbox(): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), 'wcn-test-'))
  return { path: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
