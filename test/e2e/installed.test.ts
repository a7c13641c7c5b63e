/**
 * The package as its users get it: packed as it is published, installed into an empty folder with scripts off, and
 * tried there from keys to a member of the cluster, with the optional addon and without. `npm run test:nodes` runs this
 * on every Node that is supported.
 */
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findAnvil } from '../../src/anvil/anvil-binary.js'
import { addonFile } from '../support/addon-file.js'
import { cleanEnvironment, sandbox } from '../support/cli.js'
import { isClosed } from '../support/is-closed.js'
import { runScript } from '../support/shell.js'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const GUARD = fileURLToPath(new URL('../support/loopback-only.cjs', import.meta.url))
const MAX_BYTES = 10_000_000

const box = sandbox()
afterAll(box.remove)

/** npm with a cache of its own: what is not in an archive given to it can't be had. */
async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  const env = cleanEnvironment({ npm_config_cache: box.path('npm'), npm_config_loglevel: 'error', HOME: box.path('.') })
  return (await run('npm', args, { cwd, env })).stdout
}

/** Where the archive is. */
async function packed(folder: string, name: string, ...flags: readonly string[]): Promise<string> {
  mkdirSync(box.path(name))
  const file = await npm(folder, 'pack', '--silent', '--pack-destination', box.path(name), ...flags)
  return join(box.path(name), file.trim())
}

/** In an empty folder, with nothing to fetch and nothing to run. */
async function installed(name: string, archives: readonly string[], ...flags: readonly string[]): Promise<string> {
  mkdirSync(box.path(name))
  writeFileSync(box.path(`${name}/package.json`), '{"private":true}')
  const usual = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund']
  await npm(box.path(name), 'install', ...usual, ...flags, ...archives)
  return box.path(name)
}

function bytesIn(folder: string): number {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
  return files.reduce((sum, { parentPath, name }) => sum + readFileSync(join(parentPath, name)).length, 0)
}

let archive: string
beforeAll(async () => {
  archive = await packed(ROOT, 'archive', '--ignore-scripts')
  mkdirSync(box.path('tools'))
  symlinkSync(findAnvil().path, box.path('tools/anvil'))
})

it('npm pack builds it where nothing was built, and gives the same bytes', async () => {
  const clone = box.path('clone')
  const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'LICENSE', 'README.md', '.env.example']
  for (const name of [...files, 'action', 'bin', 'docs', 'schema', 'scripts', 'src'])
    cpSync(join(ROOT, name), join(clone, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  expect(existsSync(join(clone, 'dist'))).toBe(false)
  expect(readFileSync(await packed(clone, 'again')).equals(readFileSync(archive))).toBe(true)
})

const JOURNEY = `
trap 'wcn devnet down devnet.env >down.txt' EXIT
umask 077
wcn --json --no-color --debug version >version.json
wcn devnet up --detach --out devnet.env >up.txt
wcn --quiet --env-file devnet.env cluster view >first.txt
wcn --env-file=devnet.env cluster view --quiet >last.txt
wcn nodes check --env-file devnet.env --json >stand-ins.json || test $? -eq 8
set -a; . ./devnet.env; set +a
owner_key=$WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY
unset SMART_CONTRACT_SIGNER_PRIVATE_KEY WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY
wcn operator keygen --out operator.key >keygen.txt
export WCN_PRIVATE_KEY_FILE=operator.key
for name in a b c; do
  wcn key generate --out $name.key >$name.txt
  wcn key inspect --secret-key-file $name.key --json >$name.json
done
id() { sed 's/.*"peer_id":"\\([^"]*\\)".*/\\1/' $1.json; }
wcn devnet fund "$(wcn operator address)" --out devnet.env >fund.txt
cat >nodes.yaml <<END
nodes:
  - { peer_id: $(id a), ipv4_addr: 198.51.100.7, primary_port: 3010, secondary_port: 3011 }
  - { peer_id: $(id b), ipv4_addr: 198.51.100.8, primary_port: 3010, secondary_port: 3011 }
END
wcn operator register -f nodes.yaml --name acme --secret-key-file a.key --secret-key-file b.key --out request.json >register.txt
wcn operator verify-request request.json >verify.txt
WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY=$owner_key wcn admin operator approve request.json --yes >approve.txt
wcn nodes add -i "$(id c)" -a 198.51.100.9 -p 3010 -s 3011 --yes >add.txt
wcn maintenance enter --yes >enter.txt
wcn maintenance exit --yes >exit.txt
wcn operator view --json >view.json
wcn nodes check --json >check.json || test $? -eq 8
wcn nodes add --ip 2>usage.txt && exit 90 || test $? -eq 2
wcn cluster view | head -n 1
`

describe.each([
  ['with its optional packages', true],
  ['without', false],
])('installed %s', (title, optional) => {
  let folder: string
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const there = optional && addonFile !== null
  const env = () => ({
    PATH: `${box.path('tools')}:${cleanEnvironment().PATH}`,
    HOME: folder,
    WCN_STATE_DIR: undefined,
    WCN_CONFIG_DIR: undefined,
    NODE_OPTIONS: `--require "${GUARD}"`,
  })

  beforeAll(async () => {
    const addon = there
      ? [await packed(join(ROOT, `node_modules/@chainsafe/libp2p-quic-${addonFile?.target}`), 'addon')]
      : []
    folder = await installed(title.replaceAll(' ', '-'), [archive, ...addon], ...(optional ? [] : ['--omit=optional']))
  })

  it('it is few packages, and small', () => {
    const { packages } = JSON.parse(read('node_modules/.package-lock.json'))
    expect(Object.keys(packages)).toHaveLength(there ? 2 : 1)
    expect(bytesIn(join(folder, 'node_modules/wcn'))).toBeLessThan(MAX_BYTES)
    expect(existsSync(join(folder, 'node_modules/@chainsafe'))).toBe(there)
  })

  it('it takes a newcomer through the journey', async () => {
    // In the place of the one that scripts of other tests run.
    mkdirSync(join(folder, 'bin'))
    symlinkSync(join(folder, 'node_modules/.bin/wcn'), join(folder, 'bin/wcn'))
    const result = await runScript({ ...box, path: (name) => join(folder, name) }, 'journey', JOURNEY, { env: env() })
    expect(result, `${result.stderr}\n${result.stdout}`).toMatchObject({ code: 0 })
    const { data } = JSON.parse(read('version.json'))
    expect(data.quic_addon.loaded).toBe(there)
    if (!there) expect(data.quic_addon.reason).toMatch(/is not installed for|does not know its bytes for/)
    expect(data.anvil).toMatchObject({ path: findAnvil().path, reason: null })
    const { operator } = JSON.parse(read('view.json')).data
    expect(operator.name).toBe('acme')
    expect(operator.nodes.map((node: { ipv4_addr: string }) => node.ipv4_addr)).toEqual([
      ...['198.51.100.7', '198.51.100.8', '198.51.100.9'],
    ])
    // The network's own nodes answer where there is what they are made of, and nowhere else.
    expect(JSON.parse(read('stand-ins.json')).ok).toBe(there)
    expect(JSON.parse(read('check.json'))).toMatchObject({ schema: 2, ok: false })
    expect(read('first.txt')).toBe(read('last.txt'))
    expect(read('first.txt')).toContain('31337')
    expect(read('usage.txt')).toContain('--ip')
    expect(read('down.txt')).toContain('stopped')
    // Nothing is left where it was installed or in the user's home but what the script made; the
    // state of a development chain is beside its env file.
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

it('compiled code is kept in the user’s cache folder by a Node that can, unless told otherwise', async () => {
  const folder = await installed('cached', [archive], '--omit=optional')
  const home = mkdtempSync(join(ROOT, 'node_modules/.test-home-'))
  try {
    const wcn = async (...disabled: readonly string[]) => {
      const env = cleanEnvironment({ HOME: home, ...(disabled.length > 0 && { NODE_DISABLE_COMPILE_CACHE: '1' }) })
      return (await run(join(folder, 'node_modules/.bin/wcn'), ['version', '--json'], { env })).stdout
    }
    const { node } = JSON.parse(await wcn('disabled')).data
    expect(readdirSync(home)).toEqual([])
    await wcn()
    const [major = 0, minor = 0] = node.split('.').map(Number)
    const can = (major > 22 || (major === 22 && minor > 0)) && isClosed(home)
    const kept = can ? readdirSync(join(home, '.cache/wcn'), { recursive: true }).length : readdirSync(home).length
    expect(kept > 1).toBe(can)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
