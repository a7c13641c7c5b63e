/** `cluster history`, `diff` and `view --block`, the built tool against a real chain. */
import { describe, expect, it } from 'vitest'
import { type Account, useDevnet } from '../support/devnet.js'
import { wcnInProcess, wcnJsonInProcess } from '../support/in-process.js'

const net = useDevnet()
const operator = (slot: number) => net.operators[slot] as Account
const read = (line: string) => wcnJsonInProcess(['cluster', ...line.split(' ')], { env: net.cluster })
const as = (account: Account, ...words: readonly string[]) =>
  wcnJsonInProcess([...words, '--yes'], { env: net.signedBy(account) })
const head = async () => Number(await net.rpc('eth_blockNumber'))

describe('what happened', () => {
  it('is told from the founding on, each change against what was before', async () => {
    const start = await head()
    expect(await as(operator(1), 'operator', 'rename', 'renamed')).toMatchObject({ code: 0 })
    expect(await as(operator(2), 'nodes', 'update', '0', '--primary-port', '4010')).toMatchObject({ code: 0 })
    expect(await as(operator(2), 'maintenance', 'enter')).toMatchObject({ code: 0 })
    expect(await as(operator(2), 'maintenance', 'exit')).toMatchObject({ code: 0 })

    const all = await read('history --since 0')
    expect(all).toMatchObject({ code: 0, data: { from_block: 0, complete: true } })
    const events = (all.data as { events: { event: string; words: string; time: number }[] }).events
    expect(events[0]).toMatchObject({ event: expect.stringMatching(/upgraded|ownership|founded/) })
    expect(events.map(({ event }) => event)).toContain('cluster-initialized')
    expect(events.slice(-4)).toMatchObject([
      { event: 'operator-updated', words: expect.stringMatching(/changed its name from ".*" to "renamed"$/) },
      { words: expect.stringMatching(/changed node 0: primary port \d+ → 4010$/) },
      { event: 'maintenance-entered', operator: { id: operator(2).address, slot: 2 } },
      { event: 'maintenance-left' },
    ])
    for (const { time } of events) expect(Math.abs(Date.now() / 1000 - time)).toBeLessThan(3600)

    const since = await read(`history --since ${start + 1}`)
    expect(since).toMatchObject({ data: { complete: true, events: { length: 4 } } })
    const recent = await read('history')
    expect(recent).toMatchObject({ data: { events: { length: events.length } } })
    const own = await read(`history --since ${start + 1} --operator ${operator(1).address}`)
    expect(own).toMatchObject({ data: { events: [{ operator: { name: 'renamed' } }] } })

    const text = await wcnInProcess(['cluster', 'history', '--since', String(start + 1)], { env: net.cluster })
    expect(text.stdout).toMatch(/^when +version +block +what\n(?:20.* UTC +\d+ +\d+ +.*\n){4}/)

    const diff = await read(`diff --from ${start}`)
    expect(diff).toMatchObject({
      code: 0,
      data: {
        from: { block: { number: start } },
        changes: [
          { path: 'operators[1].name', after: 'renamed' },
          { path: 'operators[2].nodes[0]', after: { primary_port: 4010 } },
        ],
      },
    })
    expect(await read(`diff --from ${start} --to ${start}`)).toMatchObject({ data: { changes: [] } })
    const old = await read(`view --block ${start}`)
    expect(old).toMatchObject({ data: { block: { number: start } } })
    expect(JSON.stringify(old.data)).not.toContain('"renamed"')
  })

  it('is the same from what was kept of it, with what is new', async () => {
    await net.rpc('anvil_mine', '0x80')
    const first = await read('history --since 0')
    expect(await as(operator(3), 'operator', 'rename', 'new')).toMatchObject({ code: 0 })
    const second = await read('history --since 0')
    const eventsOf = ({ data }: typeof first) => (data as { events: unknown[] }).events
    expect(eventsOf(first).length).toBeGreaterThan(4)
    expect(eventsOf(second).slice(0, -1)).toEqual(eventsOf(first))
    // Of another chain, at the same place.
    await net.rpc('anvil_reorg', 120, [])
    await net.rpc('anvil_mine', '0x8')
    const third = await read('history --since 0 --debug')
    expect(eventsOf(third)).toEqual(eventsOf(first))
  })

  it.each([
    ['history --since yesterday', 2, 'no block, no day and no length of time'],
    ['history --until x', 2, 'not the number of a block'],
    ['history --since 5 --until 3', 2, 'would begin at block 5'],
    ['history --operator acme', 2, 'acme'],
    ['view --block -1', 2, ''],
    ['view --block 0', 4, 'as of block 0 there is no contract'],
    ['view --block 99999', 2, '--block is block 99999, which is not there yet: the newest is '],
    ['diff --from 0x10', 2, 'not the number of a block'],
  ])('refuses %s', async (line, code, sentence) => {
    const refused = await read(line)
    expect(refused).toMatchObject({ code, error: { message: expect.stringContaining(sentence) } })
  })
})
