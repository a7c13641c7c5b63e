/** A row of bad input, run as a person and as a script would: the same sentence twice, nothing written, nothing sent. */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { expect } from 'vitest'
import { escapeUntrusted } from '../../src/base/escape.js'
import { type Sandbox, wcn, wcnJson } from './cli.js'
import type { Devnet, Variables } from './devnet.js'
import { TOKEN } from './fake-provider.js'
import { wcnInProcess, wcnJsonInProcess } from './in-process.js'

export interface Refusal {
  /** What is wrong; the test's name. */
  readonly what: string
  /** A function where they are known only when the chain is there. */
  readonly args: readonly string[] | (() => readonly string[])
  /** On top of the row's usual environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  /** Puts files into the row's own folder, which is its working directory. */
  readonly files?: (path: (name: string) => string) => void
  /** Skipped without the addon: what needs it says so before it looks further. */
  readonly needsQuic?: boolean
  /** For a provider or a clock: in processes of its own, beside other rows that wait. */
  readonly waits?: boolean
  readonly exit: number
  readonly code: string
  /** All of it is in the sentence or its hint: what was wrong, where it came from. */
  readonly says: readonly (string | RegExp)[]
}

let folders = 0
/** Exit codes that processes of their own have ended with, of each file's chain: one row each is enough. */
const shownByProcess = new WeakMap<Devnet, Set<number>>()

export async function expectRefusal(
  { args: given, env, input, files, waits = false, exit, code, says }: Refusal,
  net: Devnet,
  box: Sandbox,
  usual: Variables,
): Promise<void> {
  const args = typeof given === 'function' ? given() : given
  const cwd = box.path(`row-${++folders}`)
  mkdirSync(cwd)
  files?.((name) => `${cwd}/${name}`)
  // As on two machines: neither waits for the other's lock.
  const options = (who: string) => ({
    cwd,
    env: { WCN_STATE_DIR: box.path(`state-${folders}-${who}`), ...usual, ...env },
    ...(input === undefined ? {} : { input }),
  })
  const before = { chain: await net.state(), files: listing(cwd) }
  const exits = shownByProcess.get(net) ?? new Set()
  const ownProcess = waits || !exits.has(exit)
  shownByProcess.set(net, exits.add(exit))
  const [human, script] = await Promise.all(
    ownProcess
      ? [wcn(args, options('human')), wcnJson(args, options('script'))]
      : [wcnInProcess(args, options('human')), wcnJsonInProcess(args, options('script'))],
  )
  const shown = JSON.stringify({ args, human, script: script.stdout }, null, 2)

  expect(script.code, shown).toBe(exit)
  expect(script, shown).toMatchObject({ schema: 2, ok: false, error: { code } })
  expect(human.code, shown).toBe(exit)
  expect(human.stdout, shown).toBe('')
  const { message, hint } = script.error
  expect(human.stderr, shown).toContain(`error: ${escapeUntrusted(message)}`)
  for (const part of says) expect(`${message}\n${hint ?? ''}`, shown).toMatch(part)
  expect(shown).not.toContain(TOKEN)
  // Nothing that was quoted can pass for a line of ours.
  expect(human.stderr.match(/^(?:error|hint):/gm), shown).toEqual(hint === null ? ['error:'] : ['error:', 'hint:'])
  // A stack is for --debug only.
  expect(human.stderr, shown).not.toMatch(/^\s+at /m)
  expect({ chain: await net.state(), files: listing(cwd) }).toEqual(before)
}

function listing(folder: string): readonly string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).sort().map((name) => {
    const { mode, size, mtimeMs } = statSync(`${folder}/${name}`)
    return `${name} ${mode.toString(8)} ${size} ${mtimeMs}`
  })
}
