/** `cluster watch`: what happens to the cluster, as it happens, in the words of its history. */

import { parseAddress } from '../base/address.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { looks } from '../cli/watch.js'
import { WcnError } from '../errors/wcn-error.js'
import { readCluster } from '../read/read-operator.js'
import { parseDuration } from '../settings/setting-values.js'
import { clusterBefore, warnOfUnknown } from './cluster-before.js'
import { createDeliveries } from './deliveries.js'
import { type Base, followEvents, type Happening } from './follow-events.js'
import { parseSince } from './model/since.js'

interface Input {
  readonly since?: string
  readonly interval?: string
  /** Only what is about this one. */
  readonly operator?: string
  /** A program that is run for each event. */
  readonly exec?: string
  /** Of that program. */
  readonly arguments?: readonly string[]
  readonly passEnv?: readonly string[]
  readonly webhook?: string
}

/** Blocks of OP Mainnet come every two seconds. */
const INTERVAL = '2s'

/** First where it begins, then an event at a time. */
export interface WatchData {
  /** After that block; null with an event. */
  readonly from: Pick<ClusterSnapshot, 'contract' | 'block'> | null
  readonly event: Happening['event'] | null
  /** A reorganisation of the chain took back what was told before. */
  readonly undone: boolean
}

/**
 * Goes on until it is interrupted, and over all that a provider may do. Throws SETTING_INVALID, ADDRESS_INVALID, USAGE,
 * COMMAND_NOT_RUNNABLE, and what the chain throws at first.
 */
export async function run(services: Services, input: Input) {
  const intervalMs = parseDuration(input.interval ?? INTERVAL, '--interval')
  const only = input.operator === undefined ? null : parseAddress(input.operator, '--operator')
  const command = await commandOf(services, input)
  const webhook = input.webhook === undefined ? null : parseWebhook(input.webhook)
  const key = await services.settings.encryptionKey()
  const head = await readCluster(services)
  const base = input.since === undefined ? head : await baseAt(services, input.since, head)
  const follow = followEvents({ chain: services.chain, key, warn: services.talk.warn }, base)
  const look = async () => (await follow()).filter(({ event }) => only === null || event.operator?.id === only)
  const deliveries = createDeliveries(services, { command, passEnv: input.passEnv ?? [], webhook })
  const earlier = base === head ? [] : await look()
  const tell = (happening: Happening): { readonly data: WatchData } => {
    deliveries.push(happening)
    return { data: { from: null, ...happening } }
  }
  async function* happenings() {
    try {
      for (const happening of earlier) yield tell(happening)
      for await (const some of looks(services, intervalMs, look)) for (const happening of some) yield tell(happening)
    } finally {
      await deliveries.end()
    }
  }
  const data: WatchData = { from: { contract: base.contract, block: base.block }, event: null, undone: false }
  return { data, more: happenings() }
}

/** Null without --exec. Throws USAGE, COMMAND_NOT_RUNNABLE. */
async function commandOf(services: Services, { exec, arguments: more = [] }: Input): Promise<readonly string[] | null> {
  if (exec === undefined && more.length > 0)
    throw new WcnError('USAGE', 'arguments are given, and no program for them', { hint: 'name it with --exec' })
  if (exec === undefined) return null
  await (await services.processes()).check([exec])
  return [exec, ...more]
}

/** It may hold a token, so it is never quoted. Throws SETTING_INVALID. */
function parseWebhook(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  const isLoopback = url !== null && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) return url
  throw new WcnError('SETTING_INVALID', '--webhook is no https:// URL', {
    hint: 'http:// will do for this machine itself only',
  })
}

/** Throws SETTING_INVALID, USAGE, and what the chain throws. */
async function baseAt(services: Services, since: string, head: ClusterSnapshot): Promise<Base> {
  const start = parseSince(since, services.clock.now(), '--since')
  const last = head.block.number
  const first = 'block' in start ? start.block : await (await services.chain()).blockSince(start.time, last)
  if (first > last)
    throw new WcnError('USAGE', `there is no block ${first} yet: the newest is ${last}`, {
      hint: 'give an earlier --since',
    })
  const before = await clusterBefore(services, head.contract, first)
  if (before !== null) return before
  warnOfUnknown(services, first)
  const [hash] = await (await services.chain()).blockHashes([first - 1])
  return {
    contract: head.contract,
    block: { number: first - 1, hash: hash ?? '0x' },
    view: null,
    isUnknown: true,
  } as const
}
