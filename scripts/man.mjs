// The manual's pages, made from the commands themselves by the build: one for `wcn`, and one for each noun with all of
// its verbs. They say what `--help` says.

/** By the file's name. `program`: commander's root command, with every noun filled in. */
export function manPages(program, version, exitCodes) {
  const nouns = visible(program).map((noun) => [`wcn-${noun.name()}`, noun])
  const names = ['wcn', ...nouns.map(([name]) => name)]
  const pages = [['wcn', rootPage(program, nouns, exitCodes)], ...nouns.map(([name, noun]) => [name, nounPage(noun)])]
  return Object.fromEntries(
    pages.map(([name, sections]) => [
      `${name}.1`,
      // No date: the same build makes the same page.
      [
        `.TH ${name.toUpperCase()} 1 "" "wcn ${version}" "wcn manual"`,
        '.SH NAME',
        `${name} ${escaped('-')} ${sections.summary}`,
        ...sections.lines,
        '.SH SEE ALSO',
        names
          .filter((other) => other !== name)
          .map((other) => `.BR ${escaped(other)} (1)`)
          .join(',\n'),
        '',
      ].join('\n'),
    ]),
  )
}

function rootPage(program, nouns, exitCodes) {
  const help = program.createHelp()
  return {
    summary: lower(paragraph(program.description()).replace(/\.$/, '')),
    lines: [
      ...commandLines(program, help, '.SH'),
      '.SH COMMANDS',
      ...nouns.flatMap(([name, noun]) => ['.TP', `.BR ${escaped(name)} (1)`, paragraph(noun.summary())]),
      '.SH SHARED FLAGS',
      ...sharedFlags(program, help),
      '.SH EXIT STATUS',
      ...Object.entries(exitCodes).flatMap(([code, meaning]) => ['.TP', `.B ${code}`, paragraph(meaning)]),
    ],
  }
}

/** What commands leave to `wcn help flags`, once each. */
function sharedFlags(program, help) {
  const shared = leavesOf(program).flatMap((command) => help.sharedOptions(command))
  const first = new Map(shared.toReversed().map((option) => [option.flags, option]))
  return [...new Set(shared.map(({ flags }) => first.get(flags)))].flatMap((option) => [
    '.TP',
    `.B ${quoted(help.optionTerm(option))}`,
    paragraph(help.optionDescription(option)),
  ])
}

function nounPage(noun) {
  const help = noun.createHelp()
  const verbs = leavesOf(noun)
  return {
    summary: paragraph(noun.summary()),
    lines: [
      ...commandLines(noun, help, '.SH'),
      ...(verbs.length > 0 ? ['.SH COMMANDS'] : []),
      ...verbs.flatMap((verb) => [`.SS ${quoted(pathOf(verb))}`, ...commandLines(verb, help, '.PP')]),
    ],
  }
}

/** Usage, description, arguments and flags, each in the words of the help. */
function commandLines(command, help, heading) {
  const headed = (title, lines) =>
    lines.length === 0 ? [] : [...(heading === '.SH' ? [`.SH ${title}`] : ['.PP']), ...lines]
  const items = (list, term, description) =>
    list.flatMap((one) => ['.TP', `.B ${quoted(term(one))}`, paragraph(description(one))])
  const args = items(
    help.visibleArguments(command),
    (one) => help.argumentTerm(one),
    (one) => help.argumentDescription(one),
  )
  const flags = items(
    help.visibleOptions(command),
    (one) => help.optionTerm(one),
    (one) => help.optionDescription(one),
  )
  const description = help.commandDescription(command)
  return [
    ...headed('SYNOPSIS', [`.B ${quoted(help.commandUsage(command))}`]),
    ...headed('DESCRIPTION', description ? [paragraph(description)] : []),
    ...headed('ARGUMENTS', args),
    ...headed('OPTIONS', flags),
    ...headed('EXAMPLES', examplesOf(command, help)),
    ...(help.sharedOptions(command).length > 0 ? ['.PP', paragraph(help.whereShared())] : []),
  ]
}

/** As they are typed, line for line. */
function examplesOf(command, help) {
  const lines = help.examples(command)
  return lines.length === 0
    ? []
    : ['.nf', ...lines.flatMap((line) => line.split('\n').map((part) => paragraph(`  ${part}`))), '.fi']
}

function visible(command) {
  const help = command.createHelp()
  return help.visibleCommands(command).filter((one) => one.name() !== 'help')
}

function leavesOf(command) {
  return visible(command).flatMap((child) => (child.commands.length > 0 ? leavesOf(child) : [child]))
}

function pathOf(command) {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

/** Of a macro. */
function quoted(text) {
  return `"${escaped(text).replaceAll('"', '\\(dq')}"`
}

/** A line of text: what begins with a dot or an apostrophe would be a macro. */
function paragraph(text) {
  return escaped(text).replace(/^(?=[.'])/gm, '\\&')
}

/** A hyphen that is to be typed is a minus: what is copied from the page works. */
function escaped(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(
      /[^\0-\x7f]/gu,
      (character) => `\\[u${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
}

function lower(text) {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`
}
