import { expect, it } from 'vitest'
import { check } from '../../src/base/check.js'
import { changedChecks } from '../../src/health/watch-checks.js'

it('names what has another status, what fails for another reason, what is new and what is gone', () => {
  const before = [
    check('a', 'pass', '1 ms'),
    check('b', 'pass', 'up'),
    check('c', 'fail', 'no answer'),
    check('gone', 'warn', 'stale'),
  ]
  const now = [
    check('a', 'pass', '2 ms'),
    check('b', 'fail', 'down'),
    check('c', 'fail', 'a stranger'),
    check('new', 'skip', 'not asked'),
  ]
  expect(changedChecks(before, now)).toEqual(['b', 'c', 'new', 'gone'])
  expect(changedChecks(now, now)).toEqual([])
})

it('does not take for over what a node can no longer be asked', () => {
  const up = ['primary-port', 'secondary-port', 'provider', 'metrics'].map((id) => check(`nodes[1].${id}`, 'pass', id))
  const other = check('nodes[11].provider', 'pass', 'well')
  const down = [check('nodes[1].primary-port', 'fail', 'closed'), check('nodes[1].secondary-port', 'pass', 'x')]
  expect(changedChecks([...up, other], down)).toEqual(['nodes[1].primary-port', 'nodes[11].provider'])
  const gone = [check('nodes[1].primary-port', 'pass', 'x'), check('nodes[1].secondary-port', 'pass', 'x')]
  expect(changedChecks(up, gone)).toEqual(['nodes[1].provider', 'nodes[1].metrics'])
})
