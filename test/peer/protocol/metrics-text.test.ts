/** Metrics of the real node and database are read, and so is whatever else may be served in their place. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gauge, samplesOf } from '../../../src/peer/protocol/metrics-text.js'

const vector = (name: string) => readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8')
const NODE = vector('wcn_node.metrics.txt')
const DATABASE = vector('wcn_db.metrics.txt')

describe('a real node', () => {
  it('says what it works with', () => {
    expect(gauge(NODE, 'wcn_node_cluster_version')).toBe(9)
    expect(gauge(NODE, 'wcn_node_keyspace_version')).toBe(0)
    expect(gauge(NODE, 'wcn_node_version')).toBe(260209.1)
    expect(gauge(DATABASE, 'wcn_db_version')).toBe(260209.1)
  })

  it('has labels, each sample its own', () => {
    const samples = samplesOf(NODE, 'wcn_rpc_client_connection_errors')
    expect(samples).toHaveLength(228)
    expect(new Set(samples.map(({ labels }) => JSON.stringify(labels))).size).toBe(228)
    for (const { labels } of samples)
      expect(Object.keys(labels)).toEqual(expect.arrayContaining(['kind', 'remote_addr', 'remote_peer_id']))
  })

  it('has each sample of the text under its own name', () => {
    const lines = NODE.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    const names = new Set(lines.map((line) => /^[a-zA-Z0-9_:]+/.exec(line)?.[0] ?? ''))
    const counted = [...names].reduce((sum, name) => sum + samplesOf(NODE, name).length, 0)
    expect(counted).toBe(lines.length)
  })
})

it('is one value or none', () => {
  expect(gauge('a 1\na 2\n', 'a')).toBeNull()
  expect(gauge('ab 1\n', 'a')).toBeNull()
  expect(gauge('a{x="1"} 5 1395066363000\r\n', 'a')).toBe(5)
  expect(gauge('a -Inf', 'a')).toBe(-Infinity)
  expect(gauge('a NaN', 'a')).toBeNaN()
  expect(gauge('a 0x10', 'a')).toBeNull()
  expect(gauge('a one', 'a')).toBeNull()
})

it('reads labels as they were escaped', () => {
  const label = fc.string({ unit: 'binary' })
  const escaped = (text: string) => text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
  fc.assert(
    fc.property(label, label, (one, two) => {
      fc.pre(!`${one}${two}`.includes('\r'))
      const [sample] = samplesOf(`m{a="${escaped(one)}",__proto__="${escaped(two)}"} 1`, 'm')
      expect(sample?.labels.a).toBe(one)
      expect(Object.entries(sample?.labels ?? {})).toContainEqual(['__proto__', two])
    }),
  )
})

it('survives any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void samplesOf(`m${text}\nm ${text}\n${text}`, 'm')))
  expect(samplesOf(`m{${'a="b",'.repeat(50_000)}} 1`, 'm')).toHaveLength(1)
  expect(samplesOf(`m{${'a="'.repeat(50_000)}} 1`, 'm')).toHaveLength(1)
})
