/** `cluster watch`: what happens to the cluster, as it happens, in the words of its history. */

import { parseAddress } from '../base/address.js'
import { quote } from '../base/quote.js'
import { jsonInteger } from '../base/snake-json.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import { looks } from '../cli/watch.js'
import { parseNodeSelector } from '../cluster/select-node.js'
import { WcnError } from '../errors/wcn-error.js'
import { requireProof } from '../health/model/advice.js'
import { readCluster } from '../read/read-operator.js'
import { parseDuration } from '../settings/setting-values.js'
import { clusterBefore, warnOfUnknown } from './cluster-before.js'
import { createDeliveries, type Webhook } from './deliveries.js'
import { type Base, followEvents } from './follow-events.js'
import { hearFrom } from './listen-to-node.js'
import type { ToldEvent } from './model/retell.js'
import { parseSince } from './model/since.js'
import type { HeardEvent } from './model/tell-difference.js'

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
  /** One to hear it from, in place of an RPC provider. */
  readonly node?: string
}

/** Blocks of OP Mainnet come every two seconds. */
const INTERVAL = '2s'

/** First where it begins, then an event at a time. */
export interface WatchData {
  /** After that block, or what a node shows; null with an event. */
  readonly from: Pick<ClusterSnapshot, 'contract' | 'block'> | HeardFrom | null
  readonly event: ToldEvent | HeardEvent | null
  /** A reorganisation of the chain took back what was told before. */
  readonly undone: boolean
}

interface HeardFrom {
  /** As ip:port. */
  readonly node: string
  readonly version: number | string
  readonly contract: null
  readonly block: null
}

/**
 * Goes on until it is interrupted, and over all that a provider may do. Throws SETTING_INVALID, ADDRESS_INVALID, USAGE,
 * COMMAND_NOT_RUNNABLE, and what the chain throws at first.
 */
export async function run(services: Services, input: Input) {
  const intervalMs = parseDuration(input.interval ?? INTERVAL, '--interval')
  const only = input.operator === undefined ? null : parseAddress(input.operator, '--operator')
  const command = await commandOf(services, input)
  const webhook = input.webhook === undefined ? null : await webhookAt(services, input.webhook)
  const { from, happenings } =
    input.node === undefined
      ? await followChain(services, input.since, intervalMs)
      : await followNode(services, input.node, input)
  const deliveries = createDeliveries(services, { command, passEnv: input.passEnv ?? [], webhook })
  async function* told(): AsyncGenerator<{ readonly data: WatchData }> {
    try {
      for await (const happening of happenings) {
        if (only !== null && happening.event.operator?.id !== only) continue
        deliveries.push(happening)
        yield { data: { from: null, ...happening } }
      }
    } finally {
      await deliveries.end()
    }
  }
  const data: WatchData = { from, event: null, undone: false }
  return { data, more: told() }
}

async function followChain(services: Services, since: string | undefined, intervalMs: number) {
  const key = await services.settings.encryptionKey()
  const head = await readCluster(services)
  const base = since === undefined ? head : await baseAt(services, since, head)
  const look = followEvents({ chain: services.chain, key, warn: services.talk.warn }, base)
  const earlier = base === head ? [] : await look()
  async function* happenings() {
    yield* earlier
    for await (const some of looks(services, intervalMs, look)) yield* some
  }
  return { from: { contract: base.contract, block: base.block }, happenings: happenings() }
}

/** Throws USAGE, SETTING_INVALID, PROBE_UNAVAILABLE, NETWORK. */
async function followNode(services: Services, node: string, { since, interval }: Input) {
  const flag = since !== undefined ? '--since' : interval !== undefined ? '--interval' : null
  if (flag !== null)
    throw new WcnError('USAGE', `${flag} is about the chain, and --node hears from a node what happens from now on`, {
      hint: 'leave one of the two out',
    })
  const at = parseNodeSelector(node)
  if (at.kind !== 'endpoint')
    throw new WcnError('SETTING_INVALID', `--node is ${quote(node)}, which is no ip:port`, {
      hint: 'name the primary port of one of your nodes: --node 203.0.113.7:3010',
    })
  const key = await services.settings.encryptionKey()
  const probe = await services.nodeProbe(null)
  requireProof(probe)
  const heard = await hearFrom(services, probe, { host: at.ipv4Addr, port: at.port })
  async function* happenings() {
    for await (const event of heard.happenings(key)) yield { event, undone: false }
  }
  const from: HeardFrom = { node, version: jsonInteger(heard.view.version), contract: null, block: null }
  return { from, happenings: happenings() }
}

/** Null without --exec. Throws USAGE, COMMAND_NOT_RUNNABLE. */
async function commandOf(services: Services, { exec, arguments: more = [] }: Input): Promise<readonly string[] | null> {
  if (exec === undefined && more.length > 0)
    throw new WcnError('USAGE', 'arguments are given, and no program for them', { hint: 'name it with --exec' })
  if (exec === undefined) return null
  await (await services.processes()).check([exec])
  return [exec, ...more]
}

/** It may hold a token, so it is never quoted, and without TLS it does not leave this machine. Throws SETTING_INVALID. */
async function webhookAt({ settings }: Pick<Services, 'settings'>, text: string): Promise<Webhook> {
  const url = URL.canParse(text) ? new URL(text) : null
  const isLoopback = url !== null && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'https:') return { url, proxy: await settings.proxyOf(url.href) }
  if (url?.protocol === 'http:' && isLoopback) return { url, proxy: null }
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
