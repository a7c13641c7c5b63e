/** The table of docs/dev/stand-ins.md: each row names the tests that hold it, and they are there. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/dev/stand-ins.md', root), 'utf8')
const [legend = '', table = ''] = page.split('| the real one | test |\n|---|---|\n')
const files = new Map(
  [...legend.matchAll(/`([A-Z])`:\s`([\w/.-]+)`/g)].map(([, letter = '', file = '']) => [
    letter,
    readFileSync(new URL(file.includes('/') ? file : `test/devnet/stand-in/${file}`, root), 'utf8'),
  ]),
)
const rows = table.split('\n\n', 1)[0]?.split('\n') ?? []

it('has rows, and files to look into', () => {
  expect(rows.length).toBeGreaterThan(25)
  expect(files.size).toBeGreaterThan(6)
})

it.each(rows)('%s', (row) => {
  const tests = row.split(' | ').at(-1)?.replace(/ \|$/, '') ?? ''
  const named = tests.split('; ').map((each) => /^`([A-Z])`: ("[^"]+"(?:, "[^"]+")*)$/.exec(each) ?? [])
  for (const [whole, letter = '', titles = ''] of named) {
    expect(whole, tests).toBeDefined()
    for (const [, title = ''] of titles.matchAll(/"([^"]+)"/g))
      expect(files.get(letter)?.includes(title), title).toBe(true)
  }
})
