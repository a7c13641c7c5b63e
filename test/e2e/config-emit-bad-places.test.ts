/**
 * Descriptions that are no documents, and places where files can't or must not go: a sentence, the right exit code, and
 * everything is as it was.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { cleanEnvironment, type Sandbox, wcn } from '../support/cli.js'
import { emitAll, emitAllJson, FULL, ON_ONE_MACHINE } from '../support/emit-all.js'
import { everythingIn, expectRefusal, useBoxes } from '../support/emit-refusal.js'

const newBox = useBoxes()
const SOUND = stringify(ON_ONE_MACHINE)

describe.concurrent('a description', () => {
  it.each([
    ['cut', `${SOUND}\ncompose: {subnet: "10.0`, 'DOCUMENT_INVALID @ lacks a closing quote'],
    ['indented wrongly', `${SOUND}\ncompose:\n    a: b\n  c: d\n`, 'DOCUMENT_INVALID @ is indented wrongly'],
    ['with a tab', 'database:\n\taddress: 10.0.10.5\n', 'DOCUMENT_INVALID deployment.yaml:2: is indented with a tab'],
    ['with a key twice', `${SOUND}\ndatabase: {}\n`, 'DOCUMENT_INVALID @ has the same key twice'],
    ['a bomb of aliases', 'a: &a [x, x]\nb: &b [*a, *a]\n', 'DOCUMENT_INVALID deployment.yaml:2: has an alias'],
    ['a bomb of brackets', '['.repeat(100_000), 'DOCUMENT_INVALID deployment.yaml:1: is nested too deeply'],
    ['a bomb of steps', steps(400), 'DOCUMENT_INVALID deployment.yaml:102: is nested too deeply'],
    ['long', `${SOUND}# ${'x'.repeat(300_000)}`, 'DOCUMENT_INVALID … is longer than 262144 characters'],
    ['10 MB', `${SOUND}# ${'x'.repeat(10_000_000)}`, 'FILE_UNREADABLE … longer than the 1048576 bytes'],
    ['binary', Uint8Array.from({ length: 5000 }, (_, i) => (i * 37) % 256), 'FILE_UNREADABLE … is not text in UTF-8'],
    ['in UTF-16', Buffer.from(`\ufeff${SOUND}`, 'utf16le'), 'FILE_UNREADABLE … is not text in UTF-8'],
    ['empty', '', 'DOCUMENT_INVALID deployment.yaml:1: is empty'],
    ['two of them', `${SOUND}---\n${SOUND}`, 'DOCUMENT_INVALID @ holds more than one document'],
  ])('%s', async (_, text, says) => {
    const box = newBox()
    writeFileSync(box.path('deployment.yaml'), text)
    await expectRefusal(box, says)
  })

  it.each([
    ['a line break', 'd\nSECRET_KEY=x.yaml'],
    ['an escape', 'd\u001b[31m.yaml'],
    ['a change of direction', 'd\u202e.yaml'],
    ['a line separator', 'd\u2028.yaml'],
  ])('whose name has %s in it, of which comments would be made', async (_, name) => {
    const box = newBox()
    renameSync(box.path('deployment.yaml'), box.path(name))
    await expectRefusal(box, `VALUE_NOT_ENCODABLE … can't stand in a comment`, ['-f', name])
  })

  it('from Windows is read like any other, also with an odd name', async () => {
    const box = newBox()
    const odd = `it's "d" $(id) # %h\\.yaml`
    writeFileSync(box.path(odd), SOUND)
    const files = (tree: readonly string[]) => tree.filter((line) => line.startsWith('out/'))
    await emitAllJson(box, '-f', odd)
    const before = files(everythingIn(box))
    writeFileSync(box.path(odd), `\ufeff${SOUND.replaceAll('\n', '\r\n')}`)
    const { files: again } = await emitAllJson(box, '-f', odd)
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set(['unchanged']))
    expect(files(everythingIn(box))).toEqual(before)
  })
})

function steps(count: number): string {
  return Array.from({ length: count }, (_, i) => `${' '.repeat(i)}a:`).join('\n')
}

type Place = readonly [what: string, prepare: (box: Sandbox) => void, says: string, ...flags: string[]]

const linked = (path: string) => (box: Sandbox) => {
  mkdirSync(box.path('real'))
  mkdirSync(box.path(path.replace(/[^/]*$/, '.')), { recursive: true, mode: 0o755 })
  symlinkSync(box.path('real'), box.path(path))
}
const file = (path: string) => (box: Sandbox) => {
  mkdirSync(box.path(path.replace(/[^/]*$/, '.')), { recursive: true, mode: 0o755 })
  writeFileSync(box.path(path), 'precious', { mode: 0o600 })
}
const foreign = (path: string, inner: (box: Sandbox) => void) => (box: Sandbox) => {
  inner(box)
  chownSync(box.path(path), 65534, 65534)
}

describe.concurrent('a place', () => {
  const rows: readonly Place[] = [
    ['that is a link', linked('out'), 'OUTPUT_UNSAFE "out" is a symbolic link'],
    ['that is a link, by force', linked('out'), 'OUTPUT_UNSAFE "out" is a symbolic link', '--force', '--out', 'out/'],
    ['with a link for a folder', linked('out/k8s/secrets'), 'OUTPUT_UNSAFE "out/k8s/secrets" is a symbolic link'],
    ['with a link for a file', linked('out/systemd/wcn.nft'), 'OUTPUT_UNSAFE "out/systemd/wcn.nft" is a symbolic link'],
    ['that is a file', file('out'), 'FILE_UNWRITABLE cannot write "out": a part of the path is not a directory'],
    ['below a file', file('a'), 'FILE_UNWRITABLE …: a part of the path is not a directory', '--out', 'a/out'],
    ['with a file for a folder', file('out/compose'), 'FILE_UNWRITABLE cannot write "out/compose"', '--force'],
    [
      'with a folder for a file',
      (box) => mkdirSync(box.path('out/k8s/database.yaml'), { recursive: true }),
      'FILE_UNWRITABLE … it is a directory',
      '--force',
    ],
    [
      "with somebody's file",
      file('out/prometheus/prometheus.yml'),
      'FILE_EXISTS out/prometheus/prometheus.yml exists already',
    ],
    [
      'that others write to',
      (box) => {
        mkdirSync(box.path('out'))
        chmodSync(box.path('out'), 0o777)
      },
      'OUTPUT_UNSAFE out is writable by other users',
    ],
    ['with a name too long', () => undefined, 'FILE_UNREADABLE … the name is too long', '--out', 'a b'.repeat(100)],
    ['where nothing can be', () => undefined, 'FILE_UNWRITABLE cannot write "/proc/wcn"', '--out', '/proc/wcn'],
  ]
  for (const [what, prepare, says, ...flags] of rows)
    it(what, async () => {
      const box = newBox()
      prepare(box)
      await expectRefusal(box, says, flags)
    })

  // Only root gives files away.
  it.skipIf(process.getuid?.() !== 0).each([
    ['the directory', 'out', (box: Sandbox) => mkdirSync(box.path('out'))],
    [
      'a folder in it',
      'out/k8s/secrets',
      (box: Sandbox) => mkdirSync(box.path('out/k8s/secrets'), { recursive: true }),
    ],
    ['a file in it', 'out/env/wcn_db.env', file('out/env/wcn_db.env')],
  ])('where %s is another user’s', async (_, path, inner) => {
    const box = newBox()
    foreign(path, inner)(box)
    await expectRefusal(box, `OUTPUT_UNSAFE ${path} belongs to another user`, ['--force'])
  })

  it('in a git work tree that would take secrets up; manifests and rules may be committed', async () => {
    const box = newBox()
    execFileSync('git', ['init', '--quiet', box.path('.')], { env: cleanEnvironment() })
    for (const format of ['all', 'env', 'shell', 'compose', 'systemd', 'k8s'])
      await expectRefusal(box, `OUTPUT_UNSAFE … holds secrets, and the git work tree`, ['--format', format])
    expect(await emitAll(box, ['--format', 'prometheus'])).toMatchObject({ code: 0 })
    writeFileSync(box.path('.gitignore'), 'keys/\n/out/secrets/\n')
    expect(await emitAll(box, ['--format', 'k8s'])).toMatchObject({ code: 0 })
    const tracked = execFileSync('git', ['ls-files', '--others', '--exclude-standard', 'out'], {
      cwd: box.path('.'),
      encoding: 'utf8',
    })
    expect(tracked).toContain('out/node-n0.yaml')
    expect(tracked).not.toContain('secrets')
  })
})

it('300 nodes on as many machines are no problem', async () => {
  const [node] = FULL.nodes
  const nodes = Array.from({ length: 300 }, (_, i) => ({
    ...{ ...node, name: `n${i}`, primary: i === 0, host: `m${i}` },
    ...{ ipv4_addr: `52.2.${i >> 7}.${(i & 127) + 1}`, metrics_address: `n${i}.internal` },
  }))
  const box = newBox({ ...FULL, nodes })
  const { files } = await emitAllJson(box, '--format', 'k8s')
  expect(files.filter(({ secret }) => secret)).toHaveLength(301)
  rmSync(box.path('keys/operator.key'))
  const result = await wcn(['config', 'emit', '-f', 'deployment.yaml', '--format', 'prometheus', '--out', 'p'], {
    cwd: box.path('.'),
  })
  expect(result).toMatchObject({ code: 0 })
  expect(readFileSync(box.path('p/prometheus.yml'), 'utf8').match(/n\d+\.internal/g)).toHaveLength(300)
})
