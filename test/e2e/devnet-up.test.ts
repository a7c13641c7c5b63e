/** `wcn devnet up` and `down`, the built tool against the real chain: as a script uses them and as somebody with Ctrl-C does. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { freePorts } from '../../src/devnet/stand-in/free-ports.js'
import { BIN, cleanEnvironment, sandbox, wcn, wcnJson } from '../support/cli.js'
import { quicAvailable, WITHOUT_ADDON } from '../support/stand-ins.js'

const work = sandbox()
const files: string[] = []
/** A name that no other test uses; whatever chain is written there is ended after the test. */
function envFile(): string {
  const path = work.path(`${files.length}.env`)
  files.push(path)
  return path
}
afterEach(async () => {
  for (const path of files.splice(0))
    if (existsSync(path) && !path.includes('kept')) await wcn(['devnet', 'down', path])
})
afterAll(work.remove)

const up = (out: string, ...args: string[]) =>
  wcnJson(['devnet', 'up', '--detach', '--chain-only', '--out', out, ...args])
const upWhole = (out: string, ...args: string[]) => wcnJson(['devnet', 'up', '--detach', '--out', out, ...args])
const down = (path: string) => wcnJson(['devnet', 'down', path])

async function rpc(url: string, method: string, params: readonly unknown[] = []): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return ((await response.json()) as { result: unknown }).result
}

/** Whether a chain answers there. */
const answers = (url: string): Promise<boolean> =>
  rpc(url, 'eth_chainId').then(
    () => true,
    () => false,
  )

describe('devnet up --detach', () => {
  it('leaves a cluster of five that everything else can use, until devnet down', async () => {
    const out = envFile()
    const { code, data, stderr } = await up(out)
    expect([code, stderr]).toEqual([0, ''])
    expect(data).toMatchObject({ chain_id: 31337, env_file: out, detached: true })
    expect(data.operators.map(({ name }: { name: string }) => name)).toHaveLength(5)
    expect(statSync(out).mode & 0o777).toBe(0o600)
    const env = parseEnv(readFileSync(out, 'utf8'))
    expect(env).toMatchObject({
      SMART_CONTRACT_ADDRESS: data.contract,
      RPC_PROVIDER_URL: data.rpc_url,
      WCN_CHAIN_ID: '31337',
      WCN_ALLOW_PRIVATE_ADDRESSES: '1',
      WCN_DEVNET_PID: String(data.pid),
      WCN_DEVNET_OPERATOR_4_ADDRESS: data.operators[4].id,
      SMART_CONTRACT_SIGNER_PRIVATE_KEY: env.WCN_DEVNET_OPERATOR_0_PRIVATE_KEY,
    })

    const cluster = (await wcnJson(['cluster', 'view', '--env-file', out])).data
    expect(cluster).toMatchObject({
      chain_id: 31337,
      contract: data.contract,
      owner: data.owner,
      version: 1,
      migration: null,
    })
    expect(cluster.keyspace).toEqual([0, 1, 2, 3, 4])
    expect(cluster.settings).toMatchObject({ max_operator_data_bytes: 4096, min_operators: 5 })
    for (const [slot, operator] of cluster.operators.entries()) {
      expect(operator).toMatchObject({ slot, ...data.operators[slot], in_keyspace: true })
      expect(operator.nodes).toHaveLength(2)
      for (const node of operator.nodes) expect(node.peer_id).toMatch(/^12D3KooW/)
    }
    // What operators need next: money, and the price of data on L1.
    expect(BigInt(String(await rpc(data.rpc_url, 'eth_getBalance', [data.operators[3].id, 'latest'])))).toBeGreaterThan(
      10n ** 18n,
    )
    expect(await rpc(data.rpc_url, 'eth_getCode', ['0x420000000000000000000000000000000000000F', 'latest'])).not.toBe(
      '0x',
    )
    const renamed = await wcnJson(['operator', 'rename', 'Aurora', '--env-file', out, '--yes'])
    expect(renamed.data).toMatchObject({ changed: true, version: 2, operator: { slot: 0, name: 'Aurora' } })
    // Sample nodes are nobody's, so that nobody is sent a packet.
    const checked = await wcn(['nodes', 'check', '--env-file', out])
    expect(checked).toMatchObject({ code: 8, stdout: expect.stringContaining('documentation address') })
    expect(checked.stdout).toContain('nothing was sent')
    const { WCN_ALLOW_PRIVATE_ADDRESSES: _, ...unsaid } = parseEnv(readFileSync(out, 'utf8')) as Record<string, string>
    const moved = await wcnJson(['nodes', 'update', '0', '--ip-address', '127.0.0.9', '--yes'], { env: unsaid })
    expect(moved.data.operator.nodes[0]).toMatchObject({ ipv4_addr: '127.0.0.9' })

    const home = work.path('home')
    mkdirSync(home)
    const elsewhere = { HOME: home, WCN_STATE_DIR: undefined }
    const byFile = ['operator', 'rename', 'Aurora 2', '--yes', '--env-file', out]
    expect(await wcnJson(byFile, { env: elsewhere })).toMatchObject({ code: 0, data: { changed: true } })
    const exported = { ...parseEnv(readFileSync(out, 'utf8')), ...elsewhere }
    expect((await wcnJson(['tx', 'list'], { env: exported })).data.transactions).toHaveLength(1)
    expect(readdirSync(home).filter((name) => name !== '.cache')).toEqual([])
    expect(readdirSync(`${out}.state`)).not.toEqual([])

    expect(await down(out)).toMatchObject({ code: 0, data: { stopped: true, pid: data.pid, env_file: out } })
    expect(existsSync(`${out}.state`)).toBe(false)
    expect(existsSync(out)).toBe(false)
    expect(await answers(data.rpc_url)).toBe(false)
    expect(await down(out)).toMatchObject({ code: 0, data: { stopped: false, pid: null } })
  })

  it('makes fresh keys each time, and as many operators as wanted', async () => {
    const [a, b] = [envFile(), envFile()]
    const [first, second] = await Promise.all([up(a, '--operators', '7'), up(b)])
    expect(first.data.operators).toHaveLength(7)
    expect(first.data.rpc_url).not.toBe(second.data.rpc_url)
    const keys = [a, b].flatMap((path) =>
      Object.entries(parseEnv(readFileSync(path, 'utf8'))).flatMap(([name, value]) =>
        /KEY$/.test(name) ? [value] : [],
      ),
    )
    // The signer is operator 0, hence once more in each file.
    expect(new Set(keys).size).toBe(keys.length - 2)
  })

  it('founds as large a cluster as it offers, whatever that costs its owner', async () => {
    const { code, data } = await up(envFile(), '--operators', '60', '--nodes', '4')
    expect([code, data?.operators.length]).toEqual([0, 60])
  })

  it('takes the port it is told, and mines when it is told', async () => {
    const port = await freePort()
    const { data } = await up(envFile(), '--port', String(port), '--block-time', '1')
    expect(data.rpc_url).toBe(`http://127.0.0.1:${port}`)
    const height = async () => Number(await rpc(data.rpc_url, 'eth_blockNumber'))
    const before = await height()
    await expect.poll(height, { timeout: 10_000 }).toBeGreaterThan(before)
  })

  it('takes no keys', async () => {
    const keys = work.path('keys')
    writeFileSync(keys, 'SMART_CONTRACT_SIGNER_PRIVATE_KEY=0x01\n')
    for (const flag of ['--private-key', '--private-key-file', '--encryption-key', '--env-file', '--mnemonic'])
      expect(await up(envFile(), flag, keys)).toMatchObject({ code: 2, error: { code: 'USAGE' } })
    const out = envFile()
    const mine = `0x${'7'.repeat(64)}`
    await wcnJson(['devnet', 'up', '--detach', '--chain-only', '--out', out], {
      env: { SMART_CONTRACT_SIGNER_PRIVATE_KEY: mine },
    })
    expect(readFileSync(out, 'utf8')).not.toContain(mine)
  })
})

describe('devnet up refuses', () => {
  it.each([
    [['--port', '1e3'], 'PORT_INVALID'],
    [['--port', '65536'], 'PORT_INVALID'],
    [['--block-time', '0'], 'SETTING_INVALID'],
    [['--block-time', '1.5'], 'SETTING_INVALID'],
    [['--operators', '4'], 'SETTING_INVALID'],
    [['--operators', '101'], 'SETTING_INVALID'],
    [['--operators', '5x'], 'SETTING_INVALID'],
  ])('%s', async (args, code) => {
    const out = envFile()
    expect(await up(out, ...args)).toMatchObject({ code: 2, error: { code } })
    expect(existsSync(out)).toBe(false)
  })

  it('a port that is taken', async () => {
    const server = createServer()
    const port = await listen(server, 0)
    const out = envFile()
    const { code, error } = await up(out, '--port', String(port))
    expect(code).toBe(2)
    expect(error).toMatchObject({
      code: 'PORT_INVALID',
      message: `port ${port} of 127.0.0.1 can't be had: it is in use`,
    })
    expect(existsSync(out)).toBe(false)
    server.close()
  })

  it('to write over anything but the file of a chain that is gone', async () => {
    const other = work.path('kept.env')
    writeFileSync(other, 'SMART_CONTRACT_SIGNER_PRIVATE_KEY=precious\n')
    expect(await up(other)).toMatchObject({ code: 2, error: { code: 'FILE_EXISTS' } })
    expect(await up(other, '--force')).toMatchObject({ code: 4, error: { code: 'OUTPUT_UNSAFE' } })
    expect(await down(other)).toMatchObject({ code: 2, error: { code: 'DOCUMENT_INVALID' } })
    expect(readFileSync(other, 'utf8')).toBe('SMART_CONTRACT_SIGNER_PRIVATE_KEY=precious\n')

    const out = envFile()
    const { data } = await up(out)
    expect(await up(out)).toMatchObject({ code: 2, error: { code: 'FILE_EXISTS' } })
    expect(await up(out, '--force')).toMatchObject({
      code: 2,
      error: { code: 'FILE_EXISTS', details: { pid: data.pid } },
    })
    expect(await answers(data.rpc_url)).toBe(true)
    process.kill(data.pid, 'SIGKILL')
    await expect.poll(() => answers(data.rpc_url)).toBe(false)
    expect(await up(out)).toMatchObject({ code: 2, error: { code: 'FILE_EXISTS' } })
    expect(await up(out, '--force')).toMatchObject({ code: 0 })
    expect(readFileSync(out, 'utf8')).not.toContain(`WCN_DEVNET_PID=${data.pid}\n`)
  })

  it('a place that cannot be written to, and leaves no chain running', async () => {
    const port = await freePort()
    const missing = await up(work.path('missing/a.env'), '--port', String(port))
    expect(missing).toMatchObject({ code: 2, error: { code: 'FILE_UNWRITABLE' } })
    expect(await answers(`http://127.0.0.1:${port}`)).toBe(false)
    writeFileSync(work.path('file'), '')
    expect(await up(work.path('file/a.env'))).toMatchObject({ code: 2, error: { code: 'FILE_UNWRITABLE' } })
    mkdirSync(work.path('directory'))
    expect(await up(work.path('directory'), '--force')).toMatchObject({ code: 2 })
    symlinkSync(work.path('elsewhere'), work.path('link'))
    expect((await up(work.path('link'), '--force')).code).not.toBe(0)
    expect(existsSync(work.path('elsewhere'))).toBe(false)
  })
})

describe('devnet down', () => {
  it('removes the file of a chain that is gone', async () => {
    const out = envFile()
    const { data } = await up(out)
    process.kill(data.pid, 'SIGKILL')
    await expect.poll(() => answers(data.rpc_url)).toBe(false)
    expect(await down(out)).toMatchObject({ code: 0, data: { stopped: false, pid: data.pid } })
    expect(existsSync(out)).toBe(false)
  })

  it('ends no process but the one that runs the chain', async () => {
    const out = envFile()
    const { data } = await up(out)
    const text = readFileSync(out, 'utf8')
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    writeFileSync(out, text.replace(/WCN_DEVNET_PID=.*/, `WCN_DEVNET_PID=${bystander.pid}`))
    expect(await down(out)).toMatchObject({ code: 4, error: { code: 'STATE_CHANGED' } })
    expect([bystander.exitCode, bystander.signalCode]).toEqual([null, null])
    bystander.kill()
    expect(await answers(data.rpc_url)).toBe(true)

    // A chain without this cluster is somebody else's.
    writeFileSync(out, text.replace(/^SMART_CONTRACT_ADDRESS=.*/m, `SMART_CONTRACT_ADDRESS=0x${'1'.repeat(40)}`))
    expect(await down(out)).toMatchObject({ code: 4, error: { code: 'STATE_CHANGED' } })
    expect(await answers(data.rpc_url)).toBe(true)
    writeFileSync(out, text)
    expect(await down(out)).toMatchObject({ code: 0, data: { stopped: true } })
  })

  it('takes the name with --out as well, but not two names', async () => {
    const out = envFile()
    await up(out)
    expect(await wcnJson(['devnet', 'down', out, '--out', `${out}.other`])).toMatchObject({
      code: 2,
      error: { code: 'USAGE' },
    })
    expect(await wcnJson(['devnet', 'down', '--out', out])).toMatchObject({ code: 0, data: { stopped: true } })
  })
})

describe('devnet up in the foreground', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('stops in good order on %s', async (signal) => {
    const running = foreground()
    const shown = await running.firstOutput
    const env = parseEnv(readFileSync(running.out, 'utf8'))
    expect(shown).toContain(env.SMART_CONTRACT_ADDRESS)
    expect(shown).toContain(`wcn cluster view --env-file ${running.out}`)
    expect(await answers(env.RPC_PROVIDER_URL ?? '')).toBe(true)
    running.child.kill(signal)
    expect(await running.ended).toMatchObject({ code: 0, stderr: expect.stringContaining('stopped') })
    expect(existsSync(running.out)).toBe(false)
    expect(await answers(env.RPC_PROVIDER_URL ?? '')).toBe(false)
  })

  it('fails when the chain ends by itself, with one document on stdout', async () => {
    const running = foreground('--json')
    const { data } = JSON.parse(await running.firstOutput)
    process.kill(data.pid, 'SIGKILL')
    const { code, stdout, stderr } = await running.ended
    expect(code).toBe(5)
    expect(JSON.parse(stdout)).toMatchObject({ ok: true })
    expect(stderr).toContain('ended by itself')
    expect(existsSync(running.out)).toBe(false)
  })

  it('ends well where devnet down was what ended it', async () => {
    const running = foreground()
    await running.firstOutput
    expect(await down(running.out)).toMatchObject({ code: 0, data: { stopped: true } })
    expect(await running.ended).toMatchObject({ code: 0 })
  })
})

describe.skipIf(!quicAvailable)('the nodes of a development chain', () => {
  it('are as they are listed, found well by every check, and gone with the chain', async () => {
    const out = envFile()
    const { code, data, stderr } = await upWhole(out, '--nodes', '3')
    expect([code, stderr]).toEqual([0, ''])
    const { pid, folder, services } = data.stand_ins
    expect(folder).toBe(`${out}.services`)
    expect(services).toHaveLength(5 * (3 + 1))
    const ports = services.flatMap((one: Record<string, number>) => [
      one.primary_port,
      one.secondary_port,
      one.metrics_port,
    ])
    expect(new Set(ports).size).toBe(ports.length)
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)

    const { operators } = (await wcnJson(['cluster', 'view', '--env-file', out])).data
    for (const [slot, { nodes }] of operators.entries())
      for (const [index, node] of nodes.entries()) {
        const { peer_id, primary_port, secondary_port } = services[slot * 4 + index]
        expect(node).toMatchObject({ peer_id, primary_port, secondary_port, ipv4_addr: '127.0.0.1' })
      }
    const key = `${folder}/operator-1-node-2.key`
    const checked = await wcnJson(['nodes', 'check', '--env-file', out, '--node-key-file', key])
    expect(checked.code).toBe(0)
    const well = { operational: true, caught_up: true, database: { connected: true, problem: null } }
    expect(checked.data.nodes).toMatchObject([well, well, well])
    expect((await wcn(['doctor', '--env-file', out])).code).toBe(0)
    // Two at once keep out of each other's way.
    const other = envFile()
    expect((await upWhole(other)).code).toBe(0)
    expect((await wcn(['nodes', 'check', '--env-file', other])).code).toBe(0)

    expect(await down(out)).toMatchObject({ code: 0, data: { stopped: true } })
    expect([existsSync(folder), existsSync(out), isThere(pid)]).toEqual([false, false, false])
    expect((await wcn(['nodes', 'check', '--env-file', other])).code).toBe(0)
  })

  it('end with their parent, whatever ended it, and with Ctrl-C', async () => {
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const running = startForeground('--json')
      const { data } = JSON.parse(await running.firstOutput)
      const pids = [data.pid, data.stand_ins.pid]
      expect(pids.map(isThere)).toEqual([true, true])
      running.child.kill(signal)
      await expect.poll(() => pids.map(isThere)).toEqual([false, false])
      await running.ended
      // Ctrl-C leaves nothing; what a kill leaves, `devnet down` or --force clears away.
      expect(existsSync(`${running.out}.services`)).toBe(signal === 'SIGKILL')
      if (signal === 'SIGKILL') expect((await upWhole(running.out, '--force')).code).toBe(0)
    }
  })

  it('are missing without the addon, which is said, and where a folder is in the way nothing is left running', async () => {
    const out = envFile()
    const bare = await wcnJson(['devnet', 'up', '--detach', '--out', out], { env: WITHOUT_ADDON })
    expect(bare).toMatchObject({ code: 0, data: { stand_ins: null } })
    expect(bare.stderr).toContain('only the chain is started')

    const [blocked, port] = [envFile(), await freePort()]
    mkdirSync(`${blocked}.services`)
    expect(await upWhole(blocked, '--port', String(port))).toMatchObject({ code: 2, error: { code: 'FILE_EXISTS' } })
    expect([await answers(`http://127.0.0.1:${port}`), existsSync(blocked)]).toEqual([false, false])
    expect(readdirSync(`${blocked}.services`)).toEqual([])
  })
})

describe('devnet fund', () => {
  it('gives an account what was asked for, on top, and only on a chain that runs', async () => {
    const out = envFile()
    const { data } = await up(out)
    const address = `0x${'a1'.repeat(20)}`
    const fund = (...args: string[]) => wcnJson(['devnet', 'fund', address, '--out', out, ...args])
    expect(await fund()).toMatchObject({
      code: 0,
      data: { address, amount_wei: `1${'0'.repeat(18)}`, balance_eth: '1' },
    })
    expect((await fund('--amount', '0.5')).data).toMatchObject({ balance_wei: `15${'0'.repeat(17)}` })
    expect(BigInt(String(await rpc(data.rpc_url, 'eth_getBalance', [address, 'latest'])))).toBe(15n * 10n ** 17n)
    for (const amount of ['-1', '1e3', '', '0.0000000000000000001'])
      expect(await fund(`--amount=${amount}`)).toMatchObject({ code: 2 })
    expect(await wcnJson(['devnet', 'fund', '0x12', '--out', out])).toMatchObject({
      error: { code: 'ADDRESS_INVALID' },
    })
    process.kill(data.pid, 'SIGKILL')
    await expect.poll(() => answers(data.rpc_url)).toBe(false)
    expect(await fund()).toMatchObject({ code: 4, error: { code: 'STATE_CHANGED' } })
  })
})

function isThere(pid: number): boolean {
  try {
    // What has ended but was not collected yet has an empty command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

const foreground = (...args: string[]) => startForeground('--chain-only', ...args)

function startForeground(...args: string[]) {
  const out = envFile()
  const child: ChildProcess = spawn(process.execPath, [BIN, 'devnet', 'up', '--out', out, ...args], {
    env: cleanEnvironment(),
  })
  const said = { stdout: '', stderr: '' }
  child.stderr?.on('data', (text) => {
    said.stderr += text
  })
  const firstOutput = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (text) => {
      said.stdout += text
      resolve(said.stdout)
    })
    child.once('close', () => reject(new Error(`it ended: ${said.stderr}`)))
  })
  firstOutput.catch(() => {})
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, ...said }))
  })
  return { out, child, firstOutput, ended }
}

async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve) =>
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    }),
  )
}
