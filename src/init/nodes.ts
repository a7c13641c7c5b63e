/** Whether what was described runs: looked at before the request to join, and at the end. */

import { openExaminer } from '../health/examiner.js'
import { expectedNode } from '../health/model/expected-node.js'
import type { NodeHealth } from '../health/model/node-health.js'
import { whyUnverified } from '../health/require-answering.js'
import { answeredDeployment, configured } from './configured.js'
import type { Sighting } from './sighting.js'
import type { Step } from './step.js'
import type { Wizard } from './wizard.js'

/** Of earlier versions, beside the deployment description. */
const OLD_NODES_FILE = 'nodes.yaml'

export const nodes: Step = {
  id: 'nodes',
  title: 'your nodes',
  about: `Deploy the files and start the database and the nodes before you ask to join:
as soon as you are on chain, the others count on them.`,
  async run(wizard) {
    if (wizard.joined) return null
    if (await wizard.services.files.exists(wizard.at(OLD_NODES_FILE)))
      wizard.services.talk.warn(
        `${wizard.at(OLD_NODES_FILE)} of an earlier version is not read: deployment.yaml says what goes on chain`,
      )
    for (;;) {
      const { answering, of } = await lookAtNodes(wizard)
      if (answering === of || !wizard.interactive || wizard.answers.join_early === true) return null
      const chosen = await wizard.pick(['join_early'], `${answering} of ${of} nodes answer`, {
        again: 'look again',
        early: 'go on, and start them before the owner approves the request',
        leave: 'leave, and go on here later',
      })
      if (chosen === 'leave') return { kind: 'waiting', note: `${answering} of ${of} nodes answer` }
      if (chosen === 'early') await wizard.keep([['join_early'], true])
    }
  },
}

/** With the key of one of them, once they are on chain, they tell of their database too. Says of each what is in the way. */
export async function lookAtNodes(wizard: Wizard): Promise<Sighting> {
  const { talk } = wizard.services
  const services = await configured(wizard)
  const { nodes: described } = answeredDeployment(wizard)
  const operator = await services.settings.operator()
  const snapshot = await (await services.chain()).readCluster()
  const keyFile = wizard.joined ? nodeKeyFile(wizard) : undefined
  const examiner = await openExaminer(services, keyFile === undefined ? {} : { nodeKeyFile: keyFile })
  const expected = described.flatMap(({ name, peerId, ipv4Addr, primaryPort, secondaryPort }) =>
    peerId === null || ipv4Addr === null
      ? []
      : [expectedNode({ peerId, ipv4Addr, privateIpv4Addr: null, primaryPort, secondaryPort }, null, `node ${name}`)],
  )
  const seen = await examiner.examine(expected, { snapshot, operator }, { shown: true })
  const down = seen.filter((health) => !isThere(health))
  for (const health of down) talk.note(whyUnverified(health) ?? '')
  if (examiner.unproven !== null) talk.warn(`who answers can't be proven here: ${examiner.unproven}`)
  const sighting = {
    answering: seen.length - down.length,
    of: described.length,
    hosts: [...new Set(down.map(({ node }) => hostOf(wizard, node.label)))],
    unproven: examiner.unproven,
    database: seen.some(({ database }) => database?.connected === true),
  }
  wizard.see(sighting)
  return sighting
}

export function nodeKeyFile({ answers: { nodes = [] }, at }: Wizard): string | undefined {
  const file = nodes.find(({ secret_key_file }) => secret_key_file !== undefined)?.secret_key_file
  return file === undefined ? undefined : at(file)
}

/** Without the addon something that speaks QUIC is all that can be seen. */
function isThere(health: NodeHealth): boolean {
  const ports = [health.primary.diagnosis, health.secondary.diagnosis]
  return whyUnverified(health) === null || ports.every((diagnosis) => diagnosis === 'unproven')
}

function hostOf({ answers: { nodes = [] } }: Wizard, label: string): string {
  const name = label.replace(/^node /, '')
  return nodes.find((node) => node.name === name)?.host ?? name
}
