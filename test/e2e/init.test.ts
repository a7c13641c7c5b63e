/** `wcn init` through the built tool: a newcomer becomes a member, at a terminal whose process is killed all the time, and without one. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { startWcn } from '../support/background.js'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { type Devnet, useDevnet } from '../support/devnet.js'
import { CTRL_C, ENTER, type Terminal, wcnInTerminal } from '../support/pty.js'
import { runScript } from '../support/shell.js'

const TOKEN = 'canary-token-0123456789'
const DOWN = '\u001b[B'
const CTRL_D = '\u0004'
const SHOW_CURSOR = '\u001b[?25h'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)

const rpcUrl = () => `${net.rpcUrl.replace('http', 'ws')}/?key=${TOKEN}`

/** Of the account in the folder's state. */
async function fund(state: string): Promise<void> {
  await net.rpc('anvil_setBalance', JSON.parse(readFileSync(state, 'utf8')).answers.operator, '0x2386f26fc10000')
}

async function approve(request: string, { cluster, owner }: Devnet = net): Promise<void> {
  const env = { ...cluster, WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: owner.privateKey }
  expect(await wcnJson(['admin', 'operator', 'approve', request, '--yes'], { env })).toMatchObject({ code: 0 })
}

/** What may be in no output, and in no file but those that are there for it. */
function secretsIn(dir: string): readonly string[] {
  const keys = readdirSync(`${dir}/keys`).map((name) => readFileSync(`${dir}/keys/${name}`, 'utf8').trim())
  expect(keys.length).toBeGreaterThan(3)
  return [TOKEN, net.encryptionKey, ...keys].map((secret) => secret.replace(/^0x/, ''))
}

interface Page {
  readonly question: string
  readonly keys: string
  /** The first of a step: the one before is done. */
  readonly opens?: true
  /** Before it is answered. */
  readonly before?: () => Promise<void>
}

describe('at a terminal', () => {
  it('is killed in every step, interrupted too, and ends with a member all the same', async () => {
    const cwd = box.path('.')
    const dir = box.path('wcn-operator')
    const env = { HOME: cwd, WCN_CONFIG_DIR: `${cwd}/config` }
    const pages: readonly Page[] = [
      { question: 'Your region', keys: `${DOWN}${ENTER}` },
      { question: 'Address of the region', keys: `${net.contract}${ENTER}` },
      { question: 'Chain ID', keys: `31337${ENTER}` },
      { question: 'wss:// URL of your RPC provider', keys: `${rpcUrl()}${ENTER}`, opens: true },
      { question: "The cluster's encryption key", keys: ENTER, opens: true },
      { question: 'Paste the encryption key', keys: `${net.encryptionKey}${ENTER}` },
      { question: "The operator's key", keys: ENTER, opens: true },
      { question: 'holds no ETH yet', keys: ENTER, before: () => fund(`${dir}/wcn-init.json`) },
      { question: 'Names for your nodes', keys: ENTER, opens: true },
      { question: 'Keys of the database and the nodes', keys: ENTER },
      { question: 'Private IPv4 address of the database', keys: `10.0.10.5${ENTER}`, opens: true },
      { question: 'Public IPv4 address of node node-a', keys: `198.51.100.3${ENTER}` },
      { question: 'Public IPv4 address of node node-b', keys: `198.51.100.4${ENTER}` },
      { question: 'The primary node', keys: ENTER },
      { question: 'Ports', keys: ENTER },
      { question: 'Scrape configuration', keys: `${DOWN}${ENTER}`, opens: true },
      { question: 'What you deploy with', keys: `${DOWN}${ENTER}` },
      { question: 'Where they run', keys: ENTER },
      { question: 'Your firewall', keys: ENTER, opens: true },
      { question: 'Keep these settings as the context na', keys: ENTER, opens: true },
      { question: '0 of 2 nodes answer', keys: `${DOWN}${ENTER}`, opens: true },
      { question: 'Name of your operator', keys: `newcomer${ENTER}`, opens: true },
      { question: 'The answer of the owner', keys: ENTER, opens: true },
    ]
    const screens: string[] = []
    let terminal: Terminal = wcnInTerminal(['init'], { cwd, env })
    for (const { question, keys, opens, before } of pages) {
      // What is asked now shows that the last answer is on disk.
      await terminal.until(question)
      await before?.()
      if (opens) {
        terminal.kill()
        await terminal.ended
        screens.push(terminal.screen)
        terminal = wcnInTerminal(['init'], { cwd, env })
        await terminal.until(question)
      }
      terminal.type(keys)
    }
    await terminal.until('waiting for the cluster')
    terminal.type(CTRL_C)
    expect(await terminal.ended).toBe(130)
    screens.push(terminal.screen)

    // With a connection open, the end of input alone keeps nothing from waiting on.
    const left = wcnInTerminal(['init'], { cwd, env })
    await left.until('The answer of the owner')
    left.type(CTRL_D)
    expect(await left.ended).toBe(130)

    const last = wcnInTerminal(['init'], { cwd, env })
    await last.until('12 of 13')
    await last.until('The answer of the owner')
    last.type(ENTER)
    await last.until('waiting for the cluster')
    await approve(`${dir}/join-request.json`)
    await last.until('You are on chain')
    await last.until(`export RPC_PROVIDER_URL="$(cat wcn-operator/rpc.url)"`)
    await last.until('wcn operator view')
    await last.until('on chain: yes · answering: 0 of 2 nodes · database: not seen')
    await last.until('next: start wcn_node on machine-1, then `wcn nodes check`')
    // Nothing runs: it is on chain, and that is not all.
    expect(await last.ended).toBe(8)
    screens.push(last.screen)

    const listed = await wcn(['nodes', 'list'], { env })
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('198.51.100.3') })

    const view = await wcnJson(['cluster', 'view'], { env: net.cluster })
    const member = view.data.operators.find(({ name }: { readonly name: string }) => name === 'newcomer')
    expect(member.nodes.map(({ ipv4_addr }: { readonly ipv4_addr: string }) => ipv4_addr)).toEqual([
      '198.51.100.3',
      '198.51.100.4',
    ])
    const state = readFileSync(`${dir}/wcn-init.json`, 'utf8')
    for (const secret of secretsIn(dir)) for (const text of [state, ...screens]) expect(text).not.toContain(secret)
  })
})

it.each([60, 80, 120])('at a terminal of %i columns shows no line that is wider, and no secret', async (columns) => {
  const cwd = box.path(`columns-${columns}`)
  mkdirSync(cwd)
  const env = { HOME: cwd, WCN_CONFIG_DIR: `${cwd}/config` }
  const terminal = wcnInTerminal(['init'], { cwd, env, columns })
  const pages: readonly Page[] = [
    { question: 'Your region', keys: ENTER },
    { question: 'Address of the region', keys: `${net.contract}${ENTER}` },
    { question: 'Chain ID', keys: `31337${ENTER}` },
    { question: 'wss:// URL of your RPC provider', keys: `${rpcUrl()}${ENTER}` },
    { question: "The cluster's encryption key", keys: ENTER },
    { question: 'Paste the encryption key', keys: net.encryptionKey },
    // Something was pasted.
    { question: '*'.repeat(20), keys: ENTER },
    { question: "The operator's key", keys: ENTER },
    { question: 'holds no ETH yet', keys: ENTER, before: () => fund(`${cwd}/wcn-operator/wcn-init.json`) },
    { question: 'Names for your nodes', keys: ENTER },
    { question: 'Keys of the database and the nodes', keys: ENTER },
    { question: 'Private IPv4 address of the database', keys: `10.0.10.5${ENTER}` },
    { question: 'Public IPv4 address of node node-a', keys: `198.51.100.3${ENTER}` },
    { question: 'Public IPv4 address of node node-b', keys: `198.51.100.4${ENTER}` },
    { question: 'The primary node', keys: ENTER },
    { question: 'Ports', keys: ENTER },
    { question: 'Scrape configuration', keys: `${DOWN}${ENTER}` },
    { question: 'What you deploy with', keys: `${DOWN}${ENTER}` },
    { question: 'Where they run', keys: ENTER },
    { question: 'Your firewall', keys: ENTER },
    { question: 'Keep these settings', keys: ENTER },
    { question: '0 of 2 nodes answer', keys: `${DOWN}${DOWN}${ENTER}` },
  ]
  // Wherever the terminal breaks a question.
  const broken = (text: string) => new RegExp([...text].map((letter) => letter.replace(/[^\w ]/, '\\$&')).join('\\s*'))
  for (const { question, keys, before } of pages) {
    await terminal.until(broken(question))
    await before?.()
    terminal.type(keys)
  }
  await terminal.until('on chain: no')
  // Left before it was done.
  expect(await terminal.ended).toBe(8)
  const last = terminal.text.slice(terminal.text.lastIndexOf('Step nodes: '))
  // A flag stays with its value.
  const lines = last.split('\n').filter((line) => !/^ *--\S+ \S+ \\\r?$/.test(line))
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(columns)
  for (const secret of secretsIn(`${cwd}/wcn-operator`)) expect(terminal.screen).not.toContain(secret)
})

it('at a terminal says at once what is wrong with an answer', async () => {
  const terminal = wcnInTerminal(['init', '--dir', box.path('wrong')])
  await terminal.until('Your region')
  terminal.type(ENTER)
  await terminal.until('Address of the region')
  terminal.type(`0x12${ENTER}`)
  await terminal.until('2 hex digits instead of 40')
  terminal.type(`\u0015${net.operators[0]?.privateKey}${ENTER}`)
  await terminal.until('[not shown: it looks like a key]')
  await terminal.until('looks like a key, which is not asked for')
  terminal.type(`\u0015${net.contract}${ENTER}`)
  await terminal.until('Chain ID')
  terminal.type(CTRL_C)
  expect(await terminal.ended).toBe(130)
  expect(terminal.text).toContain('nothing was sent')
  expect(JSON.parse(readFileSync(box.path('wrong/wcn-init.json'), 'utf8'))).toMatchObject({
    answers: { region: 'eu', contract_address: net.contract },
    joined: false,
  })
})

it('at a terminal gives the cursor back when it is told to end', async () => {
  const terminal = wcnInTerminal(['init', '--dir', box.path('ended')])
  await terminal.until('Your region')
  terminal.kill('SIGTERM')
  expect(await terminal.ended).toBe(130)
  expect(terminal.screen).toContain(SHOW_CURSOR)
})

describe('without a terminal', () => {
  const answers = () => ({
    region: 'eu',
    contract_address: net.contract,
    chain_id: 31337,
    operator_key: 'new',
    encryption_key_file: 'encryption.key',
    rpc_url: rpcUrl(),
    database: { address: '10.0.10.6' },
    nodes: [
      { name: 'n0', primary: true, ipv4_addr: '198.51.100.5' },
      { name: 'n1', ipv4_addr: '198.51.100.6' },
    ],
    formats: ['compose', 'prometheus'],
    images: { tag: '260209.1' },
    name: "it's acme",
  })

  it('does the same by a file of answers, waits for the owner, and its commands do the same in a shell', async () => {
    const path = (name: string) => box.path(name)
    writeFileSync(path('encryption.key'), `${net.encryptionKey}\n`, { mode: 0o600 })
    writeFileSync(path('answers.json'), JSON.stringify(answers()))
    const args = ['init', '--answers', path('answers.json'), '--dir', path('by answers'), '--json']
    const poor = await wcn(args)
    expect(poor).toMatchObject({ code: 4, stdout: expect.stringContaining('INSUFFICIENT_FUNDS') })
    await fund(path('by answers/wcn-init.json'))
    const pending = await wcn(args)
    expect(JSON.parse(pending.stdout)).toMatchObject({
      ok: false,
      data: { steps: expect.arrayContaining([{ id: 'wait', status: 'waiting' }]) },
    })
    expect(pending.code).toBe(8)

    const waiting = startWcn([...args, '--wait', '600'])
    await waiting.until('waiting for the cluster')
    await approve(path('by answers/join-request.json'))
    const end = await waiting.ended
    expect(end.code, end.stderr).toBe(8)
    const { data } = JSON.parse(end.stdout)
    expect(data.steps.every(({ status }: { readonly status: string }) => status === 'done')).toBe(true)
    expect(data).toMatchObject({ context: null, standing: { on_chain: true, answering: 0, nodes: 2, database: false } })
    expect(data.commands).toContainEqual(expect.stringMatching(/^wcn operator register -f .*deployment\.yaml' --out /))
    for (const secret of secretsIn(path('by answers')))
      for (const text of [poor.stdout, poor.stderr, pending.stdout, pending.stderr, end.stdout, end.stderr])
        expect(text).not.toContain(secret)
    expect(statSync(path('by answers/wcn-init.json')).mode & 0o777).toBe(0o600)

    // What makes keys and waits to be filled in is done already; the rest can be done again.
    const again = (data.commands as string[]).filter((line) => !/keygen|generate|config init|--wait/.test(line))
    expect(again.length).toBeGreaterThan(8)
    const shell = await runScript(box, 'again', `${again.join('\n')}\n`, { env: { WCN_CONFIG_DIR: path('config') } })
    expect(shell.code, shell.stderr).toBe(0)
    expect(shell.stdout).toContain('On chain, exactly as requested.')
    expect(shell.stdout).toContain("it's acme")
  })

  it('wants answers, and says which one is missing', async () => {
    expect(await wcnJson(['init', '--dir', box.path('none')])).toMatchObject({
      code: 3,
      error: { code: 'INPUT_REQUIRED', hint: expect.stringContaining('--answers') },
    })
    const { name: _, contract_address: __, ...rest } = answers()
    writeFileSync(box.path('incomplete.json'), JSON.stringify(rest))
    const missing = await wcnJson(['init', '--answers', box.path('incomplete.json'), '--dir', box.path('none')])
    expect(missing).toMatchObject({
      code: 3,
      error: { code: 'INPUT_REQUIRED', details: { field: 'contract_address' } },
    })
  })
})
