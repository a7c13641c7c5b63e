/** YAML says what the JSON said, by the rules of 1.1 and of 1.2, and holds nothing that acts on a terminal. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { escapeYaml, holdsUnsafe } from '../../src/base/escape.js'
import { jsonAsYaml } from '../../src/documents/json-as-yaml.js'
import { oddText } from '../support/odd-text.js'

const yamlOf = (value: unknown) => escapeYaml(jsonAsYaml(JSON.stringify(value), holdsUnsafe))

it('is block style, with texts as they are where nobody takes them for something else', () => {
  const value = {
    ok: true,
    data: { name: 'Ünïcode 日本', nodes: [{ peer_id: '12D3', port: 3010, none: null }], empty: [] },
  }
  expect(yamlOf(value)).toBe(
    'ok: true\ndata:\n  name: Ünïcode 日本\n  nodes:\n    - peer_id: 12D3\n      port: 3010\n      none: null\n  empty: []\n',
  )
})

it.each([
  'no',
  'on',
  '~',
  '1:30',
  '0x1f',
  '1_000',
  '0o17',
  '010',
  '2026-11-30',
  '1e3',
  '.inf',
  '<<',
  '=',
  '',
  ' x',
  '#',
])('quotes %j where readers differ', (text) => {
  for (const version of ['1.1', '1.2'] as const) expect(parse(yamlOf([text]), { version })).toEqual([text])
})

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    oddText,
    fc.constantFrom(null, true, false, 0, -1, 1.5, Number.MAX_SAFE_INTEGER),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      oddText.filter((name) => name !== '__proto__' && name !== '<<' && name.length < 500),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value

it('is read as the same', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = yamlOf({ data: value })
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual({ data: value })
    }),
  )
})
