/**
 * Sets compose files aside that only compose can put together: `extends`, `include`, merge tags, several files, profiles.
 * They are reported and not read; `docker compose config` prints what they become.
 */
import { basename, dirname } from 'node:path'
import { shellWord } from '../../base/shell-word.js'
import type { Source } from './collect-sources.js'
import { mentionsOurs } from './file-kind.js'
import { readYaml, type YamlFile } from './read-yaml.js'
import type { SourceSet } from './source-set.js'
import type { YamlEntry } from './yaml-tree.js'

interface Reason {
  readonly what: string
  readonly line: number
  /** For compose. */
  readonly flags?: string
  /** Another file, wherever it is, says the rest. */
  readonly isPart?: boolean
}

/** What of a compose file tells whether it stands alone. */
export interface ComposeOutline {
  readonly source: Source
  readonly services: ReadonlySet<string>
  /** What it includes. */
  readonly included: readonly string[]
  /** Why it does not stand alone, whatever else there is. */
  readonly reason: Reason | null
}

const DEFAULT_NAME = /^(?:docker-)?compose\.ya?ml$/
const OVERRIDES = ['compose', 'docker-compose'].flatMap((name) => [`${name}.override.yaml`, `${name}.override.yml`])
const COMPOSE_FILE = /^[ \t]*(?:export[ \t]+)?COMPOSE_FILE[ \t]*=/m

export function composeOutline(source: Source, { documents, ownTag }: YamlFile): ComposeOutline {
  const [document] = documents
  const include = document?.at('include') ?? null
  const services = document?.at('services')?.entries ?? []
  const reason =
    include !== null && !include.isNull
      ? { line: include.line, what: '"include"' }
      : ownTag !== null
        ? { line: ownTag.line, what: ownTag.name }
        : services.map((service) => whyNotOfOne(service, source)).find((one) => one !== null)
  return {
    source,
    services: new Set(services.map(({ key }) => key)),
    included: include?.texts ?? [],
    reason: reason ?? null,
  }
}

function whyNotOfOne({ line, value }: YamlEntry, { path }: Source): Reason | null {
  const extended = value.at('extends')
  if (extended !== null) return { line: extended.line, what: '"extends"' }
  if (value.at('image') === null && value.at('build') === null)
    return { line, what: 'a service without "image" and "build" is a part of what another file says', isPart: true }
  // Compose prints those of profiles that were asked for.
  const profile = path === '-' ? undefined : value.at('profiles')?.items[0]
  if (profile === undefined) return null
  return { line: profile.line, what: '"profiles"', flags: ` --profile ${shellWord(profile.text ?? 'NAME')}` }
}

/** Says so of those that may be about services of ours, and takes every file that belongs to them out of the run. */
export async function setAsideCompose(given: readonly ComposeOutline[], set: SourceSet): Promise<void> {
  const all = new Map(given.map((outline) => [outline.source, outline]))
  // What compose takes up by itself, also where it was not given.
  for (const { source } of given.filter((one) => DEFAULT_NAME.test(basename(one.source.path)))) {
    for (const name of OVERRIDES) {
      const override = await set.open(source, name)
      const file = override && !all.has(override) ? readYaml(override.text) : null
      if (override && file?.broken === null) all.set(override, composeOutline(override, file))
    }
  }
  /** By their folder. */
  const found = new Map<string, { readonly source: Source; readonly reason: Reason; readonly files: Set<Source> }>()
  for (const outline of all.values()) {
    const { source } = outline
    const reason = await whyNotAlone(outline, [...all.values()], set)
    if (reason === null) continue
    const related = [...all.values()]
      .filter((other) => other === outline || (shares(outline, other) && (reason.isPart || sameFolder(outline, other))))
      .map((one) => one.source)
    const reached = related.flatMap((one) => set.reachedFrom(one))
    if (!source.given && !reached.some(mentionsOurs)) continue
    set.use(...reached)
    const folder = dirname(source.absolute)
    const known = found.get(folder) ?? { source, reason, files: new Set() }
    found.set(folder, known)
    for (const one of related) if (dirname(one.absolute) === folder) known.files.add(one)
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

async function whyNotAlone(
  outline: ComposeOutline,
  all: readonly ComposeOutline[],
  set: SourceSet,
): Promise<Reason | null> {
  const { source, included, reason } = outline
  // They may be about services of ours.
  for (const path of included) await set.open(source, path)
  if (reason !== null) return reason
  const other = all.find((one) => one !== outline && sameFolder(one, outline) && shares(outline, one))
  if (other !== undefined) return { line: 1, what: `${basename(other.source.path)} is about the same services` }
  const environment = await set.open(source, '.env')
  const names = environment !== null && COMPOSE_FILE.test(environment.text)
  return names ? { line: 1, what: 'COMPOSE_FILE in the .env beside it' } : null
}

function shares(one: ComposeOutline, other: ComposeOutline): boolean {
  return [...one.services].some((name) => other.services.has(name))
}

function sameFolder(one: ComposeOutline, other: ComposeOutline): boolean {
  return dirname(one.source.absolute) === dirname(other.source.absolute)
}
