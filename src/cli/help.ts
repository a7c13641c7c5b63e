/**
 * How help looks: what a command does, its own arguments and flags, one line for those that many share, and examples to
 * type. The command reference and the manual's pages are made of the same.
 */
import { type Command, Help, type Option } from 'commander'

/** What a command does, then lines to type. */
export type Page = readonly [description: string, ...examples: readonly string[]]

const examples = new WeakMap<Command, readonly string[]>()
/** With the indentation of examples, and what shows that a line goes on. */
const WIDEST = 76
const shared = new WeakSet<Option>()
const common = new WeakSet<Option>()

/** Gives each of these verbs its page; the empty name is the command itself. */
export function describePages(command: Command, pages: Readonly<Record<string, Page>>): void {
  for (const [verb, [description, ...lines]] of Object.entries(pages)) {
    const described = verb === '' ? command : command.commands.find((child) => child.name() === verb)
    if (described === undefined) throw new Error(`${command.name()} has no ${verb}`)
    examples.set(described.description(description), lines)
  }
}

export function examplesOf(command: Command): readonly string[] {
  return (examples.get(command) ?? []).map(folded)
}

/** As a shell understands it, and no wider than a terminal. */
function folded(line: string): string {
  const lines: string[] = []
  let rest = line
  while (rest.length > WIDEST) {
    const at = rest.lastIndexOf(' ', WIDEST)
    if (at <= 0) break
    lines.push(`${rest.slice(0, at)} \\`)
    rest = `    ${rest.slice(at + 1)}`
  }
  return [...lines, rest].join('\n')
}

/** Such flags are explained once, by `wcn help flags`. */
export function isShared(option: Option): boolean {
  return shared.has(option)
}

/** Marks the flags that are added meanwhile. */
export function asShared(command: Command, add: () => unknown): Command {
  return marked(shared, command, add)
}

/** The same for flags that several commands have, and that come after a command's own. */
export function asCommon(command: Command, add: () => unknown): Command {
  return marked(common, command, add)
}

function marked(mark: WeakSet<Option>, command: Command, add: () => unknown): Command {
  const before = new Set(command.options)
  add()
  for (const option of command.options) if (!before.has(option)) mark.add(option)
  return command
}

const FLAGS = 'Settings and output flags: `wcn help flags`'

/** Three questions more than commander's, for the reference and the manual. */
export const helpStyle: Partial<Help> & {
  examples(command: Command): readonly string[]
  sharedOptions(command: Command): readonly Option[]
  whereShared(): string
} = {
  examples: examplesOf,
  // Less than commander's: a long flag leaves its description a narrow column, and not a line that is too wide.
  minWidthToWrap: 30,
  whereShared: () => FLAGS,
  sharedOptions: (command) => command.options.filter((option) => isShared(option) && !option.hidden),

  /** Of a noun its name alone: what else it takes is known once its grammar is loaded. */
  subcommandTerm(this: Help, command) {
    return command.parent?.parent === null
      ? [command.name(), ...command.aliases()].join('|')
      : Help.prototype.subcommandTerm.call(this, command)
  },
  visibleOptions(this: Help, command) {
    const options = Help.prototype.visibleOptions.call(this, command).filter((option) => !isShared(option))
    // The help flag comes last.
    const rank = (option: Option) => (option.long === '--help' ? 2 : common.has(option) ? 1 : 0)
    return options.sort((a, b) => rank(a) - rank(b))
  },
  formatHelp(this: Help, command, helper) {
    const lines = examplesOf(command)
    const parts = [
      Help.prototype.formatHelp.call(this, command, helper).trimEnd(),
      ...(lines.length > 0 ? [`Examples:\n${lines.join('\n').replace(/^/gm, '  ')}`] : []),
      ...(command.parent === null || command.options.some(isShared) ? [FLAGS] : []),
    ]
    return `${parts.join('\n\n')}\n`
  },
}
