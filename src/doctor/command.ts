/** `doctor`: everything that can be checked, at once. */
import type { Command } from 'commander'
import {
  clusterRead,
  collect,
  privateAddressesOption,
  probeOptions,
  repeatableChoice,
  stateOption,
} from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'
import { DOCTOR_GROUPS } from './model/doctor-check.js'

const view = viewsOf(() => import('./view.js'))

export function doctorCommand(doctor: Command): void {
  probeOptions(privateAddressesOption(stateOption(clusterRead(doctor))))
    .argument('[paths...]', 'files of your services, as for `wcn config check`')
    .option('-f, --file <path>', 'the nodes as they should be on chain, as for `nodes update -f`')
    .option(
      '--database <ip:port>',
      'your database, which must not answer from here; may be given several times',
      collect,
    )
    .option('--min <eth>', 'what your account should hold at least')
    .addOption(repeatableChoice('--only <group>', 'nothing but this; may be given several times', DOCTOR_GROUPS))
    .addOption(repeatableChoice('--skip <group>', 'all but this; may be given several times', DOCTOR_GROUPS))
    .action(runLazily(() => import('./doctor.js'), view('doctorText')))
}
