/** Emitted files on a real disk: what is written, updated, kept and refused, and that a refusal leaves nothing behind. */
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type PlaceOptions, placeFiles, type RenderedFile } from '../../src/deploy/place-files.js'
import { sealText } from '../../src/deploy/targets/seal.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import type { Files } from '../../src/platform/files/files.js'
import { type Sandbox, sandbox } from '../support/cli.js'
import { rejectionOf } from '../support/rejection.js'
import { testServices } from '../support/services.js'

// A full disk can't be brought about otherwise.
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>()
  return { ...real, writeFileSync: vi.fn(real.writeFileSync) }
})

let box: Sandbox
beforeEach(() => {
  box = sandbox()
})
afterEach(() => box.remove())

const KEY = `0x${'a7'.repeat(32)}`
const OUT = { force: false, dryRun: false, whole: true }

const text = (body: string) => sealText(['for a test'], body)
const envFile = (name: string, body: string, signer = false): RenderedFile => ({
  path: `wcn_node_${name}.env`,
  secret: true,
  text: text(`${body}${signer ? `SMART_CONTRACT_SIGNER_PRIVATE_KEY=${KEY}\n` : ''}`),
  signerOf: signer ? name : null,
})
const manifest = (path: string, body: string): RenderedFile => ({
  path,
  secret: false,
  text: text(body),
  signerOf: null,
})

/** n0 is the primary unless told. */
const nodes = (primary = 'n0', port = 3010): readonly RenderedFile[] =>
  ['n0', 'n1'].map((name) => envFile(name, `PRIMARY_RPC_SERVER_PORT=${port}\n`, name === primary))

interface Changes extends Partial<PlaceOptions> {
  readonly files?: Partial<Files>
}

function place(files: readonly RenderedFile[], { files: changed = {}, ...options }: Changes = {}) {
  const services = testServices()
  const real = { ...services, files: { ...services.files, ...changed } }
  return placeFiles(real, files, { ...OUT, directory: box.path('out'), ...options })
}

const on = (name: string) => readFileSync(box.path(`out/${name}`), 'utf8')
const modeOf = (path: string) => statSync(box.path(path)).mode & 0o7777
const statuses = async (placing: ReturnType<typeof place>) => (await placing).files.map(({ status }) => status)

/** Every path below the sandbox, with modes and contents. */
function everything(): readonly string[] {
  return (readdirSync(box.path('.'), { recursive: true }) as string[]).sort().map((path) => {
    const stats = fs.lstatSync(box.path(path))
    return `${path} ${stats.mode.toString(8)} ${stats.isFile() ? readFileSync(box.path(path), 'utf8') : ''}`
  })
}

/** Also as a dry run, which refuses the same. */
async function refusal(files: readonly RenderedFile[], changes: Changes = {}) {
  const before = everything()
  const dry = await rejectionOf(place(files, { ...changes, dryRun: true }))
  const error = await rejectionOf(place(files, changes))
  expect(dry.message).toBe(error.message)
  expect(everything()).toEqual(before)
  return error
}

describe('files that are not there', () => {
  it('are written: secrets for their owner only, others for everybody', async () => {
    const files = [manifest('database.yaml', 'a: 1\n'), { ...envFile('n0', 'A=1\n'), path: 'secrets/wcn-node-n0.yaml' }]
    const { files: placed, stale, primaryMoved } = await place(files)
    expect(placed).toEqual([
      { path: box.path('out/database.yaml'), secret: false, status: 'written', diff: null },
      { path: box.path('out/secrets/wcn-node-n0.yaml'), secret: true, status: 'written', diff: null },
    ])
    expect({ stale, primaryMoved }).toEqual({ stale: [], primaryMoved: null })
    expect(on('database.yaml')).toBe(files[0]?.text)
    expect([modeOf('out'), modeOf('out/database.yaml')]).toEqual([0o755, 0o644])
    expect([modeOf('out/secrets'), modeOf('out/secrets/wcn-node-n0.yaml')]).toEqual([0o700, 0o600])
  })

  it('make their directory a private one where a secret is in it', async () => {
    await place([manifest('compose.yaml', 'a: 1\n'), ...nodes()])
    expect([modeOf('out'), modeOf('out/compose.yaml'), modeOf('out/wcn_node_n0.env')]).toEqual([0o700, 0o644, 0o600])
  })

  it('are not written in a dry run, which says what would be', async () => {
    expect(await statuses(place(nodes(), { dryRun: true }))).toEqual(['written', 'written'])
    expect(readdirSync(box.path('.'))).toEqual([])
  })

  it('go where a path with slashes at its end leads', async () => {
    const { files } = await place(nodes(), { directory: `${box.path('out')}///` })
    expect(files[0]?.path).toBe(box.path('out/wcn_node_n0.env'))
  })

  it('may go into the root', async () => {
    const { files } = await place([manifest('wcn-not-written.nft', '')], {
      directory: '/',
      dryRun: true,
      files: { inspect: async () => null, checkWritable: async () => undefined },
    })
    expect(files[0]?.path).toBe('/wcn-not-written.nft')
  })

  it('may be none', async () => {
    expect(await place([])).toEqual({ files: [], stale: [], primaryMoved: null })
    expect(existsSync(box.path('out'))).toBe(false)
  })
})

describe('files of an earlier run', () => {
  it('that are the same are not touched', async () => {
    await place(nodes())
    const before = statSync(box.path('out/wcn_node_n0.env'))
    expect(await place(nodes())).toMatchObject({
      files: [{ status: 'unchanged', diff: null }, { status: 'unchanged' }],
    })
    expect(statSync(box.path('out/wcn_node_n0.env')).ino).toBe(before.ino)
  })

  it('follow the description, and the difference is told', async () => {
    await place(nodes())
    const { files } = await place(nodes('n0', 4010))
    expect(files.map(({ status }) => status)).toEqual(['updated', 'updated'])
    const path = box.path('out/wcn_node_n1.env')
    expect(files[1]?.diff).toBe(`--- ${path}\n+++ ${path}\n-PRIMARY_RPC_SERVER_PORT=…\n+PRIMARY_RPC_SERVER_PORT=…\n`)
    expect(on('wcn_node_n1.env')).toBe(nodes('n0', 4010)[1]?.text)
  })

  it('are told of in a dry run and stay', async () => {
    await place(nodes())
    const before = everything()
    const { files } = await place(nodes('n0', 4010), { dryRun: true })
    expect(files[0]).toMatchObject({
      status: 'updated',
      diff: expect.stringContaining('+PRIMARY_RPC_SERVER_PORT=…'),
    })
    expect(everything()).toEqual(before)
  })

  it('may be replaced in a directory that others can look into', async () => {
    await place(nodes())
    chmodSync(box.path('out'), 0o755)
    expect(await statuses(place(nodes('n0', 4010)))).toEqual(['updated', 'updated'])
  })

  it('with secrets that others can read are refused, or made private by force', async () => {
    await place(nodes())
    chmodSync(box.path('out/wcn_node_n1.env'), 0o640)
    const error = await refusal(nodes())
    expect(error.code).toBe('FILE_PERMISSIONS')
    expect(error.hint).toBe(`chmod 600 ${box.path('out/wcn_node_n1.env')}`)
    expect(await place(nodes(), { force: true })).toMatchObject({
      files: [{ status: 'unchanged' }, { status: 'updated', diff: null }],
    })
    expect(modeOf('out/wcn_node_n1.env')).toBe(0o600)
  })

  it('with secrets that others could read are private once they are updated', async () => {
    await place(nodes())
    chmodSync(box.path('out/wcn_node_n1.env'), 0o644)
    await place(nodes('n0', 4010))
    expect(modeOf('out/wcn_node_n1.env')).toBe(0o600)
  })

  it('without secrets may be read by everybody', async () => {
    const files = [manifest('database.yaml', 'a: 1\n')]
    await place(files)
    expect(await statuses(place(files))).toEqual(['unchanged'])
  })
})

describe('files edited by hand', () => {
  const edit = (name: string, change: (old: string) => string | Uint8Array) =>
    writeFileSync(box.path(`out/${name}`), change(on(name)))

  it('are kept, and all others are written', async () => {
    await place(nodes())
    edit('wcn_node_n1.env', (old) => `${old}RUST_LOG=debug\n`)
    const { files } = await place(nodes('n0', 4010))
    expect(files.map(({ status }) => status)).toEqual(['updated', 'kept'])
    expect(files[1]?.diff).toContain('-RUST_LOG=…')
    expect(on('wcn_node_n1.env')).toContain('PRIMARY_RPC_SERVER_PORT=3010\nRUST_LOG=debug')
    expect(await statuses(place(nodes()))).toEqual(['updated', 'kept'])
  })

  it.each([
    ['CRLF', (old: string) => old.replaceAll('\n', '\r\n')],
    ['a byte order mark', (old: string) => `\uFEFF${old}`],
    ['no line feed at the end', (old: string) => old.trimEnd()],
  ])('count as edited with %s', async (_, change) => {
    await place(nodes())
    edit('wcn_node_n1.env', change)
    const before = on('wcn_node_n1.env')
    expect(await statuses(place(nodes()))).toEqual(['unchanged', 'kept'])
    expect(on('wcn_node_n1.env')).toBe(before)
  })

  it('are replaced by force', async () => {
    await place(nodes())
    edit('wcn_node_n1.env', (old) => `${old}RUST_LOG=debug\n`)
    expect(await statuses(place(nodes(), { force: true }))).toEqual(['unchanged', 'updated'])
    expect(on('wcn_node_n1.env')).toBe(nodes()[1]?.text)
  })

  it('are not kept where others can read the secrets in them', async () => {
    await place(nodes())
    edit('wcn_node_n1.env', (old) => `${old}RUST_LOG=debug\n`)
    chmodSync(box.path('out/wcn_node_n1.env'), 0o644)
    expect((await refusal(nodes())).code).toBe('FILE_PERMISSIONS')
  })
})

describe('files that are not ours', () => {
  it.each([
    ['text', 'precious\n'],
    ['nothing', ''],
    ['text that is not UTF-8', Uint8Array.of(0x67, 0xfc, 0x0a)],
    ['bytes', Uint8Array.of(0, 1, 2, 255)],
    ['more than any of ours', `${text('A=1\n')}${'x'.repeat(1024 * 1024)}`],
  ])('stop everything, unless forced: %s', async (_, content) => {
    mkdirSync(box.path('out'), { mode: 0o755 })
    writeFileSync(box.path('out/wcn_node_n1.env'), content, { mode: 0o600 })
    const error = await refusal(nodes())
    expect(error.code).toBe('FILE_EXISTS')
    expect(error.message).toContain('wcn_node_n1.env exists already')
    expect(error.hint).toContain('--force')
    expect(await statuses(place(nodes(), { force: true }))).toEqual(['written', 'updated'])
    expect(on('wcn_node_n1.env')).toBe(nodes()[1]?.text)
    expect(modeOf('out/wcn_node_n1.env')).toBe(0o600)
  })

  it.each([false, true])('and are no files are never replaced, force: %s', async (force) => {
    mkdirSync(box.path('out'), { mode: 0o755 })
    const target = box.path('out/wcn_node_n1.env')
    writeFileSync(box.path('elsewhere'), 'precious')
    for (const [code, make] of [
      ['OUTPUT_UNSAFE', () => symlinkSync(box.path('elsewhere'), target)],
      ['OUTPUT_UNSAFE', () => symlinkSync(box.path('nowhere'), target)],
      ['FILE_UNWRITABLE', () => mkdirSync(target)],
      ['FILE_UNWRITABLE', () => execFileSync('mkfifo', [target])],
    ] as const) {
      make()
      expect((await refusal(nodes(), { force })).code).toBe(code)
      rmSync(target, { recursive: true })
    }
  })
})

describe('a place that is not safe', () => {
  const nested = [{ ...envFile('n0', 'A=1\n'), path: 'secrets/wcn-node-n0.yaml' }]

  it.each(['out', 'out/secrets'])('is a link: %s', async (path) => {
    mkdirSync(box.path('real'))
    if (path !== 'out') mkdirSync(box.path('out'), { mode: 0o755 })
    symlinkSync(box.path('real'), box.path(path))
    for (const directory of ['out', 'out/', 'out/.']) {
      const error = await refusal(nested, { directory: `${box.path('.')}/${directory}`, force: true })
      expect(error.code).toBe('OUTPUT_UNSAFE')
      expect(error.message).toContain('is a symbolic link')
    }
  })

  it.each(['out', 'out/secrets'])('is a file: %s', async (path) => {
    if (path !== 'out') mkdirSync(box.path('out'), { mode: 0o755 })
    writeFileSync(box.path(path), 'precious')
    expect((await refusal(nested, { force: true })).code).toBe('FILE_UNWRITABLE')
  })

  it('can be written to by others, where secrets go there or below', async () => {
    mkdirSync(box.path('out/secrets'), { recursive: true, mode: 0o755 })
    for (const [path, mode] of [
      ['out', 0o777],
      ['out', 0o772],
      ['out/secrets', 0o702],
    ] as const) {
      chmodSync(box.path(path), mode)
      const error = await refusal(nested, { force: true })
      expect(error.code).toBe('OUTPUT_UNSAFE')
      expect(error.message).toContain(`${box.path(path)} is writable by other users`)
      chmodSync(box.path(path), 0o755)
    }
    chmodSync(box.path('out'), 0o777)
    expect(await statuses(place([manifest('a.yaml', 'a: 1\n')]))).toEqual(['written'])
    chmodSync(box.path('out'), 0o775)
    expect(await statuses(place([manifest('b.yaml', 'a: 1\n')]))).toEqual(['written'])
    chmodSync(box.path('out'), 0o1777)
    expect(await statuses(place(nested))).toEqual(['written'])
  })

  it.each(['out', 'out/secrets', 'out/secrets/wcn-node-n0.yaml'])("is another user's: %s", async (path) => {
    await place(nested)
    const real = testServices().files
    const inspect: Files['inspect'] = async (at) => {
      const facts = await real.inspect(at)
      return facts && { ...facts, foreign: at === box.path(path) }
    }
    const error = await refusal(nested, { force: true, files: { inspect } })
    expect(error.code).toBe('OUTPUT_UNSAFE')
    expect(error.message).toContain(`${box.path(path)} belongs to another user`)
  })

  it('is a git work tree that would take secrets up; what holds none may be committed', async () => {
    execFileSync('git', ['init', '--quiet'], { cwd: box.path('.') })
    const error = await rejectionOf(place([manifest('a.yaml', 'a: 1\n'), ...nested], { force: true }))
    expect(error.code).toBe('OUTPUT_UNSAFE')
    expect(error.hint).toMatch(/\.gitignore: \/out\/secrets\/$/)
    expect(existsSync(box.path('out'))).toBe(false)
    writeFileSync(box.path('.gitignore'), '/out/secrets/\n')
    expect(await statuses(place([manifest('a.yaml', 'a: 1\n'), ...nested]))).toEqual(['written', 'written'])
  })

  it('can not be written to: nothing is, not even what could be', async () => {
    const real = testServices().files
    const checkWritable: Files['checkWritable'] = (path, options) =>
      real.checkWritable(path.endsWith('n1.env') ? '/dev/null/x' : path, options)
    expect((await refusal(nodes(), { files: { checkWritable } })).code).toBe('FILE_UNWRITABLE')
    await place(nodes())
    expect(await statuses(place(nodes(), { files: { checkWritable } }))).toEqual(['unchanged', 'unchanged'])
    expect((await refusal(nodes('n0', 4010), { files: { checkWritable } })).code).toBe('FILE_UNWRITABLE')
  })
})

describe('writing that ends halfway', () => {
  const full = () => {
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
  }

  it('says what is there and what is not', async () => {
    await place(nodes('n0'))
    const { writeFileSync: write } = await vi.importActual<typeof fs>('node:fs')
    vi.mocked(fs.writeFileSync).mockImplementationOnce(write).mockImplementationOnce(full)
    const error = await rejectionOf(place(nodes('n1')))
    expect(error.code).toBe('FILE_UNWRITABLE')
    expect(error.message).toBe(
      `cannot write "${box.path('out/wcn_node_n1.env')}": the disk is full; written before that: ${box.path('out/wcn_node_n0.env')}; not written: ${box.path('out/wcn_node_n1.env')}`,
    )
    expect(error.hint).toContain('make room on the disk')
    expect(error.hint).toContain('moves from node n0: start no node')
    expect(error.details).toMatchObject({
      written: [box.path('out/wcn_node_n0.env')],
      missing: [box.path('out/wcn_node_n1.env')],
    })
    expect(readdirSync(box.path('out')).sort()).toEqual(['wcn_node_n0.env', 'wcn_node_n1.env'])
    // The old one has lost the key, and the new one hasn't got it.
    for (const name of ['n0', 'n1']) expect(on(`wcn_node_${name}.env`)).not.toContain(KEY)
    await place(nodes('n1'))
    expect(on('wcn_node_n1.env')).toContain(KEY)
  })

  it('at the first file has left nothing', async () => {
    vi.mocked(fs.writeFileSync).mockImplementationOnce(full)
    expect((await rejectionOf(place(nodes()))).message).toContain('nothing was left behind')
    expect(existsSync(box.path('out'))).toBe(false)
  })
})

it('leaves whole files where two runs are at it at once', async () => {
  for (const [port, first] of [
    [3010, true],
    [4010, false],
  ] as const) {
    const runs = await Promise.allSettled([place(nodes('n0', port)), place(nodes('n0', port))])
    for (const run of runs)
      if (run.status === 'rejected') expect([first, run.reason.code]).toEqual([true, 'FILE_EXISTS'])
    expect(runs.some(({ status }) => status === 'fulfilled')).toBe(true)
    expect(readdirSync(box.path('out')).sort()).toEqual(['wcn_node_n0.env', 'wcn_node_n1.env'])
    for (const file of nodes('n0', port)) expect(on(file.path)).toBe(file.text)
  }
})

describe('stale files', () => {
  it('are named and stay: of nodes that are gone, edited or not', async () => {
    await place([...nodes(), envFile('n2', 'A=1\n'), envFile('n3', 'A=1\n')])
    writeFileSync(box.path('out/wcn_node_n3.env'), `${on('wcn_node_n3.env')}B=1\n`)
    const { stale } = await place(nodes())
    expect(stale).toEqual([box.path('out/wcn_node_n2.env'), box.path('out/wcn_node_n3.env')])
    expect(existsSync(box.path('out/wcn_node_n2.env'))).toBe(true)
    expect((await place(nodes(), { dryRun: true })).stale).toEqual(stale)
  })

  it("are not looked for where one host's share is made", async () => {
    await place([...nodes(), envFile('n2', 'A=1\n')])
    expect((await place(nodes(), { whole: false })).stale).toEqual([])
  })

  it('are those of a folder as well, of the same target', async () => {
    const k8s = (name: string) => [
      manifest(`node-${name}.yaml`, 'a: 1\n'),
      { ...envFile(name, 'A=1\n'), path: `secrets/wcn-node-${name}.yaml` },
    ]
    await place([...k8s('n0'), ...k8s('n2'), manifest('compose.yaml', 'a: 1\n'), ...nodes()])
    expect((await place(k8s('n0'))).stale).toEqual([
      box.path('out/node-n2.yaml'),
      box.path('out/secrets/wcn-node-n2.yaml'),
    ])
    expect((await place([manifest('prometheus.yml', 'a: 1\n')])).stale).toEqual([])
  })

  it('are those of a machine that is gone, but of no other folder', async () => {
    const machine = (host: string, name: string, signer = false) => [
      manifest(`${host}compose.yaml`, 'a: 1\n'),
      { ...envFile(name, 'A=1\n', signer), path: `${host}wcn_node_${name}.env` },
    ]
    await place([...machine('ma/', 'n0', true), ...machine('mb/', 'n1'), ...machine('k8s/', 'n5')])
    mkdirSync(box.path('out/theirs'))
    writeFileSync(box.path('out/theirs/compose.yaml'), 'a: 1\n')
    writeFileSync(box.path('out/theirs/wcn_node_n9.env'), `SMART_CONTRACT_SIGNER_PRIVATE_KEY=${KEY}\n`, { mode: 0o600 })
    writeFileSync(box.path('out/theirs/other.yaml'), text('a: 1\n'))
    symlinkSync(box.path('out/ma'), box.path('out/link'))
    mkdirSync(box.path('out/closed'))
    const real = testServices().files
    const list: Files['list'] = async (path) => {
      if (path.endsWith('closed')) throw new WcnError('FILE_UNREADABLE', 'closed')
      return real.list(path)
    }
    const gone = ['out/ma/compose.yaml', 'out/ma/wcn_node_n0.env'].map(box.path)
    for (const [folder, stale] of [
      ['mb/', gone],
      ['', [...gone, ...['out/mb/compose.yaml', 'out/mb/wcn_node_n1.env'].map(box.path)]],
      [
        'mc/',
        [
          ...['out/compose.yaml', 'out/wcn_node_n1.env'].map(box.path),
          ...gone,
          ...['out/mb/compose.yaml', 'out/mb/wcn_node_n1.env'].map(box.path),
        ],
      ],
    ] as const)
      expect(await place(machine(folder, 'n1', true), { files: { list } })).toMatchObject({
        stale,
        primaryMoved: { from: 'n0', to: 'n1' },
      })
    // Env files by themselves are for no machine.
    expect((await place(nodes('n1'))).stale).toEqual([])
  })

  it("are not anybody else's, nor links, nor what is too large or no text", async () => {
    mkdirSync(box.path('out/folder.env'), { recursive: true, mode: 0o755 })
    writeFileSync(box.path('out/theirs.env'), 'A=1\n')
    writeFileSync(box.path('out/binary.env'), Uint8Array.of(255, 0))
    writeFileSync(box.path('out/large.env'), `${text('A=1\n')}${'x'.repeat(1024 * 1024)}`)
    writeFileSync(box.path('out/notes.txt'), text('A=1\n'))
    writeFileSync(box.path('ours'), text('A=1\n'))
    symlinkSync(box.path('ours'), box.path('out/link.env'))
    execFileSync('mkfifo', [box.path('out/pipe.env')])
    const real = testServices().files
    const read: string[] = []
    const readText: Files['readText'] = (path) => {
      read.push(path)
      return real.readText(path)
    }
    expect((await place(nodes(), { files: { readText } })).stale).toEqual([])
    expect(read).toEqual(['binary', 'large', 'theirs'].map((name) => box.path(`out/${name}.env`)))
  })
})

describe('the signing key', () => {
  const moved = async (...[files, changes]: Parameters<typeof place>) => (await place(files, changes)).primaryMoved

  it('that stays is not told of', async () => {
    expect(await moved(nodes('n0'))).toBeNull()
    expect(await moved(nodes('n0'))).toBeNull()
    expect(await moved(nodes('n0', 4010))).toBeNull()
    expect(await moved(nodes('n0').map((file) => ({ ...file, path: `shell/${file.path}` })))).toBeNull()
  })

  it('that moves is, and is written last', async () => {
    await place(nodes('n1'))
    const written: string[] = []
    const real = testServices().files
    const write: Files['write'] = async (path, ...rest) => {
      written.push(path.slice(-6))
      await real.write(path, ...rest)
    }
    expect(await moved(nodes('n0'), { dryRun: true })).toEqual({ from: 'n1', to: 'n0' })
    expect(await moved(nodes('n0'), { files: { write } })).toEqual({ from: 'n1', to: 'n0' })
    expect(written).toEqual(['n1.env', 'n0.env'])
    expect(await moved(nodes('n0'))).toBeNull()
  })

  it('of a stale file is told of, as long as it is there', async () => {
    await place([...nodes(''), envFile('n2', 'A=1\n', true)])
    for (let round = 0; round < 2; round++) expect(await moved(nodes('n0'))).toEqual({ from: 'n2', to: 'n0' })
    rmSync(box.path('out/wcn_node_n0.env'))
    expect(await moved(nodes(''))).toEqual({ from: 'n2', to: null })
    rmSync(box.path('out/wcn_node_n2.env'))
    expect(await moved(nodes('n0'))).toBeNull()
  })

  it("is told of where only one host's share is made", async () => {
    await place(nodes('n0'))
    const [n0, n1] = nodes('n1')
    const share = { whole: false }
    expect(await moved(n1 ? [n1] : [], share)).toEqual({ from: 'n0', to: 'n1' })
    expect(await moved(n0 ? [n0] : [], share)).toEqual({ from: 'n0', to: null })
    expect(await moved(n0 ? [n0] : [], share)).toBeNull()
  })

  it('is told of across targets and folders', async () => {
    await place(nodes('n0').map((file) => ({ ...file, path: `compose/${file.path}` })))
    const secrets = nodes('n1').map((file) => ({
      ...file,
      path: file.path.replace(/wcn_node_(.*)\.env/, 'secrets/wcn-node-$1.yaml'),
    }))
    expect(await moved(secrets)).toEqual({ from: 'n0', to: 'n1' })
  })

  it.each([
    ['an env file', `SMART_CONTRACT_SIGNER_PRIVATE_KEY=${KEY}`, true],
    ['another case', `smart_contract_signer_private_key=${KEY}`, true],
    ['the shell', `export SMART_CONTRACT_SIGNER_PRIVATE_KEY='${KEY}'\r`, true],
    ['YAML', `stringData:\n  "SMART_CONTRACT_SIGNER_PRIVATE_KEY": ${KEY}`, true],
    ['a list', `  - SMART_CONTRACT_SIGNER_PRIVATE_KEY=${KEY}`, true],
    ['a block', `  SMART_CONTRACT_SIGNER_PRIVATE_KEY: |\n    ${KEY}`, true],
    ['nothing', 'SMART_CONTRACT_SIGNER_PRIVATE_KEY=\nA=1', false],
    ['empty quotes', `SMART_CONTRACT_SIGNER_PRIVATE_KEY='' # none\n`, false],
    ['a comment', `# SMART_CONTRACT_SIGNER_PRIVATE_KEY=${KEY}`, false],
    ['another name', `SMART_CONTRACT_SIGNER_PRIVATE_KEY_FILE=x`, false],
  ])('is recognised in what somebody wrote by hand: %s', async (_, content, is) => {
    mkdirSync(box.path('out'), { mode: 0o755 })
    writeFileSync(box.path('out/wcn_node_old.env'), `A=1\n${content}\n`, { mode: 0o600 })
    expect(await moved(nodes('n0'))).toEqual(is ? { from: 'old', to: 'n0' } : null)
  })

  it('is not left in an edited file that should lose it', async () => {
    await place(nodes('n0'))
    writeFileSync(box.path('out/wcn_node_n0.env'), `${on('wcn_node_n0.env')}RUST_LOG=debug\n`)
    const error = await refusal(nodes('n1'))
    expect(error.code).toBe('PRIMARY_RULE')
    expect(error.message).toContain('wcn_node_n0.env was edited by hand and would be kept with the signing key')
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain(KEY.slice(2))
    expect(await moved(nodes('n1'), { force: true })).toEqual({ from: 'n0', to: 'n1' })
    expect(on('wcn_node_n0.env')).not.toContain(KEY)
  })

  it('is not lost to an edited file that should get it', async () => {
    await place(nodes('n0'))
    writeFileSync(box.path('out/wcn_node_n1.env'), `${on('wcn_node_n1.env')}RUST_LOG=debug\n`)
    const error = await refusal(nodes('n1'))
    expect(error.code).toBe('PRIMARY_RULE')
    expect(error.message).toContain('wcn_node_n1.env was edited by hand and would be kept without the signing key')
  })

  it('that somebody took out of a file may stay out', async () => {
    await place(nodes('n0'))
    writeFileSync(box.path('out/wcn_node_n0.env'), on('wcn_node_n0.env').replace(KEY, ''))
    expect(await place(nodes('n0'))).toMatchObject({ files: [{ status: 'kept' }, {}], primaryMoved: null })
  })
})

describe('the difference', () => {
  it('of a file with secrets names what changed, and shows no value', async () => {
    const other = `0x${'b8'.repeat(32)}`
    await place(nodes('n0'))
    const changed = nodes('n0').map((file) => ({
      ...file,
      text: text(file.text.split('\n').slice(2).join('\n').replace(KEY, other)),
    }))
    const { files } = await place(changed)
    expect(files[0]?.diff?.split('\n').slice(2)).toEqual([
      '-SMART_CONTRACT_SIGNER_PRIVATE_KEY=…',
      '+SMART_CONTRACT_SIGNER_PRIVATE_KEY=…',
      '',
    ])
  })

  it('of a file with secrets says nothing of what may be a value without its name', async () => {
    await place([envFile('n0', 'A=1\n# SECRET_KEY: old\n')])
    const token = 'c4n4ryT0kenOf20Chars'
    const stray = [`${KEY}=`, `${token}=1`, token, `# ${token}`, `"${token}": 1`, `B=${token}`, `C: |\n  ${token}`]
    writeFileSync(box.path('out/wcn_node_n0.env'), `${on('wcn_node_n0.env')}${stray.join('\n')}\n`)
    const { files } = await place([envFile('n0', 'A=1\n')], { dryRun: true })
    expect(files[0]?.diff?.split('\n').slice(2)).toEqual(['-B=…', '-C=…', ' (and lines that set no variable)', ''])
  })

  it('of another file is shown; of lines that somebody else wrote, the numbers', async () => {
    const path = box.path('out/compose.yaml')
    await place([manifest('compose.yaml', 'a: 1\nb: 2\nc: 3\n')])
    const now = [manifest('compose.yaml', 'a: 1\nb: 4\nc: 3\n')]
    const head = `--- ${path}\n+++ ${path}\n@@`
    expect((await place(now, { dryRun: true })).files[0]?.diff).toBe(
      `${head} -2,4 +2,4 @@\n # for a test\n a: 1\n-b: 2\n+b: 4\n c: 3\n`,
    )
    writeFileSync(path, on('compose.yaml').replace('b: 2\n', 'secret: x\nother: y\n'))
    expect((await place(now, { dryRun: true })).files[0]?.diff).toBe(
      `${head} -2,5 +2,4 @@\n # for a test\n a: 1\n-(line 4, which is not ours)\n-(line 5, which is not ours)\n+b: 4\n c: 3\n`,
    )
  })

  it('is none where there is too much of it', async () => {
    mkdirSync(box.path('out'), { mode: 0o755 })
    const now = [manifest('compose.yaml', 'a: 1\n')]
    for (const much of ['a: 1\n'.repeat(40_000), [...Array(12_000).keys()].join('\n')]) {
      writeFileSync(box.path('out/compose.yaml'), much)
      expect((await place(now, { force: true })).files[0]).toMatchObject({ status: 'updated', diff: null })
    }
  })
})
