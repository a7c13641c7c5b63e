/** What `config init` and `config emit` tell people. */

import { shellWord } from '../base/shell-word.js'
import type { Paint } from '../cli/paint.js'
import type { ConfigEmitData } from './config-emit.js'
import type { ConfigInitData } from './config-init.js'

export function configInitText({ path, blanks, content }: ConfigInitData, paint: Paint): string {
  if (content !== undefined) return content
  const list = blanks.map((blank) => `\n  ${paint.text(blank)}`).join('')
  const written = `${paint.good('written')} ${paint.text(path ?? '')}${list === '' ? '' : `\nstill to be filled in:${list}`}`
  const say = `${list === '' ? '' : 'fill that in, then '}make what your services run with`
  return paint.screen(written, paint.next(say, `wcn config emit -f ${shellWord(path ?? '')} --out DIR`))
}

/** Has the onboarding document's reminder about firewalls, and what comes next. With --stdout: the file and nothing else. */
export function configEmitText(data: ConfigEmitData, paint: Paint): string {
  const { files, firewall, dry_run } = data
  const [only] = files
  // The exact bytes of the file: whoever asked for them pipes them on.
  if (only?.content !== undefined) return only.content
  const rows = files.map(({ path, status, target, name, signing_key }) => [
    statusText(status, dry_run, paint),
    paint.text(path ?? ''),
    `${target === null ? '' : name === null ? 'wcn_db' : `wcn_node ${paint.text(name)}`}${signing_key ? ', with the signing key: the primary' : ''}`,
  ])
  const diffs = files.flatMap(({ diff }) =>
    diff === null ? [] : [diff.trimEnd().split('\n').map(paint.text).join('\n')],
  )
  return paint.screen(
    ...diffs,
    paint.table(['', 'file', 'for'], rows),
    firewallText(firewall, paint),
    nextText(data, paint),
  )
}

function nextText({ format, dry_run }: ConfigEmitData, paint: Paint): string {
  if (dry_run) return paint.next('if it is as you want it, the same without --dry-run', null)
  return format === 'prometheus'
    ? paint.next('see that Prometheus takes them', 'promtool check rules DIR/*.rules.yml')
    : paint.next('check them where they are to run', 'wcn config check DIR')
}

function statusText(status: ConfigEmitData['files'][number]['status'], dryRun: boolean, paint: Paint): string {
  if (status === 'unchanged') return paint.dim(status)
  if (status === 'kept') return paint.warn(status)
  return paint.good(dryRun ? `to be ${status}` : status)
}

function firewallText({ open, closed }: ConfigEmitData['firewall'], paint: Paint): string {
  const opened = open.map(({ node, ipv4_addr, udp_ports }) => [
    paint.good('open to the internet'),
    `UDP ${udp_ports.join(', ')}`,
    `node ${paint.text(node)}${ipv4_addr === null ? '' : ` at ${ipv4_addr}`}`,
  ])
  const shut = closed.map(({ service, udp_ports, tcp_ports }) => [
    paint.bad('closed to the internet'),
    [udp_ports.length > 0 ? `UDP ${udp_ports.join(', ')}` : '', `TCP ${tcp_ports.join(', ')}`]
      .filter(Boolean)
      .join(', '),
    paint.text(service),
  ])
  return `${paint.bold('Firewall')}\n${paint.table(['inbound', 'ports', 'service'], [...opened, ...shut])}\nThe database has no access control: it must never be reachable from the internet.`
}
