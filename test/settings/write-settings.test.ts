import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resolve } from '../support/settings.js'
import { thrownBy } from '../support/thrown.js'

const settings = (flags: Record<string, string> = {}, environment: Record<string, string> = {}) =>
  resolve({ flags, env: environment }).settings

describe('amounts', () => {
  it.each([
    ['0', 0n],
    ['1', 10n ** 18n],
    ['0.000000000000001001', 1001n],
    ['12.5', 12_500_000_000_000_000_000n],
  ])('%s ETH', (text, wei) => {
    expect(settings({ maxCost: text }).maxCostWei()).toBe(wei)
    expect(settings({}, { WCN_MIN_FUNDS: text }).minFundsWei()).toBe(wei)
  })

  it.each([
    ['1', 1_000_000_000n],
    ['0.001', 1_000_000n],
    ['0.000000001', 1n],
  ])('%s gwei', (text, wei) => expect(settings({}, { WCN_MAX_FEE: text }).maxFeePerGas()).toBe(wei))

  it.each(['-1', '1e3', 'lots', '.5', '1.', '0.0000000000000000001', '1,5', ' 1'])('refuses %j', (text) => {
    for (const read of [
      () => settings({ maxCost: text }).maxCostWei(),
      () => settings({ min: text }).minFundsWei(),
      () => settings({ maxFee: text }).maxFeePerGas(),
    ]) {
      const { code, message } = thrownBy(read)
      expect(code).toBe('SETTING_INVALID')
      expect(message).toMatch(/^--(max-cost|min|max-fee) is /)
    }
  })

  it('are no limits where they are not given', () => {
    const { maxCostWei, maxFeePerGas, minFundsWei } = settings()
    expect([maxCostWei(), maxFeePerGas(), minFundsWei()]).toEqual([null, null, null])
  })
})

describe('finality', () => {
  it('is inclusion unless more is asked for', () => {
    expect(settings().finality()).toBe('included')
    expect(settings({ finality: 'safe' }, { WCN_FINALITY: 'finalized' }).finality()).toBe('safe')
    expect(settings({}, { WCN_FINALITY: 'finalized' }).finality()).toBe('finalized')
  })

  it('refuses other words', () => {
    const { code, message } = thrownBy(() => settings({}, { WCN_FINALITY: 'soon' }).finality())
    expect([code, message]).toEqual(['SETTING_INVALID', expect.stringContaining('WCN_FINALITY is "soon"')])
  })
})

describe('the state directory', () => {
  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['a flag', { stateDir: '/s' }, { WCN_STATE_DIR: '/e', XDG_STATE_HOME: '/x' }, '/s'],
    ['a variable', {}, { WCN_STATE_DIR: '/e', XDG_STATE_HOME: '/x' }, '/e'],
    ['a variable', {}, { WCN_STATE_DIR: '/e', WCN_DEVNET_STATE_DIR: '/d' }, '/e'],
    ['a development chain', {}, { WCN_DEVNET_STATE_DIR: '/d', HOME: '/h' }, '/d'],
    ['the desktop convention', {}, { XDG_STATE_HOME: '/x', HOME: '/h' }, '/x/wcn'],
    ['the home directory', {}, { HOME: '/h' }, '/h/.local/state/wcn'],
    [
      'the home directory, where the convention is given a relative path',
      {},
      { XDG_STATE_HOME: 'x', HOME: '/h' },
      '/h/.local/state/wcn',
    ],
    ['the system, where HOME is not set', {}, {}, join(homedir(), '.local/state/wcn')],
  ])('comes from %s', (_, flags, environment, directory) =>
    expect(settings(flags, environment).stateDirectory()).toBe(directory),
  )

  it('is in no folder that a command happens to be run in', () => {
    const { code, hint } = thrownBy(() => settings({}, { HOME: 'h' }).stateDirectory())
    expect([code, hint]).toEqual(['SETTING_MISSING', 'set --state-dir or WCN_STATE_DIR'])
  })
})
