/** `--output`, the built tool against a real chain: documents, names for loops, Markdown for pull requests, and refusals. */
import { writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { type Account, useDevnet } from '../support/devnet.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

const operator = () => net.operators[1] as Account
const env = () => ({ ...net.cluster, WCN_OPERATOR: operator().address })
const run = (...words: string[]) => wcn(words, { env: env() })

describe('a document', () => {
  it('is the same as YAML, before the noun and after it', async () => {
    const json = await wcnJson(['nodes', 'list'], { env: env() })
    for (const words of [
      ['nodes', 'list', '-o', 'yaml'],
      ['-o', 'yaml', 'nodes', 'list'],
      ['--output=yaml', 'nodes', 'ls'],
    ]) {
      const { code, stdout, stderr } = await run(...words)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(parse(stdout)).toEqual({ schema: 2, ok: true, data: json.data })
    }
    const { stdout } = await run('nodes', 'list', '-o', 'json')
    expect(JSON.parse(stdout)).toEqual({ schema: 2, ok: true, data: json.data })
  })

  it('is that of an error, too, whoever notices it', async () => {
    const missing = await wcn(['nodes', 'list', '-o', 'yaml'])
    expect(missing).toMatchObject({ code: 2, stderr: '' })
    expect(parse(missing.stdout)).toMatchObject({ schema: 2, ok: false, error: { code: 'SETTING_MISSING' } })
    const unknown = await wcn(['nodes', 'lost', '-o', 'yaml'])
    expect(unknown).toMatchObject({ code: 2, stderr: '' })
    expect(parse(unknown.stdout)).toMatchObject({ ok: false, error: { code: 'USAGE' } })
  })

  it('is one of several, a line between them, where looks follow one another', async () => {
    const { stdout } = await run(
      'maintenance',
      'status',
      '--watch',
      '--interval',
      '1s',
      '--timeout',
      '4s',
      '-o',
      'yaml',
    )
    const documents = parseAllDocuments(stdout).map((one) => one.toJS())
    expect(documents.length).toBeGreaterThan(1)
    for (const one of documents) expect(one).toMatchObject({ schema: 2, ok: true, data: { maintenance: null } })
  })
})

describe('for monitoring', () => {
  it('nagios has its own exit codes, also where there is nothing to judge', async () => {
    const down = await run('nodes', 'check', '-o', 'nagios')
    expect(down.code).toBe(2)
    expect(down.stdout).toMatch(
      /^WCN NODES CHECK CRITICAL - \d+ checks failed, .* \| failed=\d+ warnings=\d+ passed=\d+ skipped=\d+\nFAIL /,
    )
    const well = await run('doctor', '--only', 'contract', '-o', 'nagios')
    expect([well.code, well.stdout]).toEqual([0, expect.stringMatching(/^WCN DOCTOR OK - \d+ checks? passed/)])
    const away = await run('nodes', 'check', '--rpc-url', 'nowhere', '-o', 'nagios')
    expect([away.code, away.stdout]).toEqual([3, expect.stringMatching(/^WCN NODES CHECK UNKNOWN - --rpc-url/)])
  })

  it('nagios takes what it does not understand for no alarm, and looks once', async () => {
    const slip = await run('doctor', '-o', 'nagios', '--bogus')
    expect([slip.code, slip.stdout]).toEqual([3, expect.stringMatching(/^WCN UNKNOWN - unknown option/)])
    const watched = await run('nodes', 'check', '--watch', '--output=nagios')
    expect([watched.code, watched.stdout]).toEqual([3, 'WCN NODES CHECK UNKNOWN - --output nagios is of one look\n'])
  })

  it('prometheus and junit have what was checked, and the usual exit code', async () => {
    const samples = await run('nodes', 'check', '-o', 'prometheus')
    expect([samples.code, samples.stdout]).toEqual([
      8,
      expect.stringContaining('\nwcn_checks{command="nodes check",id='),
    ])
    const junit = await run('nodes', 'check', '-o', 'junit')
    expect([junit.code, junit.stdout]).toEqual([8, expect.stringContaining('<testsuite name="wcn nodes check" ')])
    expect(await run('nodes', 'list', '-o', 'junit')).toMatchObject({ code: 2, stdout: '' })
  })
})

it('names what lists hold, for loops', async () => {
  const { data } = await wcnJson(['nodes', 'list'], { env: env() })
  const peerIds = data.nodes.map((node: { peer_id: string }) => `${node.peer_id}\n`).join('')
  expect(await run('nodes', 'list', '-o', 'name')).toEqual({ code: 0, stdout: peerIds, stderr: '' })
  expect(await run('operator', 'view', '-o', 'name')).toEqual({
    code: 0,
    stdout: `${operator().address}\n`,
    stderr: '',
  })
  expect((await run('cluster', 'view', '-o', 'name')).stdout.split('\n')).toHaveLength(net.operators.length + 1)
  expect(await run('maintenance', 'status', '-o', 'name')).toEqual({ code: 0, stdout: '', stderr: '' })
})

it('draws what a pull request is to show', async () => {
  const { data } = await wcnJson(['nodes', 'export'], { env: env() })
  const name = '`<img>` | @org'
  writeFileSync(box.path('nodes.json'), JSON.stringify({ ...data, name }))
  const { code, stdout, stderr } = await run(
    'nodes',
    'diff',
    '-f',
    box.path('nodes.json'),
    '-o',
    'markdown',
    '--detailed-exitcode',
  )
  expect({ code, stderr }).toEqual({ code: 10, stderr: '' })
  expect(stdout).toContain('**1 change**\n\n|  | what | before | after |\n')
  expect(stdout).toContain('| `` `<img>` \\| @org `` |\n')
  const doctor = await run('doctor', '--only', 'providers', '-o', 'markdown')
  expect(doctor.stdout).toMatch(/^\*\*1 check passed, 1 not looked at\*\*\n\n<details>[\s\S]*\| pass \| `providers` \|/)
})

describe('what is refused', () => {
  it.each([
    [['nodes', 'add', '-o', 'name'], 'json, yaml, wide'],
    [['nodes', 'list', '-o', 'xml'], 'json, yaml, wide, name'],
    [['doctor', '-o', ''], 'json, yaml, wide, markdown, nagios, prometheus, junit'],
    [['-o', 'table', 'version'], 'json, yaml, wide'],
  ])('%j, with what it knows', async (words, known) => {
    const { code, stdout, stderr } = await wcn(words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: --output is ".*", which is not one of those that this command knows: /)
    expect(stderr.trim().endsWith(`: ${known}`)).toBe(true)
  })

  it('are two formats', async () => {
    const { code, stdout } = await wcn(['version', '--json', '-o', 'wide'])
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'USAGE' } })
  })
})

it('leaves -o to the operators of a deployment', async () => {
  const words = ['admin', 'deploy', '-o', ...net.operators.map(({ address }) => address), '--dry-run']
  const owner = { ...net.cluster, WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.owner.privateKey }
  const { code, stdout } = await wcn([...words, '--output', 'yaml'], { env: owner })
  expect(code).toBe(0)
  expect(parse(stdout)).toMatchObject({ ok: true, data: { owner: net.owner.address } })
})
