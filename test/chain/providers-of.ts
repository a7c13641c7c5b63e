/** Providers as the adapter gets them, from transports that a test decides. */

import type { Providers } from '../../src/chain/providers.js'
import type { JsonRpc, RpcReply, RpcRequest } from '../../src/chain/rpc/json-rpc.js'

export interface TestProviders extends Providers {
  /** What was warned of; `HOST …` where a provider was left out. */
  readonly warned: string[]
}

/** All of them have to agree unless `quorum` says otherwise. */
export function providersOf(all: readonly JsonRpc[], quorum = all.length): TestProviders {
  const warned: string[] = []
  return {
    all,
    quorum,
    warned,
    warn: (text) => void warned.push(text),
    leaveOut: ({ host }, why) => void warned.push(`${host} ${why}`),
    drop() {},
    close: () => {
      for (const rpc of all) rpc.close()
    },
  }
}

/** A provider without a network; `answer` may throw as a connection does. */
export function localRpc(
  host: string,
  answer: (request: RpcRequest) => RpcReply,
): JsonRpc & { readonly asked: RpcRequest[] } {
  const asked: RpcRequest[] = []
  return {
    host,
    asked,
    close: () => {},
    send: async (requests) => {
      asked.push(...requests)
      return requests.map(answer)
    },
  }
}

export const ok = (result: unknown): RpcReply => ({ ok: true, result })
export const no = (message: string, code = -32000): RpcReply => ({ ok: false, error: { code, message } })
