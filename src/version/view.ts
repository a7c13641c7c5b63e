/** What `version` prints for people. */
import type { Paint } from '../cli/paint.js'
import type { VersionJson } from './version.js'

export function versionText(data: VersionJson, paint: Paint): string {
  const { version, node, platform, quic_addon, anvil, schemas, state } = data
  const rows: (readonly [string, string])[] = [
    ['wcn', paint.bold(version)],
    ['Node.js', `${node}, ${platform}`],
    [
      'QUIC addon',
      quic_addon.loaded
        ? `${quic_addon.version}, loaded`
        : paint.text(quic_addon.reason?.replace('the QUIC addon ', '') ?? ''),
    ],
    ['anvil', paint.text(anvil.path === null ? anvil.reason : `${anvil.version}, ${anvil.path}`)],
    ...(anvil.hint === null ? [] : ([['', paint.text(anvil.hint)]] as const)),
    [
      'schemas',
      Object.entries(schemas)
        .map(([name, versions]) => `${name.replace('_', ' ')} ${versions.join('/')}`)
        .join(', '),
    ],
    ['state', paint.text(state.directory ?? `nowhere: ${state.reason}`)],
  ]
  return paint.screen(rows)
}
