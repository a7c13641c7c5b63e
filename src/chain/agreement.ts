/**
 * Asks several providers and gives what enough of them say about one block (docs/dev/never.md 5): one may lie, lag
 * or fail. Loaded only where there are several.
 */
import { WcnError } from '../errors/wcn-error.js'
import { type Answer, askEach, groupsOf } from './ask-each.js'
import { allFailed, disagreement, type Standing, type Standings, shortReason, standingInWords } from './disagreement.js'
import { type AtOneBlock, askAtOneBlock, type Question, type Questions } from './one-block.js'
import type { Providers } from './providers.js'
import type { JsonRpc } from './rpc/json-rpc.js'

/** Blocks that the heads of two sound providers may be apart; what is further behind lags. */
const USUAL_LAG = 3
/** So many times the middle of all opinions is none that an honest provider holds. */
const FAR_TOO_MUCH = 100n

/** `key`: equal where two providers say the same about the same block. */
type Statement = AtOneBlock<Readonly<Record<string, unknown>>> & { readonly key: string }
type Heard = Answer<Statement>
type Ask = (rpc: JsonRpc, block: number | undefined) => Promise<Statement>
type Asked = readonly (readonly [name: string, question: Question<unknown>])[]

/**
 * What the largest group of providers says, if it is as large as the quorum and no other is; who is not in it is named.
 * Throws PROVIDERS_DISAGREE, NETWORK where nobody answered, and WRONG_CHAIN where too few are left without those that
 * serve another.
 */
export async function askSeveral<T extends object>(
  providers: Providers,
  chainId: number,
  questions: Questions<T>,
  atBlock: number | undefined,
): Promise<AtOneBlock<T>> {
  const { all, quorum } = providers
  const asked: Asked = Object.entries(questions('latest'))
  const ask: Ask = async (rpc, block) => {
    const { at, said, host } = await askAtOneBlock<object>(rpc, chainId, questions, block)
    const same = asked.filter(([, { merge }]) => merge === 'same').map(([name]) => name)
    return { at, said: { ...said }, host, key: json([at, same.map((name) => said[name as keyof typeof said])]) }
  }
  const standings: Standings = new Map()
  /** Those of another chain, with what says so. */
  const strangers = new Map<JsonRpc, WcnError>()
  const hear = async (
    rpcs: readonly JsonRpc[],
    block: number | undefined,
    enough: number,
  ): Promise<readonly Heard[]> => {
    const { given, failures } = await askEach(rpcs, enough, (rpc) => ask(rpc, block))
    for (const { rpc, value } of failures) {
      if (value instanceof WcnError && value.code === 'WRONG_CHAIN') strangers.set(rpc, value)
      standings.set(rpc, { kind: 'failed', reason: shortReason(value, rpc.host) })
    }
    return given
  }

  const heads = await hear(all, atBlock, quorum)
  const otherChain = () => [...strangers.values()][0]
  if (heads.length === 0) throw otherChain() ?? allFailed(all, standings)
  const near = nearEachOther(heads)
  const numbers = near.map(headOf).sort((a, b) => b - a)
  const [top = 0, lowest = 0] = [numbers[0], numbers.at(-1)]
  const compareAt = async (block: number) => {
    for (const one of heads) standings.set(one.rpc, standingByHead(headOf(one), block, top))
    const level = near.filter((one) => headOf(one) === block)
    const above = near.filter((one) => headOf(one) > block).map(({ rpc }) => rpc)
    const compared = [...level, ...(await hear(above, block, quorum - level.length))]
    const [agreeing = [], ...others] = groupsOf(inOrder(all, compared), ({ value }) => value.key)
    const [sample] = agreeing
    for (const one of others.flat()) if (sample) standings.set(one.rpc, difference(sample.value, one.value, asked))
    // As many who say something else are no less believable.
    const isEnough = agreeing.length >= quorum && !others.some(({ length }) => length === agreeing.length)
    return { block, agreeing, sample: isEnough ? sample : undefined }
  }
  // One that is a little behind must not make the others go back to its block, unless they need its word.
  const enough = Math.max(quorum, Math.floor(near.length / 2) + 1)
  let found = await compareAt(numbers[enough - 1] ?? lowest)
  if (!found.sample && found.block !== lowest) found = await compareAt(lowest)
  const { block, agreeing, sample } = found
  const refuse = () => otherChain() ?? disagreement(all, standings, quorum, block)
  if (!sample) throw refuse()
  const behind = heads.filter((one) => headOf(one) < block)
  const isMajority = agreeing.length * 2 > heads.length
  if (!isMajority && !(await agreeAtTheirHeads(ask, agreeing, behind, standings))) throw refuse()
  for (const rpc of all) {
    const standing = standings.get(rpc)
    if (standing && isWorthNaming(standing)) providers.leaveOut(rpc, standingInWords(standing))
    // What it says of prices and nonces is another chain's.
    if (strangers.has(rpc)) providers.drop(rpc)
  }
  const merged = asked
    .filter(([, { merge }]) => merge !== 'same')
    .map(([name, question]) => [name, oneOf(providers, question, name, agreeing)])
  const { at, said, host } = sample.value
  return { at, host, said: { ...said, ...Object.fromEntries(merged) } as T }
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part))
}

/** The most that are within the usual distance; of two such groups the one further on. */
function nearEachOther(heads: readonly Heard[]): readonly Heard[] {
  let best: readonly Heard[] = []
  let bestTop = -1
  for (const top of heads.map(headOf)) {
    const group = heads.filter((one) => headOf(one) <= top && headOf(one) >= top - USUAL_LAG)
    if (group.length > best.length || (group.length === best.length && top > bestTop)) [best, bestTop] = [group, top]
  }
  return best
}

function headOf({ value }: Heard): number {
  return value.at.number
}

function standingByHead(head: number, block: number, top: number): Standing {
  if (head < block) return { kind: 'lags', blocks: top - head }
  return head > top ? { kind: 'ahead', blocks: head - top } : { kind: 'agrees' }
}

function isWorthNaming(standing: Standing): boolean {
  if (standing.kind === 'lags') return standing.blocks > USUAL_LAG || standing.but !== undefined
  return standing.kind !== 'agrees'
}

function inOrder(all: readonly JsonRpc[], heard: readonly Heard[]): readonly Heard[] {
  return [...heard].sort((a, b) => all.indexOf(a.rpc) - all.indexOf(b.rpc))
}

function difference(sample: Statement, other: Statement, asked: Asked): Standing {
  const { number, hash } = other.at
  if (hash !== sample.at.hash) return { kind: 'other-block', block: number, hash }
  const what = asked
    .filter(([name, { merge }]) => merge === 'same' && json(other.said[name]) !== json(sample.said[name]))
    .map(([, { title }]) => title)
  return { kind: 'other-state', block: number, what: what.length === 0 ? ["the block's header"] : what }
}

/**
 * One who lags may be the one who is right: where those who agree are no majority, they must also agree with it about
 * its own head. Otherwise the quorum could be a single liar's.
 */
async function agreeAtTheirHeads(
  ask: Ask,
  agreeing: readonly Heard[],
  behind: readonly Heard[],
  standings: Standings,
): Promise<boolean> {
  const rpcs = agreeing.map(({ rpc }) => rpc)
  const objections = await Promise.all(
    behind.map(async (one) => {
      const block = headOf(one)
      const { given, failures } = await askEach(rpcs, rpcs.length, (rpc) => ask(rpc, block))
      const isOther = given.some(({ value }) => value.key !== one.value.key)
      if (!isOther && failures.length === 0) return false
      const but = `${isOther ? 'shows other state' : 'could not be compared'} at block ${block}`
      const standing = standings.get(one.rpc)
      if (standing?.kind === 'lags') standings.set(one.rpc, { ...standing, but })
      return true
    }),
  )
  return !objections.includes(true)
}

/**
 * One of several numbers; null where nobody tells. `backed`: the highest that one more provider reaches than the quorum
 * lets be wrong, so that a sound one is among them. Else the one in the middle. Whoever claims more, or far too much, is
 * named.
 */
function oneOf(
  { all, quorum, leaveOut }: Providers,
  { title, merge }: Question<unknown>,
  name: string,
  agreeing: readonly Heard[],
): bigint | null {
  const claims = agreeing
    .flatMap(({ rpc, value: { said } }) => (typeof said[name] === 'bigint' ? [{ rpc, number: said[name] }] : []))
    .sort((a, b) => (a.number > b.number ? -1 : 1))
  const isBacked = merge === 'backed'
  // Of two in the middle the lower: whoever suggests too much is not believed.
  const taken = claims[isBacked ? Math.min(all.length - quorum, claims.length - 1) : claims.length >> 1]?.number
  if (taken === undefined) return null
  for (const { rpc, number } of claims) {
    if (isBacked && number > taken) leaveOut(rpc, `shows ${title} ${number}, and the others ${taken}`)
    if (!isBacked && number > taken * FAR_TOO_MUCH)
      leaveOut(rpc, `says that ${title} is ${number}, where others say ${taken}`)
  }
  return taken
}
