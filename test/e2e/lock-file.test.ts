/** What `npm ci` can't compare with a hash is known by name, and to people. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const { packages } = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity?: string }>>
}
const [, section = ''] = read('docs/dev/dependencies.md').split('## Entries of the lock file without integrity')

it('packages without integrity are those that the documentation lists', () => {
  const listed = [...section.matchAll(/^\* `(.+)`$/gm)].map(([, name]) => name)
  const lacking = Object.entries(packages).flatMap(([path, { version, integrity }]) =>
    path === '' || integrity !== undefined ? [] : [`${path.replace(/^.*node_modules\//, '')}@${version}`],
  )
  expect(listed).toEqual(lacking)
  expect(section).toContain(`These ${lacking.length} packages`)
})
