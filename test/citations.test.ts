/** What code comments and the developers' pages point at is there: pages, headings, rules, folders and tests. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const tracked = (...patterns: readonly string[]) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && existsSync(root + path))
const read = (path: string) => readFileSync(root + path, 'utf8')

const CODE = tracked('src/*.ts', 'test/*.ts', 'scripts/*.mjs', 'bin/*').filter(
  (path) => path !== 'test/citations.test.ts',
)
/** Comments run over lines. */
const flat = (path: string) => read(path).replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ')

/** A page, and what is named of it: headings in quotes, rules by number. */
const CITATION = /docs\/dev\/([a-z/-]+\.md)((?:,? (?:and )?(?:"[^"]+"|\d+(?:–\d+)?))*)/g

const headings = new Map<string, readonly string[]>()
function headingsOf(page: string): readonly string[] {
  const known = headings.get(page) ?? [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text)
  headings.set(page, known)
  return known
}

function missing(path: string): readonly string[] {
  return [...flat(path).matchAll(CITATION)].flatMap(([whole, name = '', places = '']) => {
    const page = `docs/dev/${name}`
    if (!existsSync(root + page)) return [whole]
    const quoted = [...places.matchAll(/"([^"]+)"/g)].map(([, heading = '']) => heading)
    const rules = [...places.replaceAll(/"[^"]+"/g, '').matchAll(/\d+/g)].map(([number]) => `${number}.`)
    const known = headingsOf(page)
    const isThere = (wanted: string) => known.some((heading) => heading.startsWith(wanted))
    return [...quoted, ...rules].filter((wanted) => !isThere(wanted)).map((wanted) => `${page}: ${wanted}`)
  })
}

describe('citations in comments', () => {
  it('are found', () => expect(CODE.filter((path) => read(path).includes('docs/dev/')).length).toBeGreaterThan(100))

  it('lead to a page, a heading or a rule that is there', () => {
    expect(CODE.flatMap((path) => missing(path).map((what) => `${path}: ${what}`))).toEqual([])
  })

  it('name nothing that only its author has', () => {
    const foreign = /(?<![\w/])(?:design|spec|shared|seed)\/[a-z-]+\.(?:md|txt)/
    expect(CODE.filter((path) => foreign.test(read(path)))).toEqual([])
  })

  it('that lead nowhere are noticed', () => {
    const text = 'docs/dev/never.md 99; docs/dev/none.md; docs/dev/network/contract.md, "Nothing of the kind"'
    const found = [...text.matchAll(CITATION)].map(([, page]) => page)
    expect(found).toEqual(['never.md', 'none.md', 'network/contract.md'])
    expect(headingsOf('docs/dev/never.md')).toContain(
      '1. A write is applied once or not at all, and the tool knows which',
    )
  })
})

describe("the developers' pages", () => {
  it('name tests that there are', () => {
    const tests = new Set(tracked('test/*.test.ts').map((path) => basename(path, '.test.ts')))
    const named = [...read('docs/dev/never.md').matchAll(/^Tests: (.+)$/gm)].flatMap(([, list = '']) =>
      [...list.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((name) => !tests.has(name))).toEqual([])
  })

  it.each(['CONTRIBUTING.md', ...tracked('docs/dev/*.md')])('%s: names places that there are', (page) => {
    const places = [...read(page).matchAll(/`((?:src|test|scripts|docs|bin)\/[\w./-]+)`/g)].map(([, path = '']) => path)
    expect(places.filter((path) => !existsSync(root + path))).toEqual([])
  })

  it.each(['CONTRIBUTING.md', ...tracked('docs/dev/*.md')])('%s: its links lead somewhere', (page) => {
    const folder = page.includes('/') ? page.slice(0, page.lastIndexOf('/') + 1) : ''
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, path = '']) => path)
    expect(links.filter((path) => !existsSync(root + folder + path))).toEqual([])
  })
})
