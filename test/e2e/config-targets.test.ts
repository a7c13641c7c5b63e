/**
 * `config emit --format all` as people run it, again and again: what stays, what follows the description, and what is
 * said of files that are edited, stale, or lose the signing key.
 */
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type Sandbox, sandbox } from '../support/cli.js'
import { nodeKeys, OPERATOR_KEY, putDeployment, putSecret, secretOf } from '../support/deployment.js'
import { countOf, emitAll, emitAllJson, type File, FULL, ON_ONE_MACHINE } from '../support/emit-all.js'

const boxes: Sandbox[] = []
let box: Sandbox
beforeEach(() => {
  box = sandbox()
  boxes.push(box)
})
afterAll(() => boxes.forEach((one) => void one.remove()))

/** Every file and folder with its mode, its inode and its content. */
function treeOf(folder: string, withPlace = true): Readonly<Record<string, string>> {
  const paths = (readdirSync(box.path(folder), { recursive: true }) as string[]).sort()
  return Object.fromEntries(
    paths.map((path) => {
      const stats = lstatSync(box.path(`${folder}/${path}`))
      const content = stats.isFile() ? readFileSync(box.path(`${folder}/${path}`), 'utf8') : ''
      return [path, `${(stats.mode & 0o777).toString(8)} ${withPlace ? stats.ino : ''} ${content}`]
    }),
  )
}

describe('made anew', () => {
  it('files are the same bytes, from wherever, in whatever order the description has its keys', async () => {
    putDeployment(box, ON_ONE_MACHINE)
    const first = await emitAllJson(box)
    expect(countOf(first.files)).toEqual({ written: 31 })
    const before = treeOf('out')
    const again = await emitAllJson(box)
    expect(countOf(again.files)).toEqual({ unchanged: 31 })
    expect(treeOf('out')).toEqual(before)

    const turned = (value: unknown): unknown =>
      value === null || typeof value !== 'object' || Array.isArray(value)
        ? Array.isArray(value)
          ? value.map(turned)
          : value
        : Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, inner]) => [key, turned(inner)]),
          )
    writeFileSync(box.path('deployment.yaml'), stringify(turned(ON_ONE_MACHINE)))
    mkdirSync(box.path('elsewhere'))
    const far = ['-f', '../deployment.yaml', '--out', box.path('second/')]
    expect(await emitAll(box, far, { cwd: box.path('elsewhere') })).toMatchObject({ code: 0, stderr: '' })
    expect(treeOf('second', false)).toEqual(treeOf('out', false))
    expect(readdirSync(box.path('elsewhere'))).toEqual([])
  })

  it('files that nobody touched follow the description, edited ones stay, and all is shown first', async () => {
    putDeployment(box, ON_ONE_MACHINE)
    await emitAllJson(box)
    const [n0, n1] = ON_ONE_MACHINE.nodes
    putDeployment(box, { ...ON_ONE_MACHINE, nodes: [n0, { ...n1, primary_port: 5010 }] })
    for (const path of ['out/compose/compose.yaml', 'out/env/wcn_node_n1.env', 'out/k8s/secrets/wcn-node-n1.yaml'])
      writeFileSync(box.path(path), `${readFileSync(box.path(path), 'utf8')}# by hand\n`)
    const before = treeOf('out')

    const dry = await emitAll(box, ['--dry-run'])
    expect(treeOf('out')).toEqual(before)
    const [plain, dryJson] = [await emitAll(box), await emitAllJson(box, '--dry-run', '--force')]
    for (const { code, stdout } of [dry, plain]) {
      expect(code).toBe(0)
      // It holds secrets: what changed is named, and no value is shown.
      expect(stdout).toMatch(
        /^--- out\/shell\/wcn_node_n1\.env\n\+\+\+ out\/shell\/wcn_node_n1\.env\n-PRIMARY_RPC_SERVER_PORT=…\n\+PRIMARY_RPC_SERVER_PORT=…$/m,
      )
      // What is kept is shown with what it lacks.
      expect(stdout).toMatch(/^\+ +- 5010:5010\/udp/m)
    }
    expect(dry.stdout).toMatch(/^to be updated +out\/shell\/wcn_node_n1\.env/m)
    expect(plain.stdout).toMatch(/^updated +out\/shell\/wcn_node_n1\.env/m)
    const warned = plain.stderr.split('\n').filter((line) => line.includes('was edited by hand and is kept'))
    expect(warned.map((line) => /out\/\S+/.exec(line)?.[0])).toEqual([
      'out/env/wcn_node_n1.env',
      'out/compose/compose.yaml',
      'out/k8s/secrets/wcn-node-n1.yaml',
    ])
    const after = treeOf('out')
    const changed = Object.keys(after).filter((path) => after[path] !== before[path])
    expect(changed).toEqual([
      'compose/wcn_node_n1.env',
      'k8s/network-policy.yaml',
      'k8s/node-n1.yaml',
      'shell/wcn_node_n1.env',
      'systemd/wcn.nft',
      'systemd/wcn_node_n1.env',
    ])
    expect(countOf(dryJson.files)).toEqual({ unchanged: 28, updated: 3 })
    expect(countOf((await emitAllJson(box, '--force')).files)).toEqual({ unchanged: 28, updated: 3 })
    expect(readFileSync(box.path('out/compose/compose.yaml'), 'utf8')).not.toContain('# by hand')
  })

  it('files say loudly that the primary moves, also from a machine that is gone, and which ones are stale', async () => {
    putDeployment(box, FULL)
    putSecret(box, 'keys/n2.key', secretOf(nodeKeys[0]))
    await emitAllJson(box)
    const [, n1] = FULL.nodes
    const n2 = { ...FULL.nodes[0], name: 'n2', primary: false, host: 'mc', secret_key_file: 'keys/n2.key' }
    putDeployment(box, { ...FULL, database: { ...FULL.database, host: 'mc' }, nodes: [{ ...n1, primary: true }, n2] })
    const before = treeOf('out')
    const runs = await Promise.all(
      [[], ['--json'], ['--quiet'], ['--json', '--quiet']].map((more) => emitAll(box, ['--dry-run', ...more])),
    )
    for (const { code, stderr } of runs) {
      expect(code).toBe(0)
      expect(stderr).toMatch(
        /^warning: THE PRIMARY MOVES from node n0 to node n1\. First stop n0, which is not described/m,
      )
      expect(stderr).toMatch(/^warning: out\/compose\/ma\/wcn_node_n0\.env was made by an earlier run/m)
    }
    expect(treeOf('out')).toEqual(before)
    const { data, files } = JSON.parse(runs[1]?.stdout ?? '') as {
      data: { stale: string[]; primary_moved: object; files: File[] }
    } & { files: never }
    expect(files).toBeUndefined()
    expect(data.primary_moved).toEqual({ from: 'n0', to: 'n1' })
    const left = readdirSync(box.path('out'), { recursive: true }) as string[]
    expect(data.stale.map((path) => path.slice(4)).sort()).toEqual(
      left.filter((path) => /\/ma\/|n0\.(?:env|yaml|service)$/.test(path)).sort(),
    )
    for (const path of (await emitAllJson(box)).data.stale as string[]) rmSync(box.path(path))
    const clean = await emitAllJson(box)
    expect({ stale: clean.data.stale, moved: clean.data.primary_moved, stderr: clean.stderr }).toEqual({
      stale: [],
      moved: null,
      stderr: '',
    })
    const holders = Object.entries(treeOf('out')).flatMap(([path, all]) =>
      all.includes(OPERATOR_KEY.slice(2)) ? [path] : [],
    )
    expect(holders).toEqual(
      clean.files
        .filter((one) => one.signing_key)
        .map(({ path }) => path.slice(4))
        .sort(),
    )
    expect(new Set(holders.map((path) => path.replace(/^.*\//, '')))).toEqual(
      new Set(['wcn_node_n1.env', 'wcn-node-n1.yaml']),
    )
  })

  it('is one document with --json, with every field', async () => {
    putDeployment(box, ON_ONE_MACHINE)
    const { stdout, stderr, data } = await emitAllJson(box, '--dry-run')
    expect([stdout.trimEnd().split('\n').length, stderr]).toEqual([1, ''])
    expect(Object.keys(data).sort()).toEqual(['dry_run', 'files', 'firewall', 'format', 'primary_moved', 'stale'])
    for (const file of data.files)
      expect(Object.keys(file).sort()).toEqual([
        'diff',
        'name',
        'path',
        'peer_id',
        'secret',
        'signing_key',
        'status',
        'target',
        'variables',
      ])
    expect(data).toMatchObject({ format: 'all', dry_run: true, stale: [], primary_moved: null })
    expect(readdirSync(box.path('.')).sort()).toEqual(['deployment.yaml', 'keys'])
  })
})
