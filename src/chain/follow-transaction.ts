/**
 * Follows a transaction: looks again and again until it has settled, or until there is no time left. How it ended is
 * decided by its hash and its nonce, and only by what as many providers show as have to agree: a single one may lie, lag,
 * or fail after it has delivered (docs/dev/never.md 1, 5). Answers that did not come count for nothing.
 */

import type { Clock } from '../base/clock.js'
import type { Deadline } from '../base/deadline.js'
import { type Answer, type Answers, askEach, largestGroup } from './ask-each.js'
import { untilNextBlockMs } from './block-beat.js'
import { agreeing, leaveOutFailed } from './disagreement.js'
import { type Followed, findByNonce, look, type Sighting } from './look.js'
import type { Providers } from './providers.js'
import type { JsonRpc } from './rpc/json-rpc.js'
import { reasonOf } from './rpc/json-rpc.js'
import type { BlockRef, FollowOptions, Receipt, TransactionOutcome } from './transaction.js'

/** Often enough not to add much to a block time of 2 s, seldom enough not to annoy a paid provider. */
const POLL_MS = 250
/** Once it is included: what makes a block safe or final takes minutes. */
const FINALITY_POLL_MS = 2000
/** Not to be silent for as long as L1 takes for a block. */
const LONGEST_PAUSE_MS = 2000
/**
 * So many looks in a row must agree that the nonce is used by something that can't be found, or that nobody knows the
 * transaction: what one server of a provider knows, the next one may learn a moment later.
 */
const LOOKS_UNTIL_SURE = 4
/** In 3 s, which is more than a block takes: where the pool is private, a block is the first to show what arrived. */
const LOOKS_UNTIL_UNHEARD = 12
/** In 10 s: what was known in a pool is not gone that soon, it moves from server to server, and from pool to block. */
const LOOKS_UNTIL_DROPPED = 40

type Open = Extract<TransactionOutcome, { kind: 'unknown' }>
type Seen = Answer<Sighting>

interface FollowContext {
  readonly providers: Providers
  readonly chainId: number
  readonly clock: Pick<Clock, 'sleep'>
  readonly deadline: Deadline
  /** A monotonic clock, in milliseconds. */
  readonly nowMs: () => number
}

/** Never throws. */
export async function followTransaction(
  { providers, chainId, clock, deadline, nowMs }: FollowContext,
  transaction: Followed,
  options: FollowOptions,
): Promise<TransactionOutcome> {
  const lookOnce = watchTransaction(providers, transaction, { ...options, chainId })
  const startedAt = nowMs()
  const untilBeatMs = () => {
    const ms = untilNextBlockMs(providers.all)
    return ms === null ? null : Math.min(ms, LONGEST_PAUSE_MS)
  }
  // Answers take time as well as pauses; where the clock stands still, the pauses alone end it.
  let pausedMs = 0
  let before: TransactionOutcome | undefined
  const leftMs = () => Math.min(options.timeoutMs - Math.max(pausedMs, nowMs() - startedAt), deadline.remainingMs())
  const pause = async (ms: number) => {
    const pauseMs = Math.min(ms, leftMs())
    await clock.sleep(pauseMs)
    pausedMs += pauseMs
  }
  const firstMs = options.justSent ? (untilBeatMs() ?? 0) : 0
  if (firstMs > 0 && leftMs() > firstMs) await pause(firstMs)
  for (;;) {
    const outcome = await lookOnce()
    if (outcome.kind !== 'unknown') return outcome
    options.onLook?.(outcome.reason)
    // It was cut short, and tells less than the one before.
    if (before && deadline.remainingMs() <= 0) return before
    before = outcome
    if (!(leftMs() > 0)) return outcome
    const waits = outcome.shown ? untilBeatMs() : null
    await pause(outcome.receipt ? FINALITY_POLL_MS : (waits ?? POLL_MS))
    // What is asked now would only fail, and hide what is known.
    if (deadline.remainingMs() <= 0) return outcome
  }
}

/** Gives a function that looks once; `unknown` where it has not settled yet. Never throws. */
function watchTransaction(
  providers: Providers,
  transaction: Followed,
  options: FollowOptions & { readonly chainId: number },
) {
  const { quorum } = providers
  const busy = new Set<JsonRpc>()
  let everKnown = false
  let usedLooks = 0
  let absentLooks = 0
  let receipt: Receipt | undefined
  const gone = new Set<string>()

  const open = (reason: string, shown = false): Open => ({
    kind: 'unknown',
    reason,
    shown: shown || receipt !== undefined,
    ...(receipt && { receipt }),
  })

  const lookAt = async (rpc: JsonRpc): Promise<Sighting> => {
    busy.add(rpc)
    try {
      return await look(rpc, transaction, options.finality, options.chainId)
    } finally {
      busy.delete(rpc)
    }
  }

  /** A block that nobody shows any more. */
  const forget = ({ number, hash }: BlockRef) => {
    receipt = undefined
    if (gone.has(hash)) return
    gone.add(hash)
    providers.warn(
      `block ${number}, which included transaction ${transaction.hash}, is no longer part of the chain: following the transaction on`,
    )
  }

  const judge = async ({ given: seen, failures }: Answers<Sighting>): Promise<TransactionOutcome> => {
    const receipts = seen.filter(isSettled)
    const before = receipt?.block
    if (before && !receipts.some(({ value }) => value.receipt.block.hash === before.hash)) forget(before)
    const end = ({ kind, receipt: { block } }: Settled) => `${kind} ${block.hash}`
    const settled = agreeing(providers, receipts, end, () => `shows another end of transaction ${transaction.hash}`)
    const [shown] = settled
    if (shown) {
      ;[everKnown, usedLooks, absentLooks, receipt] = [true, 0, 0, shown.value.receipt]
      const { kind } = shown.value
      if (settled.filter(({ value }) => value.isFinal).length < quorum)
        return open(`${kind} in block ${receipt.block.number}, which is not ${options.finality} yet`)
      leaveOutFailed(providers, failures)
      return { kind, receipt: agreedReceipt(receipt, settled, providers) }
    }
    const used = seen.filter(isUsed)
    if (used.length >= quorum) return judgeUsed(seen, used)
    usedLooks = 0
    if (seen.every(({ value }) => value.kind === 'absent')) return judgeAbsent()
    absentLooks = 0
    everKnown ||= seen.some(({ value }) => value.kind !== 'absent' && value.kind !== 'nonce-used')
    if (seen.some((one) => isSettled(one) || isUsed(one))) return open(disagreement(seen))
    return open(
      seen.some(({ value }) => value.kind === 'waiting')
        ? 'it waits in the pool, no block includes it yet'
        : 'its block is still being built',
      true,
    )
  }

  const judgeUsed = async (seen: readonly Seen[], used: readonly Answer<Used>[]): Promise<TransactionOutcome> => {
    absentLooks = 0
    if (used.filter(({ value }) => value.isFinal).length < quorum) {
      usedLooks = 0
      return open(`its nonce is used in a block that is not ${options.finality} yet`)
    }
    const heads = new Map(used.map(({ rpc, value }) => [rpc, value.head]))
    const { given } = await askEach([...heads.keys()], quorum, (rpc) =>
      findByNonce(rpc, transaction, options.sinceBlock, heads.get(rpc) ?? -1),
    )
    const found = largestGroup(
      given.flatMap(({ value }) => value ?? []),
      (hash) => hash,
    )
    const [by] = found
    const own = transaction.hash.toLowerCase()
    if (by !== undefined && by !== own && found.length >= quorum) return { kind: 'replaced', by }
    if (given.some(({ value }) => value === own) || used.some(({ value }) => value.known)) {
      usedLooks = 0
      everKnown = true
      return open('its nonce is used, by itself as it seems, but its receipt is not there yet', true)
    }
    if (used.length < seen.length) {
      usedLooks = 0
      return open(disagreement(seen))
    }
    usedLooks++
    if (usedLooks >= LOOKS_UNTIL_SURE) return { kind: 'replaced', by: null }
    return open('its nonce is used, but what used it could not be found')
  }

  const judgeAbsent = (): TransactionOutcome => {
    absentLooks++
    if (everKnown)
      return absentLooks >= LOOKS_UNTIL_DROPPED ? { kind: 'dropped' } : open('no provider knows it any more')
    const enough = options.timeoutMs === 0 ? 1 : LOOKS_UNTIL_UNHEARD
    if (options.giveUpUnheard && absentLooks >= enough) return { kind: 'unheard' }
    return open('no provider knows it, and no block includes it yet')
  }

  return async (): Promise<TransactionOutcome> => {
    const idle = providers.all.filter((rpc) => !busy.has(rpc))
    const answers = await askEach(idle, quorum, lookAt)
    if (answers.given.length >= quorum) return judge(answers)
    const { failures } = answers
    return open(failures[0] ? reasonOf(failures[0].value) : 'too few of the RPC providers answer')
  }
}

type Settled = Extract<Sighting, { readonly receipt: Receipt }>
type Used = Extract<Sighting, { readonly kind: 'nonce-used' }>

function isSettled(one: Seen): one is Answer<Settled> {
  return 'receipt' in one.value
}

function isUsed(one: Seen): one is Answer<Used> {
  return one.value.kind === 'nonce-used'
}

const COSTS = { gasUsed: 'gas it used', l1FeeWei: 'fee on L1 in wei', feeWei: 'cost in wei' } as const

/** What it cost is agreed on field by field. A cost that fewer say than have to agree is null. */
function agreedReceipt(receipt: Receipt, settled: readonly Answer<Settled>[], providers: Providers): Receipt {
  const agreed = (cost: keyof typeof COSTS): bigint | null => {
    const said = settled.flatMap(({ rpc, value }) => {
      const wei = value.receipt[cost]
      return wei === null ? [] : [{ rpc, value: wei }]
    })
    const why = (other: bigint, wei: bigint) => `says that the ${COSTS[cost]} is ${other}, where others say ${wei}`
    return agreeing(providers, said, String, why)[0]?.value ?? null
  }
  return { ...receipt, gasUsed: agreed('gasUsed'), l1FeeWei: agreed('l1FeeWei'), feeWei: agreed('feeWei') }
}

function disagreement(seen: readonly Seen[]): string {
  return `the RPC providers disagree: ${seen.map(({ rpc, value }) => `${rpc.host} ${inWords(value)}`).join(', ')}`
}

function inWords(sighting: Sighting): string {
  switch (sighting.kind) {
    case 'included':
    case 'reverted':
      return `shows it ${sighting.kind} in block ${sighting.receipt.block.number}`
    case 'provisional':
      return 'shows it in a block that is still being built'
    case 'nonce-used':
      return 'says that its nonce is used by another'
    case 'waiting':
      return 'has it in its pool'
    case 'absent':
      return 'does not know it'
  }
}
