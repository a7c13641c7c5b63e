import { describe, expect, it } from 'vitest'
import { type NodesStanding, nextStep, type Standing } from '../../../src/status/model/next-step.js'

const up: NodesStanding = { kind: 'checked', total: 2, down: [] }
const well: Standing = {
  open: 0,
  problems: [],
  operator: '0xab',
  member: 'yes',
  writesLeft: 40,
  inMaintenance: false,
  migration: 'none',
  nodes: up,
}

/** Each row is worse than those below it, and hides them. */
const ROWS: readonly (readonly [string, Partial<Standing>, RegExp, string | null])[] = [
  ['something is open', { open: 1 }, /became of what was sent/, 'wcn tx resume'],
  ['the cluster is rejected', { problems: ['no owner'] }, /tell the cluster's owner/, null],
  ['nobody is meant', { operator: null }, /say who you are/, 'wcn operator keygen'],
  ['not in the cluster', { member: 'no' }, /ask to join/, 'wcn init'],
  [
    'its data can not be read',
    { member: 'undecodable' },
    /nobody can read/,
    'wcn nodes update -f nodes.yaml --replace-undecodable',
  ],
  ['money for few writes', { writesLeft: 4 }, /send ETH to 0xab: it pays for 4 more/, 'wcn operator funds'],
  ['it has the slot', { inMaintenance: true }, /give the maintenance slot back/, 'wcn maintenance exit'],
  ['one node', { nodes: { kind: 'unknown', total: 1, why: 'key' } }, /add a node/, 'wcn nodes add'],
  ['a node is down', { nodes: { ...up, down: ['nodes[1]'] } as NodesStanding }, /with nodes\[1\]/, 'wcn nodes check'],
  ['it pulls data', { migration: 'pulls' }, /keep nodes and database up/, null],
  ['no encryption key', { nodes: { kind: 'unknown', total: 2, why: 'key' } }, /encryption key/, 'wcn help settings'],
  [
    'nodes that can not be looked at',
    { nodes: { kind: 'unknown', total: 2, why: 'other' } },
    /find out why/,
    'wcn doctor',
  ],
  ['others pull data', { migration: 'running' }, /nothing: all is well/, null],
]

describe('the next thing to do', () => {
  it.each(ROWS)('where %s', (_, change, say, command) => {
    expect(nextStep({ ...well, ...change })).toEqual({ say: expect.stringMatching(say), command })
  })

  it('is what holds up all below it', () => {
    for (const [index, [, change, say]] of ROWS.entries()) {
      const worst = Object.assign(
        {},
        ...ROWS.slice(index + 1)
          .map(([, below]) => below)
          .reverse(),
        change,
      )
      expect(nextStep({ ...well, ...worst }).say).toMatch(say)
    }
  })

  it('is nothing where all is well, whatever is not known of money', () => {
    expect(nextStep({ ...well, writesLeft: null })).toEqual({ say: 'nothing: all is well', command: null })
  })
})
