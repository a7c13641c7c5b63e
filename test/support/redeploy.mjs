/**
 * What an operator's own script might be: `node redeploy.mjs FOLDER` ends the node of WCN_NODE_INDEX and starts it anew.
 * Files in the folder tell it what to do otherwise; it notes there what it did.
 *
 * INDEX.service  the node's env file; INDEX.pid its process
 * INDEX.does     `fail`: it exits with 3 and starts none; `forget`: it starts none; `hang`: it never ends; `stubborn`: nor
 *                when it is asked to
 * INDEX.seen     unless it is there, it waits for somebody to write it before it starts the node again (with `watched`)
 * log            `INDEX WORD…` per line
 */
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const [folder = '', program = ''] = process.argv.slice(2)
const index = process.env.WCN_NODE_INDEX ?? ''
const own = (kind) => join(folder, `${index}.${kind}`)
const note = (...words) => appendFileSync(join(folder, 'log'), `${[index, ...words].join(' ')}\n`)
const does = existsSync(own('does')) ? readFileSync(own('does'), 'utf8') : ''

note('begins', String(process.pid))
writeFileSync(own('env'), JSON.stringify(process.env))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    note('gets', signal)
    if (does !== 'stubborn') process.exit(130)
  })
process.stdout.write(`redeploying ${index}\n`)

await end(Number(readFileSync(own('pid'), 'utf8')))
note('has ended the node')
if (does === 'hang' || does === 'stubborn') {
  // Nothing is left of it once its test is over.
  while (existsSync(own('does'))) await sleep(100)
  process.exit(1)
}
if (existsSync(join(folder, 'watched'))) while (!existsSync(own('seen'))) await sleep(20)
if (does === 'fail') process.exit(3)
if (does !== 'forget') start()

function start() {
  const said = openSync(own('said'), 'w')
  const node = spawn(process.execPath, [program, 'devnet', 'serve', own('service')], {
    detached: true,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', said, said],
  })
  writeFileSync(own('pid'), String(node.pid))
  node.unref()
  note('starts', String(node.pid))
}

async function end(pid) {
  rmSync(own('seen'), { force: true })
  try {
    process.kill(pid, 'SIGKILL')
    while (!isGone(pid)) await sleep(10)
  } catch {
    // It was not there.
  }
}

function isGone(pid) {
  try {
    process.kill(pid, 0)
    // Its parent, who is nobody in particular by now, may not have taken note of it yet.
    return readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
