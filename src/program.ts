/**
 * The root command. It knows every noun by name and summary; the grammar of a noun is loaded when its name is on the
 * command line, so that help and version cost next to nothing.
 */
import { Command, CommanderError, type OutputConfiguration } from 'commander'
import { flagsLast, leadingFlags } from './cli/first-flags.js'
import { helpStyle } from './cli/help.js'
import { refuseContradictions } from './cli/refuse-contradictions.js'
import { isTerminal } from './cli/terminal.js'
import { writeAtOnce } from './cli/write-at-once.js'

/** Replaced by the build with the package's version. */
declare const WCN_VERSION: string

interface Noun {
  readonly name: string
  readonly alias?: string
  readonly summary: string
  /** Under which the help lists it, in the order of an operator's life. */
  readonly group?: string
  /** Not in the help: a top-level spelling of the Rust tool. */
  readonly hidden?: boolean
  /** Adds flags, arguments and verbs. */
  readonly fill: (command: Command) => Promise<unknown>
}

const NOUNS: readonly Noun[] = [
  {
    name: 'init',
    summary: 'guided onboarding, from keys to a member of the cluster',
    group: 'Start',
    fill: async (command) => (await import('./init/command.js')).initCommand(command),
  },
  {
    name: 'devnet',
    summary: 'a local chain with a deployed cluster, to try everything on',
    group: 'Start',
    fill: async (command) => (await import('./devnet/command.js')).devnetCommand(command),
  },
  {
    name: 'key',
    summary: 'keypairs of nodes and databases',
    group: 'Keys',
    fill: async (command) => (await import('./key/command.js')).keyCommand(command),
  },
  {
    name: 'operator',
    summary: 'your operator: key, request to join, data on chain',
    group: 'Join',
    fill: async (command) => (await import('./operator/command.js')).operatorCommand(command),
  },
  {
    name: 'config',
    summary: 'what your database and nodes run with: made, checked, compared',
    group: 'Run',
    fill: async (command) => {
      ;(await import('./deploy/command.js')).configEmitCommands(command)
      ;(await import('./lint/command.js')).configCheckCommands(command)
      ;(await import('./context/command-config-show.js')).configShowCommand(command)
    },
  },
  {
    name: 'nodes',
    alias: 'node',
    summary: 'the nodes your operator has on chain',
    group: 'Run',
    fill: async (command) => (await import('./nodes/command.js')).nodesCommand(command),
  },
  {
    name: 'clients',
    alias: 'client',
    summary: 'who may use your nodes',
    group: 'Run',
    fill: async (command) => (await import('./clients/command.js')).clientsCommand(command),
  },
  {
    name: 'maintenance',
    summary: 'the maintenance slot: who may restart their database',
    group: 'Run',
    fill: async (command) => (await import('./maintenance/command.js')).maintenanceCommand(command),
  },
  {
    name: 'ok-to-stop',
    summary: 'may this go down now? nodes, the database, the operator',
    group: 'Run',
    fill: async (command) => (await import('./availability/command.js')).okToStopCommand(command),
  },
  {
    name: 'migration',
    summary: 'how far a data migration is, and who holds it up',
    group: 'Run',
    fill: async (command) => (await import('./availability/command.js')).migrationCommand(command),
  },
  {
    name: 'tx',
    summary: 'transactions this tool sent, or is to send',
    group: 'Run',
    fill: async (command) => (await import('./tx/command.js')).txCommand(command),
  },
  {
    name: 'status',
    summary: 'how you stand, on one screen, and the next thing to do',
    group: 'Look',
    fill: async (command) => (await import('./status/command.js')).statusCommand(command),
  },
  {
    name: 'doctor',
    summary: 'everything that can be checked, with what to do about it',
    group: 'Look',
    fill: async (command) => (await import('./doctor/command.js')).doctorCommand(command),
  },
  {
    name: 'cluster',
    summary: 'the whole cluster',
    group: 'Look',
    fill: async (command) => {
      ;(await import('./overview/command.js')).clusterCommand(command)
      ;(await import('./availability/command.js')).clusterStatusCommand(command)
      ;(await import('./exporter/command.js')).clusterExporterCommand(command)
    },
  },
  {
    name: 'context',
    summary: 'named settings, one per cluster',
    group: 'Settings and the tool',
    fill: async (command) => (await import('./context/command.js')).contextCommand(command),
  },
  {
    name: 'completion',
    summary: 'completion for your shell',
    group: 'Settings and the tool',
    fill: async (command) => (await import('./completion/command.js')).completionCommand(command),
  },
  {
    name: 'version',
    summary: 'what is installed, and what was found beside it',
    group: 'Settings and the tool',
    fill: async (command) => (await import('./version/command.js')).versionCommand(command),
  },
  {
    name: 'help',
    summary: 'help on a command, or on: flags, settings, output, exit-codes, files',
    group: 'Settings and the tool',
    fill: async (command) => (await import('./help/command.js')).helpCommand(command),
  },
  {
    name: 'admin',
    summary: "the cluster owner's side",
    group: "The cluster's owner",
    fill: async (command) => (await import('./admin/command.js')).adminCommand(command),
  },
  {
    name: 'complete',
    summary: "answers a shell's completion script",
    hidden: true,
    fill: async (command) => (await import('./completion/command.js')).completeCommand(command),
  },
  {
    name: 'view',
    summary: 'operator view',
    hidden: true,
    fill: async (command) => (await import('./operator/command.js')).operatorView(command),
  },
  {
    name: 'rename',
    summary: 'operator rename',
    hidden: true,
    fill: async (command) => (await import('./operator/command.js')).operatorRename(command),
  },
]

/** The same as commander's, but for the stream that is made only where it is a terminal. */
const quickOutput: OutputConfiguration = {
  writeOut: writeAtOnce,
  getOutHelpWidth: () => (isTerminal(1) ? process.stdout.columns : 80),
  // Help has none that would have to be taken out.
  getOutHasColors: () => false,
}

/** Runs what the command line says. Sets the exit code; throws only bugs. */
export async function runProgram(given: readonly string[]): Promise<void> {
  const argv = flagsLast(await withWords(given))
  const program = await createProgram(argv)
  let complaint = ''
  let about = program
  everyCommand(program, (command) =>
    command.configureOutput({
      ...quickOutput,
      writeErr: (text) => {
        complaint += text
        about = command
      },
    }),
  )
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    if (thrown.exitCode === 0) return
    const { reportMisuse } = await import('./cli/report-misuse.js')
    await reportMisuse({ code: thrown.code, complaint: complaint || thrown.message, words: wordsOf(about) }, argv)
  }
}

/** The program with everything filled in: what the command reference and its tests read. */
export function fullProgram(): Promise<Command> {
  return createProgram(NOUNS.map(({ name }) => name))
}

/** The program with the grammar of every noun that these words name. */
async function createProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('wcn')
    .description('Become, and stay, a Node Operator of the WalletConnect Network.')
    .version(WCN_VERSION)
    .helpCommand(false)
  for (const { name, alias, summary, group, hidden = false, fill } of NOUNS) {
    const command = new Command(name).summary(summary)
    if (group) command.helpGroup(`${group}:`)
    if (alias) command.alias(alias)
    if (words.includes(name) || (alias && words.includes(alias))) await fill(command)
    program.addCommand(command, { hidden })
  }
  everyCommand(program, (command) => {
    command.exitOverride().configureHelp(helpStyle).showSuggestionAfterError().allowExcessArguments(false)
    refuseContradictions(command)
  })
  return program
}

/** Where nothing but flags is given, a context makes a command of it. */
async function withWords(argv: readonly string[]): Promise<readonly string[]> {
  if (leadingFlags(argv) < argv.length) return argv
  return [...argv, ...(await (await import('./cli/bare-command.js')).bareCommand())]
}

/** Such as `wcn nodes add`. */
function wordsOf(command: Command): string {
  return command.parent ? `${wordsOf(command.parent)} ${command.name()}` : command.name()
}

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command)
  for (const child of command.commands) everyCommand(child, change)
}
