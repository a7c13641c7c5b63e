/** Waiting that a signal ends at once, where signals are taken and so don't end it by themselves. */
import { WcnError } from '../errors/wcn-error.js'

/** Throws INTERRUPTED once `stop` is aborted; the work itself goes on unheard. */
export async function orStopped<T>(work: Promise<T>, stop: AbortSignal | undefined): Promise<T> {
  if (stop === undefined) return work
  let end = () => {}
  const stopped = new Promise<never>((_, reject) => {
    end = () => reject(new WcnError('INTERRUPTED', 'interrupted while waiting'))
    if (stop.aborted) end()
    else stop.addEventListener('abort', end)
  })
  // Nobody asks any more how it ends.
  work.catch(() => {})
  try {
    return await Promise.race([stopped, work])
  } finally {
    stop.removeEventListener('abort', end)
  }
}
