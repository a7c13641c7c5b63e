/** What `wcn init` says at its end: where everything is, and which commands do the same. */

import { showAddress } from '../base/address.js'
import type { Paint } from '../cli/paint.js'
import type { InitData } from './init.js'

export function initText(data: InitData, paint: Paint): string {
  const { operator, peer_ids, files, commands } = data
  const ids: [string, string | null][] = Object.entries(peer_ids.nodes).map(([name, id]) => [`node ${name}`, id])
  const rows = [['database', peer_ids.database] as const, ...ids].flatMap(([name, id]): [string, string][] =>
    id === null ? [] : [[paint.text(name), paint.text(id)]],
  )
  if (operator !== null) rows.unshift(['operator', showAddress(operator)])
  return paint.screen(
    headline(data, paint),
    rows,
    paint.table(
      ['file', ''],
      files.map(({ path, what }) => [paint.text(path), paint.text(what)]),
    ),
    `${paint.bold('The same by single commands:')}\n${commands.map((command) => `  ${paint.text(command)}`).join('\n')}`,
    lastLine(data.standing, paint),
  )
}

function lastLine(
  { on_chain, answering, nodes, unproven, database, next }: InitData['standing'],
  paint: Paint,
): string {
  const ofThem = `${answering ?? 0} of ${nodes} nodes${unproven === null ? '' : ' (who they are is not proven)'}`
  const facts = [
    `on chain: ${on_chain ? 'yes' : 'no'}`,
    `answering: ${answering === null ? 'not asked' : ofThem}`,
    `database: ${database ? 'up' : 'not seen'}`,
  ]
  return next === null ? paint.good(facts.join(' · ')) : paint.warn([...facts, `next: ${paint.text(next)}`].join(' · '))
}

/** What the onboarding document writes in capitals. */
const DUTIES = `At least one node has to be online at any time: update them one by one.
The database has to be online always: take the maintenance slot by \`wcn maintenance enter\` before you restart it.`

function headline({ steps, note, again, standing }: InitData, paint: Paint): string {
  const open = steps.find(({ status }) => status !== 'done')
  if (open === undefined)
    return standing.next === null
      ? `${paint.good('You are a Node Operator.')}\n${DUTIES}`
      : paint.warn('You are on chain: from now on the others count on you, and not all of it is up.')
  const say = open.status === 'failed' ? paint.bad : paint.warn
  return `${say(`Step ${open.id}: ${paint.text(note ?? 'not done')}.`)}\nTo go on: ${paint.bold(paint.text(again))}`
}
