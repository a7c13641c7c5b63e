/** Makes one batch of what is asked in the same turn: of twenty transactions as quickly as of one. */
import type { JsonRpc, RpcReply, RpcRequest } from './json-rpc.js'

/** What providers take at once, as a rule; those that don't are asked in smaller batches (connect-json-rpc.ts). */
const MOST = 100

interface Asked {
  readonly requests: readonly RpcRequest[]
  readonly answer: (replies: Promise<readonly RpcReply[]>) => void
}

const thisTurn = new WeakMap<JsonRpc, Asked[]>()

/** As `rpc.send`. For what may be asked any number of times. */
export function sendTogether(rpc: JsonRpc, requests: readonly RpcRequest[]): Promise<readonly RpcReply[]> {
  return new Promise((answer) => {
    const asked = thisTurn.get(rpc)
    if (asked) return void asked.push({ requests, answer })
    thisTurn.set(rpc, [{ requests, answer }])
    setImmediate(() => {
      const all = thisTurn.get(rpc) ?? []
      thisTurn.delete(rpc)
      for (const batch of batchesOf(all)) sendBatch(rpc, batch)
    })
  })
}

function sendBatch(rpc: JsonRpc, batch: readonly Asked[]): void {
  const replies = rpc.send(batch.flatMap(({ requests }) => requests))
  let at = 0
  for (const { requests, answer } of batch) {
    const from = at
    at += requests.length
    answer(replies.then((all) => all.slice(from, from + requests.length)))
  }
}

function batchesOf(asked: readonly Asked[]): readonly (readonly Asked[])[] {
  const batches: Asked[][] = []
  let room = 0
  for (const one of asked) {
    room -= one.requests.length
    const last = batches.at(-1)
    if (last && room >= 0) last.push(one)
    else {
      batches.push([one])
      room = MOST - one.requests.length
    }
  }
  return batches
}
