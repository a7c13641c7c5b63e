/** Documents people write: strictness, line numbers, literal numbers, and hostile shapes in bounded time. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { z } from 'zod'
import { openDocument, parseDocument } from '../../src/documents/document.js'
import { WcnError } from '../../src/errors/wcn-error.js'
import { cpuClock } from '../support/cpu-time.js'

const NODE = z.strictObject({ peer_id: z.string(), port: z.union([z.string(), z.int()]), on: z.boolean().optional() })
const SCHEMA = z.strictObject({
  name: z.string().optional(),
  kind: z.enum(['a', 'b']).optional(),
  nodes: z.array(NODE),
})

function fault(text: string, schema: z.ZodType = SCHEMA, source = 'nodes.yaml'): WcnError {
  try {
    parseDocument(text, source, schema)
  } catch (error) {
    expect(error).toBeInstanceOf(WcnError)
    expect((error as WcnError).code).toBe('DOCUMENT_INVALID')
    return error as WcnError
  }
  throw new Error('accepted')
}

describe('what is no YAML', () => {
  it.each([
    ['name: acme\nnodes: [1, 2\n', 3, 1],
    ['name: "acme\nnodes: []\n', 3, 1],
    ['name: acme\n  nodes: []\n', 1, 7],
    ['a: 1\nb: @x\n', 2, 4],
  ])('%j is named with line and column', (text, line, column) => {
    const error = fault(text)
    expect(error.message).toMatch(new RegExp(`^nodes\\.yaml:${line}: .*\\(column ${column}\\)$`))
    expect(error.details).toMatchObject({ problems: [{ line, column }] })
  })

  it('is not what has a wrong shape, for which the line is enough', () => {
    expect(fault('name: 1\nnodes: []\n').message).not.toContain('column')
  })
})

describe('parseDocument', () => {
  it('reads YAML, and JSON whatever its indentation', () => {
    const value = { name: 'acme', nodes: [{ peer_id: 'x', port: 1 }] }
    for (const text of [
      stringify(value),
      JSON.stringify(value),
      JSON.stringify(value, null, 2),
      JSON.stringify(value, null, '\t'),
    ]) {
      expect(parseDocument(text, 'f', SCHEMA)).toEqual(value)
    }
    expect(parseDocument(`\ufeff${stringify(value)}`, 'f', SCHEMA)).toEqual(value)
    expect(parseDocument(stringify(value).replaceAll('\n', '\r\n'), 'f', SCHEMA)).toEqual(value)
  })

  it('gives back what JSON holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: false }), (value) => {
        fc.pre(typeof value === 'object' && value !== null)
        const strict = JSON.parse(
          JSON.stringify(value, (_, v) => (typeof v === 'number' ? Math.trunc(v % 1e14) + 0 : v)),
        )
        expect(parseDocument(JSON.stringify(strict, null, 1), 'f', z.any())).toEqual(strict)
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    [
      'unknown key',
      'name: a\nnodes:\n  - peer_id: x\n    port: 1\n    colour: red\n',
      'nodes.yaml:5: nodes[0].colour: unknown key "colour"',
    ],
    ['missing key', 'name: a\nnodes:\n  - peer_id: x\n', 'nodes.yaml:3: nodes[0].port: is missing'],
    ['blank value', 'nodes:\n  - port: 1\n    peer_id:\n', 'nodes.yaml:3: nodes[0].peer_id: is blank'],
    ['wrong type', 'name: a\nnodes:\n  - peer_id: [x]\n    port: 1\n', 'nodes.yaml:3: nodes[0].peer_id: must be text'],
    [
      'wrong type of a union',
      'nodes:\n- peer_id: x\n  port: true\n',
      'nodes.yaml:3: nodes[0].port: must be text (quote it if it consists of digits) or a whole number in plain decimal digits',
    ],
    ['wrong choice', 'kind: c\nnodes: []\n', 'nodes.yaml:1: kind: must be "a" or "b"'],
    [
      'yes is not true',
      'nodes:\n- peer_id: x\n  port: 1\n  on: yes\n',
      'nodes.yaml:4: nodes[0].on: must be true or false',
    ],
    [
      'digits are no text',
      'name: 12\nnodes: []\n',
      'nodes.yaml:1: name: must be text (quote it if it consists of digits)',
    ],
    ['scalar document', 'hello', 'nodes.yaml:1: must be a mapping (key: value)'],
    ['empty document', '', 'nodes.yaml:1: is empty'],
    ['comments only', '# nothing\n', 'nodes.yaml:1: is empty'],
    ['duplicate key', 'name: a\nname: b\nnodes: []\n', 'nodes.yaml:2: has the same key twice'],
    ['duplicate key in JSON', '{"nodes": [],\n "nodes": []}', 'nodes.yaml:2: has the same key twice'],
    ['alias', 'name: &n a\nnodes:\n  - peer_id: *n\n    port: 1\n', 'nodes.yaml:3: has an alias'],
    ['unresolved alias', 'name: *n\nnodes: []\n', 'nodes.yaml:1: has an alias'],
    ['tag', 'name: !!binary aGVsbG8=\nnodes: []\n', 'nodes.yaml:1: has a tag'],
    ['unknown tag', 'name: !thing a\nnodes: []\n', 'nodes.yaml:1: has a tag'],
    ['two documents', 'nodes: []\n---\nnodes: []\n', 'nodes.yaml:2: holds more than one document'],
    ['tab', 'nodes:\n\t- peer_id: x\n', 'nodes.yaml:2: is indented with a tab'],
    ['open quote', 'nodes: []\nname: "a\n', 'lacks a closing quote'],
    ['multi-line key', '"na\n me": a\nnodes: []\n', 'nodes.yaml:1: has a key that spans lines'],
    ['explicit key', '? |\n  a\n: b\n', 'nodes.yaml:1: has a key written with "?"'],
    ['key that is a list', '[a]: b\n', 'nodes.yaml:1: has a key that is not text'],
    ['prototype', '__proto__:\n  nodes: []\nnodes: []\n', 'nodes.yaml:1: __proto__: unknown key "__proto__"'],
    ['cut JSON', '{"nodes": [', 'nodes.yaml:1: '],
  ])('%s: names the line', (_, text, message) => {
    expect(fault(text).message).toContain(message)
  })

  it('lists further faults in the hint and all of them in the details', () => {
    const error = fault('nodes:\n  - peer_id: x\n    prot: 1\n')
    expect(error.message).toBe('nodes.yaml:2: nodes[0].port: is missing')
    expect(error.hint).toContain('nodes.yaml:3: nodes[0].prot: unknown key "prot"')
    expect(error.details?.problems).toHaveLength(2)
  })

  it.each(['hunter2: {nodes: []}\nuser of prod: x\n', '{"hunter2": 1}'])(
    'repeats nothing of another kind: %j',
    (text) => {
      const error = fault(text)
      expect(error.message).toBe('nodes.yaml:1: nothing in it belongs there: it is another kind of document')
      expect(JSON.stringify([error.message, error.hint, error.details])).not.toMatch(/hunter2|user of prod/)
    },
  )

  it('keeps odd numbers as they were written', () => {
    const text =
      'nodes:\n  - {peer_id: 0x95222290DD7278Aa3Ddd389Cc1E1d165CC4BAfe5, port: 1e3}\n  - {peer_id: 1234567890123456789012, port: 0o17}\n'
    expect(parseDocument(text, 'f', SCHEMA).nodes).toEqual([
      { peer_id: '0x95222290DD7278Aa3Ddd389Cc1E1d165CC4BAfe5', port: '1e3' },
      { peer_id: '1234567890123456789012', port: '0o17' },
    ])
    for (const port of ['+1', '01', '1.0', '.inf', '0x50']) {
      expect(parseDocument(`nodes: [{peer_id: x, port: ${port}}]`, 'f', SCHEMA).nodes[0]?.port).toBe(port)
    }
  })

  it('never repeats values', () => {
    const canary = 'c4n4ryc4n4ryc4n4ryc4n4ryc4n4ryc4n4ryc4n4ryc4n4ry'
    const texts = [
      `name: [${canary}]\nnodes: []`,
      `nodes: ${canary}`,
      `${canary}`,
      `name: "${canary}\nnodes: []`,
      `name: a\n}: ${canary}`,
      `name: ${canary}: ${canary}`,
      `kind: ${canary}\nnodes: []`,
      `- ${canary}\nname: a`,
      `name: *${canary}`,
      `name: !${canary} a`,
      `%${canary}\n---\na: 1`,
      `${canary}: 1`,
    ]
    for (const text of texts) {
      const { message, hint, details } = fault(text)
      expect(JSON.stringify([message, hint, details])).not.toContain(canary)
    }
  })

  it('says where a value stands', () => {
    const { where } = openDocument('name: a\nnodes:\n  - peer_id: x\n    port: 1\n', '-', SCHEMA)
    expect(where(['nodes', 0, 'port'])).toBe('standard input:4: nodes[0].port')
    expect(where(['nodes', 0, 'nothing'])).toBe('standard input:3: nodes[0].nothing')
    expect(where(['name'])).toBe('standard input:1: name')
  })

  it.each([
    ['brackets', '['.repeat(200_000)],
    ['maps in flow', '{a: '.repeat(50_000)],
    ['pairs in flow', `[${'a: '.repeat(80_000)}]`],
    ['pairs in flow over lines', `[${'a:\n'.repeat(80_000)}]`],
    ['dashes', '- '.repeat(100_000)],
    ['explicit keys', '? '.repeat(100_000)],
    ['colons', 'a: '.repeat(80_000)],
    ['indentation', Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['anchors', '&a '.repeat(80_000)],
    ['tags', '!a '.repeat(80_000)],
    ['directives', '%A\n'.repeat(60_000)],
    ['closers', ']'.repeat(200_000)],
    ['many keys', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n')],
    ['aliases', `a: &a [x]\n${Array.from({ length: 20_000 }, (_, i) => `k${i}: *a`).join('\n')}`],
    ['length', 'a'.repeat(1_000_000)],
    ['nested quotes', `["]",${'["]",'.repeat(40_000)}`],
  ])('refuses hostile %s quickly', (_, text) => {
    const spent = cpuClock()
    fault(text)
    expect(spent()).toBeLessThan(5000)
  })

  it('throws nothing but its own error, whatever the text', () => {
    const pieces = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '\n',
      '  ',
      '"',
      "'",
      '#',
      '&a ',
      '*a',
      '!t ',
      '|\n',
      '>',
      '? ',
      '0x1',
      '1e3',
      '\t',
      '---\n',
      '%',
      '\\',
      '\ufeff',
      '\u0002',
      '\u001f',
      '\r',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            parseDocument(text, 'f', SCHEMA)
          } catch (error) {
            expect(error).toBeInstanceOf(WcnError)
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})
