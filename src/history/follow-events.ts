/**
 * Follows what happens to a cluster. What was told is held against the chain's last blocks each time, so that whatever
 * providers drop, delay or reorganise, each event is told once, and what is taken back is told, too: every version has
 * exactly one event (docs/dev/network/contract.md, "Version").
 */
import { isTransient } from '../base/is-transient.js'
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { Chain, ClusterSnapshot } from '../chain/chain.js'
import type { ClusterEvent } from '../cluster/cluster-event.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import { reconcile } from './model/reconcile.js'
import { createTeller, type ToldEvent } from './model/retell.js'

/** What lies so many blocks back, of 2 s each, is not reorganised any more. */
const DEPTH = 64

export type Happening = { readonly event: ToldEvent; readonly undone: boolean }

/** What is told begins after its block. */
export interface Base extends Pick<ClusterSnapshot, 'contract' | 'block'> {
  /** Null: the cluster was not there yet, or what it was is not known. */
  readonly view: ClusterView | null
  /** What it was is not known: no provider has that state any more. */
  readonly isUnknown?: boolean
}

interface FollowOptions {
  readonly chain: () => Promise<Pick<Chain, 'readCluster' | 'history' | 'blockHashes'>>
  readonly key: EncryptionKey | null
  readonly warn: (text: string) => void
}

/** Gives a function that looks once. It throws what reading throws, and nothing is lost by that. */
export function followEvents({ chain, key, warn }: FollowOptions, start: Base) {
  let base = start
  const { contract } = start
  let newest: Pick<Base['block'], 'number' | 'hash'> = base.block
  let told: readonly { readonly event: ClusterEvent; readonly json: ToldEvent }[] = []
  const readAt = async (block: number) => (await chain()).readCluster({ block, contract }).catch(() => null)

  const eventsUpTo = async (head: ClusterSnapshot): Promise<readonly ClusterEvent[]> => {
    const { block, view, isUnknown } = base
    const before = view?.version ?? (isUnknown ? null : 0n)
    if (head.block.number <= block.number) return []
    const range = { contract, from: block.number + 1, to: head.block.number }
    try {
      return await (await chain()).history({ ...range, before, after: head.view.version })
    } catch (error) {
      // Without its base a chain never fits what was told.
      const now = isTransient(error) ? await readAt(block.number) : null
      if (now !== null && now.block.hash !== block.hash) {
        warn(
          `the chain was reorganised before block ${block.number}: what happens is told from block ${head.block.number} on`,
        )
        ;[base, told] = [head, []]
      }
      throw error
    }
  }

  const isDue = (head: ClusterSnapshot) => head.block.number - base.block.number >= 2 * DEPTH

  /** What stays is not asked for again and again. */
  const settle = async (head: ClusterSnapshot): Promise<void> => {
    const number = head.block.number - DEPTH
    // A provider without a state that old is asked for more blocks instead.
    const settled = isDue(head) ? await readAt(number) : null
    if (settled === null) return
    base = settled
    told = told.filter(({ event }) => event.block > number)
  }

  /** Versions alone don't tell whether a server that is behind said what happened on a fork that is no more. */
  const isOneChain = async (head: ClusterSnapshot, seen: typeof told): Promise<boolean> => {
    // Where there was no cluster yet, nothing was told that could be of another chain.
    const ends = base.view === null ? [head.block] : [base.block, head.block]
    const met = [...ends, ...seen.map(({ event }) => ({ number: event.block, hash: event.blockHash }))]
    const numbers = [...new Set(met.map(({ number }) => number))]
    const hashes = await (await chain()).blockHashes(numbers)
    const known = new Map(numbers.map((number, index) => [number, hashes[index]]))
    return met.every(({ number, hash }) => known.get(number) === hash)
  }

  return async (): Promise<readonly Happening[]> => {
    const head = await (await chain()).readCluster({ contract })
    // By a server of the provider's that lags.
    if (head.block.number < newest.number || head.block.hash === newest.hash) return []
    const tell = createTeller(base.view, key)
    const seen = (await eventsUpTo(head)).map((event) => ({ event, json: tell(event) }))
    const { undone, fresh } = reconcile(told, seen)
    const isNews = undone.length + fresh.length > 0
    // What is told, and what is not held against the chain any more, must be the chain's.
    if ((isNews || isDue(head)) && !(await isOneChain(head, seen))) return []
    ;[told, newest] = [seen, head.block]
    await settle(head)
    return [
      ...undone.map(({ json }) => ({ event: json, undone: true })),
      ...fresh.map(({ json }) => ({ event: json, undone: false })),
    ]
  }
}
