// Runs commands for the demo and shows command and result in 80 columns: the lines that matter, identifiers shortened.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

export const WCN = fileURLToPath(new URL('../../bin/wcn.js', import.meta.url))
const WIDTH = 80
/** Settings of whoever runs the demo; what its tests set stays. */
const SETTING = /^(?:WCN_(?!TEST_)|SMART_CONTRACT_|(?:OPTIMISM_)?RPC_PROVIDER_URL$)/
const colours = process.stdout.isTTY && !process.env.NO_COLOR

/** Above it, a line is left free. */
let started = false
export function bold(text) {
  process.stdout.write(`${started ? '\n' : ''}${colours ? `\u001b[1m${text}\u001b[0m` : text}\n`)
  started = true
}

/** Peer IDs, hashes and addresses by their ends, and columns close together. */
export function shortened(text) {
  return stripVTControlCharacters(text)
    .replace(/\b(12D3KooW)\w{38}(\w{6})\b/g, '$1…$2')
    .replace(/(?<=\S) {3,}/g, '  ')
    .replace(/\b(0x[0-9a-fA-F]{4})[0-9a-fA-F]{30,58}([0-9a-fA-F]{4})\b/g, '$1…$2')
}

/** A line may break between words; what follows is set in. */
function wrapped(line, indent) {
  const lines = []
  let rest = indent + line
  while (rest.length > WIDTH) {
    const space = rest.lastIndexOf(' ', WIDTH)
    const at = space > indent.length + 8 ? space : WIDTH
    lines.push(rest.slice(0, at).trimEnd())
    rest = `${indent}  ${rest.slice(at).trimStart()}`
  }
  return [...lines, rest]
}

/** A remark, and a file's text below it. */
export function print(remark, text = '') {
  const lines = [...wrapped(remark, remark.startsWith('$') ? '' : '  ')]
  for (const line of shortened(text).split('\n').filter(Boolean)) lines.push(...wrapped(line, '   '))
  process.stdout.write(`${lines.join('\n')}\n`)
}
print.raw = (text) => process.stdout.write(`${text}\n`)

/** What runs now; and whether the demo is to end, after which nothing is begun. */
let running = null
let over = false

/** Ends what runs. From then on only what is told to run `inTheEnd` does. */
export function interrupt() {
  over = true
  running?.kill('SIGINT')
}

/**
 * Runs a program, in a process group of its own: Ctrl-C in a terminal is for the demo, which hands it on. `killAt`: what
 * it has said when it is killed.
 */
export async function run(program, args, { cwd, env, killAt = null, inTheEnd = false }) {
  if (over && !inTheEnd) throw new Error('it was interrupted')
  const own = Object.entries(process.env).filter(([name]) => !SETTING.test(name))
  const child = spawn(program, args, {
    cwd,
    env: { ...Object.fromEntries(own), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  })
  running = child
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'])
    child[name].setEncoding('utf8').on('data', (text) => {
      said[name] += text
      if (killAt?.test(said[name])) child.kill('SIGKILL')
    })
  const { code, signal } = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  running = null
  if (over && !inTheEnd) throw new Error('it was interrupted')
  return { ...said, code, signal }
}

/**
 * Runs `wcn`. `show`: which lines of its output are shown, and where it has a group `part`, what of them; `unsaid`: without
 * the command; `quiet`: nothing at all; `fails`: the exit code that is meant; `again`: it is asked again until it ends so.
 */
export async function wcn(args, { show = /./, quiet = false, unsaid = quiet, fails = 0, again = 0, ...options }) {
  if (!unsaid) print(shortened(`$ wcn ${args.join(' ')}`))
  const { code, signal, ...said } = await run(process.execPath, [WCN, ...args], options)
  const wanted = options.killAt ? signal === 'SIGKILL' : code === fails
  if (!wanted && again > 0) return wcn(args, { show, unsaid: true, fails, again: again - 1, ...options })
  if (!wanted) throw new Error(`wcn ${args.join(' ')} ended with ${code ?? signal}: ${said.stdout}${said.stderr}`)
  if (!quiet)
    for (const line of `${said.stderr}${said.stdout}`.split('\n').map((one) => shortened(one.trim()))) {
      const shown = line === '' ? null : show.exec(line)
      if (shown) print(shown.groups?.part ?? line)
    }
  return said
}

/** Two states of the cluster side by side: a dot for each node. */
export function picture(before, after) {
  const row = ({ slot, name, nodes }) => `${slot}  ${name.padEnd(16)} ${'●'.repeat(nodes.length)}`
  const rows = after.map((operator, index) => {
    const old = before[index] ? row(before[index]) : ''
    const now = row(operator)
    return `  ${old.padEnd(30)}${old === now ? now : `${now}  ← new`}`
  })
  return rows.join('\n')
}
