// Runs the tool for the demo and shows command and result in 80 columns: the lines that matter, identifiers shortened.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

const WCN = fileURLToPath(new URL('../../bin/wcn.js', import.meta.url))
const WIDTH = 80
/** Settings of whoever runs the demo; what its tests set stays. */
const SETTING = /^(?:WCN_(?!TEST_)|SMART_CONTRACT_|(?:OPTIMISM_)?RPC_PROVIDER_URL$)/
const colours = process.stdout.isTTY && !process.env.NO_COLOR

export function bold(text) {
  process.stdout.write(`\n${colours ? `\u001b[1m${text}\u001b[0m` : text}\n`)
}

/** Peer IDs, hashes and addresses by their ends. */
export function shortened(text) {
  return stripVTControlCharacters(text)
    .replace(/\b(12D3KooW)\w{38}(\w{6})\b/g, '$1…$2')
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

/**
 * Runs `wcn`. `show`: which lines of its output are shown; `unsaid`: without the command; `quiet`: nothing at all; `fails`: the exit code that is
 * meant; `killAt`: what it has said when it is killed.
 */
export async function wcn(args, { cwd, env, show = /./, quiet = false, unsaid = quiet, fails = 0, killAt = null }) {
  if (!unsaid) print(`$ wcn ${args.join(' ')}`)
  const own = Object.entries(process.env).filter(([name]) => !SETTING.test(name))
  const child = spawn(process.execPath, [WCN, ...args], {
    cwd,
    env: { ...Object.fromEntries(own), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
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
  const wanted = killAt ? signal === 'SIGKILL' : code === fails
  if (!wanted) throw new Error(`wcn ${args.join(' ')} ended with ${code ?? signal}: ${said.stdout}${said.stderr}`)
  if (!quiet)
    for (const line of `${said.stderr}${said.stdout}`.split('\n').map((one) => one.trim()))
      if (line !== '' && show.test(line)) print(shortened(line))
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
