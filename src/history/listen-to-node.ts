/**
 * Hears from one node what happens to its cluster, without an RPC provider: the node tells that something did (`Cluster2`
 * RPC 1), and shows what its own provider shows (RPC 0), which is held against what was shown before.
 */
import type { EncryptionKey } from '../base/keys/encryption-key.js'
import type { PeerId } from '../base/keys/peer-id.js'
import type { Services } from '../cli/services.js'
import type { ClusterView } from '../cluster/cluster-view.js'
import { WcnError } from '../errors/wcn-error.js'
import { answerOrProblem } from '../health/model/answer-or-problem.js'
import { PORT_DIAGNOSES } from '../health/model/port-health.js'
import type { ApiSession, NodeProbe, ProbeTarget } from '../peer/node-probe.js'
import { answeredView } from './model/answered-view.js'
import { type HeardEvent, tellDifference } from './model/tell-difference.js'

const [VIEW, EVENTS] = [0, 1]
const TIMEOUT_MS = 5_000
/** A node may tell of an event before its provider shows what that made. */
const LATER_MS = [200, 1_000, 3_000]
/** For whatever it did not tell of. */
const AT_LEAST_EVERY_MS = 30_000
const AGAIN_MS = 2_000

type Needs = Pick<Services, 'clock' | 'deadline' | 'interruption' | 'talk'>
type Place = Omit<ProbeTarget, 'api'>

/**
 * `view`: what it shows now. Its happenings end with the command: a node that goes away is waited for. Throws NETWORK for
 * who shows no cluster; who is none of that cluster's nodes is warned of.
 */
export async function hearFrom({ clock, deadline, interruption, talk }: Needs, probe: NodeProbe, at: Place) {
  const first = await open(probe, at)
  let session: ApiSession | null = first.session
  let view = await shown(session, at)
  if (!isListed(view, first.peerId))
    talk.warn(
      `${first.peerId} at ${at.host}:${at.port} is no node of the cluster that it shows: nothing says that it knows`,
    )
  const isOver = () => interruption.signal.aborted || deadline.remainingMs() === 0
  const pause = (ms: number, until: AbortSignal = interruption.signal) =>
    clock.sleep(Math.min(ms, deadline.remainingMs()), until)

  async function difference(from: ApiSession, key: EncryptionKey | null): Promise<readonly HeardEvent[]> {
    const before = view
    view = await shown(from, at)
    if (view.version >= before.version) return tellDifference(before, view, clock.now(), key)
    talk.warn(`the chain was reorganised: the cluster is at version ${view.version} again, after ${before.version}`)
    return []
  }

  async function* whileItAnswers(key: EncryptionKey | null): AsyncGenerator<HeardEvent> {
    session ??= (await open(probe, at)).session
    const bell = session.listen(EVENTS, null)
    yield* await difference(session, key)
    let later: readonly number[] = []
    for (let ring = bell.next(); !isOver(); ) {
      const rung = new AbortController()
      const waiting = pause(later[0] ?? AT_LEAST_EVERY_MS, AbortSignal.any([interruption.signal, rung.signal]))
      const heard = await Promise.race([ring, waiting])
      rung.abort()
      if (isOver()) return
      if (heard?.done) throw unheard(at, 'it has ended the connection')
      const news = await difference(session, key)
      yield* news
      later = news.length > 0 ? [] : heard ? LATER_MS : later.slice(1)
      if (heard) ring = bell.next()
    }
  }

  async function* happenings(key: EncryptionKey | null): AsyncGenerator<HeardEvent> {
    for (let told = ''; !isOver(); await pause(AGAIN_MS)) {
      try {
        yield* whileItAnswers(key)
      } catch (error) {
        if (!(error instanceof WcnError) || error.code !== 'NETWORK') throw error
        if (told !== error.message) talk.warn(`what happens is not heard of until it is back: ${error.message}`)
        told = error.message
      } finally {
        session?.close()
        session = null
      }
    }
  }
  return { view, happenings }
}

async function open(probe: NodeProbe, at: Place): Promise<{ readonly session: ApiSession; readonly peerId: PeerId }> {
  const report = await probe.reach({ ...at, api: 'Cluster2' }, TIMEOUT_MS)
  if (report.kind !== 'answers')
    throw unheard(at, report.kind === 'quic' ? 'no handshake' : PORT_DIAGNOSES[report.kind])
  if (report.api.kind !== 'accepted')
    throw unheard(at, 'it does not take this question: that is answered at the primary port of a node')
  return { session: report.api.session, peerId: report.peerId }
}

function isListed({ operators }: ClusterView, peerId: PeerId): boolean {
  return operators.some(({ decoded }) => decoded?.nodes.some((node) => node.peerId === peerId))
}

async function shown(session: ApiSession, at: Place): Promise<ClusterView> {
  const answer = answerOrProblem(await session.call(VIEW, null, TIMEOUT_MS), {
    error: 'its RPC provider fails:',
    timeout: 'it does not answer in time, as when its RPC provider does not',
    closed: 'it has ended the connection',
    garbage: 'it answers in no form that is known',
    'too-large': 'it answers with more than any cluster has',
  })
  if ('problem' in answer) throw unheard(at, answer.problem)
  const view = answeredView(answer.value)
  if (view === null) throw unheard(at, 'it shows no cluster, but something that this tool does not understand')
  return view
}

function unheard({ host, port }: Place, why: string): WcnError {
  return new WcnError('NETWORK', `the node at ${host}:${port} can't be listened to: ${why}`, {
    hint: 'name the primary port of a node (UDP): `wcn nodes list` shows yours, `wcn nodes check` looks at them',
  })
}
