/** The GitHub action and the recipe for GitLab do what their page says: their steps are run as shell, with the packed package. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { type CliResult, cleanEnvironment, sandbox, wcnJson } from '../support/cli.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'

interface Step {
  readonly name: string
  readonly if?: string
  readonly run?: string
  readonly shell?: string
  readonly env?: Variables
  readonly with?: Variables
}
interface Input {
  readonly description: string
  readonly required?: boolean
  readonly default?: string
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GUARD = fileURLToPath(new URL('../support/loopback-only.cjs', import.meta.url))
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8')
const action: { inputs: Record<string, Input>; runs: { using: string; steps: readonly Step[] } } = parse(
  read('action/action.yml'),
)
const blocksOf = (page: string) =>
  [...read(page).matchAll(/^```yaml\n(on:|default:)([\s\S]*?)^```$/gm)].map(([, a, b]) => `${a}${b}`)
const [github = '', gitlab = ''] = blocksOf('docs/ci.md')

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)
let archive: string

beforeAll(() => {
  for (const name of ['prefix', 'bin', 'tmp']) mkdirSync(box.path(name))
  const packed = ['pack', '--silent', '--ignore-scripts', '--pack-destination', box.path('tmp')]
  archive = box.path(`tmp/${execFileSync('npm', packed, { cwd: ROOT, encoding: 'utf8' }).trim()}`)
  // Notes what it is asked, and lists the comments that there are.
  writeFileSync(
    box.path('bin/gh'),
    '#!/bin/sh\nprintf "%s\\n" "$*" >>"$RUNNER_TEMP/gh.log"\ncase "$*" in *--paginate*) cat "$RUNNER_TEMP/ids" ;; esac\n',
  )
  chmodSync(box.path('bin/gh'), 0o755)
  for (const name of ['output', 'summary', 'tmp/ids']) writeFileSync(box.path(name), '')
})

/** As runners do it. */
function shell(text: string, env: Variables): Promise<CliResult> {
  const known = cleanEnvironment({
    CI: 'true',
    HOME: box.path('.'),
    NODE_OPTIONS: `--require ${GUARD}`,
    RUNNER_TEMP: box.path('tmp'),
    GITHUB_OUTPUT: box.path('output'),
    GITHUB_STEP_SUMMARY: box.path('summary'),
    ...{ npm_config_prefix: box.path('prefix'), npm_config_cache: box.path('npm'), npm_config_offline: 'true' },
    npm_config_omit: 'optional',
    ...env,
  })
  const PATH = `${box.path('bin')}:${box.path('prefix/bin')}:${dirname(process.execPath)}:/usr/bin:/bin`
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', text], {
      cwd: box.path('.'),
      env: { ...known, PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (part) => {
      stdout += part
    })
    child.stderr.on('data', (part) => {
      stderr += part
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** What is in `${{ … }}`: inputs, and of the workflow what these steps ask for. */
function filled(text: string, inputs: Variables): string {
  const known: Variables = { 'github.token': 'a-token', 'github.repository': 'acme/nodes', 'github.event.number': '7' }
  return text.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => {
    const value = name.startsWith('inputs.') ? inputs[name.slice(7)] : known[name]
    if (value === undefined) throw new Error(`nobody knows ${name}`)
    return value
  })
}

function step(name: string, given: Variables = {}): Promise<CliResult> {
  const { run = '', env = {} } = action.runs.steps.find((one) => one.name === name) ?? {}
  expect(run, name).not.toBe('')
  const defaults = Object.entries(action.inputs).map(([input, of]) => [input, of.default ?? ''])
  const inputs = { ...Object.fromEntries(defaults), ...given }
  return shell(run, Object.fromEntries(Object.entries(env).map(([key, value]) => [key, filled(value, inputs)])))
}

const operator = () => net.operators[1] as Account
const inputs = () => ({
  package: archive,
  'contract-address': net.contract,
  'rpc-url': net.rpcUrl,
  'chain-id': '31337',
  'encryption-key': net.encryptionKey,
  operator: operator().address,
})

/** A nodes file like what is on chain, with the first node at other ports. */
async function putNodes(file: string, port: number): Promise<void> {
  const { data } = await wcnJson(['nodes', 'export'], { env: { ...net.cluster, WCN_OPERATOR: operator().address } })
  const nodes = data.nodes.map((node: object, index: number) =>
    index === 0 ? { ...node, primary_port: port, secondary_port: port + 1 } : node,
  )
  writeFileSync(box.path(file), stringify({ ...data, nodes }))
}

describe('the action', () => {
  it('installs the package, and nothing else', async () => {
    const { code, stderr } = await step('Install', inputs())
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('plans without a private key, and comments what changes', async () => {
    await putNodes('nodes.yaml', 4010)
    const before = await net.state()
    expect(await step('Plan', inputs())).toMatchObject({ code: 0, stderr: '' })
    expect(await net.state()).toEqual(before)
    expect(readFileSync(box.path('output'), 'utf8')).toBe('changes=true\n')
    const comment = readFileSync(box.path('tmp/comment.md'), 'utf8')
    expect(comment).toMatch(/^<!-- wcn nodes -->\n### What `nodes\.yaml` changes on chain\n\n\*\*1 change\*\*\n\n\|/)
    expect(comment).toMatch(/^\| \*\*changed\*\* \| `nodes\[0\]` \| .* \| .*`4010`.* \|$/m)
    expect(comment).not.toContain(box.path('tmp'))
    expect(readFileSync(box.path('summary'), 'utf8')).toBe(comment)
    expect(JSON.parse(readFileSync(box.path('tmp/plan.json'), 'utf8'))).toMatchObject({ type: 'wcn-nodes-plan' })

    expect(await step('Comment')).toMatchObject({ code: 0, stderr: '' })
    writeFileSync(box.path('tmp/ids'), '41\n42\n')
    expect(await step('Comment')).toMatchObject({ code: 0, stderr: '' })
    const asked = readFileSync(box.path('tmp/gh.log'), 'utf8').trimEnd().split('\n')
    const body = `-F body=@${box.path('tmp/comment.md')}`
    expect(asked).toEqual([
      expect.stringContaining('api repos/acme/nodes/issues/7/comments --paginate'),
      `api --silent repos/acme/nodes/issues/7/comments ${body}`,
      expect.stringContaining('--paginate'),
      `api --silent --method PATCH repos/acme/nodes/issues/comments/41 ${body}`,
    ])
  })

  it('fails as the tool fails, and names what is missing', async () => {
    const forked = await step('Plan', { ...inputs(), 'rpc-url': '' })
    expect(forked.code).toBe(2)
    expect(forked.stderr).toContain('RPC_PROVIDER_URL')
    const keyless = await step('Apply', inputs())
    expect(keyless.code).toBe(2)
    expect((await step('Plan', { ...inputs(), file: 'none.yaml' })).code).toBe(2)
  })

  it('applies with the key, and then there is nothing to plan', async () => {
    const applied = await step('Apply', { ...inputs(), 'private-key': operator().privateKey })
    expect(applied, applied.stderr).toMatchObject({ code: 0 })
    expect(`${applied.stdout}${applied.stderr}`).not.toContain(operator().privateKey.slice(2))
    writeFileSync(box.path('output'), '')
    expect(await step('Plan', inputs())).toMatchObject({ code: 0 })
    expect(readFileSync(box.path('output'), 'utf8')).toBe('changes=false\n')
  })

  it('sends nothing with verify, where who answers can not be proven', async () => {
    await putNodes('nodes.yaml', 4020)
    const before = await net.state()
    const run = await step('Apply', { ...inputs(), 'private-key': operator().privateKey, verify: 'true' })
    expect(run, run.stderr).toMatchObject({ code: 2, stderr: expect.stringContaining('QUIC addon') })
    expect(await net.state()).toEqual(before)
  })

  it('plans on pull requests, applies on the default branch, and shows the key to the step that applies', () => {
    const { steps } = action.runs
    for (const { name, if: when, env = {}, shell: by, run } of steps) {
      if (run) expect(by, name).toBe('bash')
      if (/^(?:Plan|Upload|Comment)/.test(name)) expect(when).toContain("github.event_name == 'pull_request'")
      if (name === 'Apply') expect(when).toContain("github.event_name == 'push' && github.ref_name == ")
      expect('SMART_CONTRACT_SIGNER_PRIVATE_KEY' in env, name).toBe(name === 'Apply')
      // What comes from outside is never part of a script.
      expect(run ?? '').not.toContain('${{')
    }
  })
})

describe('its page', () => {
  it('has every input as the action has it', () => {
    const rows = Object.entries(action.inputs).map(([name, { description, required, default: value }]) => {
      const otherwise = required ? 'required' : value ? `\`${value}\`` : 'none'
      return `| \`${name}\` | ${description} | ${otherwise} |`
    })
    expect(read('docs/ci.md')).toContain(`|---|---|---|\n${rows.join('\n')}\n\n`)
  })

  it('has a workflow that gives what is required, and nothing unknown; the README has the same', () => {
    const { jobs } = parse(github)
    const given = Object.keys(jobs.nodes.steps[1].with)
    const required = Object.entries(action.inputs).flatMap(([name, of]) => (of.required ? [name] : []))
    expect(given).toEqual(expect.arrayContaining(required))
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(given))
    expect(blocksOf('README.md')).toEqual([github])
  })
})

describe('the recipe for GitLab', () => {
  it('plans without a key and applies with it', async () => {
    const recipe = parse(gitlab)
    const variables = { ...net.cluster, WCN_PACKAGE: archive, WCN_OPERATOR: operator().address }
    const job = (name: string, more: Variables = {}) =>
      shell([...recipe.default.before_script, ...recipe[name].script].join('\n'), { ...variables, ...more })
    await putNodes('nodes.yaml', 4030)
    const plan = await job('plan')
    expect(plan, plan.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('4030') })
    for (const path of recipe.plan.artifacts.paths)
      expect(readFileSync(box.path(path), 'utf8')).toContain('wcn-nodes-plan')
    expect((await job('apply')).code).toBe(2)
    const key = { SMART_CONTRACT_SIGNER_PRIVATE_KEY: operator().privateKey }
    expect(await job('apply', key)).toMatchObject({ code: 0 })
    expect((await job('plan')).stdout).not.toContain('4030 ')
  })
})
