/** The demo, as a newcomer sees it: what fits a screen, what goes wrong on the way, and what is left afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { cleanEnvironment, INSTALLED, sandbox, wcn } from '../support/cli.js'
import { share } from '../support/share.js'
import { quicAvailable } from '../support/stand-ins.js'

const DEMO = INSTALLED.replace(/bin\/wcn\.js$/, 'scripts/demo.mjs')
const work = sandbox()
afterAll(work.remove)

function begin(folder: string, args: readonly string[], env: Record<string, string> = {}) {
  const home = work.path(`home-of-${folder}`)
  const cwd = work.path(folder)
  for (const made of [home, cwd]) mkdirSync(made, { recursive: true })
  const child = spawn(process.execPath, [DEMO, ...args], {
    cwd,
    env: cleanEnvironment({ HOME: home, WCN_STATE_DIR: undefined, WCN_CONFIG_DIR: undefined, ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { child, home, cwd, ended: ended(child) }
}

async function ended(child: ChildProcess) {
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  const code = await new Promise<number | null>((resolve) => void child.on('close', resolve))
  return { code, ...said, lines: said.stdout.trim().split('\n') }
}

async function demo(folder: string, args: readonly string[], env?: Record<string, string>) {
  const { home, cwd, ended } = begin(folder, args, env)
  return { home, cwd, ...(await ended) }
}

/** Command lines of whatever was started in that folder and has not ended. */
function runningIn(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) && words !== '' ? [words] : []
      } catch {
        return []
      }
    })
}

const WITHOUT_ADDON = (() => {
  const file = work.path('without-addon.cjs')
  writeFileSync(file, "process.dlopen = () => { throw Object.assign(new Error(), { code: 'MODULE_NOT_FOUND' }) }\n")
  return { NODE_OPTIONS: `--require "${file}"` }
})()

describe('the demo', () => {
  it.skipIf(!quicAvailable)('is one journey of 60 to 80 lines, and leaves a network to try and to end', async () => {
    const { home, cwd, code, stdout, stderr, lines } = await demo('kept', [], { SMART_CONTRACT_ADDRESS: '0xcallers' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const end = /devnet down (\S+)/.exec(lines.at(-1) ?? '')?.[1] ?? ''
    try {
      expect(lines.filter((line) => [...line].length > 80)).toEqual([])
      expect(lines.length).toBeGreaterThanOrEqual(60)
      expect(lines.length).toBeLessThanOrEqual(80)
      // The mistake, the power cut, and what came of both.
      expect(stdout).toContain('error: 2 nodes are primary (node-0, node-1)')
      const sent = [...stdout.matchAll(/sending transaction (\S+)/g)].map(([, hash]) => hash)
      expect(new Set(sent).size).toBe(1)
      expect(stdout).toMatch(/5 {2}newcomer +●●● {2}← new/)
      // What nodes and database run with is what `config emit` wrote, and they were restarted.
      expect(stdout.match(/up {2}nodes\[[01]\].*caught up/g)).toHaveLength(2)
      const restarted = [...stdout.matchAll(/(node-\d) runs as process (\d+)/g)].map(([, name, pid]) => [name, pid])
      expect(restarted.map(([name]) => name)).toEqual(['node-1', 'node-2', 'node-0'])
      for (const [name, pid] of restarted)
        expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')).toContain(`env/wcn_node_${name}.env`)
      expect(stdout).toMatch(/slot {2}given back/)
      expect(stdout).toContain('Nothing failed')
      // Each file is shown, and none with a secret.
      for (const file of readdirSync(`${cwd}/wcn-demo`).filter((name) => /\.(env|key|yaml|json|sh)$/.test(name))) {
        expect(stdout).toMatch(new RegExp(`^ {2}.*\\b${file}\\b`, 'm'))
        if (/\.key$/.test(file)) expect(stdout).not.toContain(readFileSync(`${cwd}/wcn-demo/${file}`, 'utf8').trim())
      }
      expect(readdirSync(home).filter((name) => name !== '.cache')).toEqual([])
      const tried = lines.flatMap((line) => /^ {2}bin\/wcn\.js (?!devnet)(.*)$/.exec(line)?.[1] ?? [])
      expect(tried).toHaveLength(3)
      for (const words of tried)
        expect(await wcn([...words.split(' '), ...(/rename/.test(words) ? ['--yes'] : [])], { cwd })).toMatchObject({
          code: 0,
        })
      expect(runningIn(cwd).length).toBeGreaterThanOrEqual(6)
    } finally {
      expect(await wcn(['devnet', 'down', end], { cwd })).toMatchObject({ code: 0 })
    }
    await expect.poll(() => runningIn(cwd)).toEqual([])
    expect(readdirSync(`${cwd}/wcn-demo`).filter((name) => name.startsWith('devnet.env'))).toEqual([])
    // What a run left behind the next one replaces.
    const again = begin('kept', ['--no-keep'])
    await said(again.child, 'wcn devnet up')
    again.child.kill('SIGTERM')
    expect(await again.ended).toMatchObject({ code: 130 })
  })

  it('says without the addon what it would do, and leaves nothing running in CI', async () => {
    const { cwd, code, stdout, lines } = await demo('ci', [], { CI: 'true', ...WITHOUT_ADDON })
    expect(code).toBe(0)
    expect(stdout.match(/\(not run without the QUIC addon: /g)).toHaveLength(6)
    expect(stdout).toMatch(/5 {2}newcomer +●●● {2}← new/)
    expect(stdout).toContain('Nothing runs any more (CI is set)')
    expect(lines.filter((line) => [...line].length > 80)).toEqual([])
    expect(lines.length).toBeLessThanOrEqual(80)
    expect(existsSync(`${cwd}/wcn-demo/devnet.env`)).toBe(false)
    expect(runningIn(cwd)).toEqual([])
  })

  it('leaves alone what it has not made', async () => {
    for (const [name, make] of [
      ['folder', (path: string) => mkdirSync(path)],
      ['file', (path: string) => writeFileSync(path, 'mine')],
    ] as const) {
      const path = `${work.path(`not-ours-${name}`)}/wcn-demo`
      mkdirSync(work.path(`not-ours-${name}`))
      make(path)
      const mine = name === 'folder' ? `${path}/mine` : path
      writeFileSync(mine, 'mine')
      const { code, stdout, stderr } = await demo(`not-ours-${name}`, [])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain('wcn-demo is here already')
      expect(readFileSync(mine, 'utf8')).toBe('mine')
    }
  })

  const moments = ['$ wcn operator keygen', '$ for n in wcn_db', 'nodes check', 'kill -9', 'rollout', 'maintenance run']
  it.skipIf(!quicAvailable).each(share(moments))('leaves nothing running after Ctrl-C at %s', async (moment) => {
    const folder = `at-${moments.indexOf(moment)}`
    const { child, cwd, ended } = begin(folder, [])
    await said(child, moment)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 130, stderr: '\ninterrupted: nothing is left running\n' })
    expect(runningIn(cwd)).toEqual([])
    expect(existsSync(`${cwd}/wcn-demo/devnet.env`)).toBe(false)
  })
})

function said({ stdout }: ChildProcess, words: string): Promise<void> {
  let all = ''
  return new Promise((resolve) => {
    stdout?.on('data', (text: string) => {
      all += text
      if (all.includes(words)) resolve()
    })
  })
}
