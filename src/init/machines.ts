/** Which machine a service runs on, as far as the chosen files depend on it. */

import { quote } from '../base/quote.js'
import { LABEL_VALUE } from '../deploy/targets/kubernetes/require-settings.js'
import type { Target } from '../deploy/targets/target-file.js'
import { WcnError } from '../errors/wcn-error.js'
import type { AnswerPath } from './init-file.js'
import type { Wizard } from './wizard.js'

/** Asks nothing where nobody can be asked: what a target can't do without, it says itself. */
export async function askMachines(wizard: Wizard, targets: readonly Target[]): Promise<void> {
  if (!wizard.interactive) return
  const { nodes = [], database, kubernetes } = wizard.answers
  const named = [database, ...nodes].every((service) => service?.host !== undefined)
  if (targets.includes('k8s') && kubernetes?.exposure === 'host-network')
    for (const [i, { name }] of nodes.entries())
      await wizard.ask(['nodes', i, 'host'], {
        text: `kubernetes.io/hostname label of the machine that has the public address of node ${name}`,
        check: fits(LABEL_VALUE, 'which no machine on Kubernetes is called'),
      })
  else if ((targets.includes('compose') || targets.includes('systemd')) && !named) await askLayout(wizard)
  if (targets.includes('prometheus')) await askMetrics(wizard)
}

async function askLayout(wizard: Wizard): Promise<void> {
  const { nodes = [], database } = wizard.answers
  const layout = await wizard.pick(['nodes'], 'Where they run', {
    one: 'all on one machine',
    each: 'the database and every node on a machine of its own',
  })
  const known = [database, ...nodes].map((service) => service?.host).find((host) => host !== undefined)
  const hostOf = (name: string) => (layout === 'one' ? (known ?? 'machine-1') : name)
  // Such as a node that came later: where the others are was answered before.
  await wizard.keep(
    [['database', 'host'], database?.host ?? hostOf('database')],
    ...nodes.map(({ name = '', host }, i) => [['nodes', i, 'host'] as AnswerPath, host ?? hostOf(name)] as const),
  )
}

/** Several machines: Prometheus is on one of them at most. */
async function askMetrics(wizard: Wizard): Promise<void> {
  const { nodes = [] } = wizard.answers
  if (new Set(nodes.map(({ host }) => host)).size < 2) return
  for (const [i, { name }] of nodes.entries())
    await wizard.ask(['nodes', i, 'metrics_address'], {
      text: `Where Prometheus reaches the metrics server of node ${name}: a private address or host name`,
      check: fits(/^[A-Za-z0-9.-]+$/, 'which is no host name or IPv4 address'),
    })
}

function fits(pattern: RegExp, complaint: string) {
  return (text: string, source: string) => {
    if (!pattern.test(text)) throw new WcnError('SETTING_INVALID', `${source} is ${quote(text)}, ${complaint}`)
  }
}
