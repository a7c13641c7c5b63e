/** What is done about each kind of trouble, on a link without a network and a clock that a test moves. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDeadline } from '../../../src/base/deadline.js'
import { patientJsonRpc } from '../../../src/chain/rpc/connect-json-rpc.js'
import { type RpcReply, type RpcRequest, type TransportOptions, unreachable } from '../../../src/chain/rpc/json-rpc.js'
import type { Attempt, Failure, Link } from '../../../src/chain/rpc/link.js'
import { KNOWN_ANSWERS, type Meaning } from '../../../src/chain/rpc/provider-answers.js'
import { no, ok } from '../../support/fake-rpc.js'
import { rejectionOf as rejection } from '../../support/rejection.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'hrtime'] }))
afterEach(() => void vi.useRealTimers())

interface Asked {
  readonly methods: readonly string[]
  readonly connection: number
  readonly atMs: number
}
type Answer = Attempt<readonly RpcReply[]> | 'silence'

/** `answer` decides on each question; silence lasts until the limit. */
function fakeLink(answer: (asked: Asked) => Answer | Promise<Answer>) {
  const asked: Asked[] = []
  let number = 0
  const link: Link = {
    host: 'a.example',
    get connection() {
      return number
    },
    async ask(requests, limit) {
      const one = { methods: requests.map(({ method }) => method), connection: number, atMs: performance.now() }
      asked.push(one)
      const given = await answer(one)
      if (given !== 'silence') return given
      await new Promise((resolve) => setTimeout(resolve, limit.remainingMs()))
      return { ok: false, error: limit.passed(), means: 'lasting' }
    },
    leave(connection) {
      if (connection === number) number++
    },
    close() {},
  }
  return { link, asked }
}

const failure = (means: Meaning, more: Partial<Failure> = {}): Failure => ({
  ok: false,
  error: unreachable('a.example', `${means}, it says`),
  means,
  ...more,
})
const good = ({ methods }: Asked): Answer => ({ ok: true, value: methods.map((method) => ok(method.toUpperCase())) })
const replies = (value: readonly RpcReply[]): Answer => ({ ok: true, value })
const request = (method: string): RpcRequest => ({ method, params: [] })
const five = ['a', 'b', 'c', 'd', 'e'].map(request)
const [one] = [five.slice(0, 1)]
const sending = [request('eth_sendRawTransaction')]
const results = (given: readonly RpcReply[]) => given.map((reply) => (reply.ok ? reply.result : reply.error.message))

/** Moves the clock until it has settled. */
async function until<T>(work: Promise<T>): Promise<T> {
  let done = false
  const end = () => {
    done = true
  }
  work.then(end, end)
  for (let turn = 0; !done && turn < 10_000; turn++) await vi.advanceTimersByTimeAsync(50)
  return work
}

function connect(answer: (asked: Asked, index: number) => Answer | Promise<Answer>, options: TransportOptions = {}) {
  let index = 0
  const { link, asked } = fakeLink((given) => answer(given, index++))
  const rpc = patientJsonRpc(link, 15_000, { retries: true, ...options })
  return {
    rpc,
    asked,
    sizes: () => asked.map(({ methods }) => methods.length),
    send: (requests: readonly RpcRequest[]) => until(rpc.send(requests)),
  }
}

describe('what is known to be said', () => {
  /** Attempts at a single request, where it is said each time. */
  const ATTEMPTS: Readonly<Record<Meaning, number>> = {
    reverts: 1,
    'too-much': 1,
    'not-there-yet': 1,
    pruned: 1,
    'log-range': 1,
    'rate-limited': 6,
    unsupported: 1,
    lasting: 1,
    passing: 3,
    'known-already': 1,
    unclear: 1,
  }

  it.each(KNOWN_ANSWERS.map(({ means, words, codes }) => ({ means, words, codes })))(
    '$means: as the error of a request',
    async ({ means, words: [words = ''], codes: [code = -32000] = [] }) => {
      const said = no(words.replace('*', ' '), code)
      const { send, asked } = connect(() => replies([said]))
      expect(await send(one)).toEqual([said])
      expect(asked).toHaveLength(ATTEMPTS[means])
    },
  )

  it.each(Object.entries(ATTEMPTS) as [Meaning, number][])('%s: instead of an answer', async (means, attempts) => {
    const { send, asked } = connect(() => failure(means))
    expect(await rejection(send(one))).toMatchObject({ code: 'NETWORK', message: expect.stringContaining(means) })
    expect(asked).toHaveLength(attempts)
  })

  it.each(Object.keys(ATTEMPTS) as Meaning[])('%s: what sends is not asked again', async (means) => {
    const { send, asked } = connect(() => failure(means))
    await rejection(send(sending))
    expect(asked).toHaveLength(1)
  })

  it.each<[Meaning, number]>([
    ['rate-limited', 5],
    ['passing', 2],
  ])('%s: the answer that comes in the end counts', async (means, failures) => {
    const { send } = connect((asked, index) => (index < failures ? failure(means) : good(asked)))
    expect(results(await send(one))).toEqual(['A'])
  })
})

describe('a batch that is refused', () => {
  const tooMany = 'batches of more than 2 calls are not part of your plan'
  const plan = (refuse: (asked: Asked) => Answer) =>
    connect((asked) => (asked.methods.length > 2 ? refuse(asked) : good(asked)))

  it.each<[string, (asked: Asked) => Answer]>([
    ['as a whole', () => failure('too-much')],
    ['as a whole, in words that are not known', () => failure('unclear')],
    ['call by call', ({ methods }) => replies(methods.map(() => no(tooMany, 31)))],
    ['call by call, in words that are not known', ({ methods }) => replies(methods.map(() => no('not like this')))],
    [
      'from the third call on',
      ({ methods }) => replies(methods.map((_, place) => (place < 2 ? ok('x') : no(tooMany, 31)))),
    ],
  ])('%s is made smaller, and stays so', async (_, refuse) => {
    const { send, sizes } = plan(refuse)
    expect(results(await send(five))).toEqual(['A', 'B', 'C', 'D', 'E'])
    expect(sizes()).toEqual([5, 2, 2, 1])
    await send(five)
    expect(sizes()).toEqual([5, 2, 2, 1, 2, 2, 1])
  })

  it('for its rate is made smaller once pauses did not help', async () => {
    const { send, sizes } = plan(() => failure('rate-limited'))
    expect(results(await send(five))).toEqual(['A', 'B', 'C', 'D', 'E'])
    expect(sizes()).toEqual([5, 5, 5, 2, 2, 1])
  })

  it('like each single call is not refused for its size: that is found out by one', async () => {
    const { send, sizes } = connect(() => failure('unclear'))
    const error = await rejection(send(five))
    expect(error.message).toContain('unclear')
    expect(sizes()).toEqual([5, 2, 1])
    await rejection(send(five))
    expect(sizes()).toEqual([5, 2, 1, 5, 2, 1])
  })

  it('call by call like a single one gives back what was said of each', async () => {
    const { send, sizes } = connect(({ methods }) => replies(methods.map(() => no('not today'))))
    expect(await send(five)).toEqual(five.map(() => no('not today')))
    expect(sizes()).toEqual([5, 2, 1])
  })

  it.each<Meaning>(['lasting', 'passing', 'unsupported', 'pruned', 'not-there-yet', 'reverts'])(
    '%s has nothing to do with its size',
    async (means) => {
      const { send, sizes } = connect(() => failure(means))
      await rejection(send(five))
      expect(new Set(sizes())).toEqual(new Set([5]))
    },
  )

  it('with different errors is an answer', async () => {
    const said = five.map(({ method }) => no(`no ${method}`))
    const { send, sizes } = connect(() => replies(said))
    expect(await send(five)).toEqual(said)
    expect(sizes()).toEqual([5])
  })

  it('with an error that passes is asked again as a whole: its parts belong together', async () => {
    const { send, sizes } = connect((asked, index) =>
      index > 0 ? good(asked) : replies([...five.slice(1).map(() => ok('x')), no('upstream timed out')]),
    )
    expect(results(await send(five))).toEqual(['A', 'B', 'C', 'D', 'E'])
    expect(sizes()).toEqual([5, 5])
  })

  it('is never one with what sends', async () => {
    const { send, asked } = connect(good)
    await send([...five.slice(0, 2), ...sending, ...five.slice(2, 4)])
    expect(asked.map(({ methods }) => methods)).toEqual([['a'], ['b'], ['eth_sendRawTransaction'], ['c', 'd']])
  })
})

describe('a pause that the provider asks for', () => {
  const limited = (pauseMs: number) => failure('rate-limited', { pauseMs })
  const once = (pauseMs: number) => (asked: Asked, index: number) => (index === 0 ? limited(pauseMs) : good(asked))

  it('is waited for, also beyond the limit of an answer, and said', async () => {
    const notes: string[] = []
    const { send, asked } = connect(once(20_000), { note: (text) => notes.push(text) })
    expect(results(await send(one))).toEqual(['A'])
    expect((asked[1]?.atMs ?? 0) - (asked[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(20_000)
    expect(notes).toEqual(['the RPC provider a.example could not be used: rate-limited, it says: waiting 20 s'])
  })

  it('of more than a minute is not, unless there is a limit to the whole command that leaves the time', async () => {
    const hasty = connect(once(61_000))
    expect((await rejection(hasty.send(five))).message).toContain('rate-limited')
    expect(hasty.sizes()).toEqual([5])
    const deadline = createDeadline(() => performance.now(), 120_000)
    const patient = connect(once(61_000), { deadline })
    expect(results(await patient.send(one))).toEqual(['A'])
  })

  it('is not, where that limit is nearer', async () => {
    const deadline = createDeadline(() => performance.now(), 3_000)
    const { send, asked } = connect(once(4_000), { deadline })
    const since = performance.now()
    expect((await rejection(send(one))).message).toContain('rate-limited')
    expect(performance.now() - since).toBeLessThan(1_000)
    expect(asked).toHaveLength(1)
  })

  it('also holds for what is asked next', async () => {
    const { send, asked } = connect(once(90_000))
    await rejection(send(one))
    expect((await rejection(send(one))).message).toContain('rate-limited')
    expect((await rejection(send(sending))).message).toContain('rate-limited')
    expect(asked).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(results(await send(sending))).toEqual(['ETH_SENDRAWTRANSACTION'])
    expect((asked[1]?.atMs ?? 0) - (asked[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(90_000)
  })

  it('over and over ends', async () => {
    const { send, asked } = connect(() => limited(14_000))
    await rejection(send(one))
    expect(asked.length).toBeLessThan(6)
  })
})

describe('a connection that is dead without saying so', () => {
  const deadAt = (connection: number) => (asked: Asked) => (asked.connection === connection ? 'silence' : good(asked))
  const secondsFor = async (work: () => Promise<unknown>) => {
    const since = performance.now()
    await work()
    return (performance.now() - since) / 1000
  }

  it('before the first answer: another one is tried', async () => {
    const { send } = connect(deadAt(0))
    expect(await secondsFor(async () => expect(results(await send(five))).toHaveLength(5))).toBeLessThan(3.5)
  })

  it('after some answers: another one is tried, and used from then on', async () => {
    let dead = false
    const { send, asked } = connect((given) => (dead && given.connection === 0 ? 'silence' : good(given)))
    await send(one)
    dead = true
    await send(one)
    await send(one)
    expect(asked.map(({ connection }) => connection)).toEqual([0, 0, 1, 1])
  })

  it('after what sends, which left only once: the next question is asked over another one', async () => {
    const { send, asked } = connect(({ methods, connection }) =>
      connection === 0 ? 'silence' : replies(methods.map(() => ok('A'))),
    )
    expect((await rejection(send(sending))).message).toContain('no answer within 15 s')
    expect(results(await send(one))).toEqual(['A'])
    expect(asked.map(({ connection }) => connection)).toEqual([0, 1])
  })

  it('that was idle is not used again, nor is one that was for a moment for what sends', async () => {
    const { send, asked } = connect(good)
    await send(one)
    await vi.advanceTimersByTimeAsync(4000)
    await send(one)
    await vi.advanceTimersByTimeAsync(6000)
    await send(one)
    await send(sending)
    await vi.advanceTimersByTimeAsync(2000)
    await send(sending)
    expect(asked.map(({ connection }) => connection)).toEqual([0, 0, 1, 1, 2])
  })

  it('is not used again where that is asked for', async () => {
    const { rpc, send, asked } = connect(good)
    await send(one)
    rpc.reconnect()
    await send(one)
    expect(asked.map(({ connection }) => connection)).toEqual([0, 1])
  })

  it('is left once by all that wait for it', async () => {
    const { rpc, asked } = connect(deadAt(0))
    await until(Promise.all(five.map((each) => rpc.send([each]))))
    expect(new Set(asked.map(({ connection }) => connection))).toEqual(new Set([0, 1]))
    expect(asked).toHaveLength(10)
  })

  it('is told from one that is slow: its answer is taken, if it is the first', async () => {
    const slowly = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
    const { send } = connect(async ({ connection }) => {
      await slowly(connection === 0 ? 4000 : 9000)
      return replies([ok(connection)])
    })
    expect(results(await send(one))).toEqual([0])
  })

  it('like the next one ends with the limit, and with the sentence of that', async () => {
    const { send } = connect(() => 'silence')
    let message = ''
    const seconds = await secondsFor(async () => {
      message = (await rejection(send(one))).message
    })
    expect(message).toContain('no answer within 15 s')
    expect(seconds).toBeLessThan(15.2)
  })
})

it('asks nothing again where that is not wanted', async () => {
  const passing = connect(() => failure('passing'), { retries: false })
  await rejection(passing.send(one))
  expect(passing.asked).toHaveLength(1)
  const silent = connect(() => 'silence', { retries: false })
  await rejection(silent.send(one))
  expect(silent.asked).toHaveLength(1)
})
