/** `nodes check --watch`: looks again and again, until it is interrupted or the time of the command is over. */
import { type Check, check } from '../base/check.js'
import { orStopped } from '../base/or-stopped.js'
import type { Services } from '../cli/services.js'
import { WcnError } from '../errors/wcn-error.js'
import type { CheckedNodes, NodesCheckJson, NodesReader } from './checked-nodes.js'
import { changedChecks } from './model/changed-checks.js'

interface Watch {
  /** Null where no nodes are looked at. */
  readonly reader: NodesReader | null
  readonly look: (held: CheckedNodes | null) => Promise<NodesCheckJson>
  readonly first: NodesCheckJson
  readonly intervalMs: number
}

/** A provider that fails for a while is no reason to look away: nodes are held against what was last read. */
export async function* watchNodes(
  { clock, deadline, interrupted }: Pick<Services, 'clock' | 'deadline' | 'interrupted'>,
  { reader, look, first, intervalMs }: Watch,
): AsyncGenerator<NodesCheckJson> {
  let held = reader?.first ?? null
  let before = first
  const lookAgain = async (): Promise<NodesCheckJson> => {
    const reading = await readAgain(reader)
    const stale = reading instanceof WcnError ? [staleCheck(reading)] : []
    if (!(reading instanceof WcnError)) held = reading
    const data = await look(held)
    const checks = [...stale, ...data.checks]
    return { ...data, checks, changed: changedChecks(before.checks, checks) }
  }
  for (;;) {
    await clock.sleep(Math.min(intervalMs, deadline.remainingMs()), interrupted)
    if (interrupted.aborted || deadline.remainingMs() === 0) return
    // A look may take as long as its slowest port; who presses Ctrl-C does not wait for that.
    const data = await unlessStopped(lookAgain(), interrupted)
    if (data === null) return
    before = data
    yield data
  }
}

/** Null once stopped. Holds on to nothing: this may go on for weeks. */
async function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T | null> {
  try {
    return await orStopped(work, stop)
  } catch (error) {
    if (stop.aborted) return null
    throw error
  }
}

async function readAgain(reader: NodesReader | null): Promise<CheckedNodes | WcnError | null> {
  try {
    return (await reader?.again()) ?? null
  } catch (error) {
    if (error instanceof WcnError) return error
    throw error
  }
}

function staleCheck({ message, hint }: WcnError): Check {
  return check(
    'cluster',
    'warn',
    `what follows is held against an earlier state of the cluster: ${message}`,
    hint ?? null,
  )
}
