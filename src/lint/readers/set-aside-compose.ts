/**
 * Sets compose files aside that only compose can put together: `extends`, `include`, merge tags, several files, profiles.
 * They are reported and not read; `docker compose config` prints what they become.
 */
import { basename, dirname } from 'node:path'
import { shellWord } from '../../base/shell-word.js'
import type { Source } from './collect-sources.js'
import { mentionsOurs } from './file-kind.js'
import type { SourceSet } from './source-set.js'

interface Reason {
  readonly what: string
  readonly line: number
  /** For compose. */
  readonly flags?: string
  /** Another file, wherever it is, says the rest. */
  readonly isPart?: boolean
}

const DEFAULT_NAME = /^(?:docker-)?compose\.ya?ml$/
const OVERRIDES = ['compose', 'docker-compose'].flatMap((name) => [`${name}.override.yaml`, `${name}.override.yml`])
const COMPOSE_FILE = /^[ \t]*(?:export[ \t]+)?COMPOSE_FILE[ \t]*=/m

/** Says so of those that may be about services of ours, and takes every file that belongs to them out of the run. */
export async function setAsideCompose(sources: readonly Source[], set: SourceSet): Promise<void> {
  const all = new Set(sources)
  // What compose takes up by itself, also where it was not given.
  for (const source of sources.filter(({ path }) => DEFAULT_NAME.test(basename(path)))) {
    for (const name of OVERRIDES) {
      const override = await set.open(source, name)
      if (override !== null && set.yaml(override).broken === null) all.add(override)
    }
  }
  /** By their folder. */
  const found = new Map<string, { readonly source: Source; readonly reason: Reason; readonly files: Set<Source> }>()
  for (const source of all) {
    const reason = await whyNotAlone(source, [...all], set)
    if (reason === null) continue
    const related = [...all].filter(
      (other) => other === source || (shares(source, other, set) && (reason.isPart || sameFolder(source, other))),
    )
    const reached = related.flatMap((one) => set.reachedFrom(one))
    if (!source.given && !reached.some(mentionsOurs)) continue
    set.use(...reached)
    const folder = dirname(source.absolute)
    const known = found.get(folder) ?? { source, reason, files: new Set() }
    found.set(folder, known)
    for (const one of related) if (sameFolder(one, source)) known.files.add(one)
  }
  const order = ({ path }: Source) => (DEFAULT_NAME.test(basename(path)) ? 0 : /\.override\./.test(path) ? 1 : 2)
  for (const { source, reason, files } of found.values()) {
    const inOrder = [...files].sort((one, other) => order(one) - order(other))
    const command = `docker compose${inOrder.map(({ path }) => ` -f ${shellWord(path)}`).join('')}${reason.flags ?? ''} config`
    set.remark({
      id: 'not-followed',
      status: 'fail',
      summary: `compose alone can tell what this becomes (${reason.what}): nothing of it was checked`,
      hint: `check what it becomes: \`${command} | wcn config check -\``,
      file: source.path,
      line: reason.line,
    })
  }
}

async function whyNotAlone(source: Source, all: readonly Source[], set: SourceSet): Promise<Reason | null> {
  const document = set.yaml(source).documents[0] ?? null
  const include = document?.at('include') ?? null
  if (include !== null && !include.isNull) {
    // They may be about services of ours.
    for (const path of include.texts) await set.open(source, path)
    return { line: include.line, what: '"include"' }
  }
  const tag = document?.ownTag ?? null
  if (tag !== null) return { line: tag.line, what: tag.name }
  for (const { line, value } of document?.at('services')?.entries ?? []) {
    const extended = value.at('extends')
    if (extended !== null) return { line: extended.line, what: '"extends"' }
    if (value.at('image') === null && value.at('build') === null) {
      return { line, what: 'a service without "image" and "build" is a part of what another file says', isPart: true }
    }
    // Compose prints those of profiles that were asked for.
    const profile = source.path === '-' ? undefined : value.at('profiles')?.items[0]
    if (profile !== undefined) {
      return { line: profile.line, what: '"profiles"', flags: ` --profile ${shellWord(profile.text ?? 'NAME')}` }
    }
  }
  const other = all.find((one) => one !== source && sameFolder(one, source) && shares(source, one, set))
  if (other !== undefined) return { line: 1, what: `${basename(other.path)} is about the same services` }
  const environment = await set.open(source, '.env')
  const names = environment !== null && COMPOSE_FILE.test(environment.text)
  return names ? { line: 1, what: 'COMPOSE_FILE in the .env beside it' } : null
}

function shares(one: Source, other: Source, set: SourceSet): boolean {
  const services = set.yaml(other).documents[0]?.at('services')
  return (set.yaml(one).documents[0]?.at('services')?.entries ?? []).some(({ key }) => services?.at(key) != null)
}

function sameFolder(one: Source, other: Source): boolean {
  return dirname(one.absolute) === dirname(other.absolute)
}
