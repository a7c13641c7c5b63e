/** `maintenance …`: the permit to take the database down, one per cluster. */
import type { Command } from 'commander'
import { clusterRead, clusterWrite } from './options.js'
import { runLazily } from './run-lazily.js'
import { writeView } from './write-view.js'

export function maintenanceCommand(maintenance: Command): void {
  clusterRead(maintenance.command('status').summary('who holds it')).action(
    runLazily(
      () => import('../actions/maintenance-status.js'),
      async () => (await import('../ui/views/maintenance.js')).maintenanceStatusText,
    ),
  )
  clusterWrite(maintenance.command('enter').alias('start').summary('take it')).action(
    runLazily(() => import('../actions/maintenance-enter.js'), writeView),
  )
  clusterWrite(maintenance.command('exit').alias('finish').summary('give it back')).action(
    runLazily(() => import('../actions/maintenance-exit.js'), writeView),
  )
}
