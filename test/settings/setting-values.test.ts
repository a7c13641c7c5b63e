import { describe, expect, it } from 'vitest'
import { variableNames } from '../../src/settings/setting-values.js'
import { sentenceOf } from '../support/thrown.js'

describe('variableNames', () => {
  it('takes names, or none', () => {
    expect(variableNames(['WCN_OPERATOR', '_x9'], '--pass-env')).toEqual(['WCN_OPERATOR', '_x9'])
    expect(variableNames(undefined, '--pass-env')).toEqual([])
  })

  it.each(['', 'A=B', 'a b', '9A', 'A\u0000', '$A'])('refuses %j', (name) => {
    expect(sentenceOf(() => variableNames(['WCN_OPERATOR', name], '--pass-env'))).toMatch(
      /SETTING_INVALID.*--pass-env.*not the name of a variable/,
    )
  })

  it('shows no value that was put there', () => {
    expect(sentenceOf(() => variableNames([`KEY=${'ab'.repeat(32)}`], '--pass-env'))).not.toContain('abab')
  })
})
