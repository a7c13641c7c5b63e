/** Real processes. What they tell of themselves they write into files, since their output is the tool's standard error. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { onlyZombiesLeft } from '../../../src/platform/processes/process-identity.js'
import type { RunningCommand } from '../../../src/platform/processes/processes.js'
import { localProcesses } from '../../../src/platform/processes/processes.js'
import { OWN_VARIABLE } from '../../../src/settings/environment.js'
import { sandbox } from '../../support/cli.js'
import { rejectedBy } from '../../support/rejected.js'

const box = sandbox()
afterAll(box.remove)
const running: RunningCommand[] = []
/** Groups that a failed test left behind. */
afterEach(() => {
  for (const { signal } of running.splice(0)) signal('SIGKILL')
})

const PATH = process.env.PATH ?? ''
function processesWith(environment: Readonly<Record<string, string | undefined>> = {}) {
  return localProcesses({ environment: { PATH, ...environment }, ownVariable: OWN_VARIABLE })
}

let files = 0
async function start(script: string, { env = {}, passEnv = [] as string[], environment = {} } = {}) {
  const file = box.path(`out-${++files}`)
  const options = { env: { OUT: file, ...env }, passEnv, input: false }
  const command = await processesWith(environment).start(['sh', '-c', script], options)
  running.push(command)
  return { ...command, written: () => (existsSync(file) ? readFileSync(file, 'utf8') : '') }
}

describe('a command', () => {
  it('tells how it ended', async () => {
    expect(await (await start('exit 3')).ended).toEqual({ exitCode: 3, signal: null })
    expect(await (await start('kill -KILL $$')).ended).toEqual({ exitCode: null, signal: 'SIGKILL' })
  })

  it('gets the environment, but none of the tool’s settings unless told so', async () => {
    const environment = {
      HOME: '/home',
      WCN_STATE_DIR: 'state',
      SMART_CONTRACT_SIGNER_PRIVATE_KEY: 'canary',
      RPC_PROVIDER_URL: 'canary',
      OPTIMISM_RPC_PROVIDER_URL: 'canary',
      WCN_RPC_QUORUM: '2',
    }
    const command = await start('env > "$OUT"', {
      environment,
      env: { WCN_NODE_INDEX: '1' },
      passEnv: ['WCN_RPC_QUORUM'],
    })
    await command.ended
    expect(command.written()).toContain('HOME=/home\n')
    expect(command.written()).toContain('WCN_NODE_INDEX=1\n')
    expect(command.written()).toContain('WCN_RPC_QUORUM=2\n')
    expect(command.written()).not.toMatch(/canary|WCN_STATE_DIR/)
  })

  it('is the first of a group of its own, which signals reach as a whole', async () => {
    const command = await start(
      'sh -c \'trap "echo child >> $OUT; exit" TERM; echo up > $OUT; sleep 60 & wait\' & wait',
    )
    await expect.poll(command.written).toBe('up\n')
    expect(command.groupAlive()).toBe(true)
    command.signal('SIGTERM')
    expect(await command.ended).toEqual({ exitCode: null, signal: 'SIGTERM' })
    await expect.poll(command.groupAlive).toBe(false)
    expect(command.written()).toBe('up\nchild\n')
  })

  it('may end before its group does', async () => {
    const command = await start('sleep 60 &')
    expect(await command.ended).toEqual({ exitCode: 0, signal: null })
    expect(command.groupAlive()).toBe(true)
    command.signal('SIGKILL')
    await expect.poll(command.groupAlive).toBe(false)
    // Its number may be another's from now on.
    command.signal('SIGKILL')
    expect(command.groupAlive()).toBe(false)
  })

  it('is gone once only zombies are left of it, whose parent never asks', async (test) => {
    if (process.platform !== 'linux') return test.skip()
    // A process outside of the group has a child in it, as an init that does not reap has.
    const parent = `
      const { spawn } = require('node:child_process')
      const { openSync, writeFileSync } = require('node:fs')
      const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
      writeFileSync(process.env.OUT, String(child.pid))
      process.kill(child.pid, 'SIGKILL')
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`
    const file = box.path('zombie')
    const options = { env: { OUT: file }, passEnv: [], input: false }
    const command = await processesWith().start([process.execPath, '-e', parent], options)
    running.push(command)
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8') !== '').toBe(true)
    const group = Number(readFileSync(file, 'utf8'))
    await expect.poll(() => onlyZombiesLeft(group)).toBe(true)
    // And it is there all the same for who only sends signals.
    expect(() => process.kill(-group, 0)).not.toThrow()
    expect(onlyZombiesLeft(command.pid)).toBe(false)
    expect(onlyZombiesLeft(2 ** 30)).toBe(false)
  })

  it('reads nothing unless it shall', async () => {
    const command = await start('cat > "$OUT"; echo end >> "$OUT"')
    expect(await command.ended).toEqual({ exitCode: 0, signal: null })
    expect(command.written()).toBe('end\n')
  })
})

describe('what can’t be run', () => {
  const plain = box.path('plain')
  const folder = box.path('folder')
  writeFileSync(plain, '#!/bin/sh\n')
  mkdirSync(folder)
  const interpreter = box.path('interpreter')
  writeFileSync(interpreter, '#!/no/such/interpreter\n')
  chmodSync(interpreter, 0o755)

  it.each([
    ['nothing', [], 'no command is given'],
    ['an empty name', [''], 'no command is given'],
    ['what is not there', ['/no/such/program'], 'there is no such program'],
    ['a name that is nowhere in PATH', ['no-such-program-here'], 'there is no such program'],
    ['a file that is not executable', [plain], 'it is not executable'],
    ['a directory', [folder], 'it is no file'],
    ['a whole command line in one word', ['systemctl restart wcn_db'], 'there is no such program'],
  ])('is refused beforehand: %s', async (_, command, why) => {
    const processes = processesWith()
    const error = await rejectedBy(processes.check(command))
    expect(error).toMatchObject({ code: 'COMMAND_NOT_RUNNABLE', message: expect.stringContaining(why) })
    const options = { env: {}, passEnv: [], input: false }
    expect((await rejectedBy(processes.start(command, options))).message).toBe(error.message)
  })

  it('is refused when it shows only at the start', async () => {
    const options = { env: {}, passEnv: [], input: false }
    const error = await rejectedBy(processesWith().start([interpreter], options))
    expect(error).toMatchObject({ code: 'COMMAND_NOT_RUNNABLE', message: expect.stringContaining("can't be run") })
    // Thrown at once by Node, not told by an event.
    const huge = await rejectedBy(processesWith().start(['true', 'x'.repeat(3_000_000)], options))
    expect(huge).toMatchObject({ code: 'COMMAND_NOT_RUNNABLE', message: expect.stringContaining('E2BIG') })
  })

  it('is not looked for in the working directory where there is no PATH', async () => {
    const before = process.cwd()
    const own = box.path('own-program')
    writeFileSync(own, '#!/bin/sh\n')
    chmodSync(own, 0o755)
    process.chdir(box.path('.'))
    try {
      const without = localProcesses({ environment: {}, ownVariable: OWN_VARIABLE })
      expect((await rejectedBy(without.check(['own-program']))).code).toBe('COMMAND_NOT_RUNNABLE')
      await without.check(['sh'])
      await without.check(['./own-program'])
    } finally {
      process.chdir(before)
    }
  })
})
