/** The grammar as plain data (base/grammar), read from the commands themselves, and what can be told by it. */
import type { Argument, Command, Option } from 'commander'
import type { CommandGrammar, OptionGrammar, ValueGrammar, ValueKind } from '../base/grammar.js'
import { WcnError } from '../errors/wcn-error.js'
import { formatsOf, wordsOf } from './output-format.js'

/** What a value is, told by its placeholder. */
const BY_PLACEHOLDER: Readonly<Record<string, ValueKind>> = {
  path: 'file',
  paths: 'file',
  file: 'file',
  draft: 'file',
  call: 'file',
  dir: 'directory',
  words: 'about',
}
/** And where that does not tell. */
const BY_FLAG: Readonly<Record<string, ValueKind>> = {
  '--context': 'context',
  '--metrics': 'other',
  '--state-dir': 'directory',
  '--dir': 'directory',
}

const STANDARD_INPUT = ['-', '/dev/stdin', '/dev/fd/0']
/** What is written, and not read. */
const OUTPUTS = ['--out', '--unsigned']

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
    options: [...new Set([...options, ...command.options])].map((option) => optionGrammar(option, command)),
    arguments: command.registeredArguments.map((argument) => argumentGrammar(argument, command)),
  }
}

function optionGrammar(option: Option, command: Command): OptionGrammar {
  const { short, long, description, hidden, variadic } = option
  const choices = long === '--output' ? formatsOf(wordsOf(command)) : (option.argChoices ?? [])
  const placeholder = /[<[]([\w-]+)/.exec(option.flags)?.[1] ?? ''
  const kind = BY_FLAG[long ?? ''] ?? BY_PLACEHOLDER[placeholder] ?? 'other'
  return {
    names: [short, long].filter((name) => name !== undefined),
    summary: description,
    hidden,
    repeatable: variadic || option.parseArg !== undefined,
    value: option.required ? { kind, choices, variadic } : null,
  }
}

function argumentGrammar(argument: Argument, { parent }: Command): ValueGrammar {
  const { argChoices = [], variadic } = argument
  const name = argument.name()
  const isContext = name === 'name' && parent?.name() === 'context'
  return { kind: isContext ? 'context' : (BY_PLACEHOLDER[name] ?? 'other'), choices: argChoices, variadic }
}

/** Standard input can be read once: throws USAGE for a command line that asks for it twice, and names both. */
export function requireOneStandardInput(command: Command): void {
  const read = [
    ...command.options.flatMap((option) =>
      optionGrammar(option, command).value?.kind === 'file' && !OUTPUTS.includes(option.long ?? '')
        ? [[option.long ?? '', command.getOptionValue(option.attributeName())] as const]
        : [],
    ),
    ...command.registeredArguments.flatMap((argument, index) =>
      argumentGrammar(argument, command).kind === 'file'
        ? [[argument.name().toUpperCase(), command.processedArgs[index]] as const]
        : [],
    ),
  ]
  const [first, second] = read.flatMap(([name, values]) =>
    [values].flat().flatMap((value) => (STANDARD_INPUT.includes(String(value)) ? [name] : [])),
  )
  if (first === undefined || second === undefined) return
  throw new WcnError('USAGE', `${first} and ${second} are both to be read from standard input`, {
    hint: 'it can be read once: give one of them as a file',
  })
}
