/** Everything that can be met where a database is looked for, from outside and from inside. */
import { describe, expect, it } from 'vitest'
import type { Check } from '../../../src/base/check.js'
import { checksFromInside } from '../../../src/health/model/database-inside.js'
import { checksFromOutside, type Outside } from '../../../src/health/model/database-outside.js'
import type { DatabasePortSighting, DatabaseSighting } from '../../../src/health/model/database-sighting.js'
import { parseDatabaseTarget } from '../../../src/health/model/database-target.js'
import type { PortReport } from '../../../src/peer/node-probe.js'
import { accepted, answers, refused } from '../../support/fake-node-probe.js'
import { peerId } from '../../support/nodes.js'
import { databaseMetrics, nodeMetrics } from '../../support/test-node-metrics.js'

const DATABASE = peerId(0)
const OTHER = peerId(1)
const open = accepted(() => ({ kind: 'none', why: 'closed' }))
const SILENT: PortReport = { kind: 'silent', tcpOpen: false }
const ANSWERS = answers(DATABASE, open)

interface Met {
  readonly address?: string
  readonly primary?: PortReport
  readonly secondary?: PortReport
  readonly metrics?: string | null
  readonly page?: string | null
}

function sighted({ address = '20.0.0.9', primary = SILENT, secondary = SILENT, metrics, page }: Met): DatabaseSighting {
  const target = parseDatabaseTarget(address, 'the test')
  const reports = [primary, secondary]
  const ports = target.ports.map(
    (port, n): DatabasePortSighting => ({
      ...port,
      report: reports[n] ?? SILENT,
      metrics: port.api === 'Metrics' ? (metrics ?? null) : null,
    }),
  )
  return { target, ports, page: page ?? null }
}

const statuses = (checks: readonly Check[]) => checks.map(({ status }) => status)

describe('from outside', () => {
  const outside = (met: Met, about: Partial<Outside> = {}) =>
    checksFromOutside(sighted(met), { allowPrivateAddresses: false, deaf: false, ...about })

  it('passes where nothing answers and where nothing listens', () => {
    expect(outside({ secondary: { kind: 'closed' } })).toEqual([
      expect.objectContaining({ id: 'database[20.0.0.9].primary', status: 'pass' }),
      expect.objectContaining({ id: 'database[20.0.0.9].secondary', status: 'pass' }),
      expect.objectContaining({ id: 'database[20.0.0.9].metrics', status: 'pass' }),
    ])
  })

  it.each<[string, PortReport, RegExp]>([
    ['a database', ANSWERS, new RegExp(`the database is public: ${DATABASE} answers at 20.0.0.9:3000.*API Database`)],
    ['a node', answers(OTHER, refused), new RegExp(`${OTHER} answers at 20.0.0.9:3000, but does not open`)],
    ['a server that hangs', answers(OTHER, { kind: 'silent' }), new RegExp(`${OTHER} answers`)],
    [
      'QUIC, without the addon',
      quic({ kind: 'not-tried' }),
      /answers at 20.0.0.9:3000 in QUIC; who it is is not proven$/,
    ],
    ['QUIC without an end of the handshake', quic({ kind: 'timeout' }), /not finished in time/],
    ['QUIC that takes nobody', quic({ kind: 'refused' }), /not proven: it takes no connections at the moment/],
    ['a web server', quic({ kind: 'failed', reason: 'no libp2p' }), /not proven: no libp2p/],
    [
      'another UDP service',
      { kind: 'not-quic', roundTripMs: 1 },
      /answers at 20.0.0.9:3000 \(UDP\), although not in QUIC/,
    ],
  ])('fails for %s', (_, primary, sentence) => {
    const [found] = outside({ primary })
    expect(found).toMatchObject({ status: 'fail', summary: expect.stringMatching(sentence), hint: expect.any(String) })
  })

  it('says that metrics could be read, by QUIC and by plain HTTP', () => {
    const checks = outside({ secondary: ANSWERS, metrics: databaseMetrics(), page: databaseMetrics() })
    expect(statuses(checks)).toEqual(['pass', 'fail', 'fail'])
    expect(checks[1]?.summary).toMatch(/API Metrics: its metrics could be read/)
    expect(checks[2]?.summary).toBe('the metrics of the database are public: http://20.0.0.9:3002/metrics')
  })

  it('only warns of what is no database, or was not looked at', () => {
    const [tcp, unreachable, page] = outside({
      primary: { kind: 'silent', tcpOpen: true },
      secondary: { kind: 'unreachable', reason: 'there is no way' },
      page: nodeMetrics({ clusterVersion: 1, keyspaceVersion: 1 }),
    })
    expect(tcp).toMatchObject({ status: 'warn', summary: expect.stringMatching(/by TCP/) })
    expect(unreachable).toMatchObject({ status: 'warn', summary: expect.stringMatching(/not known: there is no way/) })
    expect(page).toMatchObject({ status: 'warn', summary: expect.stringMatching(/not the metrics of a database/) })
  })

  it('does not believe the silence of a private address', () => {
    const checks = outside({ address: '10.0.10.0' })
    expect(statuses(checks)).toEqual(['warn', 'warn', 'warn'])
    expect(checks[0]).toMatchObject({
      summary: expect.stringMatching(/proves nothing: 10.0.10.0 is an address of private use/),
      hint: expect.stringMatching(/--inside/),
    })
    expect(statuses(outside({ address: '10.0.10.0' }, { allowPrivateAddresses: true }))).toEqual([
      'pass',
      'pass',
      'pass',
    ])
    expect(statuses(outside({ address: '10.0.10.0', primary: ANSWERS }))).toEqual(['fail', 'warn', 'warn'])
  })

  it('does not believe any silence where nodes are not heard either', () => {
    const checks = outside({}, { deaf: true })
    expect(statuses(checks)).toEqual(['warn', 'warn', 'warn'])
    expect(checks[0]?.summary).toMatch(/nothing answered from your nodes either/)
  })
})

describe('from inside', () => {
  const inside = (met: Met, wanted = null as typeof DATABASE | null) => checksFromInside(sighted(met), wanted)

  it('passes where the database answers as itself on both ports', () => {
    const met = { primary: ANSWERS, secondary: ANSWERS, metrics: databaseMetrics(), page: databaseMetrics() }
    for (const wanted of [null, DATABASE]) expect(statuses(inside(met, wanted))).toEqual(['pass', 'pass', 'pass'])
    expect(inside(met)[1]?.summary).toMatch(new RegExp(`answers at 20.0.0.9:3001 as ${DATABASE}, version 2`))
  })

  it('skips metrics that nobody serves: their port may be another', () => {
    const met = { primary: ANSWERS, secondary: ANSWERS }
    expect(statuses(inside(met))).toEqual(['pass', 'pass', 'skip'])
    expect(statuses(inside({ ...met, page: 'hello' }))).toEqual(['pass', 'pass', 'skip'])
  })

  it.each<[string, PortReport, RegExp]>([
    ['nobody', SILENT, /nothing answers at 20.0.0.9:3000/],
    ['TCP', { kind: 'silent', tcpOpen: true }, /takes connections by TCP/],
    ['a host without it', { kind: 'closed' }, /nothing listens at/],
    ['no way', { kind: 'unreachable', reason: 'no route' }, /can't send to 20.0.0.9:3000: no route/],
    ['another service', { kind: 'not-quic', roundTripMs: 1 }, /does not speak QUIC/],
    ['a full one', quic({ kind: 'timeout' }), /no handshake comes about/],
    ['a stopping one', quic({ kind: 'refused' }), /refuses connections at the moment/],
    ['a web server', quic({ kind: 'failed', reason: 'no libp2p' }), /no peer of the network: no libp2p/],
    ['a node', answers(DATABASE, refused), /refuses the API Database/],
    ['a hanging one', answers(DATABASE, { kind: 'silent' }), /its RPC server does not/],
    ['another one', answers(OTHER, open), new RegExp(`another peer answers at .*: ${OTHER} instead of ${DATABASE}`)],
  ])('fails for %s', (_, primary, sentence) => {
    const [found] = inside({ primary, secondary: ANSWERS }, DATABASE)
    expect(found).toMatchObject({ status: 'fail', summary: expect.stringMatching(sentence), hint: expect.any(String) })
  })

  it('only warns where no identity can be proven', () => {
    const [found] = inside({ primary: quic({ kind: 'not-tried' }) })
    expect(found).toMatchObject({ status: 'warn', hint: expect.stringMatching(/npm install --include=optional/) })
  })

  it('fails where two peers share the ports', () => {
    const checks = inside({ primary: ANSWERS, secondary: answers(OTHER, open) })
    expect(checks[2]).toMatchObject({
      id: 'database[20.0.0.9].identity',
      status: 'fail',
      summary: `its ports are answered by 2 peers: ${DATABASE} and ${OTHER}`,
    })
  })
})

function quic(handshake: Extract<PortReport, { kind: 'quic' }>['handshake']): PortReport {
  return { kind: 'quic', roundTripMs: 1, handshake }
}
