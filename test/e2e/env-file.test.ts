/**
 * The file that --env-file names, in every way the tool can be started: what comes through a pipe is read by the tool
 * and not by Node, or it says that it can't be; never do other settings take its place. `npm run test:nodes` runs this
 * on every Node that is supported.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BIN, type CliResult, cleanEnvironment, sandbox, wcn } from '../support/cli.js'
import { useDevnet } from '../support/devnet.js'

const ASKED = `0x${'11'.repeat(20)}`
const OTHER = `0x${'22'.repeat(20)}`
const SETTINGS = `SMART_CONTRACT_ADDRESS=${ASKED}\nRPC_PROVIDER_URL=http://127.0.0.1:9\n`
/** What Node would do with it is seen: it preloads a program that says so. */
const OBEYED = 'node options were obeyed'

const box = sandbox()
afterAll(box.remove)

const env = { WCN_CONFIG_DIR: box.path('config'), WCN_STATE_DIR: box.path('state') }
beforeAll(async () => {
  mkdirSync(box.path('bin'))
  symlinkSync(BIN, box.path('bin/wcn'))
  const add = ['context', 'add', 'other', '--contract-address', OTHER, '--rpc-url', 'http://127.0.0.1:9']
  expect(await wcn(add, { env })).toMatchObject({ code: 0 })
  writeFileSync(box.path('asked.env'), SETTINGS)
  writeFileSync(box.path('preload.cjs'), `console.error('${OBEYED}')`)
  writeFileSync(box.path('options.env'), `${SETTINGS}NODE_OPTIONS='--require ${box.path('preload.cjs')}'\n`)
})

function bash(script: string): Promise<CliResult> {
  const known = cleanEnvironment(env)
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script], {
      cwd: box.path('.'),
      env: { ...known, PATH: `${box.path('bin')}:${known.PATH}`, BIN },
    })
    const got = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        got[name] += text
      })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...got }))
    // A socket, as Node gives to those it starts; most scripts don't read it.
    child.stdin.on('error', () => {}).end(SETTINGS)
  })
}

const SHOW = 'config show --json'
const BY_NAME = `wcn ${SHOW}`
const AFTER_DASHES = `node -- "$BIN" ${SHOW}`
const BARE = `node "$BIN" ${SHOW}`

/** `@` is how it is started. */
type Row = readonly [what: string, script: string]
const PIPES: readonly Row[] = [
  ['<(…)', '@ --env-file <(cat asked.env)'],
  ['<(…) after an equals sign', '@ --env-file=<(cat asked.env)'],
  ['a pipe as /dev/stdin', 'cat asked.env | @ --env-file /dev/stdin'],
  ['a pipe as /dev/fd/3', 'cat asked.env | @ --env-file /dev/fd/3 3<&0 </dev/null'],
  ['a named pipe', 'mkfifo $$.pipe; cat asked.env > $$.pipe & @ --env-file $$.pipe'],
]
const FILES: readonly Row[] = [
  ['a file', '@ --env-file asked.env'],
  ['a file as /dev/stdin', '@ --env-file /dev/stdin < asked.env'],
  ['a file as /dev/fd/3', '@ --env-file /dev/fd/3 3< asked.env'],
]

function contractIn({ stdout }: CliResult): string | undefined {
  const settings: { name: string; value: string }[] = JSON.parse(stdout).data.settings
  return settings.find(({ name }) => name === 'contract_address')?.value
}

function errorIn({ code, stdout }: CliResult) {
  return { exit: code, ...JSON.parse(stdout).error }
}

describe.concurrent('what --env-file names', () => {
  it.each<Row>([
    ...FILES,
    ...PIPES,
    ['standard input as -', 'cat asked.env | @ --env-file -'],
    ['a socket as /dev/stdin', '@ --env-file /dev/stdin'],
    ['a heredoc', '@ --env-file /dev/stdin <<<"$(cat asked.env)"'],
  ])('is read: %s', async (_, script) => {
    const result = await bash(script.replace('@', BY_NAME))
    expect(contractIn(result), result.stderr).toBe(ASKED)
  })

  it.each(PIPES.slice(0, 1))('is read where Node is told to look no further: %s', async (_, script) => {
    expect(contractIn(await bash(script.replace('@', AFTER_DASHES)))).toBe(ASKED)
  })

  it.each(FILES)('is read although Node was there before: %s', async (_, script) => {
    expect(contractIn(await bash(script.replace('@', BARE)))).toBe(ASKED)
  })

  it.each(PIPES)('is refused where Node has drained it: %s', async (_, script) => {
    expect(errorIn(await bash(script.replace('@', BARE)))).toMatchObject({
      exit: 2,
      code: 'SETTING_INVALID',
      message: expect.stringContaining('was read by Node.js, not by wcn'),
      hint: expect.stringContaining('`node -- …/bin/wcn.js`'),
    })
  })

  it.each([
    ['a file that is missing', '@ --env-file none.env', 'FILE_UNREADABLE', 'no such file'],
    ['a command that fails', '@ --env-file <(exit 1)', 'DOCUMENT_INVALID', 'is empty'],
    ['an empty named pipe', 'mkfifo $$.pipe; : > $$.pipe & @ --env-file $$.pipe', 'DOCUMENT_INVALID', 'is empty'],
    ['a pipe without end', 'mkfifo $$.pipe; @ --env-file $$.pipe --timeout 1', 'FILE_UNREADABLE', 'with --timeout'],
    [
      'a pipe held open',
      'mkfifo $$.pipe; exec 9<>$$.pipe; @ --env-file - --timeout 1 < $$.pipe',
      'FILE_UNREADABLE',
      'with --timeout',
    ],
  ])('is refused: %s', async (_, script, code, message) => {
    const error = errorIn(await bash(script.replace('@', BY_NAME)))
    expect(error).toMatchObject({ exit: 2, code, message: expect.stringContaining(message) })
  })

  it('is not obeyed by Node', async () => {
    const result = await bash(`${BY_NAME} --env-file options.env`)
    expect(contractIn(result)).toBe(ASKED)
    expect(result.stderr).not.toContain(OBEYED)
  })

  it('is refused where Node has obeyed it', async () => {
    const result = await bash(`${BARE} --env-file options.env`)
    expect(result.stderr).toContain(OBEYED)
    expect(errorIn(result)).toMatchObject({ exit: 2, message: expect.stringContaining('NODE_OPTIONS') })
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('is waited for until %s', async (signal) => {
    await bash(`mkfifo ${signal}`)
    const known = cleanEnvironment(env)
    const child = spawn(box.path('bin/wcn'), ['operator', 'view', '--env-file', box.path(signal)], {
      env: known,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const ended = new Promise((resolve) => child.on('close', resolve))
    // Comes back once there is a reader.
    const writer = await open(box.path(signal), 'w')
    child.kill(signal)
    expect(await ended).toBe(130)
    expect(stderr).toContain('interrupted; nothing was sent')
    await writer.close()
  })
})

describe('a write', () => {
  const net = useDevnet()

  it('goes to the cluster that a pipe names, and not to the current one', async () => {
    const script = `wcn operator rename 'By a pipe' --yes --json --env-file <(cat ${net.envFile})`
    const result = await bash(script)
    expect(result.code, result.stderr).toBe(0)
    const { operator, cluster } = JSON.parse(result.stdout).data
    expect(operator.name).toBe('By a pipe')
    const source = expect.stringMatching(/^SMART_CONTRACT_ADDRESS in \/dev\/fd\/\d+$/)
    expect(cluster).toEqual({ chain_id: 31337, contract: net.contract.toLowerCase(), source })
    const seen = JSON.parse((await bash(`wcn operator view --json --env-file ${net.envFile}`)).stdout)
    expect(seen.data.operator.name).toBe('By a pipe')
    const shown = await bash(`wcn operator rename x --dry-run --env-file ${net.envFile}`)
    expect(shown.stderr).toMatch(/^cluster 0x\w{40} on chain 31337 from SMART_CONTRACT_ADDRESS in \S+\/devnet\.env$/m)
  })
})
