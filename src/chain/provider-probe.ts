/** What one RPC provider is like, before anything relies on it. */

export interface ProviderProbe {
  /** How it is named to people: its URL may hold a token. */
  readonly host: string
  /** Whether it is spoken to over a WebSocket, as nodes do. */
  readonly websocket: boolean
  /** Whether what is said to it can be read on the way. */
  readonly encrypted: boolean
  /** Whether it is on this machine. */
  readonly local: boolean
  /** Null where it could not be used: then `problem` says why. */
  readonly found: FoundProvider | null
  /** In a sentence, without secrets; null where it answered. */
  readonly problem: string | null
}

export interface FoundProvider {
  readonly chainId: number
  /** Its newest block; `time` in Unix seconds. */
  readonly block: { readonly number: number; readonly time: number }
  /** Of one question and answer on a connection that is open. */
  readonly latencyMs: number
}
