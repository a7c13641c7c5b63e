/** Refusals of `config emit`, through the built tool: the exit code, the sentence, and that nothing has changed. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, expect } from 'vitest'
import { type Sandbox, sandbox } from './cli.js'
import { putDeployment, SECRETS } from './deployment.js'
import { ON_ONE_MACHINE } from './emit-all.js'
import { wcnJsonInProcess as wcnJson } from './in-process.js'

/** Exit codes of docs/dev/command-line.md: 2 for what was given, 4 for what the network or safety forbids. */
const FORBIDDEN = ['PRIMARY_RULE', 'TOO_FEW_NODES', 'OUTPUT_UNSAFE', 'ADDRESS_NOT_ROUTABLE', 'PORTS_COLLIDE']

const boxes: Sandbox[] = []

/** Registers the hook that removes the boxes. */
export function useBoxes(): (description?: unknown) => Sandbox {
  afterAll(() => boxes.forEach((one) => void one.remove()))
  return (description = ON_ONE_MACHINE) => {
    const box = sandbox()
    boxes.push(box)
    putDeployment(box, description)
    return box
  }
}

/**
 * `says` is the code and then the sentence: `…` stands for any text in between, and `@` for the description with a line.
 * `flags` come on top of the usual ones or in their place.
 */
export async function expectRefusal(box: Sandbox, says: string, flags: readonly string[] = []): Promise<void> {
  const [code = ''] = says.split(' ')
  const usual = { '-f': 'deployment.yaml', '--out': 'out', '--format': 'all' }
  const args = Object.entries(usual).flatMap((pair) => (flags.includes(pair[0]) ? [] : pair))
  const before = everythingIn(box)
  const result = await wcnJson(['config', 'emit', ...args, ...flags], { cwd: box.path('.') })
  expect({ ok: result.ok, said: `${result.error?.code} ${result.error?.message}`, exit: result.code }).toEqual({
    ok: false,
    said: expect.stringMatching(patternOf(says)),
    exit: FORBIDDEN.includes(code) ? 4 : 2,
  })
  for (const secret of SECRETS) expect(result.stdout + result.stderr).not.toContain(secret)
  expect(everythingIn(box)).toEqual(before)
}

function patternOf(says: string): RegExp {
  const literal = says.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return new RegExp(`^${literal.replaceAll('@', 'deployment\\.yaml:\\d+:').replace(/ ?…/g, '.*')}`, 's')
}

/** Paths with mode, owner and content; of git's own folder, only that it is there. */
export function everythingIn(box: Sandbox): readonly string[] {
  const paths = (readdirSync(box.path('.'), { recursive: true }) as string[]).filter((path) => !/\.git\//.test(path))
  return paths.sort().map((path) => {
    const stats = lstatSync(box.path(path))
    const content = stats.isFile() ? readFileSync(box.path(path), 'latin1') : ''
    return `${path} ${stats.mode.toString(8)} ${stats.uid} ${content}`
  })
}
