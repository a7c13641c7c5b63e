/** No secret turns up where it is not asked for: not in output, errors, stacks, documents or the environment of children. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type CliOptions, sandbox, wcn, wcnJson } from '../support/cli.js'
import { type Account, useDevnet, type Variables } from '../support/devnet.js'
import { TOKEN } from '../support/fake-provider.js'
import { useProviders } from '../support/misbehaving-provider.js'
import { peerId } from '../support/nodes.js'

const net = useDevnet()
const provider = useProviders(net)
const box = sandbox()
afterAll(box.remove)

let operator: Account
/** An applicant's keys, in files. */
let applicant: Variables
const secrets = new Map<string, string>([['RPC token', TOKEN]])
const nodeKeys: { readonly peer_id: string; readonly secret: string }[] = []

beforeAll(async () => {
  operator = net.operators[0] as Account
  const { data } = await wcnJson(['operator', 'keygen', '--out', box.path('operator.key')])
  await net.rpc('anvil_setBalance', data.address, '0x2386f26fc10000')
  for (const name of ['a', 'b', 'database']) {
    const { peer_id } = (await wcnJson(['key', 'generate', '--out', box.path(`${name}.key`)])).data
    const secret = readFileSync(box.path(`${name}.key`), 'utf8').trim()
    nodeKeys.push({ peer_id, secret })
    secrets.set(`secret key ${name}`, secret)
    secrets.set(`secret key ${name} in hex`, Buffer.from(secret, 'base64').toString('hex'))
  }
  writeFileSync(box.path('encryption.key'), net.encryptionKey, { mode: 0o600 })
  secrets.set('encryption key', net.encryptionKey.slice(2))
  secrets.set("operator's key", operator.privateKey.slice(2))
  secrets.set("owner's key", net.owner.privateKey.slice(2))
  secrets.set("applicant's key", readFileSync(box.path('operator.key'), 'utf8').trim().slice(2))
  applicant = { ...net.cluster, RPC_PROVIDER_URL: provider('sound'), WCN_PRIVATE_KEY_FILE: box.path('operator.key') }
})

/** Which secrets a text holds, whole or as far as somebody could guess the rest. */
function secretsIn(text: string): readonly string[] {
  const lower = text.toLowerCase()
  const enough = (secret: string) => (secret.length > 30 ? secret.slice(0, 24) : secret).toLowerCase()
  return [...secrets].filter(([, secret]) => lower.includes(enough(secret))).map(([name]) => name)
}

/** Runs it for people and for scripts, with stack traces; gives back the first run's exit code. */
async function silently(args: readonly string[], { env, ...rest }: CliOptions = {}): Promise<number | null> {
  const options = { cwd: box.path('.'), env: { ...signer(), ...env }, ...rest }
  const runs = await Promise.all([wcn([...args, '--debug'], options), wcn([...args, '--debug', '--json'], options)])
  for (const run of runs) expect({ args, found: secretsIn(JSON.stringify(run)) }).toEqual({ args, found: [] })
  expect(runs.map(({ code }) => code)).toEqual([runs[0]?.code, runs[0]?.code])
  return runs[0]?.code ?? null
}

const signer = (): Variables => ({ ...net.signedBy(operator), RPC_PROVIDER_URL: provider('sound') })

describe('what succeeds', () => {
  it('shows no secret: reads, dry runs, key commands', async () => {
    const reads = [
      ['cluster', 'view'],
      ['operator', 'view'],
      ['nodes', 'list'],
      ['nodes', 'export'],
      ['clients', 'list'],
      ['maintenance', 'status'],
      ['operator', 'address'],
      ['operator', 'rename', 'x', '--dry-run'],
      ['maintenance', 'enter', '--dry-run'],
      ['nodes', 'add', '-i', peerId(0), '-a', '20.1.1.1', '-p', '1', '-s', '2', '--dry-run'],
      ['key', 'inspect', '--secret-key-file', 'a.key'],
    ]
    for (const args of reads) expect(await silently(args), args.join(' ')).toBe(0)
    const { SMART_CONTRACT_SIGNER_PRIVATE_KEY: key, SMART_CONTRACT_ENCRYPTION_KEY: _, ...env } = signer()
    const files = ['--private-key-file', '-', '--encryption-key-file', 'encryption.key']
    const unset = { SMART_CONTRACT_SIGNER_PRIVATE_KEY: '', SMART_CONTRACT_ENCRYPTION_KEY: '' }
    expect(await silently(['nodes', 'list', ...files], { env: { ...env, ...unset }, input: `${key}\n` })).toBe(0)
  })

  it('shows no secret: writes', async () => {
    const options = { env: signer(), cwd: box.path('.') }
    for (const args of [
      ['operator', 'rename', 'Canary'],
      ['maintenance', 'enter'],
      ['maintenance', 'exit'],
    ]) {
      const run = await wcn([...args, '--yes', '--debug'], options)
      expect(run.code).toBe(0)
      expect(secretsIn(JSON.stringify(run))).toEqual([])
    }
  })

  it('puts no secret into a document that is handed on', async () => {
    const nodes = nodeKeys.slice(0, 2).flatMap(({ peer_id }, i) => ['--node', `${peer_id},20.1.0.${i + 1},3010,3011`])
    const register = ['operator', 'register', '--name', 'canary', ...nodes]
    const options = { env: applicant, cwd: box.path('.') }
    const owner = { ...net.cluster, RPC_PROVIDER_URL: provider('sound') }
    const own = { WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY: net.owner.privateKey }
    const runs = [
      await wcn([...register, '--draft', 'draft.json', '--out', 'request.json', '--debug'], options),
      await wcn(['key', 'prove', 'draft.json', '--secret-key-file', 'a.key', '--yes', '--debug'], options),
      await wcn(
        [...register, '--secret-key-file', 'a.key', '--secret-key-file', 'b.key', '--out', 'request.json'],
        options,
      ),
      await wcn(['operator', 'verify-request', 'request.json', '--debug'], { ...options, env: owner }),
      await wcn(['admin', 'operator', 'approve', 'request.json', '--yes', '--debug'], {
        ...options,
        env: { ...owner, ...own },
      }),
      await wcn(['nodes', 'export'], options),
    ]
    writeFileSync(box.path('nodes.json'), (runs.at(-1)?.stdout ?? '').replace('20.1.0.1', '20.1.0.3'))
    runs.push(await wcn(['nodes', 'diff', '-f', 'nodes.json', '--out', 'plan.json'], options))
    for (const run of runs) {
      expect(run, run.stderr).toMatchObject({ code: 0 })
      expect(secretsIn(JSON.stringify(run))).toEqual([])
    }
    for (const name of ['draft.json', 'request.json', 'plan.json'])
      expect({ name, found: secretsIn(readFileSync(box.path(name), 'utf8')) }).toEqual({ name, found: [] })
  })

  it('gives no secret to the programs that it runs', async () => {
    // Stands in the place of git: it notes what it was given, and says that the files are ignored.
    mkdirSync(box.path('tools'))
    writeFileSync(box.path('tools/git'), '#!/bin/sh\n{ env; echo "$@"; } >>"$HOME/given"\n')
    chmodSync(box.path('tools/git'), 0o755)
    mkdirSync(box.path('.git'))
    writeFileSync(box.path('deployment.yaml'), stringify(description()))
    const env = { ...signer(), HOME: box.path('.'), PATH: `${box.path('tools')}:${process.env.PATH}` }
    const run = await wcn(['config', 'emit', '-f', 'deployment.yaml', '--out', 'env', '--debug'], {
      env,
      cwd: box.path('.'),
    })
    expect(run, run.stderr).toMatchObject({ code: 0 })
    expect(secretsIn(JSON.stringify(run))).toEqual([])
    const given = readFileSync(box.path('given'), 'utf8')
    expect(given).toContain('check-ignore')
    expect(secretsIn(given)).toEqual([])
    for (const name of readdirSync(box.path('env'))) expect(statSync(box.path(`env/${name}`)).mode & 0o777).toBe(0o600)
  })
})

function description() {
  const node = (name: string, index: number) => ({ name, ipv4_addr: `20.1.0.${index}`, secret_key_file: `${name}.key` })
  return {
    contract_address: net.contract,
    rpc_url: provider('sound').replace(/^http/, 'ws'),
    encryption_key_file: 'encryption.key',
    database: { address: '10.0.10.5', secret_key_file: 'database.key' },
    nodes: [{ ...node('a', 1), primary: true }, node('b', 2)],
  }
}

describe('what fails', () => {
  it('shows no secret when the provider fails', async () => {
    for (const fault of ['html', 'forbidden', 'garbage', 'errors', 'cut', 'readOnly'] as const)
      for (const args of [
        ['cluster', 'view'],
        ['operator', 'rename', `by ${fault}`, '--yes'],
      ]) {
        const code = await silently(args, { env: { RPC_PROVIDER_URL: provider(fault) } })
        expect({ fault, args, code }).toEqual({
          fault,
          args,
          code: fault === 'readOnly' && args[0] === 'cluster' ? 0 : 5,
        })
      }
    for (const url of [`ws://user:${TOKEN}@127.0.0.1:1/v2/${TOKEN}`, `https://${TOKEN}@127.0.0.1:1/?key=${TOKEN}`])
      expect(await silently(['cluster', 'view'], { env: { RPC_PROVIDER_URL: url } })).toBe(5)
    for (const url of [`htp://127.0.0.1/${TOKEN}`, `127.0.0.1/${TOKEN}`])
      expect(await silently(['cluster', 'view'], { env: { RPC_PROVIDER_URL: url } })).toBe(2)
    const contradicted = { WCN_CHAIN_ID: '10', OPTIMISM_RPC_PROVIDER_URL: `http://127.0.0.1/${TOKEN}` }
    expect(await silently(['cluster', 'view'], { env: contradicted })).toBe(2)
  })

  it('shows no secret that stands in the wrong place', async () => {
    const key = operator.privateKey
    const secret = nodeKeys[0]?.secret ?? ''
    for (const args of [
      [key],
      [secret],
      ['nodes', key],
      ['nodes', 'list', `--privatekey=${key}`],
      ['nodes', 'list', '--private-key', `${key}0`],
      ['nodes', 'list', key],
      ['nodes', 'list', '--private-key-file', key],
      ['nodes', 'list', '--encryption-key-file', net.encryptionKey],
      ['nodes', 'list', '--contract-address', key],
      ['nodes', 'list', '--operator', key],
      ['nodes', 'list', '--chain-id', key],
      ['nodes', 'list', '--timeout', key],
      ['nodes', 'list', '--rpc-url', key],
      ['nodes', 'list', `--rpcurl=${provider('sound')}`],
      ['nodes', 'update', secret, '-p', '1'],
      ['nodes', 'update', '0', '-p', key],
      ['nodes', 'update', '-f', secret],
      ['nodes', 'add', '-i', secret, '-a', key, '-p', '1', '-s', '2'],
      ['clients', 'set', secret, '-n', '1'],
      ['clients', 'set', peerId(0), '-n', key],
      ['operator', 'rename', key, '--yes'],
      ['operator', 'register', '--name', 'x', '--node', `${secret},${key},1,2`],
      ['operator', 'register', '--status', secret],
      ['operator', 'verify-request', key],
      ['key', 'inspect', secret],
      ['key', 'inspect', '--secret-key-file', secret],
      ['key', 'generate', '--count', key],
      ['config', 'emit', '-f', 'x', '--out', 'y', '--format', key],
      ['admin', 'deploy', '-o', key, '--settings', key],
      ['devnet', 'up', '--port', key],
    ]) {
      const code = await silently(args)
      expect({ args, refused: [2, 4].includes(code ?? 0) }).toEqual({ args, refused: true })
    }
    for (const name of [
      'SMART_CONTRACT_ADDRESS',
      'WCN_OPERATOR',
      'WCN_CHAIN_ID',
      'WCN_TIMEOUT',
      'WCN_ALLOW_PRIVATE_ADDRESSES',
    ])
      for (const value of [key, secret]) {
        const args = name.startsWith('WCN_ALLOW')
          ? ['nodes', 'add', '-i', peerId(0), '-a', '20.1.1.1', '-p', '1', '-s', '2']
          : ['nodes', 'list']
        expect({ name, code: await silently(args, { env: { [name]: value } }) }).toEqual({ name, code: 2 })
      }
  })

  it('shows no secret of a file that it cannot read', async () => {
    const key = operator.privateKey
    const secret = nodeKeys[0]?.secret ?? ''
    const files: Readonly<Record<string, string>> = {
      'spaced.key': ` ${key}`,
      'two.key': `${key}\n${key}\n`,
      'quoted.key': `"${secret}"`,
      'colon.env': `SMART_CONTRACT_SIGNER_PRIVATE_KEY: ${key}\n`,
      'open.env': `SMART_CONTRACT_SIGNER_PRIVATE_KEY='${key}\n`,
      'peer.yaml': `nodes:\n  - { peer_id: "${secret}", ipv4_addr: 20.1.1.1, primary_port: 1, secondary_port: 2 }\n`,
      'field.yaml': `${key}: 1\nnodes: []\n`,
      'broken.yaml': `nodes: [ "${secret}\n`,
      'secret.yaml': stringify({ ...description(), secret_key: secret, operator_key_file: key }),
      'request.json.broken': `{"type":"wcn-join-request","version":1,"signature":"${key}"}`,
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(box.path(name), text, { mode: 0o600 })
    for (const args of [
      ['operator', 'address', '--private-key-file', 'spaced.key'],
      ['operator', 'address', '--private-key-file', 'two.key'],
      ['key', 'inspect', '--secret-key-file', 'quoted.key'],
      ['nodes', 'list', '--env-file', 'colon.env'],
      ['nodes', 'list', '--env-file', 'open.env'],
      ['nodes', 'diff', '-f', 'peer.yaml'],
      ['nodes', 'diff', '-f', 'field.yaml'],
      ['nodes', 'diff', '-f', 'broken.yaml'],
      ['config', 'emit', '-f', 'secret.yaml', '--out', 'never'],
      ['operator', 'verify-request', 'request.json.broken'],
    ])
      expect({ args, code: await silently(args) }).toEqual({ args, code: 2 })
  })
})
