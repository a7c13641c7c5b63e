import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createState, type State } from '../../../src/platform/state/local-state.js'
import type { RolloutKey } from '../../../src/platform/state/memories.js'
import { sandbox } from '../../support/cli.js'
import { rejectedBy } from '../../support/rejected.js'
import { member } from '../../support/use-real-cluster.js'

const box = sandbox()
afterAll(box.remove)

const KEY: RolloutKey = {
  chainId: 10,
  genesisHash: `0x${'ab'.repeat(32)}`,
  contract: member(7),
  operator: member(0),
}
const MEMORY = { startedAt: 1_790_000_000, finished: [`0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`] } as const
const NAME = `10-abababab-${KEY.contract}-${KEY.operator}.json`

let runs = 0
let folder: string
let state: State
const stateIn = (directory: string) => createState({ directory, host: 'h', command: 'nodes rollout', now: () => 5 })
beforeEach(() => {
  folder = box.path(`state-${++runs}`)
  state = stateIn(folder)
})

describe('how far a rollout got', () => {
  it('is found again by a later run, and only its owner can read it', async () => {
    expect(await state.recallRollout(KEY)).toBeNull()
    await state.rememberRollout(KEY, MEMORY)
    expect(await stateIn(folder).recallRollout(KEY)).toEqual(MEMORY)
    expect(readdirSync(`${folder}/rollouts`)).toEqual([NAME])
    expect(statSync(`${folder}/rollouts/${NAME}`).mode & 0o777).toBe(0o600)
  })

  it('takes the place of the rollout before', async () => {
    await state.rememberRollout(KEY, MEMORY)
    await state.rememberRollout(KEY, { startedAt: 7, finished: [] })
    expect(await state.recallRollout(KEY)).toEqual({ startedAt: 7, finished: [] })
  })

  it.each([
    ['chain', { chainId: 11 }],
    ['contract', { contract: member(8) }],
    ['operator', { operator: member(1) }],
    ['start of the chain', { genesisHash: `0x${'cd'.repeat(32)}` }],
  ] as const)('is of one %s only', async (_, other) => {
    await state.rememberRollout(KEY, MEMORY)
    expect(await state.recallRollout({ ...KEY, ...other })).toBeNull()
  })

  it.each([
    ['is cut off', (text: string) => text.slice(0, -9), 'cut off or damaged'],
    ['holds what is no mark', (text: string) => text.replace('0x01', '0xzz'), 'finished[0]: must be 32 bytes'],
    ['is of another operator', (text: string) => text.replace(KEY.operator, member(1)), 'it is of another operator'],
    ['was written by a newer wcn', (text: string) => text.replace('"version": 1', '"version": 2'), 'newer wcn'],
    ['is something else', () => '[]', 'it is something else'],
  ])('is refused where the file %s', async (_, damage, reason) => {
    await state.rememberRollout(KEY, MEMORY)
    const path = `${folder}/rollouts/${NAME}`
    writeFileSync(path, damage(readFileSync(path, 'utf8')))
    const error = await rejectedBy(state.recallRollout(KEY))
    expect(error).toMatchObject({ code: 'JOURNAL_INVALID', message: expect.stringContaining(reason) })
    expect(error.hint).toContain('move it away')
  })

  it('that can’t be kept is an error that names the setting', async () => {
    mkdirSync(folder)
    writeFileSync(`${folder}/rollouts`, '')
    const error = await rejectedBy(state.rememberRollout(KEY, MEMORY))
    expect(error).toMatchObject({ code: 'FILE_UNWRITABLE', hint: expect.stringContaining('--state-dir') })
  })
})

describe('of two rollouts', () => {
  it('only one runs for an operator, and the other is told which', async () => {
    const release = await state.lockRollout(KEY)
    const error = await rejectedBy(stateIn(folder).lockRollout(KEY))
    expect(error).toMatchObject({ code: 'ACCOUNT_LOCKED', details: { pid: process.pid, command: 'nodes rollout' } })
    expect(error.message).toContain(`another rollout of this operator's nodes is under way: process ${process.pid}`)
    // Neither other operators nor this one's writes are in its way.
    for (const free of [
      await state.lockRollout({ ...KEY, operator: member(1) }),
      await state.lockAccount(10, KEY.operator, { waitMs: 0, onWait: () => {} }),
    ])
      free()
    release()
    ;(await state.lockRollout(KEY))()
  })

  it('the one that was killed is in nobody’s way', async () => {
    ;(await state.lockRollout(KEY))()
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    const pid = String(child.pid)
    const start = execFileSync('sh', ['-c', `cut -d' ' -f22 /proc/${pid}/stat 2>/dev/null || true`], {
      encoding: 'utf8',
    })
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    const locks = `${folder}/locks/rollout-10-${KEY.contract}-${KEY.operator}`
    const [last] = readdirSync(locks)
    const holder = {
      pid: Number(pid),
      host: 'h',
      boot_id: null,
      pid_namespace: null,
      since: 5,
      command: 'nodes rollout',
    }
    writeFileSync(
      `${locks}/${last}`,
      JSON.stringify({ type: 'wcn-lock', version: 1, holder: { ...holder, start_time: start.trim() || null } }),
    )
    ;(await state.lockRollout(KEY))()
  })
})
