/** The demo, as a newcomer sees it: what fits a screen, what goes wrong on the way, and what is left afterwards. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { cleanEnvironment, INSTALLED, sandbox, wcn } from '../support/cli.js'

const DEMO = INSTALLED.replace(/bin\/wcn\.js$/, 'scripts/demo.mjs')
const run = promisify(execFile)
const work = sandbox()
afterAll(work.remove)

async function demo(folder: string, args: readonly string[], env: Record<string, string | undefined> = {}) {
  const home = work.path(`home-of-${folder}`)
  mkdirSync(home, { recursive: true })
  const cwd = work.path(folder)
  mkdirSync(cwd, { recursive: true })
  const { stdout, stderr } = await run(process.execPath, [DEMO, ...args], {
    cwd,
    env: cleanEnvironment({ HOME: home, WCN_STATE_DIR: undefined, WCN_CONFIG_DIR: undefined, ...env }),
  })
  return { home, cwd, stdout, stderr, lines: stdout.trim().split('\n') }
}

const urlIn = (text: string) => /^ {2}chain +(http:\S+)/m.exec(text)?.[1] ?? ''
const lives = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  )

describe('the demo', () => {
  it('is one journey of 60 to 80 lines of 80 columns, and leaves a chain to try and to end', async () => {
    const { home, cwd, stdout, stderr, lines } = await demo('kept', [], { SMART_CONTRACT_ADDRESS: 'of the caller' })
    expect(stdout).toMatch(/still runs, as process \d+/)
    const end = /devnet down (\S+)/.exec(lines.at(-1) ?? '')?.[1] ?? ''
    try {
      expect(stderr).toBe('')
      expect(lines.filter((line) => [...line].length > 80)).toEqual([])
      expect(lines.length).toBeGreaterThanOrEqual(60)
      expect(lines.length).toBeLessThanOrEqual(80)
      // The mistake, the power cut, and what came of both.
      expect(stdout).toContain('error: 2 nodes are primary (node-a, node-b)')
      expect(stdout).toContain('kill -9')
      expect(stdout).toMatch(/5 {2}newcomer +●●● {2}← new/)
      for (const file of readdirSync(`${cwd}/wcn-demo`).filter((name) => /\.(env|key|yaml|json)$/.test(name)))
        expect(stdout).toContain(file.replace(/^(node-.|database)\.key$/, '$1'))
      expect(readdirSync(home).filter((name) => name !== '.cache')).toEqual([])
      expect(await lives(urlIn(stdout))).toBe(true)
      const tried = lines.flatMap((line) => /^ {2}bin\/wcn\.js (?!devnet)(.*)$/.exec(line)?.[1] ?? [])
      expect(tried).toHaveLength(3)
      for (const words of tried)
        expect(await wcn([...words.split(' '), ...(/rename/.test(words) ? ['--yes'] : [])], { cwd })).toMatchObject({
          code: 0,
        })
    } finally {
      expect(await wcn(['devnet', 'down', end], { cwd })).toMatchObject({ code: 0 })
    }
    expect(await lives(urlIn(stdout))).toBe(false)
    expect(existsSync(`${cwd}/wcn-demo/devnet.env.state`)).toBe(false)
  })

  it('leaves nothing running in CI', async () => {
    const { cwd, stdout } = await demo('ci', [], { CI: 'true' })
    expect(stdout).toContain('Nothing runs any more (CI is set)')
    expect(await lives(urlIn(stdout))).toBe(false)
    expect(existsSync(`${cwd}/wcn-demo/devnet.env`)).toBe(false)
  })

  it('ends the chain of the run before it, and with --no-keep its own', async () => {
    const first = await demo('twice', [])
    const second = await demo('twice', ['--no-keep'])
    expect(second.stdout).toContain('Nothing runs any more (--no-keep)')
    expect(await Promise.all([first, second].map((one) => lives(urlIn(one.stdout))))).toEqual([false, false])
  })
})
