/** Scripts that start containers: what `docker run` in them is given. Nothing is run, and conditions are not followed. */
import { basename } from 'node:path'
import type { FoundService } from '../../core/config/check/found.js'
import type { Source } from './collect-sources.js'
import { type CommandWord, type Container, containerOf } from './docker-run.js'
import { type Lookup, lineCounter } from './env-reading.js'
import { readEnvFile } from './read-env-file.js'
import { kindByName, kindByVariables, withUnknown } from './service-kind.js'
import { readWord } from './shell-words.js'
import type { SourceSet } from './source-set.js'

const STARTS_A_CONTAINER = /^[^#\n]*\b(?:docker|podman|nerdctl)\b[^#\n]*\s(?:run|create)\b/m

export function isDockerScript({ path, text }: Source): boolean {
  return path !== '-' && !/\.(?:service|conf|ya?ml|json)$/.test(path) && STARTS_A_CONTAINER.test(text)
}

/** Empty where it starts nothing of ours. */
export async function scriptServices(source: Source, set: SourceSet): Promise<readonly FoundService[]> {
  const { variables } = readEnvFile(source.text, source.path, 'shell')
  const inherited = (name: string) => variables.findLast((one) => one.name === name) ?? null
  const services: FoundService[] = []
  for (const words of commandsIn(source.text, (name) => inherited(name)?.value)) {
    const container = await containerOf(words, { source, set, inherited })
    const service = container && serviceOf(container, source, words[0]?.line ?? null)
    if (!container || !service) continue
    set.remark(...container.remarks)
    for (const file of container.files) set.use(file)
    services.push(service)
  }
  if (services.length > 0) set.use(source)
  return services
}

function serviceOf(container: Container, { path }: Source, line: number | null): FoundService | null {
  const { image, name, variables, published, unknownAt } = container
  const names = variables.map((variable) => variable.name)
  const kind =
    kindByName(image?.reference ?? '') ?? kindByName(name ?? '') ?? kindByVariables(names, name ?? basename(path))
  if (kind === null || kind === 'settings') return null
  return {
    kind,
    name: name === null ? `docker run in ${basename(path)}` : `container ${name}`,
    machine: image === null ? null : path,
    variables: withUnknown(kind, variables, unknownAt),
    image,
    published,
    surges: [],
    place: { file: path, line },
  }
}

/** Simple commands, as words. */
function commandsIn(text: string, lookup: Lookup): readonly (readonly CommandWord[])[] {
  const lineAt = lineCounter(text)
  const commands: CommandWord[][] = []
  let words: CommandWord[] = []
  for (let index = 0; index < text.length; ) {
    const char = text.charAt(index)
    if (char === '\\' && /^\r?\n/.test(text.slice(index + 1, index + 3))) index = text.indexOf('\n', index) + 1
    else if (char === '#') index += /^[^\n]*/.exec(text.slice(index))?.[0].length ?? 1
    else if (/[\n;&|()]/.test(char)) {
      commands.push(words)
      words = []
      index++
    } else if (/[\s<>]/.test(char)) index++
    else {
      const { value, end } = readWord(text, index, lookup, false)
      words.push({ text: value, line: lineAt(index) })
      index = Math.max(end, index + 1)
    }
  }
  return [...commands, words].filter(({ length }) => length > 0)
}
