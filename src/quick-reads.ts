/** What is read often: the build makes one file of all that these commands need, which loads faster than five. */
import type { ParsedCommand } from './cli/parsed-command.js'
import type { Action, View } from './cli/run-command.js'

export const READS = {
  'operator view': read(
    () => import('./operator/operator-view.js'),
    async () => (await import('./operator/view.js')).operatorViewText,
  ),
  'nodes list': read(
    () => import('./nodes/nodes-list.js'),
    async () => (await import('./nodes/view.js')).nodesListText,
  ),
  'cluster view': read(
    () => import('./overview/cluster-view.js'),
    async () => (await import('./overview/view.js')).clusterViewText,
  ),
}

function read<T>(loadAction: () => Promise<Action<T>>, loadView: () => Promise<View<T>>) {
  return async (command: ParsedCommand) => {
    const { runCommand } = await import('./cli/run-command.js')
    await runCommand({ command, loadAction, loadView, role: 'operator' })
  }
}
