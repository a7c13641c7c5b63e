/** What a drill starts is gone with it, though it is in a session of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { UNTIL_ORPHANED } from '../../../src/devnet/stand-in/run-tool.js'

it.skipIf(process.platform !== 'linux')('a program that never ends does when its parent has', async () => {
  const program = JSON.stringify([process.execPath, ['-e', UNTIL_ORPHANED]])
  const parent = spawn(process.execPath, [
    '-e',
    `const [program, args] = ${program}
     const child = require('node:child_process').spawn(program, args, { detached: true, stdio: 'ignore' })
     console.log(child.pid)
     setInterval(() => {}, 1000)`,
  ])
  const [said] = await once(parent.stdout, 'data')
  const pid = Number(String(said))
  // One that has ended and that nobody asks about is a zombie.
  const lives = () => !/^State:\s+Z/m.test(statusOf(pid) ?? 'State: Z')
  expect(lives()).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(lives, { timeout: 10_000 }).toBe(false)
})

function statusOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return null
  }
}
