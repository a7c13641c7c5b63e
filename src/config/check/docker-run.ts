/** `docker run` and its like, in units and in scripts (docker-run(1)): the container, and what it is given. */
import { basename } from 'node:path'
import type { FoundPort, FoundService, FoundVariable, Place, Remark } from '../../core/config/check/found.js'
import type { Source } from './collect-sources.js'
import { shortPorts } from './compose-ports.js'
import { hostNetwork } from './compose-services.js'
import { readEnvFile } from './read-env-file.js'
import { missingFile, type SourceSet } from './source-set.js'

export interface CommandWord {
  /** Null where it depends on what is not in the files. */
  readonly text: string | null
  readonly line: number
  /** What was put into it. */
  readonly from?: readonly FoundVariable[]
}

export interface Container {
  /** As `--name` says. */
  readonly name: string | null
  readonly variables: readonly FoundVariable[]
  /** Null where it is not known. */
  readonly image: FoundService['image']
  readonly published: readonly FoundPort[]
  readonly remarks: readonly Remark[]
  /** Env files it has for its own. */
  readonly files: readonly Source[]
  /** Where it takes variables from that is not here. */
  readonly unknownAt: Place | null
}

/** What the command itself is run with. */
export type Inherited = (name: string) => FoundVariable | null

interface Option extends CommandWord {
  readonly name: string
}

const RUNTIMES = /^(?:docker|podman|nerdctl)$/
/** Those without a value, in their long forms. */
const FLAGS = new Set([
  '--detach',
  '--disable-content-trust',
  '--help',
  '--init',
  '--interactive',
  '--no-healthcheck',
  '--no-hosts',
  '--oom-kill-disable',
  '--privileged',
  '--publish-all',
  '--quiet',
  '--read-only',
  '--replace',
  '--rm',
  '--rmi',
  '--sig-proxy',
  '--tls-verify',
  '--tty',
])
const SHORT_FLAGS = /^-[diPqt]+$/
const LONG_NAMES: Readonly<Record<string, string>> = { '-e': '--env', '-p': '--publish', '--net': '--network' }

/** Null for what starts no container. */
export async function containerOf(
  words: readonly CommandWord[],
  { source, set, inherited }: { source: Source; set: SourceSet; inherited: Inherited },
): Promise<Container | null> {
  const start = words.findIndex(({ text }) => text !== null && RUNTIMES.test(basename(text)))
  const run = words.findIndex(({ text }, index) => index > start && (text === 'run' || text === 'create'))
  if (start === -1 || run === -1) return null
  const { options, image } = argumentsOf(words.slice(run + 1))
  const place = ({ line }: CommandWord): Place => ({ file: source.path, line })
  const all = (name: string) => options.filter((one) => one.name === name)
  const remarks: Remark[] = []
  const files: Source[] = []
  const variables: FoundVariable[] = []
  let unknownAt: Place | null = null
  for (const option of all('--env-file')) {
    const file = option.text === null ? null : await set.openInstalled(source, option.text)
    if (file === null) {
      unknownAt ??= place(option)
      if (option.text !== null) remarks.push(missingFile(option.text, place(option), 'warn', 'give its path as well'))
      continue
    }
    const read = readEnvFile(file.text, file.path, 'literal', (name) => inherited(name)?.value)
    files.push(file)
    variables.push(...read.variables)
    remarks.push(...read.remarks)
  }
  for (const option of all('--env')) {
    if (option.text === null) unknownAt ??= place(option)
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(option.text ?? '') ?? []
    if (name === '') continue
    const own: FoundVariable = { name, value: value ?? null, place: place(option) }
    const [only] = option.from ?? []
    if (value === undefined) variables.push(inherited(name) ?? own)
    else if (only?.value === value) variables.push({ ...own, place: only.place })
    else variables.push(option.from === undefined ? own : { ...own, pieces: option.from })
  }
  const host = all('--network').find(({ text }) => text === 'host')
  return {
    name: all('--name').at(-1)?.text ?? null,
    variables,
    image: image?.text == null ? null : { reference: image.text, place: place(image) },
    published: host
      ? hostNetwork(place(host))
      : all('--publish').flatMap((one) => shortPorts(one.text ?? '', place(one))),
    remarks,
    files,
    unknownAt,
  }
}

/** The image is the first word that is neither an option nor an option's value. */
function argumentsOf(words: readonly CommandWord[]): {
  readonly options: readonly Option[]
  readonly image: CommandWord | null
} {
  const options: Option[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index]
    if (word === undefined) break
    const { text, ...rest } = word
    if (text === null || !text.startsWith('-') || text === '-') return { options, image: word }
    const [, long, value] = /^(--[^=]+)(?:=(.*))?$/s.exec(text) ?? []
    const [, short, glued] = /^(-[^-])=?(.*)$/s.exec(text) ?? []
    const name = long ?? short ?? text
    const called = LONG_NAMES[name] ?? name
    if (FLAGS.has(name) || SHORT_FLAGS.test(text)) continue
    if (long !== undefined && value !== undefined) options.push({ ...rest, name: called, text: value })
    else if (long === undefined && glued) options.push({ ...rest, name: called, text: glued })
    else {
      const next = words[++index]
      if (next !== undefined) options.push({ ...next, name: called })
    }
  }
  return { options, image: null }
}
