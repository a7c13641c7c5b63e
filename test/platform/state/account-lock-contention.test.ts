/** Many processes that want the same lock, some of which are killed while they have it, or while they take it. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createState } from '../../../src/platform/state/local-state.js'
import { sandbox } from '../../support/cli.js'
import { JOURNAL_KEY } from '../../support/journal-entries.js'
import { share } from '../../support/share.js'
import { killPoints, operations, type StateProcesses, stateProcesses, watched } from '../../support/state-process.js'

const PROCESSES = 20
const TIMES = 5
/** Every fourth is killed in the middle of one more. */
const isKilled = (index: number) => index % 4 === 0

const box = sandbox()
let processes: StateProcesses
beforeAll(async () => {
  processes = await stateProcesses(box.path('state-process.mjs'))
})
afterAll(box.remove)

function take(directory: string): Promise<() => void> {
  const state = createState({ directory, host: 'this-host', command: 'test', now: () => 0 })
  return state.lockAccount(JOURNAL_KEY.chainId, JOURNAL_KEY.signer, { waitMs: 0, onWait: () => {} })
}

it('is had by one of twenty processes at a time', async () => {
  const counter = box.path('counter')
  writeFileSync(counter, '0')
  const all = Array.from({ length: PROCESSES }, (_, index) =>
    processes.run(['count', box.path('shared'), counter, String(TIMES), isKilled(index) ? 'die' : 'live']),
  )
  const ends = await Promise.all(all.map(({ ended }) => ended))
  for (const [index, end] of ends.entries())
    expect(end).toEqual(
      isKilled(index) ? { code: null, signal: 'SIGKILL', stderr: '' } : { code: 0, signal: null, stderr: '' },
    )
  expect(readFileSync(counter, 'utf8')).toBe(String(PROCESSES * TIMES))
  await take(box.path('shared'))
})

it('is free again once a process that held it was killed', async () => {
  const directory = box.path('held')
  const { child, ended } = processes.run(['hold', directory])
  try {
    await new Promise((held) => child.stdout?.once('data', held))
    await expect(take(directory)).rejects.toMatchObject({
      code: 'ACCOUNT_LOCKED',
      details: { pid: child.pid, host: 'this-host', command: 'test hold' },
    })
  } finally {
    child.kill('SIGKILL')
  }
  await ended
  await take(directory)
})

it.each(['first', 'later'])('is free again wherever a process was killed that took it, the %s time', async (when) => {
  const template = box.path(`${when}-template`)
  mkdirSync(template)
  // As many times as it takes for old files to be removed.
  if (when === 'later') for (let round = 0; round < 9; round++) (await take(template))()
  const directory = box.path(when)
  const start = () => {
    rmSync(directory, { recursive: true, force: true })
    cpSync(template, directory, { recursive: true })
  }
  const log = box.path(`${when}.log`)
  start()
  expect(await processes.run(['lock', directory], watched(directory, { log })).ended).toMatchObject({ code: 0 })
  expect(operations(log).filter((operation) => operation.startsWith('unwatched'))).toEqual([])

  for (const { at, operation } of share(killPoints(log))) {
    start()
    const { ended } = processes.run(['lock', directory], watched(directory, { killAt: at }))
    expect(await ended, `${at} ${operation}`).toMatchObject({ signal: 'SIGKILL' })
    await take(directory)
    await expect(take(directory)).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED' })
    const locks = readdirSync(`${directory}/locks/${JOURNAL_KEY.chainId}-${JOURNAL_KEY.signer}`)
    expect(locks.filter((name) => !name.startsWith('.')).length).toBeLessThanOrEqual(10)
  }
})
