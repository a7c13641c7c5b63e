/** What the commands of `devnet` tell people. */

import { shellWord } from '../base/shell-word.js'
import { etherInWords } from '../base/wei.js'
import type { Paint } from '../cli/paint.js'
import type { DevnetDownJson } from './devnet-down.js'
import type { DevnetFundJson } from './devnet-fund.js'
import type { DevnetServeJson } from './devnet-serve.js'
import type { DevnetJson } from './devnet-up.js'

export function devnetView(data: DevnetJson, paint: Paint): string {
  const file = paint.text(shellWord(data.env_file))
  return paint.screen(
    paint.fields([
      ['chain', `${paint.text(data.rpc_url)} (also ws://), chain ID ${data.chain_id}, process ${data.pid}`],
      ['contract', paint.text(data.contract)],
      ['owner', paint.text(data.owner)],
      ...(data.stand_ins === null ? [] : ([['stand-ins', standIns(data.stand_ins, paint)]] as const)),
      ['env file', `${file} (private keys that are worthless elsewhere)`],
    ]),
    paint.table(
      ['slot', 'operator', 'name'],
      data.operators.map(({ id, name }, slot) => [String(slot), paint.text(id), paint.text(name)]),
    ),
    [
      paint.dim('try it:'),
      `  wcn cluster view --env-file ${file}`,
      `  wcn nodes ${data.stand_ins === null ? 'list' : 'check'} --env-file ${file}`,
      paint.dim(data.detached ? 'end it:' : 'end it, by Ctrl-C or from another terminal:'),
      `  wcn devnet down ${file}`,
    ].join('\n'),
  )
}

function standIns({ pid, host, folder, services }: NonNullable<DevnetJson['stand_ins']>, paint: Paint): string {
  return `for ${services.length} nodes and databases on ${host}, process ${pid}; env files in ${paint.text(shellWord(folder))}`
}

export function devnetDownView({ stopped, pid, env_file }: DevnetDownJson, paint: Paint): string {
  const file = paint.text(env_file)
  if (stopped) return paint.screen(`stopped the development chain (process ${pid}) and removed ${file}`)
  return paint.screen(
    pid === null
      ? `nothing to do: there is no ${file}`
      : `nothing to do: the development chain of ${file} is not running; the file was removed`,
  )
}

export function devnetServeView({ services, pid }: DevnetServeJson, paint: Paint): string {
  const table = paint.table(
    ['stand-in', 'peer ID', 'ports (UDP)', 'metrics (TCP)', 'from'],
    services.map(({ kind, peer_id, primary_port, secondary_port, metrics_port, source }) => [
      kind === 'node' ? 'wcn_node' : 'wcn_db',
      paint.text(peer_id),
      `${primary_port}, ${secondary_port}`,
      String(metrics_port),
      paint.text(source),
    ]),
  )
  return paint.screen(table, `serving on 127.0.0.1, as process ${pid}, until Ctrl-C`)
}

export function devnetFundView({ address, balance_wei }: DevnetFundJson, paint: Paint): string {
  return paint.screen(`${paint.text(address)} has ${etherInWords(BigInt(balance_wei), 'down')} now`)
}
