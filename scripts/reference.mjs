// `npm run reference`: writes docs/reference.md from the commands themselves, as the build has them.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A flag that so many commands have, with the same words, is described once. */
const SHARED_BY = 6
/** Flags that no help shows. */
const INSTEAD = {
  '--unsigned <path>': 'an account of its own, then `admin ownership transfer`: refused',
  '--json=1': 'for scripts that read schema 1, where `ok` is true wherever there is `data`',
  '--json=2': '`--json`',
  '--private-key <hex>': '`--private-key-file`, with a warning: it shows in the process list',
  '--encryption-key <hex>': '`--encryption-key-file`, with the same warning',
  '-s, --secret-key <base64>': '`--secret-key-file`, with the same warning',
  '--rpc-provider-url <url>': '`--rpc-url`',
  '--auto-approve': '`--yes`',
  '--kms-key-arn <id>': '`--kms-key-id`',
  '--kms-key-id <id>': "refused with an explanation: an operator's key has to be exportable",
  '-i, --index <node>': 'the argument',
  '-i, --peer-id <id>': 'the argument',
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { default: built } = await import('../dist/program.cjs')
  const { exitCodes } = await import('../dist/help/topics.js')
  writeFileSync(new URL('../docs/reference.md', import.meta.url), reference(await built.fullProgram(), exitCodes()))
}

/** The whole file. `program`: commander's root command, with every noun filled in. */
export function reference(program, exitCodes) {
  const commands = leavesOf(program)
  const visible = commands.filter(({ hidden }) => !hidden)
  const shared = sharedFlags(visible)
  const parts = [
    '# Command reference',
    'Made by `npm run reference` from the commands themselves. `wcn COMMAND --help` says the same.',
    `\`\`\`text\n${program.commands
      .filter((noun) => isVisible(program, noun))
      .map((noun) => `wcn ${noun.name().padEnd(12)} ${noun.summary()}`)
      .join('\n')}\n\`\`\``,
    table(
      ['flag of `wcn` itself', 'meaning'],
      visibleFlags(program).map((option) => [code(option.flags), prose(option)]),
    ),
    ...visible.map((command) => section(command, shared)),
    '## Flags that many commands share',
    table(
      ['flag', 'meaning'],
      [...shared.values()].map((option) => [code(option.flags), prose(option)]),
    ),
    '## Environment variables',
    'Those that a flag names. A flag wins over its variable. All settings, and every name they have: [settings.md](settings.md).',
    table(['variable', 'instead of'], variables(visible)),
    '## Exit codes',
    table(['code', 'meaning'], Object.entries(exitCodes)),
    '## Other spellings',
    "Most are the Rust tool's. They work, and no help shows the flags.",
    table(
      ['command', 'is'],
      [
        ...program.commands.flatMap(aliases),
        ...['view', 'rename'].map((verb) => [code(`wcn ${verb}`), code(`wcn operator ${verb}`)]),
      ],
    ),
    table(['flag', 'is', 'of'], hiddenFlags(commands)),
  ]
  return `${parts.join('\n\n')}\n`
}

/** The commands that do something, in the order of the help. */
function leavesOf(command, hidden = false) {
  if (command.commands.length === 0) return [{ command, path: pathOf(command), hidden }]
  return command.commands.flatMap((child) => leavesOf(child, hidden || !isVisible(command, child)))
}

function isVisible(parent, child) {
  return parent.createHelp().visibleCommands(parent).includes(child)
}

function pathOf(command) {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

function visibleFlags(command) {
  const help = command.createHelp()
  return [...(help.sharedOptions?.(command) ?? []), ...help.visibleOptions(command)]
}

function idOf({ flags, description }) {
  return `${flags} ${description}`
}

function sharedFlags(commands) {
  const found = new Map()
  for (const { command } of commands)
    for (const option of visibleFlags(command)) {
      const { count = 0 } = found.get(idOf(option)) ?? {}
      found.set(idOf(option), { option, count: count + 1 })
    }
  return new Map([...found].filter(([, { count }]) => count >= SHARED_BY).map(([id, { option }]) => [id, option]))
}

function section({ command, path }, shared) {
  const flags = visibleFlags(command)
  const own = flags.filter((option) => !shared.has(idOf(option)))
  const common = flags.filter((option) => shared.has(idOf(option)))
  const words = command.registeredArguments.map((argument) => argumentText(argument))
  const text = command.description() || sentence(command.summary())
  const examples = command.createHelp().examples(command)
  return [
    `## ${path}`,
    `\`\`\`text\n${[path, ...words, flags.length > 0 ? '[flags]' : ''].join(' ').trim()}\n\`\`\``,
    text,
    ...(command.aliases().length > 0 ? [`Also: ${command.aliases().map(code).join(', ')}.`] : []),
    ...(command.registeredArguments.length + own.length > 0
      ? [
          table(
            ['argument or flag', 'meaning'],
            [
              ...command.registeredArguments.map((argument) => [code(argumentText(argument)), prose(argument)]),
              ...own.map((option) => [`${code(option.flags)}${option.mandatory ? ', required' : ''}`, prose(option)]),
            ],
          ),
        ]
      : []),
    ...(examples.length > 0 ? [`\`\`\`sh\n${examples.join('\n')}\n\`\`\``] : []),
    ...(common.length > 0 ? [`Shared: ${common.map(({ long }) => code(long)).join(', ')}.`] : []),
  ].join('\n\n')
}

function argumentText(argument) {
  const name = argument.variadic ? `${argument.name()}...` : argument.name()
  return argument.required ? `<${name}>` : `[${name}]`
}

/** Its description and, where they are limited, its values. */
function prose({ description, argChoices }) {
  return [description, argChoices ? argChoices.map(code).join(', ') : ''].filter(Boolean).join(': ')
}

/** `[VARIABLE]` at the end of a flag's description. */
function variables(commands) {
  const found = new Map()
  for (const { command } of commands)
    for (const { long, description, required } of visibleFlags(command)) {
      const [, variable] = /\[([A-Z][A-Z0-9_]+)\]$/.exec(description) ?? []
      if (!variable || !required) continue
      found.set(`${variable} ${long}`, [
        code(variable),
        `${code(long)}${variable.includes('OWNER') ? ", the owner's" : ''}`,
      ])
    }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function aliases(command) {
  const own = command.aliases().map((alias) => [code(`wcn ${alias}`), code(pathOf(command))])
  const verbs = command.commands.flatMap((verb) =>
    verb.aliases().map((alias) => [code(`${pathOf(command)} ${alias}`), code(pathOf(verb))]),
  )
  return [...own, ...verbs]
}

/** One row for a flag, however many commands take it. */
function hiddenFlags(commands) {
  const found = new Map()
  for (const { command, path } of commands.filter(({ hidden }) => !hidden))
    for (const option of command.options.filter((one) => one.hidden)) {
      const paths = found.get(option.flags) ?? []
      found.set(option.flags, [...paths, code(path)])
    }
  return [...found].map(([flags, paths]) => {
    const instead = INSTEAD[flags]
    if (!instead) throw new Error(`scripts/reference.mjs does not know what ${flags} stands for`)
    return [code(flags), instead, paths.length < SHARED_BY ? paths.join(', ') : 'wherever that is a flag']
  })
}

function table(head, rows) {
  const line = (cells) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(text) {
  return `\`${text}\``
}

function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
