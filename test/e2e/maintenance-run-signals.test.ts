/** Each signal at each stage of `maintenance run`, with real processes: what becomes of them, and of the slot on chain. */
import { describe, expect, it } from 'vitest'
import { endOf, holdBack, useMaintenance } from '../support/maintenance.js'
import { wcnInTerminal } from '../support/pty.js'

const { net, chain, box, operator, holder, start, wcn, proxy } = useMaintenance()
const own = () => operator().address
const nonce = async () => (await chain.sight(own())).nonce

/** Says that it is up, and goes on for longer than a test takes, but not for ever; no step of it takes long. */
const LOOP = 'echo up; for step in $(seq 900); do sleep 0.1; done'

describe('a signal before the slot is taken', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends the wait: nothing was sent', async (signal) => {
    await chain.include(operator(1).address, 'setMaintenance', [true])
    const before = await nonce()
    const run = start('echo ran > "$OUT"', { flags: ['--wait', '30m'] })
    await run.until('waiting for the maintenance slot')
    run.interrupt(signal)
    expect(await endOf(run)).toMatchObject({ code: 130, error: { code: 'INTERRUPTED' } })
    expect([await nonce(), run.written()]).toEqual([before, ''])
  })
})

describe('a signal while the slot is taken', () => {
  it('has it given back, and nothing is run', async () => {
    const provider = await proxy()
    const before = await nonce()
    const entering = holdBack(provider, 1)
    const run = start('echo ran > "$OUT"', { provider: provider.url })
    await entering.held
    run.interrupt('SIGINT')
    await run.until('nothing will be run')
    await entering.passOn()
    expect(await endOf(run)).toMatchObject({
      code: 130,
      error: { code: 'INTERRUPTED', details: { slot: 'given-back' } },
    })
    expect([await holder(), (await nonce()) - before, run.written()]).toEqual([null, 2, ''])
  })

  it('and a second one ends it at once, with an outcome that is not known: that is found out later', async () => {
    const provider = await proxy()
    const entering = holdBack(provider, 1)
    const run = start('echo ran > "$OUT"', { provider: provider.url })
    await entering.held
    run.interrupt('SIGTERM')
    await run.until('Once more leaves at once')
    run.interrupt('SIGTERM')
    expect(await endOf(run)).toMatchObject({ code: 6, error: { code: 'OUTCOME_UNKNOWN' } })
    await (await entering.held).deliver()
    expect((await wcn(['tx', 'resume'])).stderr).toContain('holds the maintenance slot now')
    expect(await holder()).toBe(own())
    expect(await wcn(['maintenance', 'exit', '--yes'])).toMatchObject({ code: 0, data: { changed: true } })
    expect([await holder(), run.written()]).toEqual([null, ''])
  })
})

describe('a signal while the command runs', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s reaches it, and what it does about that counts',
    async (signal) => {
      const script = `trap 'echo got > "$OUT"; exit 0' ${signal.slice(3)}; ${LOOP}`
      const run = start(script)
      await run.until('up\n')
      expect(await holder()).toBe(own())
      run.interrupt(signal)
      expect(await endOf(run)).toMatchObject({ code: 0, data: { slot: 'given-back' } })
      expect([await holder(), run.written()]).toEqual([null, 'got\n'])
    },
  )

  it('that dies of it has failed: the slot is kept', async () => {
    const run = start(`${LOOP} & wait`)
    await run.until('up\n')
    run.interrupt('SIGTERM')
    const end = await endOf(run)
    expect(end).toMatchObject({
      code: 11,
      error: {
        code: 'COMMAND_FAILED',
        details: { slot: 'kept', command: { signal: 'SIGTERM', processes_left: false } },
      },
    })
    expect(end.error.hint).toContain('wcn maintenance exit')
    expect(await holder()).toBe(own())
  })

  it('that ignores it goes on, and is killed by the third', async () => {
    const run = start(`trap '' INT TERM HUP; ${LOOP}`)
    await run.until('up\n')
    for (const said of ['has ended\n', 'One more kills it', 'the command is killed']) {
      run.interrupt('SIGTERM')
      await run.until(said)
    }
    expect(await endOf(run)).toMatchObject({
      code: 11,
      error: { details: { slot: 'kept', command: { signal: 'SIGKILL' } } },
    })
    expect(await holder()).toBe(own())
  })

  it('comes from the terminal only once, and no more of it than its end is needed', async () => {
    const out = box.path('terminal')
    const script = `trap 'echo "$1" >> ${out}; exit 0' INT HUP; ${LOOP}`
    const env = { ...net.signedBy(operator()), WCN_STATE_DIR: box.path('state-terminal') }
    const run = wcnInTerminal(['maintenance', 'run', '--yes', '--', 'sh', '-c', script, 'sh', 'got'], { env })
    await run.until(/^up$/m)
    run.type('\u0003')
    await run.until('given back')
    expect(await run.ended).toBe(0)
    expect(run.text.match(/handed on to the command/g)).toHaveLength(1)
    expect(await holder()).toBeNull()
  })
})

describe('a signal for what the command left running', () => {
  it('ends that, and the slot is given back', async () => {
    const run = start(`(${LOOP}) & exit 0`)
    await run.until('waiting for what it left')
    expect(await holder()).toBe(own())
    run.interrupt('SIGTERM')
    expect(await endOf(run)).toMatchObject({ code: 0, data: { slot: 'given-back' } })
    expect(await holder()).toBeNull()
  })

  it('that does not heed it is left running by the second one, and the slot is kept', async () => {
    const run = start(`trap '' INT TERM HUP; (${LOOP}) > /dev/null 2>&1 & exit 0`, {
      flags: ['--on-failure', 'release'],
    })
    await run.until('waiting for what it left')
    run.interrupt('SIGINT')
    await run.until('keeps the slot')
    run.interrupt('SIGINT')
    const { code, error } = await endOf(run)
    expect({ code, error }).toMatchObject({ code: 8, error: { code: 'SLOT_KEPT', details: { slot: 'kept' } } })
    process.kill(-error.details.command.process_group, 'SIGKILL')
    expect(await holder()).toBe(own())
  })
})

it('a signal while the slot is given back is no reason to stop', async () => {
  const provider = await proxy()
  const leaving = holdBack(provider, 2)
  const run = start('true', { provider: provider.url })
  await leaving.held
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    run.interrupt(signal)
    await run.until(`${signal}: the slot is given back first`)
  }
  await leaving.passOn()
  expect(await endOf(run)).toMatchObject({ code: 0, data: { slot: 'given-back' } })
  expect(await holder()).toBeNull()
})
