/** `--context all`, `--context eu,na`: reads of several clusters at once, of which one is down. */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandbox } from '../support/cli.js'
import { type Account, type Devnet, useDevnet } from '../support/devnet.js'
import { wcnInProcess, wcnJsonInProcess } from '../support/in-process.js'

const eu = useDevnet()
const na = useDevnet()
const box = sandbox()
afterAll(box.remove)

const TOKEN = 'canary-token-of-a-provider'
const options = { env: { WCN_CONFIG_DIR: box.path('config') } }
const run = (line: string) => wcnInProcess(line.split(' '), options)
const json = (line: string) => wcnJsonInProcess(line.split(' '), options)

async function add(name: string, net: Devnet, slot: number, rpcUrl: string): Promise<void> {
  const { contract, operators } = net
  const { address } = operators[slot] as Account
  const flags = `--contract-address ${contract} --chain-id 31337 --operator ${address} --rpc-url ${rpcUrl}/?k=${TOKEN}`
  const key = box.path(net === eu ? 'eu.enc' : 'na.enc')
  expect((await run(`context add ${name} ${flags} --encryption-key-file ${key}`)).code).toBe(0)
}

beforeAll(async () => {
  for (const [name, net] of Object.entries({ eu, na }))
    writeFileSync(box.path(`${name}.enc`), net.encryptionKey, { mode: 0o600 })
  await add('eu', eu, 1, eu.rpcUrl)
  await add('na', na, 2, na.rpcUrl)
})

describe('a read in several contexts', () => {
  it('is one document, with what each would say alone', async () => {
    const { code, data } = await json('operator view --context eu,na')
    expect(code).toBe(0)
    expect(data.contexts).toMatchObject([
      { context: 'eu', ok: true, exit_code: 0, error: null, data: { contract: eu.contract, operator: { slot: 1 } } },
      { context: 'na', ok: true, exit_code: 0, error: null, data: { contract: na.contract, operator: { slot: 2 } } },
    ])
    for (const name of ['eu', 'na']) {
      const alone = await json(`operator view --context ${name}`)
      expect(data.contexts.find(({ context }: { context: string }) => context === name).data).toEqual(alone.data)
    }
  })

  it('has a heading for each, and tells whom a warning is from', async () => {
    const { code, stdout, stderr } = await run('maintenance status --context all')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^context eu\nnobody is in maintenance.*\n\ncontext na\nnobody is in maintenance/s)
    const checked = await run('doctor --context eu,na --only contract')
    expect(checked.stdout).toMatch(/^context eu\n.*\ncontext na\n/s)
  })

  it.each([
    'doctor --only contract',
    'maintenance status',
    'nodes check',
    'operator view',
    'view',
    'cluster status --node-key-file none',
  ])('knows `wcn %s`', async (line) => {
    const { data } = await json(`${line} --context all`)
    expect(data.contexts.map(({ context }: { context: string }) => context)).toEqual(['eu', 'na'])
  })

  it('hides nothing of the others where one is down, and no secret of its own', async () => {
    await add('gone', eu, 1, 'http://127.0.0.1:9')
    const { code, data, stdout } = await json('operator view --context all')
    expect(code).toBe(5)
    expect(data.contexts).toMatchObject([
      { context: 'eu', ok: true },
      { context: 'gone', ok: false, exit_code: 5, data: null, error: { code: 'NETWORK' } },
      { context: 'na', ok: true },
    ])
    expect(stdout).not.toContain(TOKEN)
    const text = await run('operator view --context gone,na')
    expect(text.stdout).toMatch(/^context gone\nerror: the RPC provider 127\.0\.0\.1:9 .*\ncontext na\nname/s)
    expect((await run('context remove gone')).code).toBe(0)
  })

  it('ends with 8 where they fail in different ways', async () => {
    await add('gone', eu, 1, 'http://127.0.0.1:9')
    const { code, data } = await json('nodes check --context all')
    expect(data.contexts.map(({ exit_code }: { exit_code: number }) => exit_code)).toEqual([8, 5, 8])
    expect(code).toBe(8)
    await run('context remove gone')
  })

  it.each([
    ['nodes update 0 --primary-port 4000 --yes --context eu,na', '`wcn nodes update` is for one context at a time'],
    ['maintenance enter --yes --context all', '`wcn maintenance enter` is for one context at a time'],
    ['nodes list --context all', '`wcn nodes list` is for one context at a time'],
    ['operator view --context eu,xx', '--context names no context: "xx"'],
    ['operator view --context eu,', '--context names no context: ""'],
    ['operator view --context eu,na,eu', '--context names "eu" twice'],
    ['operator view --context all --watch', '--watch is for one context at a time'],
    ['operator view --context all -o name', '--output name is for one context at a time'],
    ['nodes check --context all -o prometheus', '--output prometheus is for one context at a time'],
    ['cluster status --context all -o junit', '--output junit is for one context at a time'],
    ['context add all --contract-address 0x0000000000000000000000000000000000000000', '"all" is no name'],
  ])('is refused: %s', async (line, sentence) => {
    const { code, stdout, stderr } = await run(line)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`error: ${sentence}`)
  })

  it('is refused to Nagios as what it does not understand, and knows the forms that every command has', async () => {
    const { code, stdout } = await run('doctor --context all -o nagios')
    expect([code, stdout]).toEqual([3, 'WCN DOCTOR UNKNOWN - --output nagios is for one context at a time\n'])
    for (const format of ['yaml', 'wide', 'json'])
      expect((await run(`maintenance status --context all -o ${format}`)).code).toBe(0)
  })
})
