/** Tells how a provider stands to the others, and makes the errors that name each of them by its host. */
import { counted } from '../base/counted.js'
import { WcnError } from '../errors/wcn-error.js'
import { type Answer, largestGroup } from './ask-each.js'
import type { Providers } from './providers.js'
import type { JsonRpc } from './rpc/json-rpc.js'
import { reasonOf } from './rpc/json-rpc.js'

export type Standing =
  | { readonly kind: 'agrees' }
  | { readonly kind: 'other-state'; readonly block: number; readonly what: readonly string[] }
  | { readonly kind: 'other-block'; readonly block: number; readonly hash: string }
  /** `but`: what was found when it was compared with the others at its own head. */
  | { readonly kind: 'lags'; readonly blocks: number; readonly but?: string }
  | { readonly kind: 'ahead'; readonly blocks: number }
  | { readonly kind: 'failed'; readonly reason: string }

export type Standings = Map<JsonRpc, Standing>

/** A verb phrase: the provider "lags 5 blocks". */
export function standingInWords(standing: Standing): string {
  switch (standing.kind) {
    case 'agrees':
      return 'agrees'
    case 'other-state':
      return `shows other state at block ${standing.block} (${standing.what.join(', ')})`
    case 'other-block':
      return `has another block ${standing.block} (${standing.hash.slice(0, 10)}…), as on another fork`
    case 'lags':
      return `lags ${counted(standing.blocks, 'block')}${standing.but === undefined ? '' : `, and ${standing.but}`}`
    case 'ahead':
      return `claims to be ${counted(standing.blocks, 'block')} ahead`
    case 'failed':
      return `failed (${standing.reason})`
  }
}

/** `block` is the one that was compared; those that agree, though they are too few, show it in one way. */
export function disagreement(all: readonly JsonRpc[], standings: Standings, quorum: number, block: number): WcnError {
  const standing = (rpc: JsonRpc): Standing => standings.get(rpc) ?? { kind: 'failed', reason: 'not asked' }
  const words = all.map((rpc) => {
    const its = standing(rpc)
    return `${rpc.host} ${its.kind === 'agrees' ? `shows block ${block}` : standingInWords(its)}`
  })
  const kinds = new Set(all.map((rpc) => (isPlainLag(standing(rpc)) ? 'lags' : standing(rpc).kind)))
  const onlyLag = [...kinds].every((kind) => kind === 'agrees' || kind === 'lags')
  const lack = quorum === all.length ? `all ${quorum}` : `${quorum} of ${all.length}`
  return new WcnError(
    'PROVIDERS_DISAGREE',
    onlyLag
      ? `the RPC providers are not at the same block: ${words.join('; ')}`
      : `the RPC providers do not agree, and ${lack} have to: ${words.join('; ')}`,
    {
      hint: onlyLag
        ? 'wait until they are level, or leave out what lags: by its --rpc-url, or with a lower --rpc-quorum'
        : 'find out which of them is right before anything is signed; then leave the others out, by their --rpc-url or with a lower --rpc-quorum',
      details: { quorum, block, providers: all.map((rpc) => ({ host: rpc.host, ...standing(rpc) })) },
    },
  )
}

export function allFailed(all: readonly JsonRpc[], standings: Standings): WcnError {
  const reasons = all.map((rpc) => {
    const standing = standings.get(rpc)
    return { host: rpc.host, reason: standing?.kind === 'failed' ? standing.reason : '' }
  })
  const words = reasons.map(({ host, reason }) => `${host}: ${reason}`)
  return new WcnError('NETWORK', `none of the ${all.length} RPC providers could be used: ${words.join('; ')}`, {
    hint: 'check the URLs and the network, or use another provider with --rpc-url',
    details: { providers: reasons },
  })
}

function isPlainLag(standing: Standing): boolean {
  return standing.kind === 'lags' && standing.but === undefined
}

/** Those of the largest group that says the same, where as many do as have to; whoever says something else is named. */
export function agreeing<T>(
  providers: Providers,
  given: readonly Answer<T>[],
  keyOf: (value: T) => string,
  why: (value: T, agreed: T) => string,
): readonly Answer<T>[] {
  const group = largestGroup(given, ({ value }) => keyOf(value))
  const [sample] = group
  if (!sample || group.length < providers.quorum) return []
  for (const one of given) if (!group.includes(one)) providers.leaveOut(one.rpc, why(one.value, sample.value))
  return group
}

/** Names those without whose answers enough others agreed. */
export function leaveOutFailed(providers: Providers, failures: readonly Answer<unknown>[]): void {
  for (const { rpc, value } of failures)
    providers.leaveOut(rpc, standingInWords({ kind: 'failed', reason: shortReason(value, rpc.host) }))
}

/** Why a provider failed, without what says which it was. */
export function shortReason(error: unknown, host: string): string {
  const reason = error instanceof WcnError ? error.details?.reason : undefined
  if (typeof reason === 'string') return reason
  return reasonOf(error).replace(`the RPC provider ${host} `, '').replace('the RPC provider ', '')
}
