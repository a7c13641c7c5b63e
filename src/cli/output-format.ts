/** Knows what a result can be printed as (`--output FORMAT`): which command knows which format, and which one is asked for. */
import type { Command } from 'commander'
import { quote } from '../base/quote.js'
import { WcnError } from '../errors/wcn-error.js'
import type { MarkdownKind } from './markdown.js'

/** Every command knows these: `json` is `--json`, `yaml` the same document as YAML, `wide` is `--wide`. */
const EVERYWHERE = ['json', 'yaml', 'wide'] as const

/** Of lists of checks, for those who have a checker already. */
const CHECK_FORMATS = { nagios: true, prometheus: true, junit: true } as const
export type CheckFormat = keyof typeof CHECK_FORMATS

export function isCheckFormat(format: string): format is CheckFormat {
  return format in CHECK_FORMATS
}

interface Own {
  /** Where in the data that stands which `name` prints, one a line; of a list, in each of its items. */
  readonly name?: string
  readonly markdown?: MarkdownKind
  /** `checks` stands in the data. */
  readonly nagios?: true
  readonly prometheus?: true
  readonly junit?: true
}

/** What some commands know besides. */
export const OWN_FORMATS: Readonly<Record<string, Own>> = {
  'clients list': { name: 'clients.peer_id' },
  'cluster status': { name: 'operators.id', markdown: 'checks', ...CHECK_FORMATS },
  'cluster view': { name: 'operators.id' },
  'config check': { markdown: 'checks' },
  'config diff': { markdown: 'rows' },
  'context list': { name: 'contexts.name' },
  'devnet status': { name: 'stand_ins.target' },
  doctor: { markdown: 'checks', ...CHECK_FORMATS },
  'key inspect': { name: 'peer_id' },
  'maintenance status': { name: 'maintenance' },
  'nodes check': { markdown: 'checks', ...CHECK_FORMATS },
  'nodes diff': { markdown: 'changes' },
  'nodes list': { name: 'nodes.peer_id' },
  'operator address': { name: 'address' },
  'operator verify-request': { markdown: 'checks' },
  'operator view': { name: 'operator.id' },
  'tx list': { name: 'transactions.hash' },
  view: { name: 'operator.id' },
}

export type Format = 'text' | 'json' | 'yaml' | 'name' | 'markdown' | CheckFormat

/** Such as `nodes list`. */
export function wordsOf(command: Command): string {
  return command.parent?.parent ? `${wordsOf(command.parent)} ${command.name()}` : command.name()
}

/** What no command has for itself alone. */
export function isFormatOfAll(format: unknown): boolean {
  return EVERYWHERE.some((one) => one === format)
}

export function formatsOf(words: string): readonly string[] {
  return [...EVERYWHERE, ...Object.keys(OWN_FORMATS[words] ?? {})]
}

interface OutputFlags {
  readonly output?: unknown
  readonly json?: unknown
}

/** What is asked for, and the flags with what it implies. Throws USAGE. */
export function chosenFormat<Flags extends OutputFlags>(
  flags: Flags,
  words: string,
): { readonly format: Format; readonly flags: Flags } {
  const { output, json } = flags
  if (output === undefined) return { format: json === true ? 'json' : 'text', flags }
  const known = formatsOf(words)
  if (typeof output !== 'string' || !known.includes(output))
    throw new WcnError(
      'USAGE',
      `--output is ${quote(String(output))}, which is not one of those that this command knows: ${known.join(', ')}`,
    )
  if (json === true && output !== 'json')
    throw new WcnError('USAGE', `--json and --output ${output} ask for two formats`, { hint: 'give one of them' })
  if (output === 'wide') return { format: 'text', flags: { ...flags, wide: true } }
  const isDocument = output === 'json' || output === 'yaml'
  return { format: output as Format, flags: isDocument ? { ...flags, json: true } : flags }
}

/** For `name`. What has none gives no line. */
export function namesText(words: string, data: unknown): string {
  let found: readonly unknown[] = [data]
  for (const field of OWN_FORMATS[words]?.name?.split('.') ?? [])
    found = found.flatMap((one) => (one as Record<string, unknown>)[field] ?? [])
  return found.map((name) => `${name}\n`).join('')
}
