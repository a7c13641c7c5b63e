/**
 * Tells when a provider will show its next block, on chains that have one every so many seconds, so that a look meets it
 * soon after it came. By the blocks' own times and by when they were seen; nothing depends on it but when is looked.
 */
import { type Block, block, toQuantity } from './quantity.js'
import type { Beat, JsonRpc, RpcReply, RpcRequest } from './rpc/json-rpc.js'

/** A block is shown so long after its time at the latest, where clocks are right: its time is in whole seconds. */
const SHOWN_WITHIN_MS = 1100
/** Between two looks. */
const SHORTEST_MS = 200
/** Blocks before the head whose times tell whether there is a beat. */
const BEFORE = [1, 4]

/** Blocks of a provider's chain, of which it has just shown the head. */
export function sawHead(rpc: JsonRpc, head: Beat['head'], nowMs = Date.now()): void {
  const { periodMs = null, lateMs = [0, SHOWN_WITHIN_MS] } = rpc.beat ?? {}
  rpc.beat = { head, periodMs, lateMs: narrowed(lateMs, periodMs, nowMs - head.time * 1000) }
}

/** It is shown by now, and the next one is not. */
function narrowed([least, most]: Beat['lateMs'], periodMs: number | null, ageMs: number): Beat['lateMs'] {
  return [periodMs === null ? least : Math.max(least, ageMs - periodMs), Math.min(most, ageMs)]
}

/** To be asked along with something else: none where no head was seen. */
export function beatRequests({ beat }: JsonRpc): readonly RpcRequest[] {
  if (!beat) return []
  const blocks = BEFORE.map((before) => toQuantity(Math.max(0, beat.head.number - before)))
  return blocks.map((number) => ({ method: 'eth_getBlockByNumber', params: [number, false] }))
}

/** Of the replies to those. Garbled ones tell nothing. */
export function heardBeat(rpc: JsonRpc, replies: readonly (RpcReply | undefined)[]): void {
  const { beat } = rpc
  const [later, earlier] = replies.map(blockIn)
  if (!beat || !later || !earlier) return
  const period = (beat.head.time - earlier.time) / (beat.head.number - earlier.number)
  const isEven = later.time === earlier.time + period * (later.number - earlier.number)
  if (isEven && period > 0) rpc.beat = { ...beat, periodMs: period * 1000 }
}

function blockIn(reply: RpcReply | undefined): Block | null {
  try {
    return reply?.ok ? block(reply.result) : null
  } catch {
    return null
  }
}

/** Milliseconds until it is worth while to look for the next block of all of them; null where that can't be told. */
export function untilNextBlockMs(rpcs: readonly JsonRpc[], nowMs = Date.now()): number | null {
  const waits = rpcs.map(({ beat }) => waitMs(beat, nowMs))
  return waits.reduce((longest, wait) => (longest === null || wait === null ? null : Math.max(longest, wait)), 0)
}

function waitMs(beat: Beat | undefined, nowMs: number): number | null {
  if (!beat || beat.periodMs === null) return null
  const ageMs = nowMs - beat.head.time * 1000
  const [least, most] = beat.lateMs
  // This clock and the chain's don't agree, or it is overdue.
  if (least > most || ageMs > beat.periodMs + most) return null
  // After a third of the time in which it may come: few looks are in vain, and little time is lost.
  const earliestMs = Math.max(ageMs, beat.periodMs + least)
  return earliestMs - ageMs + Math.max(SHORTEST_MS, (beat.periodMs + most - earliestMs) / 3)
}
