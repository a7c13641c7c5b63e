/** What `key generate` and `key inspect` print for people. A generated keypair is printed as the onboarding document shows it. */

import type { Paint } from '../cli/paint.js'
import type { KeyFileJson, KeyGenerateData } from './key-generate.js'
import type { KeyInspectData } from './key-inspect.js'

export function keyGenerateView(data: KeyGenerateData, paint: Paint): string {
  const keys = [data].flat()
  if (!keys.every((key): key is KeyFileJson => 'file' in key)) return keypairText(data)
  return paint.screen(
    paint.table(
      ['peer ID', 'secret key in'],
      keys.map(({ peer_id, file }) => [peer_id, paint.text(file)]),
    ),
    paint.next('describe what runs with them', 'wcn config init'),
  )
}

/** Secrets included. */
export function keypairText(data: KeyGenerateData): string {
  return `${JSON.stringify(data, null, 2)}\n`
}

export function keyInspectView(data: KeyInspectData, paint: Paint): string {
  const rows: [string, string][] = [
    ['peer ID', data.peer_id],
    ['kind', data.kind],
  ]
  if (data.public_key !== null) rows.push(['public key', data.public_key])
  rows.push([
    'usable by a node',
    data.reason === null ? paint.good('yes') : `${paint.bad('no')}: ${paint.text(data.reason)}`,
  ])
  return paint.screen(rows)
}
