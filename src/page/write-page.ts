/** `cluster view --html`: the cluster as a page in one file, for who has no terminal at hand, or a wall to hang it on. */
import { openClusterStatus } from '../availability/cluster-status.js'
import { quote } from '../base/quote.js'
import type { ClusterSnapshot } from '../chain/chain.js'
import type { Services } from '../cli/services.js'
import type { ShardCounts } from '../cluster/replicas.js'
import { WcnError } from '../errors/wcn-error.js'
import type { SurveyInput } from '../health/survey/survey-cluster.js'
import { run as clusterHistory } from '../history/cluster-history.js'
import { maintenanceOf } from '../maintenance/maintenance-status.js'
import { holdsAddresses, PAGE_MARK, pageText } from './model/page.js'
import type { PageData } from './model/page-data.js'

export interface PageInput extends SurveyInput {
  readonly html?: string
  readonly live?: boolean
  readonly via?: string
  readonly since?: string
  readonly block?: string
}

/** A page of the largest cluster has some 10 MB. */
const MOST_BYTES = 64 * 1024 * 1024

const FOR_LIVE = ['nodeKeyFile', 'via', 'probeTimeout', 'concurrency'] as const

/**
 * Gives a function that writes it; null without --html. A page that was there is replaced, nothing else is. Throws USAGE,
 * FILE_EXISTS, FILE_UNWRITABLE and OUTPUT_UNSAFE before anything is asked; writing throws what `cluster status` and
 * `cluster history` throw.
 */
export async function openPage(services: Services, { html: path, since, ...input }: PageInput) {
  requireMeant(path, since, input)
  if (path === undefined) return null
  const overwrite = await isPageOfOurs(services, path)
  await services.files.checkWritable(path, { overwrite })
  const look = input.live === true ? await openClusterStatus(services, input) : null
  return async (snapshot: ClusterSnapshot, cluster: PageData['cluster'], shards: ShardCounts | null) => {
    const [live, slot, history] = await Promise.all([
      look?.(snapshot) ?? null,
      maintenanceOf(services, snapshot),
      historyOf(services, snapshot, since),
    ])
    const data: PageData = {
      madeAt: services.clock.now(),
      cluster,
      shards,
      maintenance: slot.maintenance && {
        holder: slot.maintenance,
        name: slot.name,
        since: slot.since?.kind === 'at' ? slot.since.time : null,
      },
      live: live?.data ?? null,
      history: history && { fromBlock: history.from_block, events: history.events },
    }
    const text = pageText(data)
    // What the key shows is for those who have it.
    const mode = holdsAddresses(data) ? 0o600 : 0o644
    await services.files.write(path, text, { mode, overwrite })
    return { file: path, bytes: Buffer.byteLength(text), live: live !== null, events: history?.events.length ?? 0 }
  }
}

/** Flags that are for the page alone, or for what is asked for it, would do nothing without. */
function requireMeant(path: string | undefined, since: string | undefined, { live, block, ...input }: PageInput): void {
  const flagOf = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  const ofLive = FOR_LIVE.find((name) => input[name] !== undefined)
  const [flag, needed] =
    path === undefined && (live || since !== undefined)
      ? [live ? '--live' : '--since', '--html']
      : ofLive !== undefined && !live
        ? [flagOf(ofLive), '--live']
        : []
  if (flag !== undefined)
    throw new WcnError('USAGE', `${flag} does nothing without ${needed}`, {
      hint: `add ${needed}, or leave ${flag} out`,
    })
  if (live && block !== undefined)
    throw new WcnError('USAGE', '--live is about now, and --block about then', { hint: 'leave one of the two out' })
}

/** Null where no provider tells that far back, and nobody asked for it in so many words. */
async function historyOf(services: Services, { block }: ClusterSnapshot, since: string | undefined) {
  try {
    const until = String(block.number)
    return (await clusterHistory(services, since === undefined ? { until } : { until, since })).data
  } catch (error) {
    if (!(error instanceof WcnError) || since !== undefined || error.code === 'INTERRUPTED') throw error
    services.talk.warn(`the page tells no history: ${error.message}`)
    return null
  }
}

async function isPageOfOurs({ files }: Services, path: string): Promise<boolean> {
  const found = await files.inspect(path)
  if (found === null || found.kind !== 'file') return false
  const text = await files.readText(path, { maxBytes: MOST_BYTES }).catch(() => '')
  if (text.startsWith(PAGE_MARK)) return true
  throw new WcnError('FILE_EXISTS', `${quote(path)} exists already and is no page of a cluster: it is not replaced`, {
    hint: 'give --html another name',
  })
}
