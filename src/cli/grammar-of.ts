/** The grammar as plain data, read from the commands themselves (base/grammar). */
import type { Argument, Command, Option } from 'commander'
import type { CommandGrammar, OptionGrammar, ValueGrammar, ValueKind } from '../base/grammar.js'

/** What a value is, told by its placeholder. */
const BY_PLACEHOLDER: Readonly<Record<string, ValueKind>> = {
  path: 'file',
  paths: 'file',
  file: 'file',
  draft: 'file',
  call: 'file',
  dir: 'directory',
}
/** And where that does not tell. */
const BY_FLAG: Readonly<Record<string, ValueKind>> = {
  '--context': 'context',
  '--metrics': 'other',
  '--state-dir': 'directory',
  '--dir': 'directory',
}

/** Commands are as deep as they are filled (program.ts). */
export function grammarOf(command: Command): CommandGrammar {
  const help = command.createHelp()
  const [commands, options] = [help.visibleCommands(command), help.visibleOptions(command)]
  return {
    name: command.name(),
    aliases: command.aliases(),
    summary: command.summary(),
    hidden: false,
    commands: command.commands.map((child) => ({ ...grammarOf(child), hidden: !commands.includes(child) })),
    options: [...new Set([...options, ...command.options])].map((option) => optionGrammar(option)),
    arguments: command.registeredArguments.map((argument) => argumentGrammar(argument, command)),
  }
}

export function optionGrammar(option: Option): OptionGrammar {
  const { short, long, description, hidden, variadic, argChoices = [] } = option
  const placeholder = /[<[]([\w-]+)/.exec(option.flags)?.[1] ?? ''
  const kind = BY_FLAG[long ?? ''] ?? BY_PLACEHOLDER[placeholder] ?? 'other'
  return {
    names: [short, long].filter((name) => name !== undefined),
    summary: description,
    hidden,
    repeatable: variadic || option.parseArg !== undefined,
    value: option.required ? { kind, choices: argChoices, variadic } : null,
  }
}

export function argumentGrammar(argument: Argument, { parent }: Command): ValueGrammar {
  const { argChoices = [], variadic } = argument
  const name = argument.name()
  const isContext = name === 'name' && parent?.name() === 'context'
  return { kind: isContext ? 'context' : (BY_PLACEHOLDER[name] ?? 'other'), choices: argChoices, variadic }
}
