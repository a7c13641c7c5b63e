// Runs the tool as whole processes and measures them from outside.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const WCN = fileURLToPath(new URL('../../bin/wcn.js', import.meta.url))

// Reports what the process used on file descriptor 3 when it ends.
const METER = `data:text/javascript,${encodeURIComponent(
  "import{writeSync}from'node:fs';process.on('exit',()=>{const u=process.resourceUsage();writeSync(3,JSON.stringify({cpuMs:(u.userCPUTime+u.systemCPUTime)/1000,peakMiB:u.maxRSS/1024}))})",
)}`

/** Runs Node with these arguments; wall time in ms, and CPU time and peak memory where metered. */
export function run(args, { env = {}, metered = false, input = '' } = {}) {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint()
    const child = spawn(process.execPath, [...(metered ? ['--import', METER] : []), ...args], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    const texts = ['', '', '', '']
    for (const fd of [1, 2, 3]) child.stdio[fd].setEncoding('utf8').on('data', (text) => (texts[fd] += text))
    child.on('error', reject)
    child.on('close', (code) => {
      const wallMs = Number(process.hrtime.bigint() - started) / 1e6
      resolve({ code, wallMs, stdout: texts[1], stderr: texts[2], ...(texts[3] ? JSON.parse(texts[3]) : {}) })
    })
    child.stdin.end(input)
  })
}

/** Runs `wcn` and throws where it fails: `codes` are what it may end with. */
export async function wcn(args, { codes = [0], ...options } = {}) {
  const result = await run([WCN, ...args], options)
  if (!codes.includes(result.code)) throw new Error(`wcn ${args.join(' ')} ended with ${result.code}: ${result.stderr}`)
  return result
}

/** Median wall time of each command, taken in turn, so that a machine whose speed drifts treats all alike. */
export async function interleaved(commands, rounds) {
  const walls = commands.map(() => [])
  for (let round = -1; round < rounds; round++)
    for (const [index, { args, env }] of commands.entries()) {
      const { wallMs, code, stderr } = await run(args, { env })
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
      if (round >= 0) walls[index].push(wallMs)
    }
  return walls.map(median)
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
