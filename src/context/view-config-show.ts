/** What `config show` prints for people. */

import type { Paint } from '../cli/paint.js'
import type { ConfigShowJson } from './config-show.js'

export function configShowText({ settings, files }: ConfigShowJson, paint: Paint): string {
  const shown = settings.filter(({ value, problem }) => value !== null || problem !== null)
  const unset = settings.filter((setting) => !shown.includes(setting)).map(({ name }) => name)
  const rows = shown.map(({ name, value, source, problem }) => [
    name,
    paint.text(source ?? '-'),
    problem === null ? paint.text(value ?? '') : paint.bad(paint.text(problem)),
  ])
  const kept: [string, string][] = [
    ['not set', unset.join(', ')],
    ['contexts in', paint.text(files.contexts ?? 'no place: this user has no home directory')],
  ]
  return `${paint.table(['setting', 'from', 'value'], rows)}\n\n${paint.fields(kept)}\n`
}
