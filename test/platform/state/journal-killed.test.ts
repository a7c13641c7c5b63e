/** `kill -9` at every file operation of a journal's writing: it is the old one or the new one, and can be written on. */
import { cpSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createState } from '../../../src/platform/state/local-state.js'
import { sandbox } from '../../support/cli.js'
import { JOURNAL_KEY, journalEntry } from '../../support/journal-entries.js'
import { share } from '../../support/share.js'
import { killPoints, operations, type StateProcesses, stateProcesses, watched } from '../../support/state-process.js'

const box = sandbox()
let processes: StateProcesses
beforeAll(async () => {
  processes = await stateProcesses(box.path('state-process.mjs'))
})
afterAll(box.remove)

const OLD = journalEntry('0x0201')
const NEW = journalEntry('0x0202')
const open = (directory: string) => createState({ directory, host: 'this-host', command: 'test', now: () => 0 })
const entries = (directory: string) => open(directory).journal.entries(JOURNAL_KEY)

describe.each([
  ['first', async (_: string) => [] as const],
  [
    'second',
    async (directory: string) => {
      await open(directory).journal.put(JOURNAL_KEY, OLD)
      return [OLD]
    },
  ],
])('killed while the %s transaction is journalled', (which, prepare) => {
  it('leaves a journal with it or without it', async () => {
    const template = box.path(`${which}-template`)
    const before = await prepare(template)
    const directory = box.path(which)
    const start = () => {
      rmSync(directory, { recursive: true, force: true })
      if (before.length > 0) cpSync(template, directory, { recursive: true })
    }
    const put = (environment: Readonly<Record<string, string>>) =>
      processes.run(['put', directory, NEW.transaction.raw], environment).ended

    const log = box.path(`${which}.log`)
    start()
    expect(await put(watched(directory, { log }))).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(await entries(directory)).toEqual([...before, NEW])
    expect(operations(log).filter((operation) => operation.startsWith('unwatched'))).toEqual([])

    const points = killPoints(log)
    const tried = share(points)
    let kept = 0
    for (const { at, operation } of tried) {
      start()
      const what = `${at} ${operation}`
      expect(await put(watched(directory, { killAt: at })), what).toMatchObject({ signal: 'SIGKILL' })
      const left = await entries(directory)
      expect([before, [...before, NEW]], what).toContainEqual(left)
      if (left.length > before.length) kept++
      expect((await open(directory).journal.all()).faults, what).toEqual([])
      await open(directory).journal.put(JOURNAL_KEY, NEW)
      expect(await entries(directory), what).toEqual([...before, NEW])
    }
    // A fifth may happen to be of one kind.
    if (tried.length < points.length) return
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(points.length)
  })

  it('is on disk when it returns: the file before it gets its name, the name after', async () => {
    const steps = operations(box.path(`${which}.log`)).map((operation) => operation.split(' '))
    const names = steps.map(([name]) => name)
    const renamed = names.indexOf('renameSync')
    const journal = join(box.path(which), 'journal')
    expect(steps[names.lastIndexOf('fsyncSync', renamed)]?.[1]).toMatch(/\/\.wcn-[0-9a-f]+\.tmp$/)
    expect(names.indexOf('writeFileSync')).toBeLessThan(names.lastIndexOf('fsyncSync', renamed))
    expect(steps.slice(renamed + 1)).toContainEqual(['fsyncSync', journal])
    if (which === 'first') expect(steps.slice(0, renamed)).toContainEqual(['fsyncSync', box.path(which)])
  })

  it('shows it to nobody else', () => {
    const journal = join(box.path(which), 'journal')
    expect(statSync(journal).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(journal)) expect(statSync(join(journal, name)).mode & 0o777).toBe(0o600)
  })
})
