/** One description says what goes on chain and what the services run with: `deployment.yaml` is enough, from joining to a change. */
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sandbox, wcn, wcnJson } from '../support/cli.js'
import { useDevnet } from '../support/devnet.js'
import { runScript } from '../support/shell.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)
const cwd = box.path('.')
/** Nothing but the chain's number is configured. */
const run = (args: readonly string[], env = {}) => wcn(args, { cwd, env: { WCN_CHAIN_ID: '31337', ...env } })
const ok = async (...args: string[]) => {
  const result = await run(args)
  expect({ args, code: result.code, stderr: result.stderr }).toMatchObject({ code: 0 })
  return result.stdout
}
const describe = (change: (text: string) => string = (text) => text) =>
  writeFileSync(
    box.path('deployment.yaml'),
    change(`contract_address: "${net.contract}"
rpc_url_file: rpc.url
encryption_key_file: encryption.key
operator_key_file: operator.key
database: { address: 10.0.10.5, secret_key_file: database.key }
nodes:
  - { name: a, primary: true, ipv4_addr: 198.51.100.7, private_ipv4_addr: 10.0.10.7, secret_key_file: node-a.key }
  - { name: b, ipv4_addr: 198.51.100.7, primary_port: 3020, secondary_port: 3021, metrics_port: 3022, secret_key_file: node-b.key }
`),
  )

interface Listed {
  readonly peer_id: string
  readonly ipv4_addr: string
  readonly private_ipv4_addr: string | null
  readonly primary_port: number
  readonly secondary_port: number
}
const listed = async () => {
  const { data } = JSON.parse(await ok('nodes', 'diff', '-f', 'deployment.yaml', '--json'))
  expect(data.changes).toEqual([])
  const operator = (await ok('operator', 'address', '--private-key-file', 'operator.key')).trim()
  return (await wcnJson(['nodes', 'list', '--operator', operator], { cwd, env: net.cluster })).data
    .nodes as readonly Listed[]
}
const emitted = async (out: string) => {
  await ok('config', 'emit', '-f', 'deployment.yaml', '--out', out)
  return Promise.all(
    ['a', 'b'].map(async (name) => {
      const { SECRET_KEY, PRIMARY_RPC_SERVER_PORT, SECONDARY_RPC_SERVER_PORT } = parseEnv(
        readFileSync(box.path(`${out}/wcn_node_${name}.env`), 'utf8'),
      )
      writeFileSync(box.path(`${out}-${name}.secret`), SECRET_KEY ?? '', { mode: 0o600 })
      const key = JSON.parse(await ok('key', 'inspect', '--secret-key-file', `${out}-${name}.secret`, '--json'))
      return {
        peer_id: key.data.peer_id,
        primary_port: Number(PRIMARY_RPC_SERVER_PORT),
        secondary_port: Number(SECONDARY_RPC_SERVER_PORT),
      }
    }),
  )
}

beforeAll(async () => {
  await ok('operator', 'keygen', '--out', 'operator.key')
  for (const name of ['node-a', 'node-b', 'database']) await ok('key', 'generate', '--out', `${name}.key`)
  writeFileSync(box.path('encryption.key'), net.encryptionKey, { mode: 0o600 })
  writeFileSync(box.path('rpc.url'), `${net.rpcUrl.replace('http', 'ws')}\n`, { mode: 0o600 })
  const address = (await ok('operator', 'address', '--private-key-file', 'operator.key')).trim()
  await net.rpc('anvil_setBalance', address, `0x${(10n ** 18n).toString(16)}`)
  describe()
})

it('joins, is listed as the services listen, and changes both alike', async () => {
  await ok('operator', 'register', '-f', 'deployment.yaml', '--name', 'acme', '--out', 'request.json')
  const approval = ['admin', 'operator', 'approve', 'request.json', '--yes']
  const owner = { ...net.cluster, WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.owner.privateKey }
  expect(await run(approval, owner)).toMatchObject({ code: 0 })

  const before = await listed()
  expect(before).toMatchObject([
    { ipv4_addr: '198.51.100.7', private_ipv4_addr: '10.0.10.7', primary_port: 3010, secondary_port: 3011 },
    { ipv4_addr: '198.51.100.7', private_ipv4_addr: null, primary_port: 3020, secondary_port: 3021 },
  ])
  expect(before).toMatchObject(await emitted('first'))
  await ok('config', 'check', 'first', '--online', '-f', 'deployment.yaml')

  describe((text) =>
    text.replace('primary_port: 3020, secondary_port: 3021', 'primary_port: 4020, secondary_port: 4021'),
  )
  expect(await run(['nodes', 'diff', '-f', 'deployment.yaml', '--detailed-exitcode'])).toMatchObject({ code: 10 })
  await ok('nodes', 'update', '-f', 'deployment.yaml', '--yes')
  const after = await listed()
  expect(after).toMatchObject([{ primary_port: 3010 }, { primary_port: 4020, secondary_port: 4021 }])
  expect(after).toMatchObject(await emitted('second'))
  await ok('config', 'check', 'second', '--online', '-f', 'deployment.yaml')
  // Those of before listen elsewhere than the chain says.
  expect(await run(['config', 'check', 'first', '--online', '-f', 'deployment.yaml'])).toMatchObject({
    code: 8,
    stdout: expect.stringContaining('3020'),
  })
})

it('is not read for another cluster or operator than the one that is configured', async () => {
  const other = '0x95222290DD7278Aa3Ddd389Cc1E1d165CC4BAfe5'
  writeFileSync(box.path('other.env'), `SMART_CONTRACT_ADDRESS=${other}\n`)
  describe((text) => `operator: "${net.owner.address}"\n${text}`)
  for (const verb of [
    ['nodes', 'diff'],
    ['nodes', 'update', '--yes'],
    ['nodes', 'check'],
    ['config', 'emit', '--out', 'x'],
  ]) {
    const given = await run([...verb, '-f', 'deployment.yaml', '--env-file', 'other.env', '--json'])
    expect({ verb, ...given, error: JSON.parse(given.stdout).error }).toMatchObject({
      code: 2,
      error: {
        code: 'SETTINGS_CONFLICT',
        message: expect.stringMatching(/^\w+ in deployment.yaml contradicts \w+ in other.env$/),
      },
    })
  }
  const { stdout } = await run(['nodes', 'diff', '-f', 'deployment.yaml', '--json'], { WCN_OPERATOR: other })
  expect(JSON.parse(stdout).error.message).toBe('operator in deployment.yaml contradicts WCN_OPERATOR')
  expect(existsSync(box.path('x'))).toBe(false)
})

it("may come through a pipe, a shell's or a named one, or a link, and says the same", async () => {
  describe()
  const description = readFileSync(box.path('deployment.yaml'), 'utf8')
  symlinkSync('deployment.yaml', box.path('link.yaml'))
  const diff = 'wcn nodes diff -f'
  const { code, stdout, stderr } = await runScript(
    box,
    'pipes',
    `${diff} - --json < deployment.yaml
cat deployment.yaml | ${diff} /dev/stdin --json
${diff} link.yaml --json
mkfifo named; cat deployment.yaml > named & ${diff} named --json; wait
bash -c '${diff} <(cat deployment.yaml) --json'
bash -c 'wcn config emit -f <(cat deployment.yaml) --node a --stdout' | sed -n 's/^SMART_CONTRACT_ADDRESS=/address /p'
`,
    { env: { WCN_CHAIN_ID: '31337' } },
  )
  expect(code, stdout + stderr).toBe(0)
  const lines = stdout.trim().split('\n')
  expect(lines).toHaveLength(6)
  expect(lines.pop()?.toLowerCase()).toBe(`address ${net.contract}`)
  for (const line of lines) expect(JSON.parse(line).data.changes).toMatchObject([{ after: { primary_port: 3020 } }])
  // One for another cluster is none for this.
  const other = '0x95222290DD7278Aa3Ddd389Cc1E1d165CC4BAfe5'
  const operator = (await ok('operator', 'address', '--private-key-file', 'operator.key')).trim()
  const { error } = await wcnJson(['nodes', 'diff', '-f', '-', '--json'], {
    ...{ cwd, env: { ...net.cluster, WCN_OPERATOR: operator }, input: description.replace(net.contract, other) },
  })
  expect(error).toMatchObject({ code: 'SETTINGS_CONFLICT' })
})

it('and an env file that names other keys are not mixed: both are named, and a flag is meant', async () => {
  describe()
  const own = readFileSync(box.path('operator.key'), 'utf8').trim()
  const other = (last: string) => `${own.slice(0, -1)}${own.endsWith(last) ? '2' : last}`
  const commands = [
    ['nodes', 'update', '-f', 'deployment.yaml', '--yes'],
    ['config', 'emit', '-f', 'deployment.yaml', '--out', 'mixed'],
  ]
  for (const [variable, field] of [
    ['SMART_CONTRACT_ENCRYPTION_KEY', 'encryption_key_file'],
    ['SMART_CONTRACT_SIGNER_PRIVATE_KEY', 'operator_key_file'],
  ] as const) {
    writeFileSync(box.path('keys.env'), `${variable}=${other('1')}\n`, { mode: 0o600 })
    for (const command of commands) {
      const { code, stdout } = await run([...command, '--env-file', 'keys.env', '--json'])
      expect({ code, ...JSON.parse(stdout).error }, command.join(' ')).toMatchObject({
        code: 'SETTINGS_CONFLICT',
        message: `${field} in deployment.yaml contradicts ${variable} in keys.env: these are different keys`,
      })
    }
  }
  expect(existsSync(box.path('mixed'))).toBe(false)
  // The same keys, written otherwise, are no contradiction.
  writeFileSync(
    box.path('keys.env'),
    `SMART_CONTRACT_ENCRYPTION_KEY=0x${net.encryptionKey.replace(/^0x/, '').toUpperCase()}\nSMART_CONTRACT_SIGNER_PRIVATE_KEY=${own}\n`,
    { mode: 0o600 },
  )
  const same = await run(['config', 'emit', '-f', 'deployment.yaml', '--out', 'same', '--env-file', 'keys.env'])
  expect(same, same.stderr).toMatchObject({ code: 0 })
})

it('is shown with the settings that take effect', async () => {
  describe()
  const { data } = JSON.parse(await ok('config', 'show', '-f', 'deployment.yaml', '--json'))
  expect(data.settings).toContainEqual(
    expect.objectContaining({ name: 'contract_address', source: 'contract_address in deployment.yaml' }),
  )
  expect(data.settings).toContainEqual(
    expect.objectContaining({ name: 'private_key_file', source: 'operator_key_file in deployment.yaml' }),
  )
})

it('has to say where a node is and who it is', async () => {
  const refused = async (change: (text: string) => string, args = ['nodes', 'diff', '-f', 'deployment.yaml']) => {
    describe(change)
    const { code, stderr } = await run(args)
    expect(code, stderr).toBe(2)
    return stderr
  }
  expect(await refused((text) => text.replace('ipv4_addr: 198.51.100.7, primary_port', 'primary_port'))).toContain(
    'node b has no public address',
  )
  expect(await refused((text) => text.replace(', secret_key_file: node-b.key', ''))).toContain(
    'node b has neither peer_id nor secret_key_file',
  )
  // A key that is here is what the node will run with, whatever peer ID stands beside it.
  const id = JSON.parse(await ok('key', 'inspect', '--secret-key-file', 'database.key', '--json')).data.peer_id
  expect(await refused((text) => text.replace('node-b.key', `node-b.key, peer_id: ${id}`))).toContain(
    `but the peer_id of node b is ${id}`,
  )
  writeFileSync(
    box.path('nodes.yaml'),
    'nodes: [{ peer_id: x, ipv4_addr: 1.2.3.4, primary_port: 1, secondary_port: 2 }]',
  )
  expect(await refused((text) => text, ['config', 'emit', '-f', 'nodes.yaml', '--out', 'x'])).toContain(
    'it is a nodes file',
  )
})
