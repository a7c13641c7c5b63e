/** One connection to a provider for all stand-ins of a process that follow the same contract by it, and one view. */
import { WcnError } from '../../errors/wcn-error.js'
import { followContract } from './follow-contract.js'

type Followed = Awaited<ReturnType<typeof followContract>>

interface Shared {
  readonly following: Promise<Followed>
  readonly source: string
  users: number
}

/** It ends with the last one that closes it. Each gets errors with its own source. */
export function sharedFollow(follow = followContract): typeof followContract {
  const all = new Map<string, Shared>()
  return async (url, contract, source) => {
    const place = `${url} ${contract}`
    const shared = all.get(place) ?? { following: follow(url, contract, source), source, users: 0 }
    all.set(place, shared)
    shared.users += 1
    const own = (error: unknown): never => {
      if (all.get(place) === shared) all.delete(place)
      if (!(error instanceof WcnError)) throw error
      throw error.retold({ message: error.message.replace(shared.source, () => source) })
    }
    const followed = await shared.following.catch(own)
    const gone = followed.gone.catch(own)
    gone.catch(() => undefined)
    let closed = false
    return {
      ...followed,
      onChange: (tell) => followed.onChange((view) => closed || tell(view)),
      gone,
      close() {
        if (closed) return
        closed = true
        shared.users -= 1
        if (shared.users > 0) return
        if (all.get(place) === shared) all.delete(place)
        followed.close()
      },
    }
  }
}
