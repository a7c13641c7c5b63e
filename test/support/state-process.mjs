/**
 * A process of its own that works on a state directory, for tests that kill some: what it does is in its arguments.
 *
 * put DIRECTORY RAW              journals a transaction
 * lock DIRECTORY                 takes the account's lock and gives it back
 * hold DIRECTORY                 takes it, says so on stdout, and waits to be killed
 * count DIRECTORY COUNTER TIMES DIE
 *     adds one to the number in the file COUNTER so often, each time under the lock and in two steps that others could
 *     get between; with DIE, it takes the lock once more and kills itself between the two
 */
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setImmediate as others } from 'node:timers/promises'
import { createState } from '../../src/platform/state/local-state.ts'
import { JOURNAL_KEY, journalEntry } from './journal-entries.ts'

const [what, directory, argument, times, die] = process.argv.slice(2)
const now = () => Math.floor(Date.now() / 1000)
const state = createState({ directory, host: 'this-host', command: `test ${what}`, now })
const take = () => state.lockAccount(JOURNAL_KEY.chainId, JOURNAL_KEY.signer, { waitMs: 150_000, onWait: () => {} })

if (what === 'put') await state.journal.put(JOURNAL_KEY, journalEntry(argument))
if (what === 'lock') (await take())()
if (what === 'hold') {
  await take()
  process.stdout.write('held\n')
  setInterval(() => {}, 60_000)
}
if (what === 'count') {
  for (let i = 0; i < Number(times); i++) await increment(argument, false)
  if (die === 'die') await increment(argument, true)
}

async function increment(counter, dying) {
  const release = await take()
  enter(`${counter}.inside`)
  const before = Number(readFileSync(counter, 'utf8'))
  for (let turn = 0; turn < 20; turn++) await others()
  if (dying) process.kill(process.pid, 'SIGKILL')
  writeFileSync(counter, String(before + 1))
  rmSync(`${counter}.inside`)
  release()
}

/** Nobody else is between the two steps, but for one that was killed there. */
function enter(sign) {
  try {
    const fd = openSync(sign, 'wx')
    writeFileSync(fd, String(process.pid))
    closeSync(fd)
  } catch {
    const pid = Number(readFileSync(sign, 'utf8'))
    if (!hasEnded(pid)) throw new Error(`process ${pid} holds the lock too`)
    writeFileSync(sign, String(process.pid))
  }
}

function hasEnded(pid) {
  try {
    process.kill(pid, 0)
    // Killed, and its parent has not taken note of it yet.
    return readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
  } catch {
    return true
  }
}
