/** `doctor`: everything that can be checked, at once. */
import type { Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import {
  allChecksOption,
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
  allChecksOption(probeOptions(privateAddressesOption(stateOption(clusterRead(doctor)))))
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
  describePages(doctor, PAGES)
}

const PAGES: Readonly<Record<string, Page>> = {
  '': [
    'Checks everything that can be checked from here: settings, key files, providers, funds, your operator on chain, nodes, files of your services. Each failure comes with what to do about it. Exit 8 when there is one.',
    'wcn doctor',
    'wcn doctor deploy --node-key-file keys/node-a.key --skip funds',
  ],
}
