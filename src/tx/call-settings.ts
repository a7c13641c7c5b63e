/** Explains the cluster settings that a call brings: for scripts, against those it has, and what the network makes of them. */
import { counted } from '../base/counted.js'
import { snakeJson } from '../base/snake-json.js'
import type { StoredSettings } from '../chain/chain.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import { type DecodedSettings, decodeSettingsData } from '../cluster/codec/settings-data.js'
import { type CallEffects, type Reading, reading } from './call-parts.js'

/** The limits, and either the network's tunables or `corrupted` with the reason. */
type SettingsDataJson = Readonly<Record<string, number | string | boolean>>

export function readSettings(extra: Uint8Array): Reading<DecodedSettings> {
  return reading(() => decodeSettingsData(extra))
}

/** The names of `cluster view`; `extra` is shown as the network would apply it. */
export function settingsJson({ maxOperatorDataBytes, minOperators, extra }: StoredSettings): SettingsDataJson {
  const limits = { max_operator_data_bytes: maxOperatorDataBytes, min_operators: minOperators }
  const { content, reason } = readSettings(extra)
  if (content === null) return { ...limits, corrupted: true, reason, data_bytes: extra.length }
  return { ...limits, ...snakeJson(content.settings) }
}

/** A line each. */
export function settingsInWords(settings: StoredSettings): readonly string[] {
  return Object.entries(settingsJson(settings)).map(([name, value]) => `${name} ${value}`)
}

export function settingsEffects(next: StoredSettings, view: ClusterView): CallEffects {
  const { maxOperatorDataBytes, minOperators } = view.settings
  const before = settingsJson({ maxOperatorDataBytes, minOperators, extra: view.settingsExtra })
  const after = settingsJson(next)
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const oversized = view.operators.filter(({ data }) => data.length > next.maxOperatorDataBytes)
  const lost = unknownEntries(view.settingsExtra) - unknownEntries(next.extra)
  return {
    changes: names
      .filter((name) => before[name] !== after[name])
      .map((name) => {
        return { op: 'update', path: `settings.${name}`, before: before[name] ?? null, after: after[name] ?? null }
      }),
    warnings: [
      ...(oversized.length > 0
        ? [`the data of ${counted(oversized.length, 'operator')} is longer than that already`]
        : []),
      ...(lost > 0 ? [`${lost} settings that this version does not know would be lost`] : []),
    ],
  }
}

export function settingsWarnings({ extra }: StoredSettings): readonly string[] {
  const { content, reason } = readSettings(extra)
  return content?.warnings ?? [`THIS STOPS EVERY NODE AND TOOL: the network could not read these settings: ${reason}`]
}

function unknownEntries(extra: Uint8Array): number {
  return readSettings(extra).content?.unknown.length ?? 0
}
