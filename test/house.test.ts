/** The house: which folder may know of which, with types counted. */
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Each may import itself and what stands before it. Between slices anything goes that closes no circle. */
const FOUNDATION = [
  ...['errors', 'base', 'metrics', 'documents', 'cluster'],
  ...['chain', 'signers', 'platform', 'settings', 'peer', 'anvil'],
  ...['cli', 'read'],
]
const PURE = /^(?:errors|base|metrics|cluster|[a-z]+\/model|deploy\/targets|peer\/protocol)\//
/** A file format, which its schema says: the one pure file that takes a library for it. */
const WITH_LIBRARY = /^cluster\/nodes-file/
const PRIVATE = /^([a-z]+)\/(?:command|view)(?:-[a-z-]+)?\.ts$/
/** Below the slices: what several of them show. */
const SHARED_VIEWS = /^(?:write\/view|health\/view-[a-z-]+)\.ts$/

interface Import {
  readonly from: string
  readonly to: string
  readonly kind: 'value' | 'type' | 'lazy'
}

const root = new URL('../src/', import.meta.url)
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
const imports = files.flatMap(importsOf)

function importsOf(from: string): readonly Import[] {
  const text = readFileSync(new URL(from, root), 'utf8')
  const pattern = /^(?:import|export)\b([^'"]*?)from '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm
  return [...text.matchAll(pattern)].map(([, names, fixed, lazy]) => ({
    from,
    to: posix.join(posix.dirname(from), fixed ?? lazy ?? '').replace(/\.js$/, '.ts'),
    kind: fixed === undefined ? 'lazy' : isOfTypes(names ?? '') ? 'type' : 'value',
  }))
}

function isOfTypes(names: string): boolean {
  const listed = /\{([^}]*)\}/
    .exec(names)?.[1]
    ?.split(',')
    .map((name) => name.trim())
  return names.trim().startsWith('type ') || (listed?.every((name) => name === '' || name.startsWith('type ')) ?? false)
}

const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')
const isGrammar = (path: string) => /^(?:[a-z]+\/command(?:-[a-z-]+)?|program|quick|quick-reads|main)\.ts$/.test(path)
const shown = ({ from, to }: Import) => `${from} → ${to}`

/** Between folders; grammar may load whatever it names. */
const edges = imports.filter(
  ({ from, to, kind }) =>
    folderOf(from) !== folderOf(to) && !(isGrammar(from) && (kind === 'lazy' || folderOf(from) === '')),
)

describe('folders', () => {
  it('are found', () => {
    expect(files.length).toBeGreaterThan(300)
    expect(imports.length).toBeGreaterThan(files.length)
    expect(edges.length).toBeGreaterThan(500)
  })

  it('of the foundation know only what stands before them', () => {
    const upward = edges.filter(({ from, to }) => {
      const place = FOUNDATION.indexOf(folderOf(from))
      const other = FOUNDATION.indexOf(folderOf(to))
      return place >= 0 && (other < 0 || other > place)
    })
    expect(upward.map(shown)).toEqual([])
  })

  it('form no circle', () => {
    const after = new Map<string, Set<string>>()
    for (const { from, to } of edges)
      after.set(folderOf(from), (after.get(folderOf(from)) ?? new Set()).add(folderOf(to)))
    const reach = (from: string, seen = new Set<string>()): ReadonlySet<string> => {
      for (const to of after.get(from) ?? []) if (!seen.has(to)) reach(to, seen.add(to))
      return seen
    }
    expect([...after.keys()].filter((folder) => reach(folder).has(folder))).toEqual([])
  })

  it('that are pure take values from pure ones only', () => {
    const impure = imports.filter(({ from, to, kind }) => PURE.test(from) && !PURE.test(to) && kind !== 'type')
    expect(impure.filter(({ from }) => !WITH_LIBRARY.test(from)).map(shown)).toEqual([])
  })

  it("keep out of each other's grammar and views", () => {
    const prying = edges.filter(({ from, to }) => {
      const [, owner] = PRIVATE.exec(to) ?? []
      return owner !== undefined && owner !== 'cli' && !SHARED_VIEWS.test(to) && !isGrammar(from)
    })
    expect(prying.map(shown)).toEqual([])
  })
})
