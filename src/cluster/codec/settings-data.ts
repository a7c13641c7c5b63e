/**
 * The network's tunables in `Settings.extra` (docs/dev/network/wire-format.md, "Settings blob"). Schema 0 is two numbers; schema 1,
 * which is written, is a list of values by setting ID, in which damaged or unknown ones leave the default standing.
 */
import { WcnError } from '../../errors/wcn-error.js'
import { PostcardReader, PostcardWriter, undecodable } from './postcard.js'

export interface NetworkSettings {
  readonly eventPropagationLatencyMs: number
  readonly clockSkewMs: number
  /** Parallel shard pulls; 0 = unlimited. */
  readonly migrationConcurrency: number
  /** Bytes per second; 0 = unlimited. */
  readonly migrationTxBandwidth: number
  /** Bytes per second; 0 = unlimited. */
  readonly migrationRxBandwidth: number
}

export interface DecodedSettings {
  readonly settings: NetworkSettings
  /** One sentence for each entry that was missing or not understood, and for trailing bytes. */
  readonly warnings: readonly string[]
  /** What rewriting settings must carry over: values of IDs from 5 on, by position. */
  readonly unknown: readonly Uint8Array[]
}

export const DEFAULT_SETTINGS: NetworkSettings = {
  eventPropagationLatencyMs: 5000,
  clockSkewMs: 500,
  migrationConcurrency: 10,
  migrationTxBandwidth: 10_000_000,
  migrationRxBandwidth: 10_000_000,
}

/** Position = setting ID; values are big-endian. */
const LAYOUT: readonly { readonly name: keyof NetworkSettings; readonly size: 2 | 4 }[] = [
  { name: 'eventPropagationLatencyMs', size: 4 },
  { name: 'clockSkewMs', size: 4 },
  { name: 'migrationConcurrency', size: 2 },
  { name: 'migrationTxBandwidth', size: 4 },
  { name: 'migrationRxBandwidth', size: 4 },
]

/** Throws DATA_UNDECODABLE for what makes nodes and tools reject the whole view. */
export function decodeSettingsData(extra: Uint8Array): DecodedSettings {
  const schema = extra[0]
  if (schema === undefined) throw undecodable('the settings are empty')
  const reader = new PostcardReader(extra, 1)
  if (schema === 0) {
    const eventPropagationLatencyMs = reader.u32('event propagation latency')
    const clockSkewMs = reader.u32('clock skew')
    const settings = { ...DEFAULT_SETTINGS, eventPropagationLatencyMs, clockSkewMs }
    return { settings, warnings: trailingWarning(reader), unknown: [] }
  }
  if (schema !== 1) throw undecodable(`the settings have schema version ${schema}, which is unknown`)

  const values = reader.sequence('list of settings', 1, () => reader.bytes('list of settings'))
  const settings: { -readonly [name in keyof NetworkSettings]: number } = { ...DEFAULT_SETTINGS }
  const warnings: string[] = []
  for (const [id, { name, size }] of LAYOUT.entries()) {
    const value = values[id]
    if (value?.length === size) settings[name] = value.reduce((number, byte) => number * 256 + byte, 0)
    else warnings.push(`setting ${id} (${name}) ${fault(value, size)}: its default ${DEFAULT_SETTINGS[name]} applies`)
  }
  for (let id = LAYOUT.length; id < values.length; id++) warnings.push(`setting ${id} is unknown and ignored`)
  return { settings, warnings: [...warnings, ...trailingWarning(reader)], unknown: values.slice(LAYOUT.length) }
}

/** Always schema 1. `unknown` comes from decoding what is being replaced. Throws VALUE_NOT_ENCODABLE. */
export function encodeSettingsData(settings: NetworkSettings, unknown: readonly Uint8Array[] = []): Uint8Array {
  const known = LAYOUT.map(({ name, size }) => bigEndian(settings[name], size, name))
  const writer = new PostcardWriter()
  writer.u8(1, 'schema version')
  writer.sequence([...known, ...unknown], (value) => writer.bytes(value))
  return writer.finish()
}

function fault(value: Uint8Array | undefined, size: number): string {
  return value === undefined ? 'is missing' : `has ${value.length} bytes instead of ${size}`
}

function trailingWarning(reader: PostcardReader): string[] {
  return reader.remaining > 0 ? [`${reader.remaining} bytes after the settings are ignored`] : []
}

function bigEndian(value: number, size: 2 | 4, name: string): Uint8Array {
  const max = 256 ** size - 1
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new WcnError(
      'VALUE_NOT_ENCODABLE',
      `${name} is ${value}, but it is stored as a whole number from 0 to ${max}`,
    )
  }
  const bytes = new Uint8Array(size)
  for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256
  return bytes
}
