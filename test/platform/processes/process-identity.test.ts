/** Whether a process that left its mark still runs: on this machine it is known, elsewhere it is not. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { fateOf, ownProcess, type ProcessRecord } from '../../../src/platform/processes/process-identity.js'
import { sandbox } from '../../support/cli.js'

const own = ownProcess('this-host')
const box = sandbox()
const started: ChildProcess[] = []
afterAll(() => {
  box.remove()
  for (const child of started) child.kill('SIGKILL')
})

/** Its standard output is read up to the first line. */
async function start(script: string): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(child)
  const [text] = await once(child.stdout.setEncoding('utf8'), 'data')
  return { child, line: String(text).trim() }
}

function startTimeOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19] ?? ''
}

describe.runIf(process.platform === 'linux')('on Linux', () => {
  it('says of this process what the system says', () => {
    expect(own).toEqual({
      pid: process.pid,
      host: 'this-host',
      bootId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      pidNamespace: expect.stringMatching(/^pid:\[\d+\]$/),
      startTime: startTimeOf(process.pid),
    })
  })

  it('knows one that runs, and that it has ended', async () => {
    const { child } = await start('echo; exec sleep 60')
    const record = { ...own, pid: child.pid ?? 0, startTime: startTimeOf(child.pid ?? 0) }
    expect(fateOf(record, own)).toBe('running')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(fateOf(record, own)).toBe('gone')
  })

  it('takes one that ended, and whose parent has not taken note, for gone', async () => {
    // The shell becomes a program that never asks what became of its child.
    const { line } = await start('(until grep -q sleep /proc/$$/comm; do :; done) & echo $!; exec sleep 60')
    const pid = Number(line)
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(') Z ')
    expect(fateOf({ ...own, pid, startTime: startTimeOf(pid) }, own)).toBe('gone')
  })

  it('is not misled by what a program is called', async () => {
    const program = box.path(') Z 1 1')
    copyFileSync('/bin/sleep', program)
    chmodSync(program, 0o755)
    const { child } = await start(`echo; exec '${program}' 60`)
    const pid = child.pid ?? 0
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain('() Z 1 1) S')
    expect(fateOf({ ...own, pid, startTime: startTimeOf(pid) }, own)).toBe('running')
  })

  const rows: readonly [string, Partial<ProcessRecord>, string][] = [
    ['another process that has its ID again', { startTime: '1' }, 'gone'],
    ['a process from before the machine was started anew', { bootId: 'another' }, 'gone'],
    ['a process of this kernel whose host was renamed', { host: 'old-name' }, 'running'],
    ['a process of another machine', { host: 'other-host', bootId: 'another' }, 'unknown'],
    ['a process of another container', { pidNamespace: 'pid:[1]' }, 'unknown'],
    ['one that could not tell its start', { startTime: null }, 'running'],
    ['one of this host that could not tell its kernel', { bootId: null, pidNamespace: null }, 'running'],
    ['one of another host that could not tell its kernel', { bootId: null, host: 'other-host' }, 'unknown'],
    ['an ID that nothing has', { pid: 2 ** 31 - 1 }, 'gone'],
  ]
  it.each(rows)('knows %s', (_, difference, fate) => {
    expect(fateOf({ ...own, ...difference }, own)).toBe(fate)
  })
})

describe('where the system tells nothing but IDs', () => {
  const silent = { ...own, bootId: null, pidNamespace: null, startTime: null }

  it('asks for the ID alone, on the same host', () => {
    expect(fateOf(silent, silent)).toBe('running')
    expect(fateOf({ ...silent, pid: 2 ** 31 - 1 }, silent)).toBe('gone')
    expect(fateOf({ ...silent, host: 'other-host' }, silent)).toBe('unknown')
  })
})
