/** A rehearsal network on a disk that is full, or becomes so: a sentence, nothing left behind, and on with it once there is room. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { BIN, cleanEnvironment, sandbox } from '../support/cli.js'
import { quicAvailable } from '../support/stand-ins.js'

const box = sandbox()
afterAll(box.remove)

/** A disk of its own, where the system lets one have it. */
const canMount = (() => {
  try {
    execFileSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs t /mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** Each command's exit code and what it said, on a disk with so many KiB. */
async function onDisk(kibibytes: number, ...commands: readonly string[]) {
  const disk = box.path(`disk-${kibibytes}`)
  mkdirSync(disk)
  const steps = commands.map((command) => `${command}\nprintf '@@@%d\\n' $?`)
  const script = `exec 2>&1
mount -t tmpfs -o size=${kibibytes}k t '${disk}' && cd '${disk}' || exit 99
wcn() { '${process.execPath}' '${BIN}' "$@"; }
${steps.join('\n')}`
  const shell = spawn('unshare', ['-rm', 'sh', '-c', script], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let said = ''
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await new Promise((resolve) => shell.once('close', resolve))
  const parts = said.split(/@@@(\d+)\n/)
  return commands.map((_, index) => ({ code: Number(parts[2 * index + 1]), said: parts[2 * index] ?? '' }))
}

describe.skipIf(!quicAvailable || !canMount)('on a full disk', () => {
  // The files of stand-ins, what they say of themselves, the env file: whichever comes too late.
  it.each([4, 60, 130, 170])('of %i KiB a network does not start, and leaves nothing', async (size) => {
    const [up, left] = await onDisk(size, 'wcn devnet up --detach', 'ls -A')
    expect(up?.said).toContain('the disk is full')
    expect(up?.said).not.toContain('bug')
    expect([2, 5]).toContain(up?.code)
    expect(left?.said).toBe('')
  })

  it('nothing is broken, until there is room again', async () => {
    const [up, , full, status, , free, seen, mended, down] = await onDisk(
      400,
      'wcn devnet up --detach',
      'dd if=/dev/zero of=fill bs=1k',
      'wcn devnet break 0/1 closed',
      'wcn devnet status',
      'rm fill',
      'wcn devnet break 0/1 closed',
      'wcn devnet status',
      'wcn devnet mend 0/1',
      'wcn devnet down',
    )
    expect([up?.code, full?.code, status?.code]).toEqual([0, 2, 0])
    expect(full?.said).toContain('the disk is full')
    expect([free?.code, seen?.code, mended?.code, down?.code]).toEqual([0, 8, 0, 0])
    expect(seen?.said).toContain('broken: closed')
  })
})
