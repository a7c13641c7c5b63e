/** `status`: one screen for whoever comes back: who I am, how things stand, and what to do next. */
import type { Command } from 'commander'
import { describePages } from '../cli/help.js'
import { clusterRead, probeOptions, stateOption, watchOptions } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const view = viewsOf(() => import('./view.js'))

export function statusCommand(status: Command): void {
  watchOptions(probeOptions(stateOption(clusterRead(status)))).action(
    runLazily(() => import('./status.js'), view('statusText')),
  )
  describePages(status, {
    '': [
      'Shows on one screen who you are, whether you are in the cluster, how your nodes are, what your account pays for, who is in maintenance, whether data migrates, what is still open, and the next thing to do. Without words `wcn` shows the same, once there is a context. It needs no private key; it is a screen and no check: the exit code is 0.',
      'wcn status',
      'wcn status --watch --node-key-file keys/node-a.key',
    ],
  })
}
