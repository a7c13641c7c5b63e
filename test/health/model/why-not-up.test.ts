import { expect, it } from 'vitest'
import { check } from '../../../src/base/check.js'
import { expectedNode } from '../../../src/health/model/expected-node.js'
import { whyNotUp } from '../../../src/health/model/why-not-up.js'
import { healthOf } from '../../support/health-of.js'
import { node } from '../../support/nodes.js'

const one = expectedNode(node(0), 0)

it('is the first failure, else the first warning, else what the ports and versions say', () => {
  const checks = [check('a', 'pass', 'fine'), check('b', 'warn', 'odd'), check('c', 'fail', 'nodes[0]: broken')]
  expect(whyNotUp({ ...healthOf(one), checks })).toBe('broken')
  expect(whyNotUp({ ...healthOf(one), checks: checks.slice(0, 2) })).toBe('odd')
  expect(whyNotUp({ ...healthOf(one, { diagnosis: 'silent' }), checks: [] })).toBe(
    'its primary port is silent, its secondary port silent',
  )
  expect(whyNotUp(healthOf(one, { caughtUp: false }))).toBe('has not caught up with the chain')
})
