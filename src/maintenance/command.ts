/** `maintenance …`: the cluster's one maintenance slot: who has it may take their database down. */
import { type Command, Option } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { childOptions, clusterRead, clusterWrite, probeOptions, watchOptions } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'
import { ON_FAILURE } from './model/slot.js'

const viewWrite = viewsOf(() => import('../write/view.js'))
const view = viewsOf(() => import('./view.js'))

export function maintenanceCommand(maintenance: Command): void {
  watchOptions(clusterRead(maintenance.command('status').summary('who holds it'))).action(
    runLazily(() => import('./maintenance-status.js'), view('maintenanceStatusText')),
  )
  waitOption(clusterWrite(maintenance.command('enter').alias('start').summary('take it'))).action(
    runLazily(() => import('./maintenance-enter.js'), viewWrite('writeText')),
  )
  clusterWrite(maintenance.command('exit').alias('finish').summary('give it back')).action(
    runLazily(() => import('./maintenance-exit.js'), viewWrite('writeText')),
  )
  childOptions(
    probeOptions(
      waitOption(
        clusterWrite(maintenance.command('run').summary('take it, run a command, and give it back once that is safe')),
      ),
    ),
  )
    .argument('<command...>', 'after --: what needs your database down')
    .addOption(
      new Option('--on-failure <what>', 'when the command failed and nothing proves that the database is up').choices(
        ON_FAILURE,
      ),
    )
    .option('--database-timeout <duration>', 'how long the database may take to be up afterwards (default: 10m)')
    .option('--max-duration <duration>', 'warn when it takes longer than this')
    .action(runLazily(() => import('./maintenance-run.js'), view('maintenanceRunText')))
  describePages(maintenance, PAGES)
}

function waitOption(command: Command): Command {
  return command.option(
    '--wait <duration>',
    'wait so long while another operator has it, such as 30m (default: not at all)',
  )
}

const PAGES: Readonly<Record<string, Page>> = {
  status: [
    'Says who holds the maintenance slot, and since when. Whoever holds it may restart their database.',
    'wcn maintenance status',
    'wcn maintenance status --json',
  ],
  enter: [
    'Takes the maintenance slot, of which there is one in the cluster. Give it back as soon as your database is up again.',
    'wcn maintenance enter',
    'wcn maintenance enter --wait 30m --yes',
  ],
  exit: [
    'Gives the maintenance slot back. When nobody holds it, there is nothing to do, and that is no error.',
    'wcn maintenance exit',
    'wcn maintenance exit --yes',
  ],
  run: [
    'Takes the maintenance slot, runs a command, and gives the slot back once the database is up again. Where nothing proves that, the slot is kept, and the exit code is 8.',
    'wcn maintenance run --node-key-file keys/node-a.key -- systemctl restart wcn_db',
    'wcn maintenance run --wait 30m --yes -- ./upgrade-database.sh',
  ],
}
