/** What `context …` and `config show` print for people. */

import type { Paint } from '../cli/paint.js'
import type { ConfigShowJson } from './config-show.js'
import type { ContextAddJson } from './context-add.js'
import type { ContextJson, ContextListJson } from './context-list.js'
import type { ContextRemoveJson } from './context-remove.js'
import type { ContextUseJson } from './context-use.js'

export function contextAddText({ name, current, replaced, file }: ContextAddJson, paint: Paint): string {
  const headline = `${paint.good(replaced ? 'replaced' : 'added')} ${paint.bold(name)} in ${paint.text(file ?? '')}`
  if (current) return paint.screen(`${headline}\nit is the current one`)
  return paint.screen(
    headline,
    paint.next(`use it, or only now and then with --context ${name}`, `wcn context use ${name}`),
  )
}

export function contextUseText({ current, before }: ContextUseJson, paint: Paint): string {
  if (before === current) return paint.screen(`nothing to do: ${paint.bold(current)} is the current one`)
  return paint.screen(`${paint.bold(current)} is the current one${before === null ? '' : `, no longer ${before}`}`)
}

export function contextRemoveText({ removed, was_current }: ContextRemoveJson, paint: Paint): string {
  return paint.screen(
    `removed ${paint.bold(removed)}; the files that it names are where they were`,
    was_current ? paint.next('it was the current one: make another one that', 'wcn context use NAME') : '',
  )
}

export function contextListText({ contexts }: ContextListJson, paint: Paint): string {
  if (contexts.length === 0) return paint.screen('no contexts; make one with `wcn context add`')
  return paint.screen(
    paint.table(
      ['', 'name', 'contract', 'chain?', 'RPC providers', 'signs?', 'encryption key?'],
      contexts.map((context) => [
        context.current ? paint.good('*') : '',
        context.current ? paint.bold(context.name) : context.name,
        paint.text(context.contract_address),
        context.chain_id === undefined ? '-' : String(context.chain_id),
        providers(context, paint),
        paint.text(signer(context)),
        paint.text(context.encryption_key_file ?? '-'),
      ]),
    ),
    contexts.some(({ current }) => current)
      ? ''
      : paint.next('none is used unless it is named', 'wcn context use NAME'),
  )
}

function providers({ rpc_hosts, rpc_quorum }: ContextJson, paint: Paint): string {
  if (rpc_hosts.length === 0) return '-'
  const hosts = rpc_hosts.map((host) => paint.text(host ?? 'not a URL')).join(', ')
  return rpc_quorum === undefined ? hosts : `${hosts} (${rpc_quorum} must agree)`
}

function signer({ keystore, private_key_file, operator }: ContextJson): string {
  return keystore ?? private_key_file ?? (operator === undefined ? '-' : `nobody; reads as ${operator}`)
}

export function configShowText({ settings, files }: ConfigShowJson, paint: Paint): string {
  const shown = settings.filter(({ value, problem }) => value !== null || problem !== null)
  const unset = settings.filter((setting) => !shown.includes(setting)).map(({ name }) => name)
  const rows = shown.map(({ name, value, source, problem }) => [
    name,
    paint.text(source ?? '-'),
    problem === null ? paint.text(value ?? '') : paint.bad(paint.text(problem)),
  ])
  const kept: [string, string][] = [
    ['not set', unset.join(', ')],
    ['contexts in', paint.text(files.contexts ?? 'no place: this user has no home directory')],
  ]
  return paint.screen(paint.table(['setting', 'from', 'value'], rows), paint.fields(kept))
}
