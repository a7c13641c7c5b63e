import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/base/address.js'
import { weiAsEther } from '../../src/base/wei.js'
import { createPaint, plainPaint as plain } from '../../src/cli/paint.js'
import { renderChanges, renderPreview } from '../../src/cli/preview.js'

const coloured = await createPaint(true)

describe('paint', () => {
  it('colours only when asked to', () => {
    for (const style of ['bold', 'dim', 'good', 'bad', 'warn'] as const) {
      expect(plain[style]('x')).toBe('x')
      expect(coloured[style]('x')).not.toBe('x')
      expect(stripVTControlCharacters(coloured[style]('x'))).toBe('x')
    }
  })

  it('makes untrusted text harmless', () => {
    expect(plain.text('\u001b[31mred\u202e')).toBe('\\u{1b}[31mred\\u{202e}')
    expect(plain.text(7)).toBe('7')
  })

  it('aligns columns by what is seen, and leaves no space at the ends of lines', () => {
    const rows = [
      ['1', '日本', 'x'],
      ['22', 'é', ''],
    ]
    expect(plain.table(['A', 'NAME', 'Z'], rows)).toBe('A   NAME  Z\n1   日本  x\n22  é')
    const bright = rows.map(([a = '', ...rest]) => [coloured.good(a), ...rest])
    expect(stripVTControlCharacters(coloured.table(['A', 'NAME', 'Z'], bright))).toBe(
      plain.table(['A', 'NAME', 'Z'], rows),
    )
    expect(
      plain.fields([
        ['name', 'acme'],
        ['slot', '1'],
      ]),
    ).toBe('name  acme\nslot  1')
    expect(plain.table(['A'], [])).toBe('A')
  })
})

describe('changes', () => {
  const node = { peer_id: '12D3', ipv4_addr: '1.2.3.4', private_ipv4_addr: null, primary_port: 1, secondary_port: 2 }
  const words = 'peer_id=12D3 ipv4_addr=1.2.3.4 private_ipv4_addr=- primary_port=1 secondary_port=2'

  it('are shown before and after', () => {
    expect(
      renderChanges(
        [
          { op: 'add', path: 'nodes[2]', before: null, after: node },
          { op: 'remove', path: 'nodes[0]', before: node, after: null },
          { op: 'update', path: 'name', before: 'old', after: 'new' },
          { op: 'update', path: 'maintenance', before: null, after: '0x12' },
          { op: 'add', path: 'clients[0]', before: null, after: { peer_id: 'Qm', authorized_namespaces: [1, 2] } },
        ],
        plain,
      ),
    ).toBe(
      [
        `  + nodes[2]     ${words}`,
        `  - nodes[0]     ${words}`,
        '  ~ name         old → new',
        '  ~ maintenance  none → 0x12',
        '  + clients[0]   peer_id=Qm authorized_namespaces=[1,2]',
      ].join('\n'),
    )
  })

  it('are of fields: those that stayed are not shown', () => {
    const after = { ...node, ipv4_addr: '1.2.3.7', private_ipv4_addr: '10.0.0.1' }
    expect(renderChanges([{ op: 'update', path: 'nodes[2]', before: node, after }], plain)).toBe(
      '  ~ nodes[2]  ipv4_addr          1.2.3.4 → 1.2.3.7\n  ~ nodes[2]  private_ipv4_addr  none → 10.0.0.1',
    )
  })

  it('that do not exist are said not to', () => {
    expect(renderChanges([], plain)).toBe('no changes')
  })

  it('show no text from the chain as it is', () => {
    const line = renderChanges([{ op: 'add', path: 'name', before: null, after: '\u001b[2J\nfoo' }], plain)
    expect(line).toBe('  + name  \\u{1b}[2J\\u{a}foo')
  })

  it('come with a title and what they cost', () => {
    const cost = { gas: 1n, executionFeeWei: 2_000_000_000_000n, l1FeeWei: 0n, operatorFeeWei: 0n }
    const contract = parseAddress('0x5fbdb2315678afecb367f032d93f642f64180aa3', 'test')
    const target = { chain_id: 10, contract, source: 'SMART_CONTRACT_ADDRESS in \u001b.env' }
    const preview = { title: 'rename to "\u001b"', target, changes: [], cost, balanceWei: 82_000_000_000_000n }
    expect(renderPreview(preview, plain)).toBe(
      'rename to "\\u{1b}"\n' +
        'cluster 0x5FbDB2315678afecb367f032d93F642f64180aa3 on chain 10 from SMART_CONTRACT_ADDRESS in \\u{1b}.env\n' +
        'no changes\ncost at most 0.000002 ETH, about 1/41 of the balance',
    )
    const founding = { chain_id: 31337, contract: null, source: null }
    expect(renderPreview({ ...preview, target: founding }, plain)).toContain('\na new cluster on chain 31337\n')
    expect(renderPreview({ ...preview, cost: { ...cost, l1FeeWei: 10n ** 12n } }, plain)).toContain(
      'cost at most 0.000003 ETH, about 1/27 of the balance (of which 0.000001 ETH for L1 data)',
    )
  })
})

describe('ether', () => {
  it.each([
    [0n, '0'],
    [1n, '0.000000000000000001'],
    [10n ** 18n, '1'],
    [10n ** 19n, '10'],
    [1_500_000_000_000_000_000n, '1.5'],
    [100_000_000_000_000_000n, '0.1'],
    [123_456_789_012_345_678_901n, '123.456789012345678901'],
  ])('%s wei is %s', (wei, text) => expect(weiAsEther(wei)).toBe(text))
})
