/** Formats of checks for monitoring and CI, and that no text in them becomes anything but text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Check, check } from '../../src/base/check.js'
import { checkFormatText, nagiosCode, nagiosFailure } from '../../src/cli/check-formats.js'
import { samplesOf } from '../../src/peer/protocol/metrics-text.js'

const CHECKS = [
  { ...check('doctor.settings', 'pass', 'all is well'), group: 'settings' },
  check('nodes', 'fail', 'nodes[0] is down | silent', 'look: `wcn nodes check`'),
  check('nodes', 'pass', 'nodes[1] is up'),
  check('funds', 'warn', 'low', 'send some ETH'),
  check('files', 'skip', 'none were named'),
]
const text = (format: 'nagios' | 'prometheus' | 'junit', checks: readonly Check[] = CHECKS) =>
  checkFormatText(format, 'doctor', { checks })

describe('nagios', () => {
  it('has the worst in its first line, with counts, and what is not well below', () => {
    expect(
      text('nagios'),
    ).toBe(`WCN DOCTOR CRITICAL - 1 check failed, 1 to look at, 2 passed, 1 not looked at: nodes[0] is down / silent | failed=1 warnings=1 passed=2 skipped=1
FAIL nodes: nodes[0] is down / silent (look: \`wcn nodes check\`)
WARN funds: low (send some ETH)
`)
    expect(nagiosFailure('no provider | answers\nat all', 'nodes check')).toBe(
      'WCN NODES CHECK UNKNOWN - no provider / answers\\u{a}at all\n',
    )
  })

  it.each<[Check['status'][], number]>([
    [['pass', 'skip'], 0],
    [['pass', 'warn'], 1],
    [['warn', 'fail'], 2],
    [['skip'], 3],
    [[], 3],
  ])('of %j ends with %i', (statuses, code) => {
    expect(nagiosCode(statuses.map((status) => check('x', status, 'y')))).toBe(code)
  })
})

it('prometheus counts the checks of each ID by what they came to', () => {
  const samples = samplesOf(text('prometheus'), 'wcn_checks')
  expect(samples).toHaveLength(4 * 4)
  expect(samples.find(({ labels }) => labels.id === 'nodes' && labels.status === 'fail')).toMatchObject({ value: 1 })
  expect(samples.reduce((sum, { value }) => sum + Number(value), 0)).toBe(CHECKS.length)
})

it('junit is a case for each check', () => {
  expect(text('junit')).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="1" errors="0" skipped="1">
  <testsuite name="wcn doctor" tests="5" failures="1" errors="0" skipped="1">
    <testcase classname="settings" name="doctor.settings"><system-out>all is well</system-out></testcase>
    <testcase classname="doctor" name="nodes"><failure message="nodes[0] is down | silent">look: \`wcn nodes check\`</failure></testcase>
    <testcase classname="doctor" name="nodes"><system-out>nodes[1] is up</system-out></testcase>
    <testcase classname="doctor" name="funds (warning)"><system-out>low (send some ETH)</system-out></testcase>
    <testcase classname="doctor" name="files"><skipped message="none were named"/></testcase>
  </testsuite>
</testsuites>
`)
})

const anyText = fc.string({ unit: 'binary', maxLength: 40 })
const anyCheck = fc.record({
  id: anyText,
  status: fc.constantFrom<Check['status']>('pass', 'warn', 'fail', 'skip'),
  summary: anyText,
  hint: fc.option(anyText),
  group: anyText,
})

/** Strict enough: what is not escaped ends up outside of it. */
function isWellFormed(xml: string): boolean {
  const open: string[] = []
  const rest = xml
    .replace(/^<\?xml version="1.0" encoding="UTF-8"\?>\n/, '')
    .replace(/<(\/?)([a-z-]+)((?: [a-z]+="(?:[^<&"]|&#\d+;)*")*)(\/?)>/g, (_, closes, name, attributes, empty) => {
      if (closes && (attributes || open.pop() !== name)) return '<'
      if (!closes && !empty) open.push(name)
      return ''
    })
    .replace(/&#\d+;/g, '')
  return open.length === 0 && !/[<&]/.test(rest) && ![...xml].some((one) => one < ' ' && one !== '\n')
}

it('whatever the texts are, they stay texts', () => {
  expect(isWellFormed('<a><b></a></b>')).toBe(false)
  expect(isWellFormed('<a b="&">')).toBe(false)
  fc.assert(
    fc.property(fc.array(anyCheck, { maxLength: 6 }), (checks) => {
      expect(isWellFormed(text('junit', checks))).toBe(true)
      const lines = text('nagios', checks).split('\n')
      const bad = checks.filter(({ status }) => status === 'fail' || status === 'warn')
      expect(lines).toHaveLength(bad.length + 2)
      expect(lines.join().split('|')).toHaveLength(2)
      const samples = samplesOf(text('prometheus', checks), 'wcn_checks')
      expect(samples).toHaveLength(4 * new Set(checks.map(({ id }) => id)).size)
      expect(samples.reduce((sum, { value }) => sum + Number(value), 0)).toBe(checks.length)
    }),
  )
})
