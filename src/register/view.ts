/** What `operator register`, `operator verify-request`, `key prove` and `admin operator approve` print for people. */

import { showAddress } from '../base/address.js'
import type { Check } from '../base/check.js'
import { shellWord } from '../base/shell-word.js'
import { utcAndAgo, utcAndLeft } from '../base/utc.js'
import { checksParts, countsOf, having } from '../cli/check-lines.js'
import type { Paint } from '../cli/paint.js'
import { renderChanges } from '../cli/preview.js'
import type { DataOf } from '../cli/services.js'
import { writeText } from '../write/view.js'
import type { WriteJson } from '../write/write-json.js'
import type { RegisterData } from './join-request-standing.js'
import type { run as keyProve } from './key-prove.js'
import type { run as verifyRequest } from './operator-verify-request.js'

type Verified = DataOf<typeof verifyRequest>

export function registerView(data: RegisterData, paint: Paint): string {
  const rows: [string, string][] = [['operator', showAddress(data.operator)]]
  if (data.digest !== null) rows.push(['digest', data.digest])
  if (data.expires_at !== null) rows.push(['valid until', utcAndLeft(data.expires_at, paint.now())])
  if (data.request_file !== null) rows.unshift(['join request', paint.text(data.request_file)])
  if (data.draft_file !== null) rows.unshift(['draft', paint.text(data.draft_file)])
  return paint.screen(headline(data, paint).join('\n'), rows, nextAfter(data, paint))
}

function nextAfter({ status, request_file, draft_file }: RegisterData, paint: Paint): string {
  const [request, draft] = [request_file ?? 'REQUEST', draft_file ?? 'DRAFT'].map(shellWord)
  switch (status) {
    case 'draft':
      return [
        paint.next('on the host that has the secret key', `wcn key prove ${draft} --secret-key-file KEY --out PROOF`),
        `then, here:\n      ${paint.text(`wcn operator register --draft ${draft} --proof PROOF`)}`,
      ].join('\n')
    case 'written':
    case 'pending':
      return paint.next('see whether it is on chain', `wcn operator register --status ${request} --wait`)
    case 'on-chain':
      return paint.next('start your services, and see that they answer', 'wcn nodes check')
    case 'different':
      return paint.next('ask the owner of the cluster, or write what you wanted', 'wcn nodes update -f FILE')
  }
}

function headline(data: RegisterData, paint: Paint): readonly string[] {
  switch (data.status) {
    case 'written':
      return [paint.good('The join request is written: give it to the owner of the cluster.')]
    case 'draft':
      return [
        paint.warn('The draft still needs a proof from each of these nodes:'),
        ...data.missing_proofs.map((peerId) => `  ${paint.text(peerId)}`),
      ]
    case 'pending':
      return [paint.warn('Not on chain yet: the owner of the cluster has not approved it.')]
    case 'on-chain':
      return [paint.good('On chain, exactly as requested.')]
    case 'different':
      return [
        paint.bad(`On chain, but not as requested: ${paint.text(data.reason ?? '')}`),
        ...(data.changes.length > 0 ? [renderChanges(data.changes, paint)] : []),
      ]
  }
}

export function verifyRequestView({ checks, request }: Verified, paint: Paint, _redrawn = false, all = false): string {
  const shown = checks.map((one) => ({ ...one, group: one.status === 'pass' ? 'request' : one.id, head: one.id }))
  return paint.screen(
    request ? requestInWords(request, paint) : '',
    ...checksParts(shown, paint, all),
    verdict(checks, paint),
    having('fail', checks).length > 0
      ? ''
      : paint.next('if you own the cluster, and know whose request it is', 'wcn admin operator approve FILE'),
  )
}

function verdict(checks: readonly Check[], paint: Paint): string {
  const counted = countsOf(checks)
  if (having('fail', checks).length > 0) return paint.bad(`Do not approve it: ${counted}.`)
  return having('skip', checks).length > 0
    ? paint.warn(`Nothing is wrong with what was looked at: ${counted}.`)
    : paint.good(`The request is sound: ${counted}.`)
}

function requestInWords(request: NonNullable<Verified['request']>, paint: Paint): string {
  const fields = paint.fields([
    ['operator', showAddress(request.operator)],
    ['name', paint.text(JSON.stringify(request.name))],
    ['cluster', `${showAddress(request.contract)} on chain ${request.chain_id}`],
    ['made on', utcAndAgo(request.created_at, paint.now())],
    ['valid until', utcAndLeft(request.expires_at, paint.now())],
    ['data', `${request.data_bytes} bytes`],
    ['digest', request.digest],
    ...request.clients.map(
      ({ peer_id, authorized_namespaces }) =>
        ['client', `${paint.text(peer_id)} for namespaces ${authorized_namespaces.join(', ') || 'none'}`] as const,
    ),
  ])
  // Without the key not even whether there is a private address is known here.
  const hidden = request.addresses === 'encrypted'
  const nodes = paint.table(
    ['node', 'peer ID', 'ports', 'address', ...(hidden ? [] : ['private address'])],
    request.nodes.map((node, index) => [
      String(index),
      paint.text(node.peer_id),
      `${node.primary_port}, ${node.secondary_port}`,
      paint.text(node.ipv4_addr ?? 'encrypted'),
      ...(hidden ? [] : [paint.text(node.private_ipv4_addr ?? '-')]),
    ]),
  )
  return `${fields}\n\n${nodes}`
}

export function approveView(data: WriteJson, paint: Paint): string {
  if (data.changed)
    return paint.screen(paint.good('On chain, byte for byte as requested.'), writeText(data, paint).trimEnd())
  return data.dry_run || data.unsigned
    ? writeText(data, paint)
    : paint.screen('nothing to do: it is on chain already, exactly as requested')
}

export function keyProveView(data: DataOf<typeof keyProve>, paint: Paint): string {
  if (!('file' in data)) return `${JSON.stringify(data, null, 2)}\n`
  const fields = paint.fields([
    ['proof', paint.text(data.file)],
    ['peer ID', data.peer_id],
    ['digest', data.digest],
  ])
  const command = `wcn operator register --draft DRAFT --proof ${shellWord(data.file)}`
  return paint.screen(fields, paint.next('take it to where the draft was made', command))
}
