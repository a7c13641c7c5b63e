/** Markdown of changes, checks and differences, and that no name in it becomes anything but text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markdownText } from '../../src/cli/markdown.js'

const node = { peer_id: '12D3a', ipv4_addr: '203.0.113.1', private_ipv4_addr: null, primary_port: 1 }
const finding = (status: string, summary: string, hint: string | null, more: object = {}) => ({
  ...{ id: 'doctor.x', status, summary, hint },
  ...more,
})

it('tells what changes, of a change the fields that differ', () => {
  const changes = [
    { op: 'update', path: 'name', before: 'a', after: 'b' },
    { op: 'update', path: 'nodes[1]', before: node, after: { ...node, ipv4_addr: '203.0.113.2', primary_port: 2 } },
    { op: 'add', path: 'clients[0]', before: null, after: { peer_id: '12D3b', authorized_namespaces: [1, 2] } },
    { op: 'remove', path: 'nodes[0]', before: node, after: null },
  ]
  expect(markdownText('changes', { changes })).toBe(`**4 changes**

|  | what | before | after |
| --- | --- | --- | --- |
| **changed** | \`name\` | \`a\` | \`b\` |
| **changed** | \`nodes[1]\` | ipv4\\_addr \`203.0.113.1\`<br>primary\\_port \`1\` | ipv4\\_addr \`203.0.113.2\`<br>primary\\_port \`2\` |
| **added** | \`clients[0]\` |  | peer\\_id \`12D3b\`<br>authorized\\_namespaces \`1, 2\` |
| **removed** | \`nodes[0]\` | peer\\_id \`12D3a\`<br>ipv4\\_addr \`203.0.113.1\`<br>private\\_ipv4\\_addr –<br>primary\\_port \`1\` |  |
`)
  expect(markdownText('changes', { changes: [] })).toBe('No changes.\n')
})

it('tells failures first, and folds what passed', () => {
  const checks = [
    finding('pass', 'all is well', 'not told', { group: 'settings' }),
    finding('warn', 'mind this', null, { group: 'nodes' }),
    finding('fail', 'it is down', 'look: `wcn nodes check`', { file: 'a.env', line: 3 }),
  ]
  expect(markdownText('checks', { checks })).toBe(`**1 check failed, 1 to look at, 1 passed**

|  | what | said | to do |
| --- | --- | --- | --- |
| **FAIL** | \`a.env:3\`<br>\`doctor.x\` | it is down | look: \`wcn nodes check\` |
| warn | \`nodes\` | mind this |  |

<details><summary>What passed, or was not looked at</summary>

|  | what | said | to do |
| --- | --- | --- | --- |
| pass | \`settings\` | all is well |  |

</details>
`)
  expect(markdownText('checks', { checks: [] })).toBe('**nothing was looked at**\n')
})

it('tells differences, and how many values were compared', () => {
  const row = { node: 'a', field: 'ipv4_addr', files: '203.0.113.1', chain: null, running: null }
  expect(
    markdownText('rows', {
      rows: [
        { ...row, drift: true },
        { ...row, drift: false },
      ],
    }),
  ).toBe(
    `**1 difference** in 2 values.

| node | field | files | chain | running |
| --- | --- | --- | --- | --- |
| \`a\` | \`ipv4_addr\` | \`203.0.113.1\` | – | – |
`,
  )
  expect(markdownText('rows', { rows: [{ ...row, drift: false }] })).toBe('No differences in 1 value.\n')
})

describe('a hostile text', () => {
  const PIECES = [
    ...['|', '\\|', '\\', '`', '``', '```', '<img src=x>', '<!--', '-->', '</details>', '</code>', '@org/team', '#12'],
    ...[
      '[a](http://e.x)',
      '![i](http://e.x)',
      'http://e.x',
      'www.e.x',
      '*',
      '_',
      '~~',
      '&lt;',
      '$x$',
      '- ',
      '\n',
      '\r\n',
    ],
    ...['\u202e', '\u0000', ' ', 'a', '日'],
  ]
  const hostile = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((parts) => parts.join(''))
  /** How readers of tables tell cells apart: what stands behind a backslash is no bar; some take the backslashes in pairs. */
  const cellsOf = (line: string) => [line.split(/(?<!\\)\|/), line.match(/(?:\\.|[^|\\])*\||$/g)?.slice(0, -1) ?? []]
  const codeless = (text: string) => text.replace(/(?<!\\)(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '')

  it('stays in its cell, and means nothing outside of code', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const changes = [
          { op: 'update', path: 'name', before: a, after: b },
          { op: 'add', path: 'nodes[0]', before: null, after: { ...node, peer_id: a } },
        ]
        const checks = [finding('fail', a, b, { file: b, line: null }), finding('pass', b, null, { group: a })]
        for (const text of [markdownText('changes', { changes }), markdownText('checks', { checks })]) {
          const lines = text.split('\n').filter((line) => line.startsWith('|'))
          expect(lines.length).toBe(text.includes('<details>') ? 6 : 4)
          for (const line of lines)
            for (const [index, cells] of cellsOf(line).entries()) expect(cells.length, line).toBe(index === 0 ? 6 : 5)
          const outside = codeless(text.replace(/<br>|<\/?(?:details|summary)>/g, ' '))
          expect(outside, text).not.toMatch(/(?<!\\)(?:\\\\)*[<`[$~]|@[a-z]|(?<!&)#\d|:\/\/|www\./)
          // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
          expect(text).not.toMatch(/[\u202e\u0000\r]/)
        }
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['a `b` c', '``a `b` c``'],
    ['`', '`` ` ``'],
    [' x', '`  x `'],
    ['', '*empty*'],
    ['a|b', '`a\\|b`'],
    ['a\\|b', '`a\\\\u{7c}b`'],
    ['a\nb', '`a\\u{a}b`'],
    ['@org/team <b> #1', '`@org/team <b> #1`'],
  ])('%j is %s', (name, shown) => {
    const changes = [{ op: 'add', path: 'name', before: null, after: name }]
    expect(markdownText('changes', { changes })).toContain(`| **added** | \`name\` |  | ${shown} |\n`)
  })
})
