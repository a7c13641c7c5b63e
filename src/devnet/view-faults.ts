/** What `devnet break`, `mend` and `drill` tell people. */
import { shellWord } from '../base/shell-word.js'
import type { Paint } from '../cli/paint.js'
import type { DevnetBreakJson } from './devnet-break.js'
import type { DevnetDrillJson } from './devnet-drill.js'
import type { DevnetMendJson } from './devnet-mend.js'
import { DEFAULT_ENV_FILE } from './model/development-env-file.js'

export function devnetBreakText({ target, name, fault, does, env_file }: DevnetBreakJson, paint: Paint): string {
  const whose = name === null ? '' : ` (${paint.text(name)})`
  const out = env_file === DEFAULT_ENV_FILE ? '' : ` --out ${shellWord(env_file)}`
  return paint.screen(
    `${paint.text(target)}${whose} is broken (${paint.bad(fault)}): ${does}`,
    [paint.dim('mend it:'), `  wcn devnet mend ${paint.text(shellWord(target) + out)}`].join('\n'),
  )
}

export function devnetMendText({ mended, gone, env_file }: DevnetMendJson, paint: Paint): string {
  const lines = mended.map(({ target, fault }) =>
    fault === null ? `${paint.text(target)} was started again` : `${paint.text(target)} is not ${fault} any more`,
  )
  const lost = gone.length === 0 ? '' : paint.bad(`gone, with their process: ${paint.text(gone.join(', '))}`)
  return paint.screen(
    lines.join('\n') || (gone.length === 0 ? `nothing to do: nothing of ${paint.text(env_file)} is broken` : ''),
    lost,
  )
}

const HANDBOOK = 'the handbook’s page rehearsal.md'

export function devnetDrillText({ drills, scene }: DevnetDrillJson, paint: Paint): string {
  if (scene === null)
    return paint.screen(
      paint.table(
        ['drill', 'what it rehearses'],
        drills.map(({ name, title }) => [name, title]),
      ),
      `${HANDBOOK} has the way out of each`,
    )
  return paint.screen(
    paint.bold(scene.title),
    scene.known.map((line) => paint.text(line)).join('\n'),
    [
      paint.dim('find it and mend it; you are the operator in slot 0:'),
      `  wcn status --env-file ${paint.text(shellWord(scene.env_file))}`,
      paint.dim(`the way out: ${HANDBOOK}, “${scene.name}”`),
    ].join('\n'),
  )
}
