/** `admin settings update`: changes the cluster's settings that are named, and leaves every other as it is. */

import { quote } from '../base/quote.js'
import { snakeCase } from '../base/snake-json.js'
import type { StoredSettings } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import { decodeSettingsData, encodeSettingsData, type NetworkSettings } from '../cluster/codec/settings-data.js'
import type { Change } from '../cluster/operator-changes.js'
import { WcnError } from '../errors/wcn-error.js'
import { type OwnerInput, ownerWrite } from './owner-write.js'

type Named = NetworkSettings & Omit<StoredSettings, 'extra'>
type Input = OwnerInput & Partial<Readonly<Record<keyof Named, string>>>

/** What each may be (docs/dev/network/wire-format.md, "Settings blob"); `minOperators`: fewer than 5 no node accepts. */
const RANGES: Readonly<Record<keyof Named, readonly [least: number, most: number]>> = {
  maxOperatorDataBytes: [1, 65_535],
  minOperators: [5, 255],
  eventPropagationLatencyMs: [0, 4_294_967_295],
  clockSkewMs: [0, 4_294_967_295],
  migrationConcurrency: [0, 65_535],
  migrationTxBandwidth: [0, 4_294_967_295],
  migrationRxBandwidth: [0, 4_294_967_295],
}
const NAMES = Object.keys(RANGES) as readonly (keyof Named)[]

/**
 * Entries that this version does not know are kept. Throws USAGE, SETTING_INVALID, CLUSTER_INVALID where the settings on
 * chain don't decode, TOO_FEW_OPERATORS, DATA_TOO_LARGE where the limit is below what an operator has, and what ownerWrite
 * throws.
 */
export async function run(services: Services, input: Input) {
  const wanted = readWanted(input)
  return ownerWrite(services, input, {
    does: "change the cluster's settings",
    plan: async ({ view }) => {
      const { extra, unknown, warnings } = openSettings(view)
      for (const warning of warnings) services.talk.warn(warning)
      const before: Named = { ...view.settings }
      const after: Named = { ...before, ...wanted }
      requirePossible(view, after)
      const changes = NAMES.filter((name) => before[name] !== after[name]).map(
        (name): Change => ({
          op: 'update',
          path: `settings.${snakeCase(name)}`,
          before: before[name],
          after: after[name],
        }),
      )
      if (changes.length === 0) return null
      const { maxOperatorDataBytes, minOperators, ...tunables } = after
      const isOnlyLimits = changes.every(({ path }) => path.endsWith('_data_bytes') || path.endsWith('_operators'))
      // What is not touched stays byte for byte as it is, in its old schema too.
      const settings = {
        ...{ maxOperatorDataBytes, minOperators },
        extra: isOnlyLimits ? extra : encodeSettingsData(tunables, unknown),
      }
      return { title: "change the cluster's settings", changes, call: { fn: 'updateSettings', settings } }
    },
  })
}

function openSettings({ settingsExtra: extra }: ClusterView) {
  try {
    return { extra, ...decodeSettingsData(extra) }
  } catch (cause) {
    if (!(cause instanceof WcnError)) throw cause
    throw new WcnError('CLUSTER_INVALID', `the settings on chain don't decode (${cause.message}), so none is changed`, {
      hint: 'tell those who run the network: what is lost by writing new ones is not known here',
      cause,
    })
  }
}

function readWanted(input: Input): Partial<Named> {
  const given = NAMES.flatMap((name) => {
    const text = input[name]
    return text === undefined ? [] : [[name, wholeNumber(text, name)] as const]
  })
  if (given.length > 0) return Object.fromEntries(given)
  throw new WcnError('USAGE', 'no setting is named', {
    hint: 'for example --migration-rx-bandwidth 20000000; `wcn admin settings view` shows what is set',
  })
}

function wholeNumber(text: string, name: keyof Named): number {
  const [least, most] = RANGES[name]
  const number = /^(?:0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  const flag = `--${snakeCase(name).replaceAll('_', '-')}`
  throw new WcnError(
    'SETTING_INVALID',
    `${flag} is ${quote(text)}, which is not a whole number from ${least} to ${most}`,
  )
}

function requirePossible({ operators, settings }: ClusterView, { minOperators, maxOperatorDataBytes }: Named): void {
  if (minOperators > operators.length)
    throw new WcnError(
      'TOO_FEW_OPERATORS',
      `--min-operators is ${minOperators}, and the cluster has ${operators.length} operators`,
      { hint: 'the contract refuses that: let others join first' },
    )
  if (maxOperatorDataBytes >= settings.maxOperatorDataBytes) return
  const largest = Math.max(0, ...operators.map(({ data }) => data.length))
  if (largest > maxOperatorDataBytes)
    throw new WcnError(
      'DATA_TOO_LARGE',
      `--max-operator-data-bytes is ${maxOperatorDataBytes}, and an operator has ${largest} bytes: it could change nothing any more`,
      { hint: `give at least ${largest}` },
    )
}
