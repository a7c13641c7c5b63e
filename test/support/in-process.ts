/** Runs the built tool in the test's own process: a refusal takes milliseconds there, and a third of a second in its own. */
import fs from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { Readable } from 'node:stream'
import { type CliOptions, type CliResult, cleanEnvironment, type Envelope, withFlags } from './cli.js'
import { requireFittingDocuments } from './json-schemas.js'

const { main } = createRequire(import.meta.url)('../../dist/main.cjs') as {
  readonly main: (argv: readonly string[]) => Promise<void>
}

/** One after the other: environment, working directory and streams are the process's own. */
let last: Promise<unknown> = Promise.resolve()

/**
 * What the built tool answers where nothing depends on its being a process: signals, terminals, descriptors and how it
 * ends are for `wcn` of cli.ts.
 */
export function wcnInProcess(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const run = last.then(() => runHere(args, options))
  last = run.catch(() => {})
  return run
}

export async function wcnJsonInProcess(args: readonly string[], options?: CliOptions): Promise<CliResult & Envelope> {
  const result = await wcnInProcess(withFlags(args, '--json'), options)
  return { ...result, ...(JSON.parse(result.stdout) as Envelope) }
}

async function runHere(args: readonly string[], { env, input = '', cwd }: CliOptions): Promise<CliResult> {
  const said = { stdout: '', stderr: '' }
  const back = [
    replaceEnvironment(cleanEnvironment(env)),
    ...(cwd === undefined ? [] : [enterFolder(cwd)]),
    replace(process.stdout, 'write', taking('stdout')),
    replaceForModules('writeSync', takingDescriptor(fs.writeSync)),
    replace(process.stderr, 'write', taking('stderr')),
    replace(process, 'stdin', Readable.from([Buffer.from(input)]) as typeof process.stdin),
    // What it would end is the test.
    replace(process, 'exit', (() => {}) as typeof process.exit),
  ]
  const { exitCode } = process
  process.exitCode = undefined
  try {
    await main(args)
    await requireFittingDocuments(args, said.stdout)
    return { code: Number(process.exitCode ?? 0), ...said }
  } finally {
    process.exitCode = exitCode
    for (const restore of back.reverse()) restore()
  }

  /** What is short is written without the stream. */
  function takingDescriptor(write: typeof fs.writeSync): typeof fs.writeSync {
    return ((fd: number, bytes: Buffer, ...rest: []) => {
      if (fd !== 1) return write(fd, bytes, ...rest)
      said.stdout += bytes.toString()
      return bytes.length
    }) as typeof fs.writeSync
  }

  function taking(name: keyof typeof said): typeof process.stdout.write {
    return ((text: string | Uint8Array, ...rest: readonly unknown[]) => {
      said[name] += typeof text === 'string' ? text : Buffer.from(text).toString()
      const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined
      if (done) process.nextTick(done)
      return true
    }) as typeof process.stdout.write
  }
}

function replace<T extends object, K extends keyof T>(owner: T, name: K, value: T[K]): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name)
  Object.defineProperty(owner, name, { value, configurable: true, writable: true })
  return () => {
    if (own) Object.defineProperty(owner, name, own)
    else delete owner[name]
  }
}

/** What ES modules import by its name as well. */
function replaceForModules<K extends keyof typeof fs>(name: K, value: (typeof fs)[K]): () => void {
  const restore = replace(fs, name, value)
  syncBuiltinESMExports()
  return () => {
    restore()
    syncBuiltinESMExports()
  }
}

/** In place: the tool holds on to the object. */
function replaceEnvironment(env: Readonly<Record<string, string>>): () => void {
  const before = { ...process.env }
  const fill = (values: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, values)
  }
  fill(env)
  return () => fill(before)
}

function enterFolder(folder: string): () => void {
  const before = process.cwd()
  process.chdir(folder)
  return () => process.chdir(before)
}
