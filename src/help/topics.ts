/** What many commands share, explained once: `wcn help TOPIC`. */
import { Command, Help } from 'commander'
import { FIRST_FLAGS } from '../cli/first-flags.js'
import { isShared } from '../cli/help.js'
import { clusterWrite } from '../cli/options.js'
import { OWN_FORMATS } from '../cli/output-format.js'
import { EXIT_CODE_MEANINGS } from '../errors/exit-code-meanings.js'
import { flagOf, settingsOf } from '../settings/settings-table.js'

/** As wide as a terminal is at least. */
const COLUMNS = 80
const HELP = Object.assign(new Help(), { helpWidth: COLUMNS })
const options = clusterWrite(new Command()).options.filter((option) => isShared(option) && !option.hidden)

const TOPICS: Readonly<Record<string, () => readonly string[]>> = {
  flags: () => [
    `Flags that many commands share. ${[...FIRST_FLAGS.keys()].join(', ')} may stand before the command, too.`,
    rows(options.map((option) => [HELP.optionTerm(option), HELP.optionDescription(option)])),
  ],
  settings: () => [
    'What no flag says is read from an exported variable, then from the file that --env-file names, then from the context; then there is a default. Two names of one setting with different values are an error. `wcn config show` prints what takes effect.',
    [...settingsOf('operator'), ...settingsOf('owner')]
      .flat()
      .flatMap(({ flags, variables, title }) => {
        const names = [...flags.slice(0, 1).map(flagOf), ...variables].join(' ')
        return names === '' ? [] : [`  ${title}`, HELP.boxWrap(names, COLUMNS - 6).replace(/^/gm, '      ')]
      })
      .join('\n'),
  ],
  output: () => [
    'The result goes to standard output, everything else to standard error.',
    'With --json the result is one document: {"schema":2,"ok":true,"data":…}, or {"schema":2,"ok":false,"error":{"code","message","hint","details"}}. Where the exit code is neither 0 nor 10, ok is false, also beside data, as of a check that failed. --json=1 prints what was before schema 2: there ok is true wherever there is data. Commands that go on, such as `wcn nodes check --watch`, print one on each line. Integers beyond 2^53 and amounts in wei are strings. `wcn key generate` prints the bare object without --json.',
    'With -o (--output; --output alone for `wcn admin deploy`) it is in another form: json is --json, yaml the same document as YAML, wide is --wide. Some commands also know name, one identifier on each line, markdown, for comments on pull requests, or what monitoring and CI read: nagios (with its exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN), prometheus (for a text file collector), junit:',
    rows(
      Object.entries(OWN_FORMATS).flatMap(([words, own]) =>
        words === 'view' ? [] : [[words, Object.keys(own).join(', ')]],
      ),
    ),
    'Nothing is asked without a terminal, with --json, with --no-input, or where CI is set: a write needs --yes then.',
    'Colour is for terminals. NO_COLOR, FORCE_COLOR and --no-color are obeyed.',
  ],
  'exit-codes': () => [rows(Object.entries(EXIT_CODE_MEANINGS))],
  files: () => [
    rows([
      ['journals and locks', '$WCN_STATE_DIR, $XDG_STATE_HOME/wcn, or ~/.local/state/wcn'],
      ['contexts', '$WCN_CONFIG_DIR, $XDG_CONFIG_HOME/wcn, or ~/.config/wcn; no key is in it'],
    ]),
    'It reads key files that only you can read (mode 0600; --insecure-permissions accepts others), a deployment description (`wcn config init` writes one), a nodes file (`wcn nodes export` prints one) and an env file (--env-file). For one of them - stands for standard input. What holds secrets is written with mode 0600, and nothing is replaced without --force.',
  ],
}

export const topics = Object.keys(TOPICS)

/** Null where there is none of that name. */
export function topic(name: string): string | null {
  if (!Object.hasOwn(TOPICS, name)) return null
  const parts = TOPICS[name]?.() ?? []
  return `${parts.map((part) => (part.startsWith(' ') ? part : HELP.boxWrap(part, COLUMNS))).join('\n\n')}\n`
}

/** For the reference and the manual, which are made from the build: @public */
export const exitCodes = () => EXIT_CODE_MEANINGS

function rows(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([term]) => term.length))
  return pairs.map(([term, text]) => HELP.formatItem(term, width, text, HELP)).join('\n')
}
