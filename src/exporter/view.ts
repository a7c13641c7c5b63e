/** How the exporter says where it is. */
import type { Paint } from '../cli/paint.js'
import type { DataOf } from '../cli/services.js'
import type { run } from './cluster-exporter.js'

export function exporterText({ url, interval_seconds }: DataOf<typeof run>, paint: Paint): string {
  return paint.screen(
    paint.fields([
      ['metrics', paint.text(url)],
      ['looks', `every ${interval_seconds} s`],
    ]),
    paint.dim('it goes on until Ctrl-C'),
  )
}
