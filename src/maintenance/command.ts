/** `maintenance …`: the cluster's one maintenance slot: who has it may take their database down. */
import { type Command, Option } from 'commander'
import { childOptions, clusterRead, clusterWrite, probeOptions } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'
import { writeView } from '../write/write-view.js'
import { ON_FAILURE } from './model/slot-verdict.js'

const view = viewsOf(() => import('./view.js'))
const viewRun = viewsOf(() => import('./view-run.js'))

export function maintenanceCommand(maintenance: Command): void {
  clusterRead(maintenance.command('status').summary('who holds it')).action(
    runLazily(() => import('./maintenance-status.js'), view('maintenanceStatusText')),
  )
  waitOption(clusterWrite(maintenance.command('enter').alias('start').summary('take it'))).action(
    runLazily(() => import('./maintenance-enter.js'), writeView),
  )
  clusterWrite(maintenance.command('exit').alias('finish').summary('give it back')).action(
    runLazily(() => import('./maintenance-exit.js'), writeView),
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
    .action(runLazily(() => import('./maintenance-run.js'), viewRun('maintenanceRunText')))
}

function waitOption(command: Command): Command {
  return command.option(
    '--wait <duration>',
    'wait so long while another operator has it, such as 30m (default: not at all)',
  )
}
