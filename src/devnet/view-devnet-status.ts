/** What `devnet status` tells people. */
import { shellWord } from '../base/shell-word.js'
import type { Paint } from '../cli/paint.js'
import type { DevnetStatusJson } from './devnet-status.js'

type StandIn = DevnetStatusJson['stand_ins'][number]

const MEBIBYTE = 1024 * 1024

export function devnetStatusText(data: DevnetStatusJson, paint: Paint): string {
  const { chain, stand_ins, processes, env_file } = data
  const memory = processes.reduce((sum, { memory_bytes }) => sum + memory_bytes, 0)
  const url = `${paint.text(chain.rpc_url)}, chain ID ${chain.chain_id}, process ${chain.pid}`
  const head = headOf(chain, paint)
  return paint.screen(
    paint.fields([
      ['chain', head],
      ['', url],
      ['contract', paint.text(chain.contract)],
      ['env file', paint.text(shellWord(env_file))],
      ...(memory === 0
        ? []
        : ([
            [
              'memory',
              `${Math.round(memory / MEBIBYTE)} MiB in ${processes.length} process${processes.length === 1 ? '' : 'es'}`,
            ],
          ] as const)),
    ]),
    stand_ins.length === 0
      ? 'no stand-ins: the nodes on chain are nobody’s'
      : paint.table(
          ['', 'target', 'operator', 'database', 'ports (UDP)', 'metrics (TCP)?', 'peer ID?'],
          stand_ins.map((one) => rowOf(one, paint)),
        ),
    verdict(data, paint),
  )
}

function headOf({ up, fault, block, problem }: DevnetStatusJson['chain'], paint: Paint): string {
  if (fault !== null) return paint.bad(`broken: ${fault}${block === null ? '' : `, block ${block}`}`)
  return up ? `${paint.good('up')}, block ${block}` : `${paint.bad('down')}: ${paint.text(problem ?? '')}`
}

function rowOf(one: StandIn, paint: Paint) {
  const { state, fault, target, name, kind, primary_port, secondary_port, metrics_port, database, peer_id } = one
  const what = state === 'broken' ? `broken: ${fault}` : state
  return [
    state === 'up' ? paint.good(what) : paint.bad(paint.text(what)),
    paint.text(target),
    paint.text(name ?? 'not on chain'),
    kind === 'database' ? '' : (database ?? 'not here'),
    primary_port === null ? '' : `${primary_port}, ${secondary_port}`,
    metrics_port === null ? '' : String(metrics_port),
    paint.text(peer_id),
  ]
}

function verdict({ chain, stand_ins }: DevnetStatusJson, paint: Paint): string {
  const wrong = stand_ins.filter(({ state }) => state !== 'up')
  const problems = wrong.flatMap(({ target, problem }) =>
    problem === null ? [] : [`${paint.text(target)}: ${paint.text(problem)}`],
  )
  const isUp = chain.up && chain.fault === null
  if (isUp && wrong.length === 0) return paint.good('Everything runs.')
  const counted = wrong.length === 0 ? [] : [`${wrong.length} of ${stand_ins.length} stand-ins are not up`]
  const parts = [...(isUp ? [] : [chain.up ? 'the chain is broken' : 'the chain is down']), ...counted]
  return [...problems, paint.bad(`Not everything runs: ${parts.join(', and ')}.`)].join('\n')
}
