/**
 * Asks several providers and gives what enough of them say about one block (docs/dev/never.md 5): one may lie, lag
 * or fail. Loaded only where there are several.
 */
import { WcnError } from '../errors/wcn-error.js'
import { type Answer, askEach } from './ask-each.js'
import { allFailed, disagreement, type Standing, type Standings, shortReason, standingInWords } from './disagreement.js'
import { type AtOneBlock, askAtOneBlock, type Question, type Questions } from './one-block.js'
import type { Providers } from './providers.js'
import { toQuantity } from './quantity.js'
import type { JsonRpc, RpcReply } from './rpc/json-rpc.js'

/** Blocks that the heads of two sound providers may be apart; what is further behind lags. */
const USUAL_LAG = 3
/** So many times the middle of all opinions is none that an honest provider holds. */
const FAR_TOO_MUCH = 100n
const NO_REPLY: RpcReply = { ok: false, error: { code: 0, message: 'no reply' } }

interface Statement extends AtOneBlock {
  /** The answers in the form that is compared. */
  readonly forms: readonly unknown[]
  /** Equal where two providers say the same about the same block. */
  readonly key: string
}
type Heard = Answer<Statement>
type Ask = (rpc: JsonRpc, block: number | undefined) => Promise<Statement>

/**
 * What the largest group of providers says, if it is as large as the quorum and no other is; who is not in it is named.
 * Throws PROVIDERS_DISAGREE, NETWORK where nobody answered, and WRONG_CHAIN where too few are left without those that
 * serve another.
 */
export async function askSeveral(
  providers: Providers,
  chainId: number,
  questions: Questions,
  atBlock: number | undefined,
): Promise<AtOneBlock> {
  const { all, quorum } = providers
  const asked = questions('latest')
  const ask: Ask = async (rpc, block) => statement(await askAtOneBlock(rpc, chainId, questions, block), asked)
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
    const [agreeing = [], ...others] = grouped(inOrder(all, compared))
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
  const replies = asked.map((question, index) => {
    if (question.merge === 'backed') return backed(providers, question, index, agreeing)
    const middle = question.merge === 'median' ? median(providers, question, index, agreeing) : null
    return middle ?? sample.value.replies[index] ?? NO_REPLY
  })
  return { ...sample.value, replies }
}

function statement(answer: AtOneBlock, asked: readonly Question[]): Statement {
  const forms = asked.map(({ canonical }, index) => canonical(answer.replies[index], answer.host))
  const { number, hash, time, baseFeePerGas } = answer.at
  const compared = forms.filter((_, index) => asked[index]?.merge === 'same')
  const key = JSON.stringify([number, hash, time, String(baseFeePerGas), compared])
  return { ...answer, forms, key }
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

/** Largest first; as large ones in the order of the providers. */
function grouped(statements: readonly Heard[]): readonly (readonly Heard[])[] {
  const groups = new Map<string, Heard[]>()
  for (const one of statements) {
    const group = groups.get(one.value.key)
    if (group) group.push(one)
    else groups.set(one.value.key, [one])
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)
}

function difference(sample: Statement, other: Statement, asked: readonly Question[]): Standing {
  const { number, hash } = other.at
  if (hash !== sample.at.hash) return { kind: 'other-block', block: number, hash }
  const what = asked.filter(
    ({ merge }, index) =>
      merge === 'same' && JSON.stringify(other.forms[index]) !== JSON.stringify(sample.forms[index]),
  )
  return {
    kind: 'other-state',
    block: number,
    what: what.length === 0 ? ["the block's header"] : what.map(({ title }) => title),
  }
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

/** Null where nobody has an opinion. Whoever suggests far too much is named. */
function median({ leaveOut }: Providers, { title }: Question, index: number, agreeing: readonly Heard[]) {
  const said = agreeing
    .flatMap(({ rpc, value }) => {
      const form = value.forms[index]
      return typeof form === 'string' ? [{ rpc, form, value: BigInt(form) }] : []
    })
    .sort((a, b) => (a.value < b.value ? -1 : 1))
  // Of two in the middle the lower: whoever suggests too much is not believed.
  const taken = said[(said.length - 1) >> 1]
  if (taken === undefined) return null
  for (const { rpc, value } of said)
    if (value > taken.value * FAR_TOO_MUCH)
      leaveOut(rpc, `says that ${title} is ${value}, where others say ${taken.value}`)
  return { ok: true, result: taken.form } as const
}

/**
 * The highest number that one more provider reaches than the quorum lets be wrong, so that a sound one is among them.
 * Whoever claims more is named. Null where none tells.
 */
function backed({ all, quorum, leaveOut }: Providers, { title }: Question, index: number, agreeing: readonly Heard[]) {
  const claims = agreeing
    .flatMap(({ rpc, value }) => {
      const form = value.forms[index]
      return typeof form === 'string' ? [{ rpc, number: BigInt(form) }] : []
    })
    .sort((a, b) => (a.number > b.number ? -1 : 1))
  if (claims.length === 0) return { ok: true, result: null } as const
  const believed = claims[Math.min(all.length - quorum, claims.length - 1)]?.number ?? 0n
  for (const { rpc, number } of claims)
    if (number > believed) leaveOut(rpc, `shows ${title} ${number}, and the others ${believed}`)
  return { ok: true, result: toQuantity(believed) } as const
}
